"""The player in a real JupyterLab: heard, steered by keys, and not saved."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.browser.jupyter import jupyterlab, open_notebook, run_cell, write_notebook
from tests.browser.recording import WATCH, heard_as_db

pytest.importorskip("jupyterlab", reason="needs JupyterLab")
pytest.importorskip("ipykernel", reason="needs a kernel")

pytestmark = pytest.mark.browser

REPOSITORY = Path(__file__).parents[2]
RATE = 16_000
SOUNDS = f"""import sys
sys.path.insert(0, {str(REPOSITORY)!r})
import numpy as np
from clarity_lab import listen
noises = 0.1 * np.random.default_rng(0).standard_normal((2, 5 * {RATE}))
sounds = {{"one": noises[0], "two": noises[1]}}
player = listen.play_all(sounds, sample_rate={RATE}, title="Two noises")
player
"""
SWAP = "player.update({'one': noises[1], 'two': noises[1]})"
TOLD = "print('It is', player.selected, player.playing)"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    write_notebook(folder / "player.ipynb", SOUNDS, SWAP, TOLD)
    with jupyterlab(folder) as address:
        yield address, folder


@pytest.fixture(scope="module")
def notebook(strict_chromium, lab):
    """The page, with the first cell run."""
    page = strict_chromium.new_page(viewport={"width": 1300, "height": 1200})
    page.add_init_script(WATCH)
    open_notebook(page, lab[0], "player.ipynb")
    run_cell(page, 0)
    page.wait_for_selector(".cl-player")
    yield page
    page.close()


@pytest.fixture(scope="module")
def noises():
    return 0.1 * np.random.default_rng(0).standard_normal((2, 5 * RATE))


def wait_for_loading(page):
    page.wait_for_function("document.querySelector('.cl-player progress').hidden")


def test_it_is_heard_and_switched_by_keys(notebook, noises):
    wait_for_loading(notebook)
    n_cells = notebook.locator(".jp-Cell").count()
    notebook.locator(".cl-play").click()
    notebook.wait_for_function("contexts.at(-1)?.state === 'running'")
    assert heard_as_db(notebook, noises[0]) < -60
    notebook.keyboard.press("2")
    assert heard_as_db(notebook, noises[1]) < -60
    notebook.keyboard.press("b")  # JupyterLab's own: a new cell below
    assert notebook.locator(".jp-Cell").count() == n_cells


def test_python_knows_what_the_reader_chose(notebook):
    run_cell(notebook, 2)
    notebook.wait_for_selector("text=/^It is two (True|False)/")


def test_python_exchanges_the_sound_that_plays(notebook, noises):
    notebook.locator(".cl-sound").first.click()
    if notebook.get_by_role("button", name="Play", exact=True).count():
        notebook.locator(".cl-play").click()
    notebook.keyboard.press("Home")
    run_cell(notebook, 1)
    assert heard_as_db(notebook, noises[1]) < -60


def save(page, path):
    """Press Ctrl+S and give what is in the file then."""

    def is_saved(response):
        return response.request.method == "PUT" and path.name in response.url

    with page.expect_response(is_saved):
        page.keyboard.press("Control+s")
    return path.read_text(encoding="utf-8")


def test_the_saved_notebook_holds_a_small_picture_and_no_sound(notebook, lab):
    notebook.keyboard.press("Escape")
    notebook.locator(".jp-Notebook").first.click(position={"x": 5, "y": 5})
    saved = save(notebook, lab[1] / "player.ipynb")
    [output] = json.loads(saved)["cells"][0]["outputs"]
    assert "Played as they are" in "".join(output["data"]["text/html"])
    assert len(saved) < 15_000


def test_nothing_is_wider_than_its_cell(notebook):
    widths = notebook.locator(".jp-OutputArea-output").first.evaluate(
        "one => [one.scrollWidth, one.clientWidth]"
    )
    assert widths[0] <= widths[1]


def cells(page):
    return page.locator(".jp-Cell").count()


def test_the_notebook_keeps_its_own_keys_and_loses_no_cell(notebook, lab):
    """In a widget "d d" is no command, while Ctrl+S and Shift+Enter are."""
    n_cells = cells(notebook)
    notebook.locator(".cl-timeline").focus()
    for key in ("d", "d", "x", "a", "0", "0"):
        notebook.keyboard.press(key)
    saved = json.loads(save(notebook, lab[1] / "player.ipynb"))
    assert len(saved["cells"]) == cells(notebook) == n_cells
    inside = "document.querySelector('.cl-player').contains(document.activeElement)"
    assert notebook.evaluate(inside)


def test_without_our_guards_the_notebook_would_take_the_keys(notebook):
    """What the test above rests on: the very same keys do delete a cell."""
    n_cells = cells(notebook)
    notebook.locator(".cl-timeline").focus()
    notebook.evaluate("""() => {
      const root = document.querySelector(".cl-player");
      root.removeAttribute("data-lm-suppress-shortcuts");
      root.toggleAttribute = () => false;
      Event.prototype.stopPropagation = () => {};
    }""")
    for key in ("d", "d"):
        notebook.keyboard.press(key)
    notebook.wait_for_function(
        "n => document.querySelectorAll('.jp-Cell').length < n", arg=n_cells
    )
