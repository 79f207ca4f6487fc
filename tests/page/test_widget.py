"""A widget leaves something to see where no kernel runs."""

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell

from clarity_lab.browser.widget import PageWidget

VIEW = "application/vnd.jupyter.widget-view+json"


class Clock(PageWidget):
    _esm = "export default { render() {} }"

    def preview_html(self):
        return "<p>ten past ten</p>"


def shown(widget):
    """What a notebook saves of the last value of a cell."""
    data, _ = DisplayFormatter(parent=InteractiveShell.instance()).format(widget)
    return data


def test_a_notebook_gets_the_widget_and_its_picture():
    data = shown(Clock())
    assert VIEW in data
    assert data["text/html"] == "<p>ten past ten</p>"


def test_the_picture_is_that_of_the_moment():
    class Count(Clock):
        n_shown = 0

        def preview_html(self):
            self.n_shown += 1
            return f"{self.n_shown}"

    count = Count()
    assert [shown(count)["text/html"] for _ in range(2)] == ["1", "2"]


def test_a_widget_without_a_picture_is_told_to_have_one():
    class Bare(PageWidget):
        _esm = "export default { render() {} }"

    with pytest.raises(NotImplementedError, match="on paper"):
        Bare()._repr_mimebundle_()


def test_numbers_of_a_widget_do_not_break_its_picture():
    class Level(Clock):
        def preview_html(self):
            return f"{np.float64(-3.5):.1f} dB"

    assert shown(Level())["text/html"] == "-3.5 dB"
