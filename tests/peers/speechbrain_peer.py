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


def ctc_searcher(name, vocabulary, *, least_log_prob, beam_size=16, **options):
    """A CTC search of SpeechBrain's that drops only tokens below a limit."""
    from speechbrain.decoders import ctc

    forget_hiding_modules()
    return getattr(ctc, name)(
        blank_index=0,
        vocab_list=vocabulary,
        beam_size=beam_size,
        beam_prune_logp=-1e9,
        token_prune_min_logp=least_log_prob,
        prune_history=False,
        **options,
    )


edit_distance = pytest.importorskip("speechbrain.utils.edit_distance")
forget_hiding_modules()
