"""Pieces above a time line, in a page: pressed, stepped through, heard, looked at."""

import numpy as np
import pytest
import soundfile

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab import manifests, widgets
from clarity_lab.browser import style
from tests.browser.player_page import key, press, wait_until_loaded
from tests.browser.recording import ears_of, heard_as_db
from tests.browser.screenshots import keep_screenshot

pytestmark = pytest.mark.browser

TEXT = "at the emerald city where our princess ozma lives green is the popular color"
# A recogniser's frames of 40 ms in which each letter is said, seen once.
STARTS = [7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 19, 20, 21, 22, 23, 25, 26, 28, 31, 32]
STARTS += [33, 34, 35, 37, 38, 39, 41, 42, 43, 45, 47, 48, 49, 50, 51, 53, 54, 56, 57]
STARTS += [58, 63, 66, 67, 68, 69, 71, 72, 74, 75, 76, 79, 80, 81, 84, 85, 87, 90, 92]
STARTS += [94, 97, 98, 99, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111]
STARTS += [112, 114]
FRAME_S = 0.04
PIECES = [
    (letter, n * FRAME_S, (n + 1) * FRAME_S)
    for letter, n in zip(TEXT, STARTS, strict=True)
]
LOOKS = {"light": 1_000, "dark": 1_000, "plain": 360}


@pytest.fixture(scope="module")
def speech():
    path = manifests.fetch("samples", "speech/librispeech-1284.flac")
    samples, sample_rate = soundfile.read(path)
    return {"samples": samples, "sample_rate": sample_rate}


@pytest.fixture
def player(speech):
    return widgets.play_aligned(**speech, pieces=PIECES, title="The emerald city")


@pytest.fixture
def shown(open_players, player):
    return show(open_players(), player)


def show(bridge, player):
    bridge.show(player)
    wait_until_loaded(bridge.page)
    return bridge


def piece(shown, number):
    return shown.page.locator(".cl-piece").nth(number)


def current(shown):
    """Which pieces the page says to be under the playhead."""
    marked = "all => all.flatMap((one, i) => one.matches('[aria-current]') ? [i] : [])"
    return shown.page.locator(".cl-piece").evaluate_all(marked)


def wait_for_end(shown, player):
    """It has begun, and it has come to its end by itself."""
    shown.page.wait_for_function("contexts.at(-1)?.state === 'running'")
    shown.page.get_by_role("button", name="Play").first.wait_for()
    shown.settle()
    assert not player.playing


def test_a_pressed_piece_is_played_and_then_it_stops(shown, player):
    piece(shown, 20).click()
    wait_for_end(shown, player)
    _, start_s, stop_s = PIECES[20]
    assert player.piece == 20
    assert player.loop_region == (start_s, stop_s)
    assert player.position_s == pytest.approx(stop_s, abs=1e-4)
    piece(shown, 20).click()
    shown.page.get_by_role("button", name="Pause").wait_for()
    wait_for_end(shown, player)
    assert player.position_s == pytest.approx(stop_s, abs=1e-4)
    assert shown.errors == []


def falling(n):
    return 1 - np.arange(n) / n


RECORDED = """async () => {
  const recorder = await startRecording();
  const wait = (ms) => new Promise((go) => setTimeout(go, ms));
  const button = (name) => document.querySelector(`[aria-label="${name}"]`);
  await wait(200);
  document.querySelectorAll(".cl-piece")[%d].click();
  while (!button("Play")) await wait(5);
  await wait(100);
  return recorder.stop();
}"""


def test_what_is_heard_is_the_piece_and_behind_it_nothing(shown, speech):
    samples, rate = speech["samples"], speech["sample_rate"]
    for _ in range(3):
        press(shown, "Play")
        shown.page.wait_for_function("contexts.at(-1)?.state === 'running'")
        heard = shown.page.evaluate(RECORDED % 45)
        if heard["whole"]:
            break
    assert heard["whole"], "the recording itself has a hole"
    left, right = ears_of(heard)
    np.testing.assert_array_equal(left, right)
    fade = round(0.008 * rate)
    stop = round(PIECES[45][2] * rate)
    last = int(np.flatnonzero(left)[-1])
    assert last < len(left) - rate // 20
    meant = samples[stop - 400 : stop + fade] * np.r_[np.ones(400), falling(fade)]
    ends = range(last + 1, last + 4)  # the last samples of a fade may be none
    away = [np.abs(left[end - len(meant) : end] - meant).max() for end in ends]
    assert min(away) < 1e-4


