"""Let `import torchaudio` succeed where its compiled half cannot be loaded.

SpeechBrain imports torchaudio. The torchaudio wheel for Linux is linked against CUDA,
so beside a CPU build of torch its extension raises OSError, and beside a torch of
another CUDA version RuntimeError: the first cell of every SpeechBrain lesson fails,
though the lessons need only torchaudio's Python half. The guard lets the extension
load where it can, and where it cannot answers "not compiled", a case that torchaudio
itself provides for. No file is changed and torch is not imported; the guard only has
to be there before torchaudio, so lessons import clarity_lab first.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable
from types import ModuleType

EXTENSION = "torchaudio._extension"
LOAD_ERRORS = (OSError, RuntimeError, ImportError)


def install() -> None:
    """Put the guard in front of Python's own finders, once."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def status() -> str:
    """Say how the extension was met: "compiled", "guarded" or "not imported"."""
    module = sys.modules.get(EXTENSION)
    if module is None:
        return "not imported"
    return "compiled" if module._IS_TORCHAUDIO_EXT_AVAILABLE else "guarded"


class _Finder(importlib.abc.MetaPathFinder):
    """Wraps the loader of one module and leaves every other to Python."""

    def find_spec(self, fullname, path, target=None):
        if fullname != EXTENSION:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(importlib.abc.Loader):
    """Runs the real extension module; if it cannot load, fills in its absence."""

    def __init__(self, real: importlib.abc.Loader) -> None:
        self.real = real

    def create_module(self, spec):
        return self.real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        try:
            self.real.exec_module(module)
        except LOAD_ERRORS as error:
            _declare_absent(module, reason=error)


def _declare_absent(module: ModuleType, *, reason: Exception) -> None:
    """Give the module the names that torchaudio reads from it."""
    module._IS_TORCHAUDIO_EXT_AVAILABLE = False
    module._IS_ALIGN_AVAILABLE = False
    module._load_lib = lambda library: False
    module.fail_if_no_align = lambda function: _refuse(function, reason)


def _refuse(function: Callable, reason: Exception) -> Callable:
    def refused(*args, **kwargs):
        raise RuntimeError(
            f"{function.__name__} needs torchaudio's compiled extension, which did not "
            f"load here ({reason}). Install a torchaudio built for this torch, "
            "or use another aligner."
        )

    return refused
