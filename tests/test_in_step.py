"""pyproject.toml, environment.yml, constraints.txt and start.py agree."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import clarity_lab
from clarity_lab import doctor

ROOT = Path(__file__).parents[1]
CONDA_NAMES = {"soundfile": "pysoundfile", "soxr": "soxr-python", "torch": "pytorch"}
CONDA_PYTHON = "python=3.11"
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
    wanted = requirements("lessons", "colab")
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


def constraints() -> dict[str, Requirement]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and line[0] != "#"]
    return {item.name.lower().replace("_", "-"): item for item in found}


def test_the_tested_versions_satisfy_what_the_package_asks_for():
    pins = constraints()
    for name, spec in requirements(*EXTRAS).items():
        version = str(pins[name].specifier).removeprefix("==")
        assert Requirement(f"{name}{spec}").specifier.contains(version), name


def test_constraints_name_no_build_and_no_gpu_package():
    assert not [pin for pin in constraints().values() if "+" in str(pin.specifier)]
    assert not [name for name in constraints() if name.startswith(("nvidia", "triton"))]


def start():
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_start_installs_the_torch_of_the_constraints():
    assert Requirement(start().TORCH) == constraints()["torch"]


def test_the_peers_of_the_tests_are_pinned():
    assert set(start().PEERS) <= set(constraints())


def test_the_doctor_and_start_fetch_torch_from_the_same_index():
    assert doctor.TORCH_CPU_INDEX == start().TORCH_CPU_INDEX


def test_start_asks_for_extras_that_exist_and_a_python_that_is_allowed():
    asked = {extra for words in start().EXTRAS.values() for extra in words.split(",")}
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
