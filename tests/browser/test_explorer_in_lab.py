"""An explorer in a real JupyterLab: keys move it, and it says that it works."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("jupyterlab", reason="needs JupyterLab")
pytest.importorskip("ipykernel", reason="needs a kernel")

pytestmark = pytest.mark.browser

REPOSITORY = Path(__file__).parents[2]
CELL = f"""import sys
sys.path.insert(0, {str(REPOSITORY)!r})
import numpy as np
from clarity_lab import widgets
noise = 0.05 * np.random.default_rng(0).standard_normal(16_000)
widgets.explore_hearing_loss(noise, sample_rate=16_000)
"""
NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "cells": [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for number, source in enumerate([CELL, "'the next cell'"])
    ],
}


def wait_until_up(address):
    for _ in range(120):
        try:
            return urllib.request.urlopen(f"{address}/api", timeout=5)
        except OSError:
            time.sleep(0.5)
    raise TimeoutError("JupyterLab did not start within a minute")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab of its own, in an empty folder."""
    folder = tmp_path_factory.mktemp("lab")
    (folder / "explorer.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"]
    options += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    options += ["--LabApp.news_url=", f"--LabApp.workspaces_dir={folder}"]
    options += [f"--LabApp.user_settings_dir={folder}"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_up(address)
        yield address
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def explorer(chromium, lab):
    """The page with the notebook that has run."""
    page = chromium.new_page(viewport={"width": 1300, "height": 1200})
    page.set_default_timeout(60_000)
    page.goto(f"{lab}/lab/tree/explorer.ipynb?reset")
    # The notebook's own indicator says idle before there is a kernel, and JupyterLab
    # drops a cell that is run then; the status bar says so of a connected kernel only.
    page.wait_for_selector(".jp-StatusBar-TextItem:has-text('| Idle')")
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_selector(".jp-OutputArea-output audio")
    yield page
    page.close()


def picture(page):
    return page.locator(".jp-OutputArea-output img").get_attribute("alt")


def wait_for_picture(page, words):
    page.wait_for_selector(f".jp-OutputArea-output img[alt*='{words}']")


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


def test_nothing_is_wider_than_its_cell(explorer):
    widths = explorer.locator(".jp-OutputArea-output").first.evaluate(
        "one => [one.scrollWidth, one.clientWidth]"
    )
    assert widths[0] <= widths[1]
    for handle in explorer.locator(".widget-label").all():
        assert handle.evaluate("one => one.scrollWidth <= one.clientWidth + 1")
