"""What the sliders of ipywidgets are called, for a screen reader."""

from __future__ import annotations

import anywidget

from clarity_lab.browser import module


class Names(anywidget.AnyWidget):
    """Nothing to see: gives the sliders beside it the names that are written there.

    The box that holds it and the sliders has the class "cl-named".
    """

    _esm = module("names")

    def __init__(self) -> None:
        super().__init__(layout={"display": "none"})
