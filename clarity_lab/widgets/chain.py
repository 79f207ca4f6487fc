"""Go through scenes, listeners and hearing aids: hear each, see what it scores."""

from __future__ import annotations

import html
from collections.abc import Mapping
from functools import lru_cache, partial

from numpy.typing import NDArray

from clarity_lab.checks import require_number, require_sample_rate
from clarity_lab.frozen import frozen
from clarity_lab.hearing import Listener, simulate_loss
from clarity_lab.listen import safe_gain_db
from clarity_lab.plots import figure_html, plot_ears
from clarity_lab.plots.style import side_by_side
from clarity_lab.units import db_to_amplitude
from clarity_lab.widgets.controls import choice
from clarity_lab.widgets.explorer import Explorer, Heard

Pair = tuple[str, str]
MARGIN_DB = 8.0
"""What the filters of an ear may add to a peak: 7.2 dB to a full-scale square wave."""


def explore_chain(
    outputs: Mapping[str, Mapping[Pair, NDArray]],
    *,
    scores: Mapping[str, Mapping[Pair, float]],
    scenes: Mapping[str, str],
    listeners: Mapping[str, Listener],
    sample_rate: int,
) -> Explorer:
    """Choose a scene, a listener and a hearing aid: hear it, see all scores beside.

    Args:
        outputs: What each hearing aid gives to both ears, by its name, then by scene
            and listener, shape (2, samples). The first is what the others are compared
            with.
        scores: HASPI, likewise.
        scenes: What to call each scene.
        listeners: By name.
        sample_rate: In Hz.

    Returns:
        The widget; `.controls` holds `scene`, `listener` and `system`; `.player` what
            the system gives, and how the listener hears this and the first system, at
            one gain for the whole widget; `.view` the score, all systems' scores for
            this pair, and the audiogram.

    Raises:
        TypeError: If a score is no number.
        ValueError: If outputs and scores are not of the same systems and pairs, or a
            score is not between 0 and 1.
    """
    sample_rate = require_sample_rate(sample_rate)
    _require_alike(outputs, scores, scenes, listeners)
    outputs = {
        system: {pair: frozen(sound) for pair, sound in sounds.items()}
        for system, sounds in outputs.items()
    }
    scores = _as_scores(scores)
    first = next(iter(outputs))
    margin = db_to_amplitude(MARGIN_DB)
    gain_db = safe_gain_db(
        margin * sound for sounds in outputs.values() for sound in sounds.values()
    )

    @lru_cache(maxsize=32)
    def heard(system: str, scene: str, listener: str) -> NDArray:
        return simulate_loss(
            outputs[system][scene, listener],
            sample_rate=sample_rate,
            audiogram=listeners[listener],
        )

    def show(scene: str, listener: str, system: str) -> Heard:
        sounds = {
            "given to the ears": outputs[system][scene, listener],
            f"heard with {first}": heard(first, scene, listener),
            "heard": heard(system, scene, listener),
        }
        theirs = {name: scores[name][scene, listener] for name in scores}
        return Heard(
            sounds,
            sample_rate,
            title=f"{scenes[scene]}, {listener}, {system}",
            gain_db=gain_db,
            picture=partial(_scored, theirs, system, listeners[listener]),
        )

    named = [(words, name) for name, words in scenes.items()]
    controls = {
        "scene": choice("Scene", named, value=next(iter(scenes))),
        "listener": choice("Listener", listeners),
        "system": choice("System", outputs),
    }
    return Explorer(show, controls)


def _require_alike(
    outputs: Mapping, scores: Mapping, scenes: Mapping, listeners: Mapping
) -> None:
    pairs = {(scene, listener) for scene in scenes for listener in listeners}
    if not outputs or not pairs:
        raise ValueError(
            "expected at least one system, one scene and one listener, got "
            f"{len(outputs)}, {len(scenes)} and {len(listeners)}."
        )
    if set(outputs) != set(scores):
        odd = ", ".join(sorted(set(outputs) ^ set(scores)))
        raise ValueError(f"expected sounds and scores of each system, not of {odd}.")
    for name in outputs:
        for what, there in {"sound": outputs[name], "score": scores[name]}.items():
            missing = sorted(pairs - set(there))
            if missing:
                scene, listener = missing[0]
                raise ValueError(
                    f"expected a {what} of {name} for every scene and listener, none "
                    f"for {scene} and {listener}. Enter {name} again."
                )


def _as_scores(scores: Mapping) -> dict[str, dict[Pair, float]]:
    """The scores as they are now, each a number from 0 to 1."""
    kept = {}
    for system, theirs in scores.items():
        kept[system] = {}
        for (scene, listener), score in theirs.items():
            name = f"the score of {system} for {scene} and {listener}"
            score = require_number(score, name=name, minimum=0)
            if score > 1:
                raise ValueError(f"expected {name} from 0 to 1, got {score:g}.")
            kept[system][scene, listener] = score
    return kept


def _scored(theirs: Mapping[str, float], chosen: str, listener: Listener) -> str:
    """The chosen system's score in words, all of them and the ear as a picture."""
    words = f"{theirs[chosen]:.3f}</strong> with {html.escape(chosen)}"
    picture = _picture(theirs, chosen, listener)
    return f"<p><strong>HASPI {words}.</p>{picture}"


def _picture(theirs: Mapping[str, float], chosen: str, listener: Listener) -> str:
    figure, (left, right) = side_by_side((9.5, 3.4), width_ratios=(1.3, 1))
    names = list(theirs)
    places = range(len(names))
    bars = left.barh(places, list(theirs.values()), color="lightgrey", edgecolor="k")
    left.set_yticks(places, names, parse_math=False)  # a $ is a $
    bars[names.index(chosen)].set(facecolor="tab:blue", hatch="//")
    left.bar_label(bars, fmt="%.2f", padding=3)
    left.invert_yaxis()
    left.set(xlabel="HASPI", xlim=(0, 1.15), title="This scene, this listener")
    plot_ears(listener, ax=right)
    right.set_title(listener.name, parse_math=False)
    listing = ", ".join(f"{name} {score:.2f}" for name, score in theirs.items())
    return figure_html(figure, alt=f"Scores: {listing}. Audiogram of {listener.name}.")
