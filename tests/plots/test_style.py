"""Pictures can go into a page, with words, and without colour."""

import base64
import re

import pytest

matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from clarity_lab import plots  # noqa: E402
from clarity_lab.plots.style import side_by_side  # noqa: E402


def test_a_figure_becomes_html_that_says_what_it_shows(sine):
    ax = plots.plot_waveform(sine, sample_rate=16_000)
    tag = plots.figure_html(ax.figure, alt='A "sine"')
    assert 'alt="A &quot;sine&quot;"' in tag
    png = base64.b64decode(re.search(r"base64,([^\"]+)", tag).group(1))
    assert png.startswith(b"\x89PNG")
    assert plt.get_fignums() == []  # closed: a notebook would show it twice


def test_a_figure_without_words_is_refused(sine):
    ax = plots.plot_waveform(sine, sample_rate=16_000)
    with pytest.raises(ValueError, match="expected alt"):
        plots.figure_html(ax.figure, alt=" ")


def test_nothing_is_cut_off_in_another_style(sine):
    with plt.rc_context({"figure.constrained_layout.use": False}):
        figure, (left, right) = side_by_side((6, 1.5))
        for ax in (left, right):
            plots.plot_waveform(sine, sample_rate=16_000, ax=ax)
        plots.figure_html(figure, alt="twice a sine")
    boxes = [ax.get_tightbbox() for ax in (left, right)]
    assert boxes[0].x1 <= boxes[1].x0
    assert min(box.y0 for box in boxes) > -1  # pixel


def test_the_style_tells_curves_apart_without_colour():
    cycle = list(plt.rcParams["axes.prop_cycle"])[:4]
    assert len({entry["linestyle"] for entry in cycle}) == 4
