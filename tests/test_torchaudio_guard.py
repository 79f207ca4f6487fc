"""The guard answers for torchaudio's compiled half only where it cannot load."""

import subprocess
import sys
import types

import pytest

from clarity_lab import torchaudio_guard


class Raises:
    """A stand-in for the loader of an extension that cannot be loaded."""

    def __init__(self, error):
        self.error = error

    def exec_module(self, module):
        raise self.error


@pytest.mark.parametrize(
    "error", [OSError("libc10_cuda.so"), RuntimeError("cu128"), ImportError("DLL")]
)
def test_an_extension_that_cannot_load_counts_as_not_compiled(error):
    module = types.ModuleType(torchaudio_guard.EXTENSION)
    torchaudio_guard._Loader(Raises(error)).exec_module(module)
    assert module._IS_TORCHAUDIO_EXT_AVAILABLE is False
    assert module._load_lib("libtorchaudio") is False


def test_what_needs_the_extension_says_why_it_is_missing():
    module = types.ModuleType(torchaudio_guard.EXTENSION)
    torchaudio_guard._Loader(Raises(OSError("no cuda"))).exec_module(module)

    @module.fail_if_no_align
    def forced_align():
        return "aligned"

    with pytest.raises(RuntimeError, match=r"forced_align .* compiled .*no cuda"):
        forced_align()


def test_a_fault_of_another_kind_is_not_hidden():
    module = types.ModuleType(torchaudio_guard.EXTENSION)
    with pytest.raises(SyntaxError):
        torchaudio_guard._Loader(Raises(SyntaxError("typo"))).exec_module(module)


def test_other_modules_are_left_to_python():
    finder = torchaudio_guard._Finder()
    assert finder.find_spec("torchaudio", None) is None
    assert finder.find_spec("json", None) is None


def test_the_guard_stands_once_however_often_it_is_installed():
    torchaudio_guard.install()
    torchaudio_guard.install()
    guards = [f for f in sys.meta_path if isinstance(f, torchaudio_guard._Finder)]
    assert len(guards) == 1


def test_speechbrain_features_run_after_importing_clarity_lab():
    code = (
        "import clarity_lab, torch;"
        "from speechbrain.lobes.features import Fbank;"
        "print(*Fbank(n_mels=40)(torch.zeros(1, 16000)).shape)"
    )
    words = [sys.executable, "-W", "ignore", "-c", code]
    found = subprocess.run(words, check=True, capture_output=True, text=True)
    assert found.stdout.split() == ["1", "101", "40"]
