"""The people with whom an audiogram can begin: standard ears and listeners."""

from __future__ import annotations

from collections.abc import Mapping

from clarity_lab import manifests
from clarity_lab.hearing import Audiogram, Listener, read_listeners, standard_audiogram
from clarity_lab.hearing.audiogram import STANDARD_THRESHOLDS_DB_HL

FREQUENCIES_HZ = (250, 500, 1000, 2000, 3000, 4000, 6000, 8000)
"""Those of the Clarity challenges: what a new audiogram has."""
NEW = "listener"
STANDARD = "Standard ears"
CHALLENGE = "Clarity challenge listeners"


def listener_from(listener: Listener | Audiogram | str | None) -> Listener:
    """Who is meant: two ears, one ear twice, a name, or nobody in particular.

    Args:
        listener: See `audiogram_editor`.

    Returns:
        The listener; without a name of its own it is called "listener".

    Raises:
        TypeError: If it is nothing of the kind.
        ValueError: If there is none of that name.
    """
    if listener is None:
        listener = Audiogram(FREQUENCIES_HZ, [0] * len(FREQUENCIES_HZ))
    if isinstance(listener, str):
        people = standard_people() | challenge_people()
        if listener not in people:
            raise ValueError(
                "expected the name of a standard ear, N1 to N7 or S1 to S3, or of a "
                f"listener of the package, such as L0001, got {listener!r}."
            )
        return people[listener]
    if isinstance(listener, Audiogram):
        return Listener(NEW, left=listener, right=listener)
    if not isinstance(listener, Listener):
        raise TypeError(
            "expected a Listener, an Audiogram or a name, got "
            f"{type(listener).__name__}. Try audiogram_editor('N3')."
        )
    return listener


def standard_people() -> dict[str, Listener]:
    """The ten standard ears, each as both ears of a listener of its name."""
    ears = {name: standard_audiogram(name) for name in STANDARD_THRESHOLDS_DB_HL}
    return {name: Listener(name, left=ear, right=ear) for name, ear in ears.items()}


def challenge_people() -> dict[str, Listener]:
    """Those that come with the package; none where somebody has left them out."""
    path = manifests.find("samples", "audiograms/clarity.json")
    return {} if path is None else read_listeners(path)


def offer(people: Mapping[str, Mapping[str, Listener]]) -> list:
    """For a list to choose from: [[group, [[name, words], ...]], ...]."""
    return [
        [group, [[name, _words(one)] for name, one in members.items()]]
        for group, members in people.items()
        if members
    ]


def _words(person: Listener) -> str:
    """Who it is, with the mean of 0.5, 1, 2 and 4 kHz."""
    right, left = (
        getattr(person, ear).pure_tone_average_db_hl for ear in ("right", "left")
    )
    if person.right == person.left:
        return f"{person.name} (mean {right:.0f} dB)"
    return f"{person.name} (right {right:.0f}, left {left:.0f} dB)"
