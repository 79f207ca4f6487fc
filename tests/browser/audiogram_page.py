"""The audiogram editor on a page: what a hand does to it, and what it then says."""

import pytest

from clarity_lab.hearing import Audiogram, Listener

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab.widgets.audiogram_editor import audiogram_editor
from tests.browser.bridge import Bridge

HZ = (250, 500, 1000, 2000, 3000, 4000, 6000, 8000)
ANN = Listener(
    "Ann",
    left=Audiogram(HZ, (10, 15, 20, 30, 40, 50, 55, 60)),
    right=Audiogram(HZ, (20, 25, 30, 45, 50, 60, 65, 70)),
)


class Settled:
    """An editor that is asked only when each half knows all that the other one said."""

    def __init__(self, bridge, editor):
        self.__dict__.update(bridge=bridge, editor=editor)

    def __getattr__(self, name):
        self.bridge.settle()
        return getattr(self.editor, name)

    def __setattr__(self, name, value):
        setattr(self.editor, name, value)


class Opener:
    """Called with a listener it opens an editor on a page of its own: both."""

    def __init__(self, chromium):
        self.chromium, self.bridges = chromium, []

    def __call__(self, listener=ANN, *, ear="right", **options):
        options = {"viewport": {"width": 1300, "height": 900}, **options}
        page = self.chromium.new_context(**options).new_page()
        editor = audiogram_editor(listener, ear=ear)
        self.bridges.append(Bridge(page).show(editor, "audiogram"))
        page.settle = self.bridges[-1].settle
        return page, Settled(self.bridges[-1], editor)

    def close(self):
        for bridge in self.bridges:
            assert bridge.errors == []
            bridge.page.context.close()


def point(page, ear, hz):
    return page.get_by_role("slider", name=f"{ear} ear, {hz} Hz", exact=True)


def place(page, ear, hz):
    box = point(page, ear, hz).locator(".cl-hit").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def px_per_db(page):
    return page.evaluate(
        "3.2 * document.querySelector('.cl-plot svg').getScreenCTM().a"
    )


def drag(page, ear, hz, by_db, *, steps=6):
    x, y = place(page, ear, hz)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + by_db * px_per_db(page), steps=steps)
    page.mouse.up()


def threshold(editor, ear, hz):
    return float(getattr(editor, ear).threshold_at(hz))


def status(page):
    page.settle()
    return page.get_by_role("status").inner_text()


def cell(page, ear, hz):
    return page.get_by_role("textbox", name=f"{ear} ear, {hz} Hz, dB HL", exact=True)


def choose(page, label):
    page.get_by_role("combobox", name="Ears of").select_option(label=label)
