"""start.py decides rightly what to install; nothing is installed here."""

import importlib.util
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def start(tmp_path, monkeypatch):
    """A fresh start module whose folder is a temporary one."""
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in module.LEADS_ASTRAY:
        monkeypatch.delenv(name, raising=False)  # main would, for all tests to come
    for name in ("pyproject.toml", *module.COLAB.pins):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


@pytest.fixture
def recorded(start, monkeypatch):
    """The start module with its outward steps written down instead of done."""
    steps = []

    def note(name, answer=None):
        def step(*words):
            steps.append((name, *words))
            return answer

        monkeypatch.setattr(start, name, step)

    def make_venv(env):
        steps.append(("make_venv", env))
        env.python.parent.mkdir(parents=True, exist_ok=True)
        env.python.touch()

    monkeypatch.setattr(start, "make_venv", make_venv)
    note("has_torch", answer=False)
    note("install_torch")
    note("pip")
    return steps


def names(steps):
    return [name for name, *_ in steps]


def test_a_second_run_installs_nothing(start, recorded):
    start.install(start.OURS, "lessons,test")
    assert "pip" in names(recorded)
    recorded.clear()
    start.install(start.OURS, "lessons,test")
    assert recorded == []


def test_an_interrupted_install_is_picked_up(start, recorded, monkeypatch):
    def cut(*words):
        raise KeyboardInterrupt

    whole = start.pip
    monkeypatch.setattr(start, "pip", cut)
    with pytest.raises(KeyboardInterrupt):
        start.install(start.OURS, "lessons")
    assert not start.is_installed(start.OURS, "lessons")
    monkeypatch.setattr(start, "pip", whole)
    start.install(start.OURS, "lessons")
    assert start.is_installed(start.OURS, "lessons")


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_requirement_installs_again(start, recorded, name):
    start.install(start.OURS, "lessons")
    recorded.clear()
    with (start.ROOT / name).open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    start.install(start.OURS, "lessons")
    assert "pip" in names(recorded)


def test_a_moved_checkout_installs_again(start, recorded):
    start.install(start.OURS, "lessons")
    stamp = json.loads(start.OURS.stamp.read_text(encoding="utf-8"))
    moved = json.dumps(stamp | {"folder": "elsewhere"})
    start.write_whole(start.OURS.stamp, moved)
    recorded.clear()
    start.install(start.OURS, "lessons")
    assert "pip" in names(recorded)


def test_a_damaged_stamp_counts_as_none(start, recorded):
    start.install(start.OURS, "lessons")
    start.OURS.stamp.write_text("{", encoding="utf-8")
    assert not start.is_installed(start.OURS, "lessons")


def test_what_is_installed_for_tests_serves_the_lessons_too(start, recorded):
    start.install(start.OURS, "lessons,test")
    recorded.clear()
    start.install(start.OURS, "lessons")
    assert recorded == []
    start.install(start.OURS, "lessons,test")
    assert recorded == []


def test_a_broken_environment_is_made_again(start):
    start.OURS.python.parent.mkdir(parents=True)
    start.OURS.python.write_text("#!/bin/false\n", encoding="utf-8")
    start.OURS.python.chmod(0o755)
    assert not start.venv_works(start.OURS)
    start.make_venv(start.OURS)
    assert start.venv_works(start.OURS)


def choose_torch(
    start, monkeypatch, *, gpu, local, cpu_index, answer, platform="linux"
):
    """Run install_torch on an imagined machine; return what it would install."""
    done = []

    def offer(name, there):
        return lambda env: bool(there and (done.append(name) or True))

    monkeypatch.setattr(start.sys, "platform", platform)
    monkeypatch.setattr(start, "has_nvidia_gpu", lambda: gpu)
    monkeypatch.setattr(start, "install_local_torch", offer("local", local))
    monkeypatch.setattr(start, "install_cpu_torch", offer("cpu", cpu_index))
    monkeypatch.setattr(start, "agrees", lambda question: answer)
    monkeypatch.setattr(start, "pip", lambda *words: done.append("cuda"))
    start.install_torch(start.OURS)
    return done


