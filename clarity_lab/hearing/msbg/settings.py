"""What the MSBG simulation can be asked for, and what it refuses."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from clarity_lab.units import db_to_amplitude

STAGES = ("threshold", "smearing", "recruitment")
HIGHEST_DB_HL = 100.0
FULL_RECRUITMENT_DB_SPL = 105.0  # where an impaired ear is as loud as a normal one
MODEL_SAMPLE_RATE = 44_100


@dataclass(frozen=True)
class MsbgSettings:
    """How to simulate; what each means stands at `hearing.simulate_loss`."""

    rms_one_db_spl: float
    stages: frozenset[str]
    field: str
    parity: bool

    @property
    def ceiling(self) -> float:
        """Envelope at which recruitment is complete, in full-scale units."""
        return float(db_to_amplitude(FULL_RECRUITMENT_DB_SPL - self.rms_one_db_spl))


def require_stages(stages: Collection[str]) -> frozenset[str]:
    """Return the stages to simulate, or say which there are.

    Args:
        stages: Names among "threshold", "smearing" and "recruitment", or one name.

    Returns:
        The names.

    Raises:
        TypeError: If it is no list of names.
        ValueError: If a name is unknown, or threshold and recruitment are both asked.

    Example:
        >>> sorted(require_stages(["smearing", "recruitment"]))
        ['recruitment', 'smearing']
    """
    try:
        wanted = frozenset([stages] if isinstance(stages, str) else stages)
    except TypeError as error:
        raise TypeError(
            f"expected stages as a list of {', '.join(STAGES)}, got {stages!r}. Try "
            'stages=["smearing"], or [] for none.'
        ) from error
    if wanted - set(STAGES):
        raise ValueError(
            f"expected stages among {', '.join(STAGES)}, got "
            f"{sorted(map(str, wanted))}."
        )
    if {"threshold", "recruitment"} <= wanted:
        raise ValueError(
            "expected threshold or recruitment, got both: recruitment raises the "
            "threshold already."
        )
    return wanted


def require_expandable(thresholds_db_hl: Iterable[float]) -> None:
    """Raise if an ear has lost more than the simulation can take away.

    Args:
        thresholds_db_hl: Of one ear.

    Raises:
        ValueError: If a threshold is above 100 dB HL.
    """
    worst = max(thresholds_db_hl)
    if worst > HIGHEST_DB_HL:
        raise ValueError(
            f"expected thresholds up to {HIGHEST_DB_HL:g} dB HL, got {worst:g}: near "
            "105 dB nothing is left to expand. Results above 80 are already doubtful."
        )
