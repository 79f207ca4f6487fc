"""pyproject.toml, environment.yml, the constraints and start.py agree."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import clarity_lab
from clarity_lab import doctor

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"soundfile": "pysoundfile", "soxr": "soxr-python", "torch": "pytorch"}
CONDA_PYTHON = "python=3.11"
OURS = ("constraints.txt",)
COLAB = (*OURS, "constraints-colab.txt")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]


def requirements(*extras: str) -> dict[str, str]:
    lines = list(PROJECT["project"]["dependencies"])
    for extra in extras:
        lines += [line for line in EXTRAS[extra] if not line.startswith("clarity-lab")]
    found = [Requirement(line) for line in lines]
    return {item.name: str(item.specifier) for item in found}


def environment(path: str) -> tuple[dict[str, str], list[str]]:
    entries = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))["dependencies"]
    by_pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    lines = [entry for entry in entries if isinstance(entry, str)]
    lines.remove(CONDA_PYTHON)
    lines += [line for line in by_pip if not line.startswith("-e")]
    found = [Requirement(line) for line in lines]
    return {item.name: str(item.specifier) for item in found}, by_pip


@pytest.mark.parametrize("path", ["environment.yml", "binder/environment.yml"])
def test_conda_asks_for_what_pip_asks_for(path):
    wanted = requirements("lessons", "colab", "site", "voices")
    wanted = {CONDA_NAMES.get(name, name): spec for name, spec in wanted.items()}
    assert environment(path)[0] == wanted | {"pip": ""}


def test_condas_python_is_one_that_the_package_allows():
    # Binder reads the version only where it stands as "python=X.Y".
    allowed = Requirement("python" + PROJECT["project"]["requires-python"]).specifier
    assert allowed.contains(CONDA_PYTHON.removeprefix("python="))


def test_a_conda_environment_holds_the_package_itself():
    assert "-e ." in environment("environment.yml")[1]
    post_build = (ROOT / "binder/postBuild").read_text(encoding="utf-8")
    assert "pip install --no-deps --no-cache-dir -e ." in post_build


def constraints(*files: str) -> dict[str, Requirement]:
    text = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in files)
    found = [Requirement(line) for line in text.splitlines() if line and line[0] != "#"]
    return {canonicalize_name(item.name): item for item in found}


@pytest.mark.parametrize("files", [OURS, COLAB], ids=["ours", "colab"])
def test_the_tested_versions_satisfy_what_the_package_asks_for(files):
    pins = constraints(*files)
    for name, spec in requirements(*EXTRAS).items():
        version = str(pins[name].specifier).removeprefix("==")
        assert Requirement(f"{name}{spec}").specifier.contains(version), name


@pytest.mark.parametrize("files", [OURS, COLAB], ids=["ours", "colab"])
def test_constraints_name_no_build_and_no_gpu_package(files):
    pins = constraints(*files)
    assert not [pin for pin in pins.values() if "+" in str(pin.specifier)]
    assert not [name for name in pins if name.startswith(("nvidia", "triton"))]


def test_colab_brings_the_older_widgets_that_we_promise_to_run_with():
    # Lower bounds are a promise; Colab's widgets are where it is kept.
    colab = constraints("constraints-colab.txt")
    oldest = requirements("colab")["ipywidgets"].split(",")
    assert f">={str(colab['ipywidgets'].specifier).removeprefix('==')}" in oldest


def test_torch_is_the_same_with_colabs_packages():
    assert not {"torch", "torchaudio"} & set(constraints("constraints-colab.txt"))


def start():
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_start_installs_the_torch_of_the_constraints():
    assert Requirement(start().TORCH) == constraints(*OURS)["torch"]


def test_start_joins_the_constraints_that_are_checked_here():
    assert (start().OURS.pins, start().COLAB.pins) == (OURS, COLAB)


def test_the_peers_of_the_tests_are_pinned():
    assert set(start().PEERS) <= set(constraints(*OURS))


def test_the_doctor_and_start_fetch_torch_from_the_same_index():
    assert doctor.TORCH_CPU_INDEX == start().TORCH_CPU_INDEX


def test_start_asks_for_extras_that_exist_and_a_python_that_is_allowed():
    wanted = [start().COLAB_EXTRAS, *start().EXTRAS.values()]
    asked = {extra for words in wanted for extra in words.split(",")}
    assert asked <= set(EXTRAS)
    oldest = ".".join(map(str, start().OLDEST_PYTHON))
    assert PROJECT["project"]["requires-python"] == f">={oldest}"


def test_the_package_and_its_citation_say_one_version():
    assert PROJECT["project"]["version"] == clarity_lab.__version__
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert yaml.safe_load(citation)["version"] == clarity_lab.__version__


def test_ci_runs_the_readmes_test_command():
    command = "start.py test"
    assert command in (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert f"python {command}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_readme_has_no_gap_and_its_examples_run():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not re.findall(r"@[A-Z]+@", readme)
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL):
        exec(block, names)
