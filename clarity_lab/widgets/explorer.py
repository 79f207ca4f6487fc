"""Sliders above, what they change below: the form of every small widget here."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping

import ipywidgets


class Explorer(ipywidgets.VBox):
    """Controls whose values go to one function, and the HTML that it gives back.

    In a test or a self-check: ``explorer.controls["gain_db"].value = -40``, then look
    at ``explorer.view.value``.

    Attributes:
        controls: Name to ipywidgets control.
        view: The HTML widget below them.
    """

    def __init__(
        self, show: Callable[..., str], controls: Mapping[str, ipywidgets.Widget]
    ) -> None:
        self._show = show
        self.controls = dict(controls)
        self.view = ipywidgets.HTML()
        super().__init__([*self.controls.values(), self.view])
        for control in self.controls.values():
            control.observe(self.update, names="value")
        self.update()

    def update(self, change: object = None) -> None:
        """Show what the controls say now; an error is shown, and raised as well."""
        values = {name: control.value for name, control in self.controls.items()}
        try:
            self.view.value = self._show(**values)
        except Exception as error:
            message = html.escape(f"{type(error).__name__}: {error}")
            self.view.value = f'<p role="alert"><strong>{message}</strong></p>'
            raise


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
