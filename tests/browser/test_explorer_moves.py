"""Random moves of every control of every explorer, as a page would send them.

A real kernel gets the messages; no browser is needed for that. Another test lets a page
follow the player of an explorer, and looks at the memory of the page. Moves by hand are
in `test_explorer_moves_in_lab.py`.
"""

import ast
import queue
from pathlib import Path

import numpy as np
import pytest

client = pytest.importorskip("jupyter_client", reason="needs a kernel")
pytest.importorskip("ipykernel", reason="needs a kernel")
pytest.importorskip("anywidget", reason="needs the lessons' packages")

from tests.browser import every_explorer  # noqa: E402
from tests.browser.bridge import Bridge  # noqa: E402
from tests.browser.player_page import choose, save  # noqa: E402

REPOSITORY = Path(__file__).parents[2]
PATIENCE_S = 300
FEW, MANY = 12, 200
MOST_GROWTH_MB = {"scene": 32, "chain": 6}  # rooms and sounds they remember, at most
MOST_HEAP_GROWTH_MB = 0.2  # a sound of these has 0.04 or 0.08
SET_UP = f"""
import sys, logging
sys.path.insert(0, {str(REPOSITORY)!r})
import matplotlib
matplotlib.use("Agg")
from tests.browser import every_explorer as every
logging.getLogger().addHandler(every.COMPLAINTS)
"""


class Kernel:
    """A running kernel: `ask` runs code, `move` is what a page sends."""

    def __init__(self):
        self.manager, self.client = client.manager.start_new_kernel(
            kernel_name="python3", cwd=str(REPOSITORY)
        )
        self.errors = []
        self.ask(SET_UP)

    def ask(self, code):
        """The value of the last line, if it is a literal."""
        answer = []

        def look(message):
            content = message["content"]
            if message["msg_type"] == "execute_result":
                answer.append(ast.literal_eval(content["data"]["text/plain"]))
            elif message["msg_type"] == "error":
                self.errors.append("\n".join(content["traceback"]))

        self.client.execute_interactive(code, timeout=PATIENCE_S, output_hook=look)
        assert self.errors == []
        return answer[0] if answer else None

    def move(self, comm_id, state):
        data = {"method": "update", "state": state, "buffer_paths": []}
        content = {"comm_id": comm_id, "data": data}
        self.client.shell_channel.send(self.client.session.msg("comm_msg", content))

    def forget_what_was_said(self):
        for get in (self.client.get_iopub_msg, self.client.get_shell_msg):
            try:
                while True:
                    get(timeout=0)
            except queue.Empty:
                pass

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel():
    kernel = Kernel()
    yield kernel
    kernel.close()


def random_state(reach, rng):
    """Where a hand may put a control."""
    if "index" in reach:
        return {"index": int(rng.integers(reach["index"]))}
    if "switch" in reach:
        return {"value": bool(rng.integers(2))}
    if "range" in reach:
        low, high = reach["range"]
        return {"value": sorted(int(one) for one in rng.integers(low, high + 1, 2))}
    if "thresholds" in reach:
        ear = ("left_db_hl", "right_db_hl")[rng.integers(2)]
        low, high = (round(end / 5) for end in reach["ends"])
        steps = rng.integers(low, high + 1, reach["thresholds"])
        return {ear: [5.0 * int(one) for one in steps]}
    low, high, step = reach["value"]
    return {"value": low + step * float(rng.integers(round((high - low) / step) + 1))}


@pytest.mark.parametrize("n_moves", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", every_explorer.MAKERS)
def test_after_random_moves_all_is_as_if_computed_directly(kernel, name, n_moves):
    rng = np.random.default_rng(440)
    kernel.ask(f"explorer = every.make({name!r}, count_bytes={n_moves == MANY})")
    before = None
    for number in range(n_moves):
        if number == n_moves // 2:
            kernel.ask("explorer.wait(200) or 1 / 0")
            before = kernel.ask("every.left_behind()")
        if number % 10 == 0:  # some controls change the range of another
            code = "{n: every.reach(c) for n, c in explorer.controls.items()}"
            reaches = kernel.ask(code)
        reach = reaches[rng.choice(list(reaches))]
        kernel.move(reach["comm_id"], random_state(reach, rng))
        if rng.random() < 0.3:  # else the next move overtakes this one
            kernel.ask("explorer.wait(200) or 1 / 0")
        kernel.forget_what_was_said()
    kernel.ask("explorer.wait(200) or 1 / 0")
    assert kernel.ask("every.COMPLAINTS.said") == []
    assert kernel.ask("explorer.status.value") == ""
    assert kernel.ask(f"every.difference_from_direct({name!r}, explorer)") == 0
    after = kernel.ask("every.left_behind()")
    require_no_growth(name, before, after)


def require_no_growth(name, before, after):
    """Of what Python holds exactly; of the process no more than what it may keep."""
    assert after["figures"] == before["figures"] == 0
    assert after["threads"] <= before["threads"]
    growth_mb = MOST_GROWTH_MB.get(name, 2)
    assert after["held_mb"] < before["held_mb"] + growth_mb
    assert after["process_mb"] < before["process_mb"] + 60 + growth_mb


def heap_mb(page):
    """What the page's scripts and sounds hold when nothing waits to be cleaned up."""
    session = page.context.new_cdp_session(page)
    for _ in range(3):  # nodes of sound that has ended go one after the other
        session.send("HeapProfiler.collectGarbage")
    used = session.send("Runtime.getHeapUsage")
    session.detach()
    return (used["usedSize"] + used.get("backingStorageSize", 0)) / 1e6


@pytest.mark.browser
@pytest.mark.parametrize("name", ["snr", "filterbank"])
def test_a_page_that_follows_ends_right_and_does_not_grow(chromium, name):
    rng = np.random.default_rng(440)
    explorer = every_explorer.MAKERS[name]()
    control = explorer.controls["snr_db" if name == "snr" else "channels"]
    bridge = Bridge(chromium.new_page()).show(explorer.player)
    bridge.page.wait_for_function("document.querySelector('progress').hidden")
    bridge.page.locator(".cl-play").click()

    def heard_mb():
        bridge.page.wait_for_selector("[aria-label='Save as WAV']:enabled")
        return heap_mb(bridge.page)

    for number in range(FEW):
        if number == FEW // 4:
            before_mb = heard_mb()
        control.value = random_state(every_explorer.states(control), rng)["value"]
        bridge.settle()
    after_mb = heard_mb()
    gain = 10 ** (explorer.player.gain_db / 20)
    for number, samples in enumerate(explorer.player.sounds.values(), start=1):
        choose(bridge, number)
        heard = np.atleast_2d(save(bridge))
        np.testing.assert_allclose(
            heard, gain * np.atleast_2d(samples), atol=1.01 / 32_768
        )
    bridge.page.close()
    assert bridge.errors == []
    assert after_mb < before_mb + MOST_HEAP_GROWTH_MB
