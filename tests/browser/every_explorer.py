"""Every explorer on a short sound, and what a test wants to know in its kernel."""

import contextlib
import ctypes
import gc
import html
import logging
import re
import threading
import tracemalloc

import ipywidgets
import numpy as np
import psutil
from matplotlib import pyplot
from matplotlib.figure import Figure

from clarity_lab import audio, scenes, widgets
from clarity_lab.hearing import Listener, standard_audiogram
from clarity_lab.widgets.controls import trait_of

RATE = 16_000
MUSIC_RATE = 24_000


def sound(seconds, rate, seed):
    """Noise that comes and goes, at -30 dBFS."""
    noise = np.random.default_rng(seed).standard_normal(round(seconds * rate))
    swell = 1.1 + np.sin(2 * np.pi * 4 * np.arange(noise.size) / rate)
    return audio.set_level(swell * noise, level_dbfs=-30.0)


SPEECH, NOISE = sound(0.6, RATE, 1), sound(0.6, RATE, 2)
STEREO = np.stack([SPEECH, NOISE])
MUSIC = sound(0.6, MUSIC_RATE, 3)


def chain():
    """Two systems, two scenes, two listeners."""
    listeners = {
        name: Listener(name, standard_audiogram(name), standard_audiogram("N3"))
        for name in ("N2", "N4")
    }
    pairs = [(scene, name) for scene in ("near", "far") for name in listeners]
    outputs = {
        system: {pair: factor * 0.8**n * STEREO for n, pair in enumerate(pairs)}
        for system, factor in {"none": 1.0, "aid": 2.0}.items()
    }
    return widgets.explore_chain(
        outputs,
        scores={name: dict.fromkeys(pairs, 0.5) for name in outputs},
        scenes={"near": "near", "far": "far"},
        listeners=listeners,
        sample_rate=RATE,
    )


def told_level(samples, *, sample_rate):
    """A recogniser whose text shows what it was given."""
    return f"a level of {audio.level_dbfs(samples):.1f}"


MAKERS = {
    "gain": lambda: widgets.explore_gain(STEREO, sample_rate=RATE),
    "snr": lambda: widgets.explore_snr(SPEECH, NOISE, sample_rate=RATE),
    "spectrogram": lambda: widgets.explore_spectrogram(SPEECH, sample_rate=RATE),
    "loss": lambda: widgets.explore_hearing_loss(STEREO, sample_rate=RATE),
    "listener": lambda: widgets.explore_hearing_loss(
        SPEECH, sample_rate=RATE, listener="L0001"
    ),
    "aid": lambda: widgets.explore_hearing_aid(SPEECH, sample_rate=RATE),
    "aided listener": lambda: widgets.explore_hearing_aid(
        SPEECH, sample_rate=RATE, listener="L0001"
    ),
    "compressor": lambda: widgets.explore_compressor(SPEECH, sample_rate=RATE),
    "haspi": lambda: widgets.explore_haspi(SPEECH, NOISE, sample_rate=RATE),
    "haaqi": lambda: widgets.explore_haaqi(MUSIC, sample_rate=MUSIC_RATE),
    "filterbank": lambda: widgets.explore_filterbank(STEREO, sample_rate=RATE),
    "scene": lambda: widgets.explore_scene(
        SPEECH, NOISE, sample_rate=RATE, head=scenes.kemar()
    ),
    "recognition": lambda: widgets.explore_recognition(
        SPEECH,
        NOISE,
        {"loud": told_level, "short": lambda samples, *, sample_rate: "a b"},
        sample_rate=RATE,
        reference="a level of minus",
        room=0.5 ** np.arange(40),
    ),
    "chain": chain,
}


class Complaints(logging.Handler):
    """Keeps what was logged as a warning or worse."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.said = []

    def emit(self, record):
        self.said.append(self.format(record))


COMPLAINTS = Complaints()


def make(name, *, count_bytes=False):
    """A new explorer; nobody has complained of it yet. Counting bytes takes time."""
    COMPLAINTS.said.clear()
    if count_bytes:
        tracemalloc.start()
    return MAKERS[name]()


def reach(control):
    """Where a control's messages go, and the states a page may set."""
    return {"comm_id": control.comm.comm_id, **states(control)}


def states(control):
    """What a hand may choose from."""
    if isinstance(control, ipywidgets.ToggleButtons):
        return {"index": len(control.options)}
    if isinstance(control, ipywidgets.Checkbox):
        return {"switch": True}
    if isinstance(control, ipywidgets.IntRangeSlider):
        return {"range": [control.min, control.max]}
    if isinstance(control, widgets.AudiogramEditor):
        ends = [control._drawing[f"{end}_db_hl"] for end in ("lowest", "highest")]
        return {"thresholds": len(control.frequencies_hz), "ends": ends}
    return {"value": [control.min, control.max, control.step]}


def position(explorer):
    """What the controls say."""
    return {
        name: getattr(one, trait_of(one)) for name, one in explorer.controls.items()
    }


def difference_from_direct(name, explorer):
    """How far what is heard and seen is from a new explorer set to the same by code."""
    direct = MAKERS[name]()
    wanted = position(explorer)
    for which, value in wanted.items():
        setattr(direct.controls[which], trait_of(direct.controls[which]), value)
    assert position(direct) == wanted
    assert explorer.view.value == direct.view.value, "the picture is another one"
    assert explorer.player.title == direct.player.title
    assert explorer.player.rows == direct.player.rows
    there, here = direct.player.sounds, explorer.player.sounds
    assert list(there) == list(here)
    return max(float(np.max(np.abs(there[label] - here[label]))) for label in there)


def left_behind():
    """Memory in MB, figures and threads that are still there after a clean-up."""
    gc.collect()
    with contextlib.suppress(AttributeError, OSError, TypeError):  # Linux has it
        ctypes.CDLL(None).malloc_trim(0)  # what is free already
    figures = sum(isinstance(one, Figure) for one in gc.get_objects())
    return {
        "held_mb": tracemalloc.get_traced_memory()[0] / 1e6,
        "process_mb": psutil.Process().memory_info().rss / 1e6,
        "figures": figures + len(pyplot.get_fignums()),
        "threads": threading.active_count(),
    }


def report(explorer):
    """Where the controls stand when all is heard and seen, and what is left behind."""
    explorer.wait()
    return {"positions": _as_shown(explorer), "left": left_behind()}


def last_state(name, explorer):
    """What a page should show now; what it should play is left as a file."""
    player = explorer.player
    sound = np.atleast_2d(player.sounds[player.selected])
    np.save("heard.npy", sound * 10 ** (player.gain_db / 20))
    return {
        "difference": difference_from_direct(name, explorer),
        "title": player.title,
        "pictures": pictures(explorer.view.value),
        "complaints": COMPLAINTS.said,
    }


def pictures(page):
    """What the pictures of a page show, in words."""
    return [html.unescape(words) for words in re.findall(r'<img alt="([^"]*)', page)]


def _as_shown(explorer):
    """The positions as a page writes them, control by control."""
    shown = []
    for control in explorer.controls.values():
        if isinstance(control, widgets.AudiogramEditor):
            shown += [*control.right_db_hl, *control.left_db_hl]
        elif isinstance(control, ipywidgets.ToggleButtons):
            shown.append(control.label)
        elif isinstance(control, ipywidgets.IntRangeSlider):
            shown += control.value
        else:
            shown.append(control.value)
    return [round(one, 6) if isinstance(one, float) else one for one in shown]
