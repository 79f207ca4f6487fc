"""Sliders above, what they change below: the form of every small widget here."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ipywidgets


class Explorer(ipywidgets.VBox):
    """Controls whose values go to one function, and the HTML that it gives back.

    In a test or a self-check: ``explorer.controls["gain_db"].value = -40``, then look
    at ``explorer.view.value``.

    Attributes:
        controls: Name to ipywidgets control.
        status: The line below them: says that it works while it does, else empty.
        view: The HTML widget below that.
    """

    def __init__(
        self,
        show: Callable[..., str],
        controls: Mapping[str, ipywidgets.Widget],
        *,
        busy: str = "Computing …",
    ) -> None:
        self._show, self._busy = show, busy
        self.controls = dict(controls)
        self.status = ipywidgets.HTML(layout={"min_height": "1.6em"})  # nothing jumps
        self.view = ipywidgets.HTML()
        self.view.add_class("jp-RenderedHTMLCommon")  # tables as in other outputs
        super().__init__([*self.controls.values(), self.status, self.view])
        for control in self.controls.values():
            control.observe(self.update, names="value")
        self.update()

    def update(self, change: object = None) -> None:
        """Show what the controls say now; an error is shown, and raised as well."""
        values = {name: control.value for name, control in self.controls.items()}
        self.status.value = f'<span role="status">{html.escape(self._busy)}</span>'
        try:
            self.view.value = self._show(**values)
        except Exception as error:
            message = html.escape(f"{type(error).__name__}: {error}")
            self.view.value = f'<p role="alert"><strong>{message}</strong></p>'
            raise
        finally:
            self.status.value = ""


def slider(
    description: str, value: float, *, low: float, high: float, step: float
) -> ipywidgets.FloatSlider:
    """A slider that acts when it is let go; arrow keys move it by one step."""
    return ipywidgets.FloatSlider(
        value=value,
        min=low,
        max=high,
        step=step,
        description=description,
        continuous_update=False,
        readout_format=".0f",
        style={"description_width": "9em"},
        layout={"width": "32em"},
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
        style={"description_width": "9em", "button_width": "auto"},
    )
    buttons.add_class("widget-inline-hbox")  # the description in line, as for sliders
    return buttons


def switch(description: str, *, value: bool) -> ipywidgets.Checkbox:
    """A box to tick, in line with the sliders."""
    return ipywidgets.Checkbox(
        value=value, description=description, style={"description_width": "9em"}
    )


def rest_while(
    control: ipywidgets.Widget,
    other: ipywidgets.Widget,
    without_effect: Callable[[Any], bool],
) -> None:
    """Disable a control while the value of another leaves it without effect."""
    ipywidgets.dlink((other, "value"), (control, "disabled"), without_effect)
