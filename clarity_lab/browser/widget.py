"""A widget that leaves something to see where no kernel runs."""

from __future__ import annotations

from typing import Any

import anywidget


class PageWidget(anywidget.AnyWidget):
    """A widget with a picture of itself: for GitHub, a printed page, a static site."""

    _ipython_display_ = None  # ipywidgets 7 would show itself and leave out the picture

    def preview_html(self) -> str:
        """What is shown where no kernel runs: HTML without scripts."""
        raise NotImplementedError("each widget says what is left of it on paper")

    def _repr_mimebundle_(self, **kwargs: object) -> Any:
        shown = super()._repr_mimebundle_(**kwargs)
        if shown is None:
            return None
        data, metadata = shown if isinstance(shown, tuple) else (shown, {})
        return {**data, "text/html": self.preview_html()}, metadata
