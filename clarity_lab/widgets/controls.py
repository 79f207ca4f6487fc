"""Sliders, buttons and boxes that stand in line with each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets

from clarity_lab.hearing import Listener

DESCRIPTION_EM, SLIDER_EM = 9, 23
"""Widths of what is written beside a control, and of a slider with its number."""


def in_words(control: ipywidgets.Widget) -> str:
    """What a control is called and where it stands.

    Example:
        >>> in_words(slider("Gain (dB)", -6, low=-60, high=0, step=1))
        'Gain (dB): -6'
    """
    value = getattr(control, trait_of(control))
    if isinstance(value, bool):
        words = "on" if value else "off"
    elif isinstance(value, tuple):
        words = " to ".join(f"{one:g}" for one in value)
    else:
        words = f"{value:g}" if isinstance(value, float | int) else str(value)
    if isinstance(value, Listener):
        return f"Audiogram: {value.name}"
    return f"{control.description}: {words}"


def trait_of(control: ipywidgets.Widget) -> str:
    """Write the name of the trait that counts: an audiogram editor has no `value`."""
    return "value" if control.has_trait("value") else "listener"


def slider(
    description: str,
    value: float,
    *,
    low: float,
    high: float,
    step: float,
    live: bool = False,
) -> ipywidgets.FloatSlider:
    """A slider whose arrow keys move it by one step, of whole numbers or of tenths.

    Args:
        description: Written beside it.
        value: Where it stands at first.
        low: Its left end.
        high: Its right end.
        step: From one position to the next.
        live: It acts while it is dragged. Default: when it is let go.

    Returns:
        The slider.
    """
    return ipywidgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=description,
        continuous_update=live,
        readout_format=".0f" if float(step).is_integer() else ".1f",
        style={"description_width": f"{DESCRIPTION_EM}em"},
        layout={"width": f"{DESCRIPTION_EM + SLIDER_EM}em"},
    )


def choice(
    description: str, options: Iterable[str], *, value: str | None = None
) -> ipywidgets.ToggleButtons:
    """Buttons side by side, for Tab and the space bar.

    In a drop-down list JupyterLab takes the arrow keys for itself and leaves the cell.
    """
    options = list(options)
    buttons = ipywidgets.ToggleButtons(
        options=options,
        value=options[0] if value is None else value,
        description=description,
        style={"description_width": f"{DESCRIPTION_EM}em", "button_width": "auto"},
    )
    buttons.add_class("widget-inline-hbox")  # the description in line, as for sliders
    return buttons


def switch(description: str, *, value: bool) -> ipywidgets.Checkbox:
    """A box to tick, in line with the sliders."""
    return ipywidgets.Checkbox(
        value=value,
        description=description,
        style={"description_width": f"{DESCRIPTION_EM}em"},
    )


def rest_while(
    control: ipywidgets.Widget,
    other: ipywidgets.Widget,
    without_effect: Callable[[Any], bool],
) -> None:
    """Disable a control while the value of another leaves it without effect."""
    ipywidgets.dlink((other, "value"), (control, "disabled"), without_effect)


def with_room(
    controls: dict[str, ipywidgets.Widget], *, description_em: float
) -> dict[str, ipywidgets.Widget]:
    """The same controls, with room for a longer description; sliders keep theirs."""
    for control in controls.values():
        control.style.description_width = f"{description_em}em"
        if isinstance(control, ipywidgets.FloatSlider):
            control.layout.width = f"{description_em + SLIDER_EM}em"
    return controls
