"""An explorer in a real JupyterLab: keys move it, and what plays goes on."""

import json
from pathlib import Path

import pytest

from tests.browser.jupyter import jupyterlab, open_notebook, run_cell, write_notebook
from tests.browser.screenshots import keep_screenshot

pytest.importorskip("jupyterlab", reason="needs JupyterLab")
pytest.importorskip("ipykernel", "7", reason="needs a kernel with subshells")

pytestmark = pytest.mark.browser

REPOSITORY = Path(__file__).parents[2]
CELL = f"""import sys
sys.path.insert(0, {str(REPOSITORY)!r})
import numpy as np
from clarity_lab import plots, widgets
plots.use_style()
noise = 0.05 * np.random.default_rng(0).standard_normal(16_000)
explorer = widgets.explore_hearing_loss(noise, sample_rate=16_000)
explorer
"""
BUSY = """import time
print("busy")
until_s = time.monotonic() + 30
while "At 80" not in explorer.player.title and time.monotonic() < until_s:
    time.sleep(0.05)
print("while busy:", explorer.player.title)
"""
BY_CODE = """explorer.controls["level_db_spl"].value = 85
print("title:", explorer.player.title)
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    write_notebook(folder / "explorer.ipynb", CELL, BUSY, BY_CODE)
    with jupyterlab(folder) as address:
        yield address, folder


@pytest.fixture(scope="module")
def explorer(chromium, lab):
    """The page with the notebook that has run."""
    page = chromium.new_page(viewport={"width": 1300, "height": 1500})
    open_notebook(page, lab[0], "explorer.ipynb")
    run_cell(page, 0)
    page.wait_for_selector(".cl-player")
    wait_for_picture(page, "8000 Hz 50 dB HL")
    yield page
    keep_screenshot(page, "explorer in JupyterLab")
    page.close()


def picture(page):
    return page.locator(".jp-OutputArea-output img").get_attribute("alt")


def wait_for_picture(page, words):
    page.wait_for_selector(f".jp-OutputArea-output img[alt*='{words}']")


def wait_for_title(page, words):
    page.wait_for_selector(f".cl-title:has-text('{words}')")


def test_an_ear_is_chosen_with_the_space_bar_and_the_focus_stays(explorer):
    button = explorer.get_by_role("button", name="N3", exact=True)
    button.focus()
    explorer.keyboard.press("Space")
    wait_for_picture(explorer, "6000 Hz 65 dB HL")
    assert button.evaluate("one => one === document.activeElement")
    assert explorer.locator(".noUi-target[disabled]").count() == 3  # those of the ear


def test_an_arrow_key_moves_a_slider_by_one_step(explorer):
    explorer.get_by_role("button", name="the sliders", exact=True).click()
    wait_for_picture(explorer, "8000 Hz 50 dB HL")
    explorer.locator(".noUi-handle").nth(2).focus()
    explorer.keyboard.press("ArrowRight")
    wait_for_picture(explorer, "8000 Hz 55 dB HL")


def test_a_slider_says_what_it_moves_and_what_is_written_beside_it(explorer):
    explorer.get_by_role("button", name="the sliders", exact=True).click()
    handle = explorer.get_by_role("slider", name="High: 4, 8 kHz (dB HL)", exact=True)
    assert explorer.locator(".noUi-handle:not([aria-label])").count() == 0
    handle.focus()
    explorer.keyboard.press("Home")
    explorer.wait_for_selector(".noUi-handle[aria-valuetext='0']:focus")
    explorer.keyboard.press("ArrowRight")
    explorer.wait_for_selector(".noUi-handle[aria-valuetext='5']:focus")


def test_axe_has_no_serious_finding(explorer):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    shown = {"include": [".jp-Cell-outputWrapper"]}
    found = axe.Axe().run(explorer, context=shown).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [one["help"] for one in serious] == []


def test_it_says_that_it_computes(explorer):
    explorer.evaluate("""() => {
      window.told = [];
      new MutationObserver(() => {
        for (const one of document.querySelectorAll("[role=status]"))
          window.told.push(one.textContent);
      }).observe(document.body, { childList: true, subtree: true });
    }""")
    before = picture(explorer)
    explorer.locator(".noUi-handle").first.focus()
    explorer.keyboard.press("ArrowRight")
    explorer.wait_for_function(
        "alt => !document.querySelector(`img[alt='${alt}']`)", arg=before
    )
    assert "Computing …" in explorer.evaluate("window.told")


def test_what_plays_goes_on_while_a_control_is_moved(explorer):
    explorer.locator(".cl-play").click()
    explorer.wait_for_selector(".cl-play[aria-label=Pause]")
    explorer.locator(".noUi-handle").nth(3).focus()
    explorer.keyboard.press("ArrowRight")
    wait_for_title(explorer, "At 70 dB SPL")
    assert explorer.locator(".cl-play").get_attribute("aria-label") == "Pause"
    explorer.locator(".cl-play").click()


def test_a_cell_that_runs_does_not_keep_the_sound_from_following(explorer):
    """The second move by hand on: before, the page has no way around the cell."""
    explorer.locator(".noUi-handle").nth(3).focus()
    explorer.keyboard.press("ArrowRight")
    wait_for_title(explorer, "At 75 dB SPL")
    run_cell(explorer, 1)
    explorer.wait_for_selector("text=/^busy/")
    explorer.locator(".noUi-handle").nth(3).focus()
    explorer.keyboard.press("ArrowRight")
    explorer.wait_for_selector("text=/while busy: At 80/")
    wait_for_title(explorer, "At 80 dB SPL")


def test_set_by_code_it_is_done_when_the_line_returns(explorer):
    run_cell(explorer, 2)
    explorer.wait_for_selector("text=/^title: At 85 dB SPL/")
    wait_for_title(explorer, "At 85 dB SPL")


def test_nothing_is_wider_than_its_cell(explorer):
    widths = explorer.locator(".jp-OutputArea-output").first.evaluate(
        "one => [one.scrollWidth, one.clientWidth]"
    )
    assert widths[0] <= widths[1]
    for handle in explorer.locator(".widget-label").all():
        assert handle.evaluate("one => one.scrollWidth <= one.clientWidth + 1")


def test_the_saved_notebook_holds_a_picture_and_no_sound(explorer, lab):
    explorer.keyboard.press("Escape")
    explorer.locator(".jp-Notebook").first.click(position={"x": 5, "y": 5})
    with explorer.expect_response(
        lambda answer: answer.request.method == "PUT" and "/api/contents" in answer.url
    ):
        explorer.keyboard.press("Control+s")
    saved = (lab[1] / "explorer.ipynb").read_text(encoding="utf-8")
    [output] = json.loads(saved)["cells"][0]["outputs"]
    page = "".join(output["data"]["text/html"])
    assert "High: 4, 8 kHz (dB HL): 50" in page
    assert "Audiogram: 250 Hz 10 dB HL" in page
    assert "<audio" not in page
    assert len(saved) < 150_000
