"""Every widget's page, light and dark, passes axe-core without a serious finding."""

import numpy as np
import pytest

from tests.browser.bridge import LOOKS, Bridge
from tests.browser.screenshots import keep_screenshot

pytest.importorskip("anywidget", reason="needs the lessons' packages")
pytest.importorskip("axe_playwright_python", reason="needs axe-playwright-python")

from axe_playwright_python.sync_playwright import Axe

from clarity_lab import widgets
from clarity_lab.listen import Player
from clarity_lab.widgets.quiz import quiz
from clarity_lab.widgets.rate import rate

pytestmark = pytest.mark.browser

RATE = 16_000
TONE = 0.1 * np.sin(2 * np.pi * 440 * np.arange(RATE // 4) / RATE)
SOUNDS = {"loud": TONE, "soft": TONE / 4}


def player(**options):
    return Player(SOUNDS, sample_rate=RATE, **options)


def pieces():
    """One of its pieces is under the playhead, one is chosen."""
    said = [("a", 0.0, 0.1), (" ", 0.1, 0.14), ("tone", 0.14, 0.25)]
    player = widgets.play_aligned(TONE, sample_rate=RATE, pieces=said)
    player.piece = 2
    return player


def blind():
    return widgets.compare(SOUNDS, sample_rate=RATE, blind=True)


def blind_done():
    test = widgets.compare(SOUNDS, sample_rate=RATE, blind=True, n_trials=1)
    test.answer("A", confidence="sure")
    return test


def editor():
    """One with a gap, so that all its buttons are there."""
    editor = widgets.audiogram_editor("L0001")
    editor.left_db_hl = [None, *editor.left_db_hl[1:]]
    return editor


def asked():
    return quiz(
        "Which sound is `softer`?",
        ["the first", "the second"],
        answer=1,
        why=r"It has a quarter of the amplitude: $20\log_{10}\frac{1}{4}$ dB.",
        hints=["Look at the levels."],
    )


def mushra():
    return rate(SOUNDS, sample_rate=RATE, seed=0, reference="loud", anchors=())


def acr():
    return rate(SOUNDS, sample_rate=RATE, seed=0, method="acr")


def finished():
    test = acr()
    while test.status != "done":
        for content in ({"kind": "heard"}, {"kind": "score", "score": 4}):
            of = {"sound": "A", "screen": test.screen}
            test._handle_custom_msg(content | of, [])
        test._handle_custom_msg({"kind": "next", "screen": test.screen}, [])
    return test


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def take_hold(page):
    page.locator(".cl-point.right[tabindex='0']").click()


def be_refused(page):
    press(page, "● Record")
    page.wait_for_selector("[data-status=failed]")


def record(page):
    page.context.grant_permissions(["microphone"])
    press(page, "● Record")
    page.wait_for_selector("[data-status=recorded]")


def guess(number):
    def answer(page):
        page.get_by_role("radio").nth(number).check()
        press(page, "Check")

    return answer


def rate_one(page):
    page.wait_for_selector("text=0:00.0 of")
    press(page, "Play")
    page.keyboard.press("b")
    page.keyboard.press("PageUp")
    page.wait_for_selector("text=heard")


def answer_one(page):
    page.wait_for_selector("text=0:00.0 of")
    press(page, "Play")
    page.get_by_role("radio", name="4 good", disabled=False).check()


def wait(page):
    """Nothing is done before the check."""


PAGES = {
    "one sound": (lambda: Player({"tone": TONE}, sample_rate=RATE), wait),
    "player": (lambda: player(title="Two tones", spectrogram=True), wait),
    "pieces": (pieces, wait),
    "blind test": (blind, wait),
    "blind test, done": (blind_done, wait),
    "audiogram editor": (editor, wait),
    "audiogram editor, held": (editor, take_hold),
    "recorder": (widgets.record, wait),
    "recorder, refused": (widgets.record, be_refused),
    "recorder, recorded": (
        lambda: widgets.record(max_duration_s=0.5, countdown_s=0),
        record,
    ),
    "quiz": (asked, wait),
    "quiz, wrong": (asked, guess(0)),
    "quiz, right": (asked, guess(1)),
    "MUSHRA": (mushra, wait),
    "MUSHRA, rated": (mushra, rate_one),
    "ACR": (acr, wait),
    "ACR, rated": (acr, answer_one),
    "rating, finished": (finished, wait),
}


def findings(page):
    """What axe-core holds for serious or critical, one line each."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['impact']}: {one['id']}: {one['help']}: {node['html'][:200]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.fixture
def page(chromium):
    # With less motion a colour is at once what it will be.
    size = {"width": 1000, "height": 900}
    context = chromium.new_context(viewport=size, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_no_serious_finding_in_the_light_and_in_the_dark(page, name):
    make, act = PAGES[name]
    bridge = Bridge(page, title=name).show(make())
    page.locator("main .cl").wait_for()  # it is there at all
    act(page)
    bridge.settle()
    for look in ("light", "dark"):
        page.add_style_tag(content=LOOKS[look])
        keep_screenshot(page, f"{name}, {look}")
        assert findings(page) == []
    assert bridge.errors == []


BREAKS = {
    "a list without its name": (
        editor,
        "$('select').parentElement.firstChild.remove()",
        "critical: select-name",
    ),
    "a point without its name": (
        editor,
        "$('.cl-point.right[tabindex]').removeAttribute('aria-label')",
        "serious: aria-input-field-name",
    ),
    "pale words": (
        editor,
        "$('.cl').style.setProperty("
        "'--cl-soft', 'color-mix(in srgb, currentColor 35%, transparent)')",
        "serious: color-contrast",
    ),
    "an answer without words": (
        asked,
        "$('.cl-quiz label span').remove()",
        "critical: label",
    ),
    "a score without its sound": (
        mushra,
        "$('.cl-rating-track input').removeAttribute('aria-label')",
        "critical: label",
    ),
    "a button without words": (
        widgets.record,
        "$('button').textContent = ''",
        "critical: button-name",
    ),
    "a player's button without words": (
        player,
        "const one = $('button'); one.textContent = ''; one.title = '';"
        "one.removeAttribute('aria-label')",
        "critical: button-name",
    ),
}


@pytest.mark.parametrize(("make", "act", "finding"), BREAKS.values(), ids=BREAKS)
def test_what_is_broken_is_found(page, make, act, finding):
    bridge = Bridge(page).show(make())
    page.evaluate(f"() => {{ const $ = (one) => document.querySelector(one); {act} }}")
    assert finding in " ".join(findings(page))
    assert bridge.errors == []
