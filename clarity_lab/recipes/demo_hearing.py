"""The demo's second half: the same scene through impaired ears and a hearing aid."""

from __future__ import annotations

from collections.abc import Iterator

from numpy.typing import NDArray

from clarity_lab import hearing, listen, manifests, metrics, plots
from clarity_lab.recipes.pages import table

LISTENER = "L0026"  # a severe loss at all frequencies, in both ears
RMS_ONE_DB_SPL = 91.0  # the talker of the scene then speaks at 65 dB SPL


def sections(
    speech: NDArray, mixtures: dict[str, NDArray], *, sample_rate: int
) -> Iterator[tuple[str, str]]:
    """Yield what a listener with hearing loss gets of a scene, without and with an aid.

    Args:
        speech: The talker alone at both ears, shape (2, samples).
        mixtures: Label to the scene at both ears, each (2, samples).
        sample_rate: In Hz.

    Yields:
        Title and HTML of each section.
    """
    path = manifests.fetch("samples", "audiograms/clarity.json")
    listener = hearing.read_listeners(path)[LISTENER]
    yield f"Listener {LISTENER}", audiogram_html(listener)

    label, mixture = next(iter(mixtures.items()))
    aided = aid(mixture, listener, sample_rate=sample_rate)
    heard = {
        f"{label}, as a normal ear hears it": mixture,
        "the same through the loss": lose(mixture, listener, sample_rate=sample_rate),
        "aided, then through the loss": lose(aided, listener, sample_rate=sample_rate),
    }
    yield "What reaches the mind", listen.table_html(heard, sample_rate=sample_rate)
    yield "How much is understood", haspi_html(speech, mixtures, listener, sample_rate)


def aid(samples: NDArray, listener: hearing.Listener, *, sample_rate: int) -> NDArray:
    """Amplify both ears as the CEC2 baseline does, shape (2, samples)."""
    return hearing.cec2_hearing_aid(
        samples, sample_rate=sample_rate, audiogram=listener
    )


def lose(samples: NDArray, listener: hearing.Listener, *, sample_rate: int) -> NDArray:
    """Simulate the loss of both ears, shape (2, samples)."""
    return hearing.simulate_loss(
        samples,
        sample_rate=sample_rate,
        audiogram=listener,
        rms_one_db_spl=RMS_ONE_DB_SPL,
    )


def audiogram_html(listener: hearing.Listener) -> str:
    """Draw the audiogram of both ears."""
    ax = plots.plot_audiogram(
        listener.right.frequencies_hz,
        right_db_hl=listener.right.thresholds_db_hl,
        left_db_hl=listener.left.thresholds_db_hl,
    )
    return plots.figure_html(ax.figure, alt=f"Audiogram of listener {listener.name}")


def haspi_html(
    speech: NDArray,
    mixtures: dict[str, NDArray],
    listener: hearing.Listener,
    sample_rate: int,
) -> str:
    """Write better-ear HASPI of each mixture: normal ears, the loss, the loss aided."""
    normal_ear = hearing.Audiogram((250, 8000), (0, 0))
    normal = hearing.Listener("normal", left=normal_ear, right=normal_ear)

    def understood(samples: NDArray, who: hearing.Listener) -> float:
        return 100 * metrics.better_ear_haspi(
            samples,
            reference=speech,
            sample_rate=sample_rate,
            listener=who,
            rms_one_db_spl=RMS_ONE_DB_SPL,
        )

    rows = [
        [
            label,
            understood(mixture, normal),
            understood(mixture, listener),
            understood(aid(mixture, listener, sample_rate=sample_rate), listener),
        ]
        for label, mixture in mixtures.items()
    ]
    heads = ["HASPI (%), better ear", "normal ears", "the loss", "the loss, aided"]
    return table(heads, rows)
