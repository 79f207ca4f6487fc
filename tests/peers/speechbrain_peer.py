"""SpeechBrain for tests, without the names that hide what they import.

It puts modules into `sys.modules` that import others when they are looked at, and fail
where those are not installed. Hypothesis looks at all of them.
"""

import sys

import pytest

HIDING = ("LazyModule", "DeprecatedModuleRedirect")


def forget_hiding_modules():
    """Take them out of the table again: nobody here asks for them by name."""
    for name, module in list(sys.modules.items()):
        if type(module).__name__ in HIDING:
            del sys.modules[name]


edit_distance = pytest.importorskip("speechbrain.utils.edit_distance")
forget_hiding_modules()
