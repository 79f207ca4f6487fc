"""The Cambridge MSBG model of a hearing loss: its stages, one a module.

`simulation` puts them together for one ear: `outer_ear` takes a sound to the cochlea
and back, `smearing` blurs its spectrum, `filterbank` splits it into gammatone bands and
expands their levels. `hearing.simulate_loss` is the door for listeners.

Lesson: 11_hearing_loss.
"""

from clarity_lab.hearing.msbg.filterbank import BandGain, Bank, bank_for, filter_and_sum

__all__ = ["BandGain", "Bank", "bank_for", "filter_and_sum"]
