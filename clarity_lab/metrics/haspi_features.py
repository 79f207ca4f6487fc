"""HASPI's second half: from envelopes to modulations to a share of sentences."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from clarity_lab.hearing.ear_model import CENTRES_HZ, EAR_RATE_HZ
from clarity_lab.metrics.cepstra import audible_frames, cepstra, correlations
from clarity_lab.metrics.haspi_envelopes import FRAME_RATE_HZ, Heard
from clarity_lab.metrics.inner_noise import (
    Rng,
    skip_unused_draws,
    with_firing_jitter,
)
from clarity_lab.metrics.modulations import (
    SPEECH_MODULATIONS_HZ,
    filtered,
    speech_filters,
)


@dataclass(frozen=True)
class HaspiDetails:
    """What HASPI saw on the way to its score.

    Attributes:
        score: 0 to 1, higher is better.
        modulation_hz: Centres of the modulation bands, shape (10,).
        modulation_correlations: The network's inputs, 0 to 1, shape (10,).
        cepstral_correlations: One per modulation band and cepstrum two to six, shape
            (10, 5); their mean over cepstra is the line above.
        band_hz: Centres of the ear's bands, shape (32,).
        reference_envelopes_db: Above threshold, shape (32, frames).
        estimate_envelopes_db: The same for the estimate, in this ear.
        frame_rate_hz: Of the envelopes.
        audible: Which frames count, shape (frames,).
        delay_s: How late the estimate was as a whole.
        band_lags_s: How late each band still was then, shape (32,).
    """

    score: float
    modulation_hz: NDArray
    modulation_correlations: NDArray
    cepstral_correlations: NDArray
    band_hz: NDArray
    reference_envelopes_db: NDArray
    estimate_envelopes_db: NDArray
    frame_rate_hz: float
    audible: NDArray
    delay_s: float
    band_lags_s: NDArray

    @property
    def share_above_threshold(self) -> float:
        """Share of bands and frames in which the estimate is above threshold, 0 to 1.

        Only frames count in which the reference is audible. Noise above threshold
        counts as speech does: it tells what is heard, not what is understood.
        """
        return float(np.mean(self.estimate_envelopes_db[:, self.audible] > 0))

    @property
    def share_of_reference_above_threshold(self) -> float:
        """Share of all bands and frames in which a normal ear hears the reference."""
        return float(np.mean(self.reference_envelopes_db > 0))


def haspi_of(heard: Heard, rng: Rng | None) -> HaspiDetails:
    """Compare the modulations of an estimate with those of its reference.

    Args:
        heard: The two in their ears.
        rng: Of the nerve's jitter, or None.

    Returns:
        The score and what led to it.
    """
    reference_db = heard.reference.envelopes_db
    audible = audible_frames(reference_db)
    skip_unused_draws(rng, n_per_band=len(heard.reference.outputs[0].envelope))
    clean = cepstra(with_firing_jitter(reference_db[audible], rng))
    given = cepstra(with_firing_jitter(heard.envelopes_db[audible], rng))
    modulated = filtered(np.stack([clean, given]), speech_filters())
    cepstral = np.array([correlations(y, reference=x) for x, y in modulated])
    features = cepstral.mean(axis=-1)
    return HaspiDetails(
        score=intelligibility(features),
        modulation_hz=np.array(SPEECH_MODULATIONS_HZ),
        modulation_correlations=features,
        cepstral_correlations=cepstral,
        band_hz=CENTRES_HZ.copy(),
        reference_envelopes_db=reference_db.T.copy(),
        estimate_envelopes_db=heard.envelopes_db.T,
        frame_rate_hz=FRAME_RATE_HZ,
        audible=audible,
        delay_s=heard.delay / EAR_RATE_HZ,
        band_lags_s=heard.band_lags / EAR_RATE_HZ,
    )


def intelligibility(modulation_correlations: NDArray) -> float:
    """Mean answer of HASPI's ten networks, scaled so that 1 is the best.

    Args:
        modulation_correlations: 0 to 1 for each modulation band, shape (10,).

    Returns:
        0 to 1.

    Example:
        >>> round(intelligibility(np.ones(10)), 2)
        1.0
    """
    hidden, output, normalisation = networks()
    units = _logistic(
        np.einsum("i,nij->nj", _with_bias(modulation_correlations), hidden)
    )
    answers = _logistic(np.sum(_with_bias(units) * output, axis=-1))
    return float(np.mean(answers) / normalisation)


def _logistic(x: NDArray) -> NDArray:
    return 1.0 / (1.0 + np.exp(-x))


def _with_bias(inputs: NDArray) -> NDArray:
    return np.concatenate([np.ones((*inputs.shape[:-1], 1)), inputs], axis=-1)


@cache
def networks() -> tuple[NDArray, NDArray, float]:
    """The weights of HASPI's ten networks, bias first.

    Returns:
        Hidden units (10, 11, 4), outputs (10, 5), and the factor that scales their mean
            answer.
    """
    table = resources.files("clarity_lab.metrics") / "tables" / "haspi_networks.json"
    weights = json.loads(table.read_text(encoding="utf-8"))
    hidden = np.array([network["hidden"] for network in weights["networks"]])
    output = np.array([network["output"] for network in weights["networks"]])
    return hidden, output, weights["normalisation"]
