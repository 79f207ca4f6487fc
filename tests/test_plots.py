"""Each picture shows the numbers it was given, with units, and no colour alone."""

import base64
import itertools
import re

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from clarity_lab import plots  # noqa: E402
from clarity_lab.hearing import Audiogram  # noqa: E402
from clarity_lab.units import hz_to_mel, mel_to_hz  # noqa: E402


@pytest.fixture(autouse=True)
def _own_style():
    with plt.rc_context():
        plots.use_style()
        yield
    plt.close("all")


@pytest.fixture
def sine():
    return np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)


DRAWN = {
    "waveform": (plots.plot_waveform, "Time (s)", "Amplitude (full scale = 1)"),
    "spectrum": (plots.plot_spectrum, "Frequency (Hz)", "Level (dBFS)"),
    "spectrogram": (plots.plot_spectrogram, "Time (s)", "Frequency (Hz)"),
    "mel": (plots.plot_mel, "Time (s)", "Mel filter centre (Hz)"),
}


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=DRAWN)
def test_axes_have_units_and_the_given_axes_are_used(sine, drawn):
    plot, xlabel, ylabel = drawn
    _, ax = plt.subplots()
    assert plot(sine, sample_rate=16_000, ax=ax) is ax
    assert (ax.get_xlabel(), ax.get_ylabel()) == (xlabel, ylabel)


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=DRAWN)
@pytest.mark.parametrize("samples", [np.zeros(800), np.full(2, 0.5), np.zeros(16_001)])
def test_silence_and_the_shortest_sounds_can_be_drawn(drawn, samples):
    ax = drawn[0](samples, sample_rate=16_000)
    ax.figure.canvas.draw()
    assert np.all(np.isfinite(ax.get_ylim()))


@pytest.mark.parametrize("drawn", DRAWN.values(), ids=DRAWN)
def test_eight_channels_are_refused(drawn):
    with pytest.raises(ValueError, match="Choose"):
        drawn[0](np.zeros((8, 800)), sample_rate=16_000)


def test_a_waveform_is_the_samples_over_seconds(sine):
    [line] = plots.plot_waveform(sine, sample_rate=16_000).lines
    assert line.get_ydata() == pytest.approx(sine)
    assert line.get_xdata()[-1] == pytest.approx(15_999 / 16_000)


def test_two_channels_are_told_apart_by_label_and_line_style(sine):
    ax = plots.plot_waveform(np.stack([sine, sine / 2]), sample_rate=16_000)
    assert [line.get_label() for line in ax.lines] == ["left", "right"]
    assert len({line.get_linestyle() for line in ax.lines}) == 2
    assert ax.get_legend() is not None


def test_curves_in_one_plot_differ_in_line_style_not_only_in_colour(sine):
    ax = plots.plot_spectrum(sine, sample_rate=16_000, label="loud")
    plots.plot_spectrum(sine / 10, sample_rate=16_000, label="soft", ax=ax)
    assert len({line.get_linestyle() for line in ax.lines}) == 2
    assert ax.get_ylim()[1] > -3.01  # the softer one does not hide the louder


def test_a_tone_stands_in_its_spectrum_at_its_level(sine):
    [line] = plots.plot_spectrum(sine, sample_rate=16_000).lines
    peak = np.argmax(line.get_ydata())
    assert line.get_xdata()[peak] == pytest.approx(1000)
    assert line.get_ydata()[peak] == pytest.approx(-3.01, abs=0.01)


def test_octaves_are_written_out(sine):
    ax = plots.plot_spectrum(sine, sample_rate=16_000)
    labels = [tick.get_text() for tick in ax.get_xticklabels()]
    assert labels == ["63", "125", "250", "500", "1000", "2000", "4000", "8000"]


def brightest_hz(image):
    rows = np.asarray(image.get_array())
    middle = rows[:, rows.shape[1] // 2]
    assert image.origin == "lower"  # the first row is drawn at the bottom
    bottom, top = image.get_extent()[2:]
    return bottom + (np.argmax(middle) + 0.5) / len(middle) * (top - bottom)


def test_a_tone_is_brightest_at_its_frequency(sine):
    ax = plots.plot_spectrogram(sine, sample_rate=16_000)
    assert brightest_hz(ax.images[0]) == pytest.approx(1000)


def test_the_dynamic_range_is_fixed_from_the_top_given(sine):
    ax = plots.plot_spectrogram(
        sine, sample_rate=16_000, top_dbfs=-10, dynamic_range_db=40
    )
    assert ax.images[0].get_clim() == (-50, -10)


def test_a_spectrogram_spans_the_sound_and_half_the_rate(sine):
    ax = plots.plot_spectrogram(sine, sample_rate=16_000)
    assert ax.get_xlim() == (0, 1)
    assert ax.get_ylim() == (0, 8_000)


def test_on_a_mel_axis_low_frequencies_take_more_room(sine):
    ax = plots.plot_spectrogram(sine, sample_rate=16_000, scale="mel")
    place = ax.transAxes.inverted().transform(
        ax.transData.transform([(0.5, 0), (0.5, 1000), (0.5, 8000)])
    )[:, 1]
    assert place == pytest.approx([0, 0.352, 1], abs=0.001)  # 1000 mel of 2840


def test_the_colour_bar_has_a_unit(sine):
    ax = plots.plot_spectrogram(sine, sample_rate=16_000)
    assert ax.images[0].colorbar.ax.get_ylabel() == "Level (dBFS)"


def test_an_unknown_scale_is_answered_with_the_known_ones(sine):
    with pytest.raises(ValueError, match="one of linear, mel, got 'bark'"):
        plots.plot_spectrogram(sine, sample_rate=16_000, scale="bark")


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


@pytest.mark.parametrize("plot", [plots.plot_waveform, plots.plot_spectrogram])
@pytest.mark.parametrize("n_samples", [160, 400, 16_000])
def test_times_do_not_overlap_in_a_narrow_picture(sine, plot, n_samples):
    figure, axes = plt.subplots(1, 3, figsize=(7.2, 3))
    for ax in axes:
        plot(sine[:n_samples], sample_rate=16_000, ax=ax)
    figure.canvas.draw()
    for ax in axes:
        boxes = [tick.get_window_extent() for tick in ax.get_xticklabels()]
        low, high = ax.get_xlim()
        boxes = [
            box
            for box, place in zip(boxes, ax.get_xticks(), strict=True)
            if low <= place <= high
        ]
        assert len(boxes) >= 2
        assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes))


def test_two_sounds_in_one_waveform_are_named(sine):
    ax = plots.plot_waveform(sine, sample_rate=16_000, label="before")
    plots.plot_waveform(sine / 2, sample_rate=16_000, label="after", ax=ax)
    named = [text.get_text() for text in ax.get_legend().get_texts()]
    assert named == ["before", "after"]


def test_a_mel_axis_may_be_dragged_below_zero(sine):
    ax = plots.plot_spectrogram(sine, sample_rate=16_000, scale="mel")
    ax.set_ylim(-500, 8_000)
    ax.figure.canvas.draw()
    assert ax.get_ylim() == (-500, 8_000)


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


def test_the_style_tells_curves_apart_without_colour():
    cycle = list(plt.rcParams["axes.prop_cycle"])[:4]
    assert len({entry["linestyle"] for entry in cycle}) == 4


@pytest.mark.parametrize("name", ["window_ms", "hop_ms", "n_mels"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -3])
def test_an_impossible_setting_of_the_mel_picture_is_named(sine, name, value):
    with pytest.raises(ValueError, match=f"expected {name} as a finite number"):
        plots.plot_mel(sine, sample_rate=16_000, **{name: value})