def test_with_loop_it_is_repeated_with_what_is_around(shown, player, speech):
    samples, rate = speech["samples"], speech["sample_rate"]
    press(shown, "Loop")
    press(shown, "0.25 s")
    piece(shown, 30).click()
    shown.settle()
    _, start_s, stop_s = PIECES[30]
    assert player.loop_region == (start_s - 0.25, stop_s + 0.25)
    ends = [round(end_s * rate) for end_s in player.loop_region]
    assert heard_as_db(shown.page, np.tile(samples[slice(*ends)], 4), seconds=1) < -60
    assert player.playing


def test_when_a_piece_was_played_the_next_one_is_not_marked(shown, player):
    assert PIECES[15][2] == PIECES[16][1]
    piece(shown, 15).click()
    wait_for_end(shown, player)
    assert current(shown) == []
    assert piece(shown, 15).get_attribute("aria-pressed") == "true"


def test_play_goes_on_behind_a_piece(shown, player):
    piece(shown, 3).click()
    wait_for_end(shown, player)
    press(shown, "Play")
    shown.page.wait_for_function(
        "document.querySelectorAll('.cl-piece')[12].matches('[aria-current]')"
    )
    assert shown.errors == []


def test_the_piece_under_the_playhead_is_marked(shown, player):
    for at_s, marked in [(0, []), (0.3, [0]), (0.58, []), (0.32, [1]), (0.79, [10])]:
        player.position_s = at_s
        shown.settle()
        assert current(shown) == marked
    assert shown.page.locator(".cl-extent[aria-current]").count() == 1


