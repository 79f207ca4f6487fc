"""Mel pictures and features show the numbers they were given, row by row."""

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from clarity_lab import plots  # noqa: E402
from clarity_lab.units import hz_to_mel, mel_to_hz  # noqa: E402


def test_a_tone_lies_in_the_mel_filter_around_it(sine):
    ax = plots.plot_mel(sine, sample_rate=16_000, n_mels=40)
    rows = np.asarray(ax.images[0].get_array())
    centres_hz = mel_to_hz(np.linspace(0, hz_to_mel(8_000), 42))[1:-1]
    brightest = np.argmax(rows[:, rows.shape[1] // 2])
    assert brightest == np.argmin(np.abs(centres_hz - 1000))
    assert rows[brightest].max() == pytest.approx(-3.01, abs=3)
    assert ax.images[0].colorbar.ax.get_ylabel() == "Level (dBFS)"
    top_label = ax.get_yticklabels()[-1].get_text()
    assert float(top_label) == pytest.approx(centres_hz[-1], abs=1)


def test_mel_pictures_can_share_an_axis(sine):
    _, axes = plt.subplots(1, 2, sharey=True)
    for ax in axes:
        plots.plot_mel(sine, sample_rate=16_000, ax=ax)
    assert axes[0].get_ylabel() == axes[1].get_ylabel() == "Mel filter centre (Hz)"


def test_features_are_drawn_as_given_over_seconds():
    features = np.arange(12.0).reshape(3, 4)
    ax = plots.plot_features(features, sample_rate=8_000, hop_length=80, ylabel="MFCC")
    assert np.asarray(ax.images[0].get_array()) == pytest.approx(features)
    assert ax.images[0].get_extent()[:2] == pytest.approx([-0.005, 0.035])
    assert ax.get_ylabel() == "MFCC"


def test_the_label_of_rows_with_centres_is_the_callers():
    ax = plots.plot_features(
        np.eye(3),
        sample_rate=8_000,
        hop_length=80,
        ylabel="Gammatone centre (Hz)",
        centres_hz=[100, 200, 300],
    )
    assert ax.get_ylabel() == "Gammatone centre (Hz)"
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["100", "200", "300"]


def test_rows_can_be_counted_from_one():
    ax = plots.plot_features(np.eye(3), sample_rate=8_000, hop_length=80, first_row=1)
    assert ax.images[0].get_extent()[2:] == pytest.approx([0.5, 3.5])
    assert ax.get_ylim() == pytest.approx((0.5, 3.5))


def test_silence_alone_is_drawn_without_inventing_a_level():
    ax = plots.plot_features(
        np.full((3, 4), -np.inf), sample_rate=8_000, hop_length=80, dynamic_range_db=70
    )
    assert ax.images[0].get_clim() == (-70, 0)


def test_a_log_of_silence_in_features_is_drawn_dark():
    features = np.array([[-np.inf, 0.0], [0.0, -10.0]])
    ax = plots.plot_features(
        features, sample_rate=8_000, hop_length=80, dynamic_range_db=40
    )
    assert ax.images[0].get_clim() == (-40, 0)
    ax.figure.canvas.draw()


def test_centres_that_do_not_fit_the_rows_are_explained():
    with pytest.raises(ValueError, match=r"each of 3 rows, got shape \(2,\)"):
        plots.plot_features(
            np.zeros((3, 4)), sample_rate=8_000, hop_length=80, centres_hz=[1, 2]
        )


@pytest.mark.parametrize("name", ["window_ms", "hop_ms", "n_mels"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -3])
def test_an_impossible_setting_of_the_mel_picture_is_named(sine, name, value):
    with pytest.raises(ValueError, match=f"expected {name} as a finite number"):
        plots.plot_mel(sine, sample_rate=16_000, **{name: value})
