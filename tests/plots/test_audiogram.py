"""Audiograms are drawn as audiologists draw them, and no colour alone."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")

from clarity_lab import plots  # noqa: E402
from clarity_lab.hearing import Audiogram, Listener  # noqa: E402

HZ = [250, 500, 1000, 2000, 4000, 8000]
LOSS_DB_HL = [10, 15, 20, 40, 60, 70]


def test_an_audiogram_is_drawn_as_audiologists_draw_it():
    ax = plots.plot_audiogram(HZ, right_db_hl=LOSS_DB_HL, left_db_hl=LOSS_DB_HL)
    right, left = ax.lines
    assert (right.get_marker(), left.get_marker()) == ("o", "x")
    assert matplotlib.colors.to_rgb(right.get_color())[0] > 0.7  # red
    assert matplotlib.colors.to_rgb(left.get_color())[2] > 0.7  # blue
    assert right.get_linestyle() != left.get_linestyle()
    low, high = ax.get_ylim()
    assert low > high  # loss downwards


def test_an_ear_of_nobody_has_its_thresholds_and_no_legend():
    ax = plots.plot_ear(Audiogram(HZ, LOSS_DB_HL))
    assert ax.lines[0].get_ydata().tolist() == LOSS_DB_HL
    assert ax.get_legend() is None
    assert "Audiogram" in {ax.get_title(side) for side in ("left", "center")}


def test_each_ear_of_a_listener_is_drawn_where_it_was_measured():
    left, right = Audiogram((250, 1000), (10, 20)), Audiogram((500, 4000), (30, 60))
    ax = plots.plot_ears(Listener("somebody", left=left, right=right))
    for line, ear in zip(ax.lines, (right, left), strict=True):
        assert line.get_xdata().tolist() == list(ear.frequencies_hz)
        assert line.get_ydata().tolist() == list(ear.thresholds_db_hl)
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["right ear", "left ear"]


def test_octaves_of_an_audiogram_are_equally_wide_and_labelled():
    ax = plots.plot_audiogram(HZ, right_db_hl=LOSS_DB_HL)
    places = ax.transData.transform([(hz, 0) for hz in HZ])[:, 0]
    assert np.diff(places) == pytest.approx(np.full(5, np.diff(places)[0]))
    labels = [tick.get_text() for tick in ax.get_xticklabels()]
    assert labels == ["125", "250", "500", "1000", "2000", "4000", "8000"]


def test_a_threshold_that_was_not_measured_is_left_out():
    thresholds = [10, 15, np.nan, 40, 60, 70]
    ax = plots.plot_audiogram(HZ, left_db_hl=thresholds)
    assert np.isnan(ax.lines[0].get_ydata()[2])
    ax.figure.canvas.draw()


def test_grades_are_named_not_only_shaded():
    ax = plots.plot_audiogram(HZ, right_db_hl=LOSS_DB_HL, severity_bands=True)
    assert "moderately severe" in [text.get_text() for text in ax.texts]


@pytest.mark.parametrize(
    ("ears", "message"),
    [
        ({}, "expected right_db_hl, left_db_hl or both"),
        ({"right_db_hl": [1, 2]}, "got 2 for 6 frequencies"),
        ({"left_db_hl": [-20, 0, 0, 0, 0, 0]}, "A loss is positive"),
    ],
)
def test_a_wrong_audiogram_is_explained(ears, message):
    with pytest.raises(ValueError, match=message):
        plots.plot_audiogram(HZ, **ears)


def test_frequencies_that_fall_are_refused():
    with pytest.raises(ValueError, match="expected rising frequencies"):
        plots.plot_audiogram([500, 250], right_db_hl=[0, 0])