@pytest.mark.parametrize("width", [1_000, 360])
def test_each_button_can_be_pressed_and_is_near_its_piece(open_players, player, width):
    shown = show(open_players(width=width), player)
    places = """(all) => all.map((one) => {
      const { left, right, height } = one.getBoundingClientRect();
      return [left, right, height];
    })"""
    [strip] = shown.page.locator(".cl-timeline").evaluate_all(places)
    bars = np.array(shown.page.locator(".cl-extent").evaluate_all(places))
    buttons = np.array(shown.page.locator(".cl-piece").evaluate_all(places))
    seconds = np.array([ends for _, *ends in PIECES])
    duration_s = player.rows[0]["duration_s"]
    meant = strip[0] + seconds / duration_s * (strip[1] - strip[0])
    assert np.abs(bars[:, :2] - meant).max() < 1
    away = buttons[:, :2].mean(1) - bars[:, :2].mean(1)
    assert np.abs(away).max() <= 61
    assert (np.diff(buttons[:, :2]) >= 23.9).all()
    assert buttons[:, 2].min() >= 24
    assert (buttons[1:, 0] >= buttons[:-1, 1] - 0.1).all(), "one lies over another"
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_steps_from_piece_to_piece(shown, player):
    page = shown.page
    page.evaluate("document.addEventListener('keydown', () => (window.leaked = true))")
    piece(shown, 0).focus()
    for name, there in [("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1)]:
        key(shown, name)
        assert player.piece == there
        focused = "i => document.querySelectorAll('.cl-piece')[i].matches(':focus')"
        assert page.evaluate(focused, there)
        wait_for_end(shown, player)
        assert player.position_s == pytest.approx(PIECES[there][2], abs=1e-4)
    key(shown, "End")
    assert player.piece == len(PIECES) - 1
    key(shown, "ArrowRight")
    assert player.piece == len(PIECES) - 1
    key(shown, "Home")
    key(shown, "ArrowLeft")
    assert player.piece == 0
    wait_for_end(shown, player)
    player.position_s = 0.0
    shown.settle()
    key(shown, "Enter")
    wait_for_end(shown, player)
    assert player.position_s == pytest.approx(PIECES[0][2], abs=1e-4)
    key(shown, "Escape")
    assert (player.piece, player.loop_region) == (None, ())
    assert not page.evaluate("window.leaked")


def test_all_pieces_are_one_stop_of_the_tab_key(shown, player):
    stops = shown.page.locator(".cl-piece[tabindex='0']")
    assert stops.evaluate_all("all => all.map((one) => one.textContent)") == ["a"]
    player.piece = 10
    shown.settle()
    assert stops.evaluate_all("all => all.map((one) => one.textContent)") == ["r"]


def test_python_chooses_a_piece_and_plays_it(shown, player):
    page = shown.page
    piece(shown, 2).click()  # or a browser stays silent
    wait_for_end(shown, player)
    with player.hold_sync():
        player.playing, player.piece, player.context_s = True, 60, 0.1
    page.get_by_role("button", name="Pause").wait_for()
    wait_for_end(shown, player)
    _, start_s, stop_s = PIECES[60]
    assert player.loop_region == (start_s - 0.1, stop_s + 0.1)
    assert player.position_s == pytest.approx(stop_s + 0.1, abs=1e-4)
    assert piece(shown, 60).get_attribute("aria-pressed") == "true"
    room = page.locator(".cl-scroll").bounding_box()
    for player.piece in (60, 4, 70):
        shown.settle()
        there = piece(shown, player.piece).bounding_box()["x"] - room["x"]
        assert 0 <= there < room["width"]
    player.piece = None
    shown.settle()
    assert player.loop_region == ()
    assert page.locator(".cl-piece[aria-pressed='true']").count() == 0


def test_a_piece_that_was_chosen_before_the_page_was_there_is_marked(
    open_players, player
):
    player.piece = 5
    shown = show(open_players(), player)
    assert player.loop_region == PIECES[5][1:]
    assert player.position_s == pytest.approx(PIECES[5][1])
    assert piece(shown, 5).get_attribute("aria-pressed") == "true"
    shown.page.evaluate("addView('one')")
    both = shown.page.locator(".cl-piece[aria-pressed='true']")
    assert both.count() == 2
    piece(shown, 7).click()
    wait_for_end(shown, player)
    assert both.evaluate_all("all => all.map((one) => one.textContent)") == ["e", "e"]
    assert player.position_s == pytest.approx(PIECES[7][2], abs=1e-4)


def test_a_region_of_ones_own_is_no_piece(shown, player):
    player.piece = 1
    shown.settle()
    player.loop_region = (0.5, 0.9)
    shown.settle()
    assert (player.piece, player.loop_region) == (None, (0.5, 0.9))


def test_around_the_first_and_the_last_piece_the_sound_ends(open_players):
    player = widgets.play_aligned(
        np.zeros(8_000), sample_rate=8_000, pieces=[("a", 0, 0.1), ("b", 0.95, 1.0)]
    )
    shown = show(open_players(), player)
    player.context_s = 0.2
    regions = []
    for player.piece in (0, 1):
        shown.settle()
        regions.append(player.loop_region)
    assert regions == [pytest.approx((0, 0.3)), pytest.approx((0.75, 1.0))]
    words = shown.page.get_by_role("group", name="Around a piece").get_by_role("button")
    assert words.all_inner_texts() == ["nothing", "0.1 s", "0.2 s", "0.25 s"]
    press(shown, "nothing")
    assert player.loop_region == (0.95, 1.0)
    assert player.position_s == 0.95


def test_a_wide_sheet_follows_what_plays(shown, player):
    scrolled = "document.querySelector('.cl-scroll').scrollLeft"
    assert shown.page.evaluate(scrolled) == 0
    player.position_s = 1.5
    shown.settle()
    press(shown, "Play")
    shown.page.wait_for_function(f"{scrolled} > 100")
    assert shown.errors == []


def test_other_pieces_take_their_places(shown, player):
    player.piece = 3
    player.pieces = [("emerald", 0.6, 0.95), (" ", 0.95, 1.0)]
    shown.settle()
    names = [one.text_content() for one in shown.page.locator(".cl-piece").all()]
    assert names == ["emerald", "␣"]
    spoken = shown.page.get_by_role("button", name="space, 0.95 to 1.00 s")
    assert spoken.is_visible()
    assert player.piece is None
    player.pieces = []
    shown.settle()
    assert shown.page.get_by_text("There are no pieces.").is_visible()
    assert shown.errors == []


TEN_MINUTES = 600
EXTREMES = {
    "one sample": ([0.5], 16_000, [("a", 0, 1 / 16_000)]),
    "stereo at 96 kHz": (np.full((2, 9_600), 0.1), 96_000, [("a", 0.05, 0.1)]),
    "a long word": (np.zeros(8_000), 8_000, [("lo" * 100 + "ng", 0.9, 1.0)]),
    "all at once": (np.zeros(8_000), 8_000, [(c, 0.5, 0.6) for c in "abcdef" * 9]),
    "HTML": (np.zeros(8_000), 8_000, [("<b>&amp;\"'", 0.1, 0.2)]),
    "ten minutes": (
        np.zeros(TEN_MINUTES * 8_000),
        8_000,
        [("e", n / 10, n / 10 + 0.04) for n in range(10 * TEN_MINUTES)],
    ),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_unusual_pieces_are_shown_and_played(open_players, name):
    samples, sample_rate, pieces = EXTREMES[name]
    player = widgets.play_aligned(samples, sample_rate=sample_rate, pieces=pieces)
    shown = show(open_players(width=600), player)
    keep_screenshot(shown.page, f"aligned, {name}")
    last = len(pieces) - 1
    assert piece(shown, last).get_attribute("aria-label").startswith(pieces[last][0])
    assert piece(shown, last).bounding_box()["width"] < 200
    piece(shown, last).click()
    wait_for_end(shown, player)
    assert player.position_s == pytest.approx(pieces[last][2], abs=1e-4)
    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 600
    assert shown.errors == []


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_serious(open_players, player, look):
    sync = pytest.importorskip("axe_playwright_python.sync_playwright")
    shown = show(open_players(look=look, width=LOOKS[look]), player)
    shown.page.emulate_media(reduced_motion="reduce")
    keep_screenshot(shown.page, f"aligned, {look}")
    player.piece = 9
    shown.settle()
    keep_screenshot(shown.page, f"aligned, chosen, {look}")
    found = sync.Axe().run(shown.page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == []


CONTRAST = """(one) => {
  const light = (colour) => colour.match(/[0-9.]+/g).slice(0, 3)
    .map((part) => (part / 255 + 0.055) / 1.055).map((part) => Math.max(0, part) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0.05);
  const { backgroundColor, color } = getComputedStyle(one);
  const both = [light(backgroundColor), light(color)];
  return [backgroundColor, Math.max(...both) / Math.min(...both)];
}"""


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_piece_that_is_heard_can_be_read(open_players, player, look):
    shown = show(open_players(look=look), player)
    player.position_s = PIECES[9][1]
    shown.settle()
    colour, contrast = piece(shown, 9).evaluate(CONTRAST)
    assert colour.startswith("rgb(")
    assert contrast >= 4.5  # WCAG 1.4.3


def test_without_colours_of_its_own_one_sees_what_is_heard(open_players, player):
    shown = open_players()
    shown.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    show(shown, player)
    parts = [piece(shown, 9), shown.page.locator(".cl-extent").nth(9)]
    before = [part.screenshot() for part in parts]
    player.position_s = PIECES[9][1]
    shown.settle()
    keep_screenshot(shown.page, "aligned, forced colours")
    assert all(
        part.screenshot() != was for part, was in zip(parts, before, strict=True)
    )


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_picture_without_a_kernel_shows_the_letters(chromium, player, look):
    page = chromium.new_page(viewport={"width": 700, "height": 400})
    dark = look == "dark"
    ink = "background: #111; color: #eee" if dark else "background: #fff"
    page.set_content(f'<body style="{ink}">{player.preview_html()}')
    keep_screenshot(page, f"aligned, picture, {look}")
    letters = page.locator("svg text").all_text_contents()
    assert "".join(letters).replace("␣", " ") == TEXT
    drawn = page.locator("svg image").first.bounding_box()
    assert drawn["width"] > 600
    page.close()


def test_a_player_that_comes_later_does_not_change_how_it_looks(shown):
    places = "all => all.map(one => JSON.stringify(one.getBoundingClientRect()))"
    parts = shown.page.locator(".cl-aligned, .cl-aligned *")
    before = parts.evaluate_all(places)
    shown.page.add_style_tag(content=style("player"))
    shown.settle()
    assert parts.evaluate_all(places) == before
