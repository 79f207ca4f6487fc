"""The doctor finds what is broken, names the mending command, and runs it."""

import argparse
import builtins
import sys
from pathlib import Path

import pytest

from clarity_lab import doctor


def options(*, fix=False):
    return argparse.Namespace(fix=fix)


def test_a_working_environment_has_nothing_broken():
    states = {finding.subject: finding.state for finding in doctor.examine()}
    assert "broken" not in states.values(), states
    assert {"Python", "torch", "SpeechBrain", "widgets", "samples"} <= set(states)


def test_a_missing_package_comes_with_its_install_command(monkeypatch):
    real = builtins.__import__

    def absent(name, *rest):
        if name == "torch":
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    finding = doctor.look_at_torch()
    assert finding.state == "broken"
    assert finding.mend[:4] == (sys.executable, "-m", "pip", "install")
    assert finding.mend[-1] == "torch"


@pytest.mark.parametrize(("gpu", "cpu_build"), [(None, True), ("/bin/smi", False)])
def test_mending_torch_fetches_cuda_only_for_a_gpu(monkeypatch, gpu, cpu_build):
    monkeypatch.setattr(doctor.sys, "platform", "linux")
    monkeypatch.setattr(doctor.shutil, "which", lambda name: gpu)
    assert (doctor.TORCH_CPU_INDEX in doctor.torch_command()) is cpu_build


def test_a_fault_while_looking_is_a_finding_not_a_crash(monkeypatch):
    def look_at_widgets():
        raise OSError("disk on fire")

    monkeypatch.setattr(doctor, "look_at_widgets", look_at_widgets)
    findings = {finding.subject: finding for finding in doctor.examine()}
    assert findings["widgets"].state == "broken"
    assert "disk on fire" in findings["widgets"].words


def test_damaged_samples_are_named_with_the_command_that_restores_them(monkeypatch):
    class Damaged:
        path, state = "speech/one.flac", "damaged"

    monkeypatch.setattr(doctor.manifests, "verify", lambda name: [Damaged()])
    finding = doctor.look_at_samples()
    assert finding.state == "broken"
    assert "speech/one.flac" in finding.words
    if (Path(doctor.__file__).parents[1] / ".git").exists():
        assert finding.mend[-2:] == ("--", "clarity_lab/samples")
    else:
        assert "the way you installed it" in finding.words


@pytest.mark.parametrize(("state", "code"), [("ok", 0), ("note", 0), ("broken", 1)])
def test_only_what_stops_a_lab_fails_the_examination(monkeypatch, capsys, state, code):
    found = [doctor.Finding("ear", state, "heard of")]
    monkeypatch.setattr(doctor, "examine", lambda: iter(found))
    assert doctor.run(options()) == code
    assert f"{doctor.MARKS[state]} ear" in capsys.readouterr().out


def test_fix_runs_each_mending_command_once(monkeypatch, tmp_path):
    proof = tmp_path / "mended"
    write = f"open({str(proof)!r}, 'a').write('x')"
    mend = (sys.executable, "-c", write)
    found = [doctor.Finding(ear, "broken", "deaf", mend) for ear in ("left", "right")]
    monkeypatch.setattr(doctor, "examine", lambda: iter(found))
    doctor.run(options(fix=True))
    assert proof.read_text(encoding="utf-8") == "x"


def test_a_half_downloaded_set_is_named_and_stops_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor.manifests, "where", lambda name: tmp_path)
    monkeypatch.setattr(doctor.manifests, "names", lambda: ["bells"])
    monkeypatch.setattr(doctor.manifests, "find", lambda name: None)
    finding = doctor.look_at_cache()
    assert finding.state == "note"
    assert "not whole: bells" in finding.words


def test_what_speechbrain_lacks_is_named_and_not_speechbrain(monkeypatch):
    def lacks_torch(name):
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    monkeypatch.setattr(doctor.importlib, "import_module", lacks_torch)
    finding = doctor.look_at_speechbrain()
    assert finding.words == "torch is not installed"
    assert finding.mend[-1] == "torch"
