"""The command line: quick to start, plain answers, exit codes a script can use."""

import hashlib
import json
import os
import subprocess
import sys
from importlib import import_module

import pytest

from clarity_lab import __version__
from clarity_lab.cli import COMMANDS, main


@pytest.fixture(autouse=True)
def toy(tmp_path, monkeypatch):
    """One set, whole in the user's own folder, and one that nobody has."""
    (tmp_path / "own" / "toy").mkdir(parents=True)
    (tmp_path / "own" / "toy" / "a.wav").write_bytes(b"aa")
    (tmp_path / "manifests").mkdir()
    for name in ("toy", "gated"):
        texts = dict.fromkeys(("title", "description", "citation"), f"A {name}")
        texts |= {"name": name, "kind": "audio", "licence": "CC0", "homepage": "h"}
        source = {"kind": "ask", "message": "Sign the form."}
        digest = hashlib.sha256(b"aa").hexdigest()
        file = {"path": "a.wav", "bytes": 2, "sha256": digest, "sources": [source]}
        (tmp_path / "manifests" / f"{name}.json").write_text(
            json.dumps(texts | {"files": [file]}), encoding="utf-8"
        )
    monkeypatch.setenv("CLARITY_LAB_MANIFESTS", str(tmp_path / "manifests"))
    monkeypatch.setenv("CLARITY_LAB_DATA", str(tmp_path / "own"))
    monkeypatch.setenv("CLARITY_LAB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "own" / "toy"


def fresh_python(*words):
    words = [sys.executable, *words]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def test_help_names_every_command_and_imports_none_of_them():
    code = (
        "import sys; from clarity_lab.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: print(*sys.modules)"
    )
    said = fresh_python("-c", code)
    assert all(name in said for name in COMMANDS)
    loaded = set(said.splitlines()[-1].split())
    assert not loaded & {command.module for command in COMMANDS.values()}
    assert not loaded & {"numpy", "requests", "filelock"}


def test_the_package_can_be_run_as_a_module():
    assert fresh_python("-m", "clarity_lab.cli", "--version").strip() == __version__


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_can_explain_itself(name, capsys):
    module = import_module(COMMANDS[name].module)
    assert callable(module.run)
    with pytest.raises(SystemExit) as ended:
        main([name, "--help"])
    assert ended.value.code == 0
    assert f"clarity-lab {name}" in capsys.readouterr().out


def test_an_unknown_command_lists_those_there_are(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["dta"])
    assert ended.value.code == 2
    assert "'data'" in capsys.readouterr().err


def test_list_says_what_is_here(capsys):
    assert main(["data", "list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "here" in lines["toy"]
    assert "here" not in lines["gated"]
    assert "2 bytes  here  CC0 " in lines["toy"]
    assert "samples" in lines


def test_fetch_prints_where_the_set_is(toy, capsys):
    assert main(["data", "fetch", "toy"]) == 0
    assert capsys.readouterr().out.strip() == str(toy)


def test_fetch_of_gated_data_says_what_to_do_and_fails(capsys):
    assert main(["data", "fetch", "gated", "--quiet"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("clarity-lab: expected 'gated'")
    assert "Sign the form." in said


def test_a_set_of_unknown_size_comes_by_hand_and_never_as_zero_bytes(tmp_path, capsys):
    path = tmp_path / "manifests" / "gated.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["files"][0] |= {"bytes": None, "sha256": None}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    assert main(["data", "list"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "by hand" in lines["gated"]
    assert main(["data", "fetch", "gated"]) == 1
    assert "0 bytes" not in capsys.readouterr().err


def test_a_name_that_does_not_exist_is_an_answer_not_a_traceback(capsys):
    assert main(["data", "fetch", "toi"]) == 1
    assert "Did you mean 'toy'?" in capsys.readouterr().err


def test_verify_fails_for_a_named_set_that_is_not_whole(toy, capsys):
    assert main(["data", "verify", "toy"]) == 0
    assert main(["data", "verify", "gated"]) == 1
    assert "missing" in capsys.readouterr().out
    (toy / "a.wav").write_bytes(b"ab")
    assert main(["data", "verify", "toy"]) == 1
    assert "damaged   a.wav: expected 2 bytes, sha256" in capsys.readouterr().out


def test_where_answers_for_the_cache_and_for_a_set(toy, tmp_path, capsys):
    assert main(["data", "where"]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "cache")
    assert main(["data", "where", "toy"]) == 0
    assert capsys.readouterr().out.strip() == str(toy)
    assert main(["data", "where", "gated"]) == 1
    assert "not here; `clarity-lab data fetch gated`" in capsys.readouterr().out


def test_clean_wants_to_be_told_what_and_never_touches_the_own_folder(toy, capsys):
    with pytest.raises(SystemExit):
        main(["data", "clean"])
    assert "name the sets to delete, or say --all" in capsys.readouterr().err
    assert main(["data", "clean", "--all"]) == 0
    assert main(["data", "clean", "toy"]) == 0
    assert "0 bytes freed" in capsys.readouterr().out
    assert (toy / "a.wav").read_bytes() == b"aa"


def test_ctrl_c_ends_without_a_traceback(monkeypatch, capsys):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("clarity_lab.manifests.fetch", interrupted)
    assert main(["data", "fetch", "toy"]) == 130
    assert "stopped. Run the same command again to go on." in capsys.readouterr().err


def test_a_pipe_that_knows_few_signs_is_no_fault():
    words = [sys.executable, "-c", "from clarity_lab.cli import main; main(['doctor'])"]
    variables = os.environ | {"PYTHONIOENCODING": "cp1252"}
    found = subprocess.run(words, capture_output=True, env=variables, check=False)
    assert b"UnicodeEncodeError" not in found.stderr
    assert b"Python" in found.stdout


def test_a_package_that_is_not_installed_is_named(monkeypatch, capsys):
    def absent(options):
        raise ModuleNotFoundError("No module named 'matplotlib'", name="matplotlib")

    monkeypatch.setattr("clarity_lab.recipes.demo.run", absent)
    assert main(["demo"]) == 1
    assert "needs matplotlib, which is not installed" in capsys.readouterr().err


def test_it_is_named_also_where_the_arguments_need_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "nbformat", None)
    monkeypatch.delitem(sys.modules, "clarity_lab.site.build", raising=False)
    assert main(["site"]) == 1
    assert "needs nbformat, which is not installed" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such pipe")
def test_a_reader_that_leaves_early_is_no_fault():
    words = [sys.executable, "-u", "-m", "clarity_lab.cli", "data", "list"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