@pytest.mark.parametrize(
    ("machine", "choice"),
    [
        ({"gpu": False, "local": True, "cpu_index": True, "answer": True}, ["local"]),
        ({"gpu": False, "local": False, "cpu_index": True, "answer": True}, ["cpu"]),
        ({"gpu": False, "local": False, "cpu_index": False, "answer": True}, ["cuda"]),
        ({"gpu": True, "local": False, "cpu_index": True, "answer": True}, ["cuda"]),
        ({"gpu": True, "local": False, "cpu_index": True, "answer": False}, ["cpu"]),
    ],
)
def test_linux_gets_the_smallest_torch_that_serves(start, monkeypatch, machine, choice):
    assert choose_torch(start, monkeypatch, **machine) == choice


def test_other_systems_take_pypis_own_torch(start, monkeypatch):
    nothing = {"gpu": False, "local": False, "cpu_index": False, "answer": False}
    assert choose_torch(start, monkeypatch, **nothing, platform="darwin") == []


def test_gigabytes_are_announced_before_they_are_fetched(start, monkeypatch, capsys):
    nothing = {"gpu": False, "local": False, "cpu_index": False}
    choose_torch(start, monkeypatch, **nothing, answer=True)
    assert start.CUDA_SIZE in capsys.readouterr().out


def test_a_refused_download_says_what_else_can_be_done(start, monkeypatch):
    nothing = {"gpu": False, "local": False, "cpu_index": False}
    with pytest.raises(start.SetupError, match="PIP_FIND_LINKS"):
        choose_torch(start, monkeypatch, **nothing, answer=False)


@pytest.mark.parametrize(("typed", "agreed"), [("y", True), ("", False), ("no", False)])
def test_at_a_terminal_only_a_yes_is_a_yes(start, monkeypatch, typed, agreed):
    monkeypatch.setattr(start.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: typed)
    assert start.agrees("Download it?") is agreed


def test_without_a_terminal_nobody_is_asked(start, monkeypatch):
    monkeypatch.setattr(start.sys, "stdin", io.StringIO(""))
    assert start.agrees("Download it?") is True


def test_an_old_python_is_told_which_one_is_needed(start, monkeypatch, capsys):
    monkeypatch.setattr(start.sys, "version_info", (3, 10, 4))
    assert start.main() == 1
    assert "Python 3.11 or newer is needed" in capsys.readouterr().err


def test_pips_failure_is_shown_with_its_last_words(start):
    subprocess.run([sys.executable, "-m", "venv", str(start.OURS.folder)], check=True)
    with pytest.raises(start.SetupError, match=r"no-such-folder[\s\S]*install\.log"):
        start.pip(start.OURS, "install", "--no-index", "./no-such-folder")


def test_help_needs_no_environment():
    words = [sys.executable, str(ROOT / "start.py"), "--help"]
    found = subprocess.run(words, capture_output=True, text=True, check=True)
    assert "start.py test" in found.stdout


def test_while_it_installs_an_older_stamp_does_not_vouch(start, recorded, monkeypatch):
    start.install(start.OURS, "lessons")

    def cut(*words):
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "pip", cut)
    with pytest.raises(KeyboardInterrupt):
        start.install(start.OURS, "lessons,test")
    assert not start.is_installed(start.OURS, "lessons")


def test_a_python_of_another_machine_is_no_working_environment(start):
    start.OURS.python.parent.mkdir(parents=True)
    start.OURS.python.write_bytes(b"\x7fELF of another machine")
    start.OURS.python.chmod(0o755)
    assert not start.venv_works(start.OURS)


def test_a_closed_standard_input_is_no_terminal(start, monkeypatch):
    monkeypatch.setattr(start.sys, "stdin", None)
    assert start.agrees("Download it?") is True


def test_ctrl_d_is_a_no(start, monkeypatch):
    def end_of_file(question):
        raise EOFError

    monkeypatch.setattr(start.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", end_of_file)
    assert start.agrees("Download it?") is False


def test_an_index_that_speaks_no_http_counts_as_silent(start, monkeypatch):
    def babble(*words, **more):
        raise start.http.client.BadStatusLine("220 mail.example")

    monkeypatch.setattr(start.urllib.request, "urlopen", babble)
    assert start.install_cpu_torch(start.OURS) is False


def test_a_disk_that_refuses_is_told_without_a_traceback(start, monkeypatch, capsys):
    def full(env, extras):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(start, "install", full)
    monkeypatch.setattr(start.sys, "argv", ["start.py", "test"])
    assert start.main() == 1
    assert "No space left on device" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["PYTHONPATH", "PIP_TARGET", "PIP_USER"])
