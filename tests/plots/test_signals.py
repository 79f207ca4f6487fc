"""Waveforms, spectra and spectrograms show the numbers they were given."""

import itertools

import numpy as np
import pytest

matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

from clarity_lab import plots  # noqa: E402

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
