"""The main chain on real recordings, as one page that needs nothing else.

`clarity-lab demo` puts a talker and an interferer into a measured office, adds rain,
listens with two ears and writes what it heard: players, pictures, levels.
"""

from __future__ import annotations

import argparse
import html
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clarity_lab import manifests
from clarity_lab.audio import level_db_a, level_dbfs, load, mix_at_snr, set_level
from clarity_lab.recipes.pages import page, table
from clarity_lab.recipes.telling import told
from clarity_lab.whole import write_whole

SAMPLE_RATE = 16_000
TALKER = "speech/librispeech-1320.flac"
INTERFERER = "speech/librispeech-1995.flac"
NOISE = "noise/rain.ogg"
ROOM = "rooms/surrey-a.npz"
SPEECH_LEVEL_DBFS = -26.0
SNRS_DB = (10.0, 0.0, -10.0)

TITLE = "A talker, an interferer, rain, a room and two ears"
INTRODUCTION = (
    "Made from real recordings and a measured room; the chain between them by "
    "<code>clarity-lab demo</code>. Wear headphones: two ears matter."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that `clarity-lab demo` understands."""
    parser.add_argument(
        "--output", type=Path, default=Path("demo.html"), help="the page to write"
    )


def run(options: argparse.Namespace) -> int:
    """Run the chain, write the page under a temporary name, then rename it."""
    if not options.output.absolute().parent.is_dir():
        print(f"There is no folder {options.output.parent}: make it first.")
        return 1
    if options.output.is_dir():
        print(f"{options.output} is a folder: name a file in it with --output.")
        return 1
    started = time.monotonic()
    parts = []
    for title, body in sections():
        print(f"  {title} ({time.monotonic() - started:.1f} s)", flush=True)
        parts.append(f"<h2>{html.escape(title)}</h2>\n{body}")
    text = page(TITLE, INTRODUCTION, *parts, footer=credits())
    try:
        write_whole(options.output, text)
    except OSError as error:
        print(f"clarity-lab: demo: {told(error)}", file=sys.stderr)
        return 1
    size_mb = options.output.stat().st_size / 1e6
    print(f"Wrote {options.output} ({size_mb:.1f} MB): open it in a browser.")
    return 0


def credits() -> str:
    """Name the recordings and their licences, as the manifest has them."""
    files = sample_files()
    named = [
        f"{path}: {files[path].licence}" for path in (TALKER, INTERFERER, NOISE, ROOM)
    ]
    return "Recordings: " + "; ".join(named) + ". Details in ATTRIBUTION.md."


def sample_files() -> dict[str, manifests.DataFile]:
    """Return the bundled files by path."""
    return {file.path: file for file in manifests.read("samples").files}


def words() -> dict[str, str]:
    """Return what talker and interferer say, as the manifest has it."""
    files = sample_files()
    return {
        "talker": files[TALKER].transcript,
        "interferer": files[INTERFERER].transcript,
    }


def sections() -> Iterator[tuple[str, str]]:
    """Yield the steps of the chain, each with its title and its HTML."""
    from clarity_lab import listen, plots
    from clarity_lab.recipes import demo_hearing

    plots.use_style()
    talker, interferer, rain = recordings()
    dry = {"talker": talker, "interferer": interferer, "rain": rain}
    players = listen.table_html(dry, sample_rate=SAMPLE_RATE, transcripts=words())
    yield "The recordings", players
    yield "What a sentence looks like", pictures(talker)

    ears = {
        "talker in front": in_the_room(talker, azimuth_deg=0),
        "interferer at the left": in_the_room(interferer, azimuth_deg=60),
    }
    players = listen.table_html(ears, sample_rate=SAMPLE_RATE)
    yield "Into the office, at two ears", players
    yield "How loud, at which ear", level_table(ears)

    speech = ears["talker in front"]
    noise = in_the_room(rain, azimuth_deg=45) + ears["interferer at the left"]
    mixtures = {
        f"SNR {snr_db:g} dB": mix_at_snr(speech, noise, snr_db=snr_db)
        for snr_db in SNRS_DB
    }
    heard = {label: mixture for label, (mixture, _) in mixtures.items()}
    yield "The cocktail party", listen.table_html(heard, sample_rate=SAMPLE_RATE)
    better = (
        "<p>Rain and interferer stand at the left: the right ear is the better one.</p>"
    )
    yield "The same, measured back", snr_table(speech, mixtures) + better
    yield "What a recogniser is given", mel_pictures(heard)
    yield from demo_hearing.sections(speech, heard, sample_rate=SAMPLE_RATE)


def recordings() -> tuple[NDArray, NDArray, NDArray]:
    """Load talker, interferer and rain at one level, each of shape (samples,)."""
    sounds = [
        load(manifests.fetch("samples", path), channel=0, sample_rate=SAMPLE_RATE)[0]
        for path in (TALKER, INTERFERER, NOISE)
    ]
    length = min(len(sound) for sound in sounds)
    return tuple(set_level(s[:length], level_dbfs=SPEECH_LEVEL_DBFS) for s in sounds)


def in_the_room(samples: NDArray, *, azimuth_deg: float) -> NDArray:
    """Play a dry sound from one direction into the measured office.

    Args:
        samples: Mono at 16 kHz, shape (samples,).
        azimuth_deg: Direction, anticlockwise from the front; 90 is the left.

    Returns:
        What the two ears receive, shape (2, samples), left first.
    """
    from scipy.signal import oaconvolve

    with np.load(manifests.fetch("samples", ROOM)) as room:
        turns = np.exp(1j * np.radians(room["azimuth_deg"]))  # no seam at 360 degrees
        brirs = room["ir"]  # (directions, 2, taps)
    front = brirs[np.argmax(turns.real)]
    nearest = brirs[np.argmax((turns / np.exp(1j * np.radians(azimuth_deg))).real)]
    brir = nearest / np.max(np.abs(front))  # one factor for all directions
    return oaconvolve(samples[None, :], brir, axes=-1)[:, : len(samples)]


def pictures(samples: NDArray) -> str:
    """Draw a sentence over time and over frequency."""
    import matplotlib.pyplot as plt

    from clarity_lab import plots

    figure, (top, bottom) = plt.subplots(2, figsize=(9, 5), sharex=True)
    plots.plot_waveform(samples, sample_rate=SAMPLE_RATE, ax=top)
    plots.plot_spectrogram(samples, sample_rate=SAMPLE_RATE, ax=bottom)
    top.set_xlabel("")
    return plots.figure_html(figure, alt="Waveform and spectrogram of the sentence")


def mel_pictures(mixtures: dict[str, NDArray]) -> str:
    """Draw the left ear's mel spectrogram of each mixture."""
    import matplotlib.pyplot as plt

    from clarity_lab import plots

    figure, axes = plt.subplots(1, len(mixtures), figsize=(12, 3.5), sharey=True)
    for ax, (label, mixture) in zip(axes, mixtures.items(), strict=True):
        plots.plot_mel(mixture[0], sample_rate=SAMPLE_RATE, ax=ax)
        ax.set_title(label)
    return plots.figure_html(figure, alt="Mel spectrograms at three SNRs")


def level_table(ears: dict[str, NDArray]) -> str:
    """Write the level at each ear, plain and A-weighted, and their difference."""
    heads = [
        "",
        "left (dBFS)",
        "right (dBFS)",
        "left − right (dB)",
        "left, A-weighted (dBFS)",
    ]
    rows = []
    for label, sound in ears.items():
        left, right = level_dbfs(sound)
        weighted = level_db_a(sound, sample_rate=SAMPLE_RATE)[0]
        rows.append([label, left, right, left - right, weighted])
    return table(heads, rows)


def snr_table(speech: NDArray, mixtures: dict[str, tuple[NDArray, NDArray]]) -> str:
    """Write the SNR over both ears and at each, measured from what was added."""
    heads = ["requested", "both ears (dB)", "left (dB)", "right (dB)"]
    rows = []
    for label, (_, noise) in mixtures.items():
        both = level_dbfs(speech.ravel()) - level_dbfs(noise.ravel())
        rows.append([label, both, *(level_dbfs(speech) - level_dbfs(noise))])
    return table(heads, rows)
