"""SpeechBrain for tests, without the names that hide what they import.

It puts modules into `sys.modules` that import others when they are looked at, and fail
where those are not installed. Hypothesis looks at all of them.
"""

import sys

import pytest

speechbrain = pytest.importorskip("speechbrain")
edit_distance = pytest.importorskip("speechbrain.utils.edit_distance")

for _name, _module in list(sys.modules.items()):
    if type(_module).__name__ in ("LazyModule", "DeprecatedModuleRedirect"):
        del sys.modules[_name]
