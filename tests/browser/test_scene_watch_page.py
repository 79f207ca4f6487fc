"""The map above a player moves with the sound: played, sought, and without a kernel."""

import re

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab import scenes, widgets
from tests.browser.bridge import Bridge

pytestmark = pytest.mark.browser

RATE = 16_000
SECONDS = 4
LARGEST, SMALLEST = 34, 9
NOSE = "document.querySelector('[data-nose]').getAttribute('transform')"
RING = "Number(document.querySelector('[data-who=target]').getAttribute('r'))"


@pytest.fixture
def scene(rng):
    """The nose turns from 90 to 0 degrees; the target sounds in the second half."""
    n = SECONDS * RATE
    late = np.r_[np.zeros(n // 2), np.full(n // 2, 0.1)]
    room = scenes.Room(
        "mine",
        (5, 4, 2.5),
        scenes.Source((0, 1, 1.2), view=(0, 1, 0)),
        target=scenes.Source((0, 3, 1.2)),
        interferers=(scenes.Source((1, 2, 1.2)),),
    )
    return widgets.watch_scene(
        0.1 * rng.standard_normal((2, n)),
        sample_rate=RATE,
        room=room,
        head_turn_rad=np.linspace(0, -np.pi / 2, n),
        sources={"target": late},
    )


def nose_deg(page):
    return -float(re.search(r"rotate\((.*?)\)", page.evaluate(NOSE))[1])


@pytest.fixture
def page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


def test_the_map_follows_a_jump_and_what_plays(page, scene):
    shown = Bridge(page).show(scene)
    page.wait_for_function("document.querySelector('progress').hidden")
    assert (nose_deg(page), page.evaluate(RING)) == (90, SMALLEST)
    scene.position_s = 3.0
    shown.settle()
    page.wait_for_function(f"{RING} === {LARGEST}")
    assert nose_deg(page) == pytest.approx(90 - 90 * 3 / 4, abs=1)
    scene.position_s = 0.0
    shown.settle()
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"{RING} === {LARGEST}")  # it came there by itself
    assert 0 <= nose_deg(page) <= 45
    assert shown.errors == []


def test_on_a_page_without_a_kernel_it_moves_as_well(page, scene, monkeypatch):
    monkeypatch.setenv("CLARITY_LAB_STATIC", "1")
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_content(scene.preview_html())
    page.evaluate("document.querySelector('audio').currentTime = 3")
    page.wait_for_function(f"{RING} === {LARGEST}")
    assert nose_deg(page) == pytest.approx(90 - 90 * 3 / 4, abs=1)
    page.evaluate("document.querySelector('audio').currentTime = 0")
    page.wait_for_function(f"{RING} === {SMALLEST}")
    page.evaluate("document.querySelector('audio').play()")
    page.wait_for_function(f"{RING} === {LARGEST}")
    assert errors == []
