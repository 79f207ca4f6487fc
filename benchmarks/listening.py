"""How long a move of a control takes to be heard, in a real JupyterLab.

    python -m benchmarks.listening                 all cases, 20 moves each
    python -m benchmarks.listening --only gain --moves 50

From the key press to the moment when the new AudioBuffer is complete in the page. Each
case is a notebook of its own with a 5 s stereo clip of 44.1 kHz; three moves warm up.
Bytes are those of one move: the sound alone (its picture in the player included), and
all that came over the page's socket, the picture below it included. Needs Chromium.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.browser.jupyter import jupyterlab, open_notebook, run_cell, write_notebook

REPOSITORY = Path(__file__).parents[1]
WARM_UPS = 3
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")

CLIP = f"""import sys
sys.path.insert(0, {str(REPOSITORY)!r})
from clarity_lab import audio, manifests, widgets
RATE = 44_100
path = manifests.fetch("samples", "music/brahms.ogg", progress=False)
clip, _ = audio.load(path, sample_rate=RATE, start_s=10, duration_s=5)
clip = audio.set_level(clip, level_dbfs=-30.0)
"""
BYTES_SO_FAR = "print('sound bytes:', explorer.player.bytes_sent)"

WATCH = """
window.arrived = [];
window.pressed = Infinity;
const copy = AudioBuffer.prototype.copyToChannel;
AudioBuffer.prototype.copyToChannel = function (data, channel, ...more) {
  copy.call(this, data, channel, ...more);
  if (channel === this.numberOfChannels - 1) arrived.push(performance.now());
};
addEventListener("keydown", () => {
  window.arrived = [];
  window.pressed = performance.now();
}, true);
"""


@dataclass(frozen=True)
class Control:
    """One control of one explorer: how to make it, and which handle to move."""

    explorer: str
    handle: int
    n_sounds: int  # that change with a move
    target_ms: float


CASES = {
    "loss": Control("explore_hearing_loss(clip, sample_rate=RATE)", 2, 1, 400),
    "gain": Control("explore_gain(clip, sample_rate=RATE)", 0, 1, 80),
    "snr": Control("explore_snr(clip, clip[::-1], sample_rate=RATE)", 0, 2, 80),
    "filterbank": Control("explore_filterbank(clip, sample_rate=RATE)", 1, 1, 80),
}


def measure(browser, folder: Path, address: str, name: str, moves: int) -> dict:
    """Move a control, and note when each new sound was there."""
    case = CASES[name]
    made = f"{CLIP}explorer = widgets.{case.explorer}\nexplorer"
    write_notebook(folder / f"{name}.ipynb", made, BYTES_SO_FAR, BYTES_SO_FAR)
    page = browser.new_page(viewport={"width": 1300, "height": 1400})
    page.add_init_script(WATCH)
    came = {"bytes": 0}

    def count(data: bytes | str) -> None:
        came["bytes"] += len(data)

    page.on("websocket", lambda socket: socket.on("framereceived", count))
    open_notebook(page, address, f"{name}.ipynb")
    run_cell(page, 0)
    page.wait_for_selector(".cl-player")
    page.wait_for_function("document.querySelector('.cl-player progress').hidden")
    took_ms = []
    for number in range(WARM_UPS + moves):
        if number == WARM_UPS:
            before = came["bytes"], _sound_bytes(page, 1)
        took_ms.append(_move(page, case, number))
    all_bytes, sound_bytes = came["bytes"] - before[0], _sound_bytes(page, 2)
    page.close()
    took_ms = took_ms[WARM_UPS:]
    return {
        "median_ms": statistics.median(took_ms),
        "lowest_ms": min(took_ms),
        "highest_ms": max(took_ms),
        "sound_kb": (sound_bytes - before[1]) / moves / 1000,
        "all_kb": all_bytes / moves / 1000,
    }


def _move(page, case: Control, number: int) -> float:
    """One step there or back; how long until all of its sounds were here."""
    handle = page.locator(".noUi-handle").nth(case.handle)
    handle.focus()
    page.keyboard.press("ArrowRight" if number // 5 % 2 == 0 else "ArrowLeft")
    page.wait_for_function("n => arrived.length >= n", arg=case.n_sounds)
    took_ms = page.evaluate("n => arrived[n - 1] - pressed", case.n_sounds)
    page.wait_for_timeout(600)  # the picture
    page.wait_for_function("!document.querySelector('[role=status]')?.textContent")
    return took_ms


def _sound_bytes(page, cell: int) -> int:
    run_cell(page, cell)
    output = page.locator(".jp-CodeCell").nth(cell).locator(".jp-OutputArea-output")
    output.wait_for()
    return int(re.search(r"sound bytes: (\d+)", output.inner_text())[1])


def main() -> None:
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--only", choices=CASES)
    wanted = parser.parse_args()
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        sys.exit(f"needs a browser on the path, one of {', '.join(BROWSERS)}")
    flags = ["--no-sandbox"] * (sys.platform != "win32" and os.geteuid() == 0)
    print(f"{'ms':12}{'median':>8}{'lowest':>8}{'highest':>8}{'target':>8}", end="")
    print(f"{'sound kB':>10}{'all kB':>9}{'load':>7}")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        with jupyterlab(folder) as address:
            for name in [wanted.only] if wanted.only else CASES:
                row = measure(browser, Path(folder), address, name, wanted.moves)
                print(as_line(name, row), flush=True)


def as_line(name: str, row: dict) -> str:
    times = (row["median_ms"], row["lowest_ms"], row["highest_ms"])
    times = "".join(f"{ms:8.0f}" for ms in (*times, CASES[name].target_ms))
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return f"{name:12}{times}{row['sound_kb']:10.1f}{row['all_kb']:9.1f}{load:7.1f}"


if __name__ == "__main__":
    main()