def test_variables_that_lead_pip_elsewhere_are_dropped(start, monkeypatch, name):
    seen = []

    def look(env, extras):
        seen.append(start.os.environ.get(name))
        raise start.SetupError("enough")

    monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setattr(start, "install", look)
    monkeypatch.setattr(start.sys, "argv", ["start.py"])
    start.main()
    assert seen == [None]


def test_a_second_process_waits_and_then_finds_all_done(start, recorded, monkeypatch):
    waited = []

    def first_one_ends(seconds):
        waited.append(seconds)
        start.install_now(start.OURS, "lessons")
        recorded.clear()
        first.close()

    first = start.OURS.lock.open("w", encoding="utf-8")
    assert start.locks(first)
    monkeypatch.setattr(start.time, "sleep", first_one_ends)
    start.install(start.OURS, "lessons")
    assert waited
    assert recorded == []


def test_the_way_to_the_package_names_no_folder_that_python_could_misread(
    start, monkeypatch, tmp_path
):
    root = tmp_path / "Übung"
    monkeypatch.setattr(start, "ROOT", root)
    way = root / ".venv/lib/python3.11/site-packages/_editable_impl_clarity_lab.pth"
    way.parent.mkdir(parents=True)
    way.write_text(str(root), encoding="utf-8")
    start.shorten_way_to_package(start.OURS)
    assert way.read_bytes().isascii()
    assert (way.parent / way.read_text("ascii")).resolve() == root.resolve()


def test_colabs_pins_stand_above_ours_and_each_package_has_one(start):
    start.COLAB.folder.mkdir()
    joined = Path(start.write_constraints(start.COLAB)).read_text("utf-8").splitlines()
    assert "ipywidgets==7.7.1" in joined
    assert "soundfile==0.14.0" in joined
    assert any(pin.startswith("speechbrain==") for pin in joined)
    packages = [pin.split("==")[0] for pin in joined]
    assert len(packages) == len(set(packages))


def test_a_package_is_the_same_however_its_name_is_written(start):
    start.COLAB.folder.mkdir()
    for name, pin in zip(start.COLAB.pins, ("A_b.c==1", "a-B-c==2"), strict=True):
        (start.ROOT / name).write_text(f"# words\n{pin}\n", encoding="utf-8")
    joined = Path(start.write_constraints(start.COLAB)).read_text("utf-8")
    assert joined.splitlines() == ["a-B-c==2"]


def test_colabs_packages_and_ours_know_nothing_of_each_other(start, recorded):
    start.install(start.COLAB, start.COLAB_EXTRAS)
    assert ("make_venv", start.COLAB) in recorded
    assert not start.OURS.folder.exists()
    assert not start.is_installed(start.OURS, "lessons")
    recorded.clear()
    start.install(start.COLAB, start.COLAB_EXTRAS)
    assert recorded == []


def test_only_the_colab_environment_follows_a_change_of_colabs_pins(start, recorded):
    start.install(start.COLAB, start.COLAB_EXTRAS)
    start.install(start.OURS, "lessons")
    with (start.ROOT / "constraints-colab.txt").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    assert not start.is_installed(start.COLAB, start.COLAB_EXTRAS)
    assert start.is_installed(start.OURS, "lessons")


@pytest.mark.parametrize(
    ("words", "python", "passed_on"),
    [(["-k", "play"], "OURS", []), (["--colab", "-k", "play"], "COLAB", ["not slow"])],
)
def test_the_word_colab_chooses_the_environment_that_pytest_runs_in(
    start, monkeypatch, words, python, passed_on
):
    installed, runs = [], []
    monkeypatch.setattr(start, "install", lambda env, extras: installed.append(env))
    monkeypatch.setattr(
        start, "run_python", lambda env, *told: runs.append((env, told))
    )
    monkeypatch.setattr(start.sys, "argv", ["start.py", "test", *words])
    start.main()
    env = getattr(start, python)
    assert installed == [env]
    assert {where for where, _ in runs} == {env}
    pytest_words = runs[-1][1]
    assert pytest_words[-2:] == ("-k", "play")
    assert "--colab" not in pytest_words
    browsers = [word for word in pytest_words if "not browser" in word]
    assert bool(browsers) is bool(passed_on)
