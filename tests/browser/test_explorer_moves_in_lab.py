"""Random moves of every control of every explorer, by hand in a real JupyterLab."""

import ast
import io

import numpy as np
import pytest
import soundfile

from tests.browser import every_explorer
from tests.browser.jupyter import jupyterlab, open_notebook, run_cell, write_notebook
from tests.browser.screenshots import keep_screenshot
from tests.browser.test_explorer_moves import SET_UP, heap_mb, require_no_growth

pytest.importorskip("jupyterlab", reason="needs JupyterLab")
pytest.importorskip("ipykernel", reason="needs a kernel")

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MANY = 200
MOST_HEAP_GROWTH_MB = 2  # a sound of these has 0.08; JupyterLab's own is in here
KEYS = ("ArrowRight", "ArrowLeft", "PageUp", "PageDown", "Home", "End")
FOCUS = """(cell, part) => {
  const every = cell.querySelectorAll(`.noUi-target:not([disabled]) .noUi-handle,
    .widget-toggle-buttons button, .widget-checkbox input, .cl-point`);
  const one = every[Math.floor(part * every.length)];
  one.focus();
  if (one.hasAttribute("aria-valuenow")) return true;
  one.click();
}"""
# In the order of the controls; the ear that is moved is drawn last.
POSITIONS = """cell => [...cell.querySelectorAll(".cl-point.right"),
  ...cell.querySelectorAll(".cl-point.left"),
  ...cell.querySelectorAll(".noUi-handle, .mod-active, .widget-checkbox input"),
].map((one) => {
  if (one.type === "checkbox") return one.checked;
  const value = one.getAttribute("aria-valuenow");
  return value === null ? one.textContent : Number(value);
})"""
CUT = """cell => [...cell.querySelectorAll(".widget-label, .jp-OutputArea-output")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)
"""
# Where the player and the picture begin, below the first control.
PLACES = """cell => {
  const top = (one) => one.getBoundingClientRect().top;
  const zero = top(cell.querySelector(".widget-vbox"));
  const parts = ".cl-player, .widget-html-content img, svg[role]";
  return [...cell.querySelectorAll(parts)].map((one) => top(one) - zero);
}"""
MAKE = """explorer = every.make(open("wanted.txt").read(), count_bytes=True)
explorer
"""
LOOK = """print(next(turns), every.report(explorer))
"""
COMPARE = """print(next(turns), every.last_state(open("wanted.txt").read(), explorer))
"""


class Lab:
    """A notebook that makes an explorer, moves by hand, and looks from both sides."""

    def __init__(self, page, folder):
        self.page, self.folder, self.turns = page, folder, 0
        self.errors = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        run_cell(page, 0)

    @property
    def cell(self):
        return self.page.locator(".jp-CodeCell").nth(1)

    def make(self, name):
        (self.folder / "wanted.txt").write_text(name, encoding="utf-8")
        run_cell(self.page, 1)
        self.ask(2)  # the cell before it is done
        save = self.cell.get_by_role("button", name="Save as WAV", disabled=False)
        save.wait_for()  # the sounds have come, and with them the last shift of layout

    def ask(self, number):
        """What a cell prints."""
        self.turns += 1
        run_cell(self.page, number)
        cell = self.page.locator(".jp-CodeCell").nth(number)
        output = cell.locator(f".jp-OutputArea-output:has-text('{self.turns} {{')")
        return ast.literal_eval(output.inner_text().split(maxsplit=1)[1])

    def move(self, rng):
        if self.cell.evaluate(FOCUS, float(rng.random())):
            self.page.keyboard.press(str(rng.choice(KEYS)))

    def settled(self):
        """Kernel and page when both know of the last move."""
        for _ in range(100):
            kernel = self.ask(2)
            page = self.cell.evaluate(POSITIONS)
            if kernel["positions"] == page:
                return kernel
        raise AssertionError(f"page {page}, kernel {kernel['positions']}")

    def pictures(self):
        return self.cell.locator("img").evaluate_all("x => x.map((one) => one.alt)")

    def saved(self):
        """What the page has of the sound that is chosen."""
        with self.page.expect_download() as download:
            self.cell.get_by_role("button", name="Save as WAV").click()
        data = download.value.path().read_bytes()
        return soundfile.read(io.BytesIO(data), always_2d=True)[0].T


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    set_up = f"{SET_UP}\nimport itertools\nturns = itertools.count(1)\n"
    write_notebook(folder / "moves.ipynb", set_up, MAKE, LOOK, COMPARE)
    page = chromium.new_page(viewport={"width": 1300, "height": 1800})
    with jupyterlab(folder) as address:
        open_notebook(page, address, "moves.ipynb")
        yield Lab(page, folder)
        page.close()


@pytest.mark.parametrize("name", every_explorer.MAKERS)
def test_moved_by_hand_the_last_state_is_right_and_nothing_grows(lab, name):
    rng = np.random.default_rng(440)
    lab.make(name)
    assert lab.cell.evaluate(CUT) == []
    places = lab.cell.evaluate(PLACES)
    lab.cell.locator(".cl-play").click()
    for number in range(MANY):
        if number == MANY // 2:
            before, heap_before_mb = lab.settled(), heap_mb(lab.page)
        lab.move(rng)
    after, heap_after_mb = lab.settled(), heap_mb(lab.page)
    last = lab.ask(3)
    assert lab.cell.evaluate(PLACES) == places
    assert lab.errors == last["complaints"] == []
    assert last["difference"] == 0
    assert lab.cell.locator(".cl-title").text_content() == last["title"]
    assert lab.pictures() == last["pictures"]
    keep_screenshot(lab.page, f"moved by hand, {name}")
    heard = np.load(lab.folder / "heard.npy")
    np.testing.assert_allclose(lab.saved(), heard, atol=1.01 / 32_768)
    require_no_growth(name, before["left"], after["left"])
    assert heap_after_mb < heap_before_mb + MOST_HEAP_GROWTH_MB
