"""The engine and its contexts: when they sound, sleep, wake up; and what is freed."""

import time

import numpy as np
import pytest

from tests.browser.engine_page import NEW, tone

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def no_engine_is_left(ears):
    yield
    ears.leave()


def test_sound_is_held_back_until_a_click_and_the_state_says_so(strict_chromium, site):
    page = strict_chromium.new_page()
    page.goto(f"{site.address}/engine_page.html#at-once")
    page.wait_for_function("window.states?.at(-1) === 'blocked'")
    assert page.evaluate("engine.context.state") == "suspended"
    assert page.evaluate("[engine.playing, engine.position_s]") == [False, 0]
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("engine.position_s > 0.1")
    assert page.evaluate("[engine.state, engine.context.state]") == [
        "playing",
        "running",
    ]
    page.close()


def test_a_context_that_the_browser_puts_to_sleep_is_said_and_woken(ears):
    ears.give(tone=tone(440))
    ears.run(NEW + "engine.setSound(0, await load('tone'));")
    ears.click_play()
    ears.page.wait_for_function("engine.position_s > 0.1")
    ears.run("await wait(0.5); await engine.context.suspend();")
    ears.page.wait_for_function("engine.state === 'blocked'")
    stopped, later = ears.run(
        "const at = engine.position_s; await wait(0.2); return [at, engine.position_s];"
    )
    assert later == stopped
    ears.click_play()
    ears.page.wait_for_function("engine.state === 'playing'")
    assert stopped <= ears.run("return engine.position_s") < stopped + 1


def test_the_context_sleeps_while_nobody_plays_and_wakes_up_again(
    strict_chromium, site
):
    page = strict_chromium.new_page()
    page.clock.install()
    page.goto(f"{site.address}/engine_page.html#at-once")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("engine.context.state === 'running'")
    page.clock.fast_forward(30_000)
    assert page.evaluate("engine.context.state") == "running"  # it plays
    page.evaluate("engine.pause()")
    page.clock.fast_forward(9_000)
    assert page.evaluate("engine.context.state") == "running"
    page.clock.fast_forward(2_000)
    page.wait_for_function("engine.context.state === 'suspended'")
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("engine.context.state === 'running'")
    page.close()


def test_play_before_any_sound_waits_for_the_first(ears):
    ears.give(tone=tone(440))
    ears.run(NEW)
    ears.click_play()
    assert ears.run("return [engine.state, engine.playing]") == ["loading", False]
    ears.run("engine.setSound(0, await load('tone'));")
    ears.page.wait_for_function(
        "engine.state === 'playing' && engine.position_s > 0.05"
    )


def test_the_end_stops_and_play_starts_again(ears):
    ears.give(short=np.ones(4_800), tone=tone(440))
    ears.run(NEW + "engine.setSound(0, await load('short'));")
    ears.run("window.told = []; engine.onChange((it) => told.push(it.state));")
    ears.click_play()
    ears.page.wait_for_function("engine.state === 'stopped'")
    assert ears.run("return engine.position_s") == 0.1
    assert ears.run("return told.at(-1)") == "stopped"
    ears.run("engine.setSound(0, await load('tone')); engine.seek(4.99);")
    ears.click_play()
    ears.page.wait_for_function("engine.state === 'stopped' && engine.position_s === 5")
    ears.click_play()
    ears.page.wait_for_function("engine.position_s > 0 && engine.position_s < 1")


def test_a_page_has_one_context_per_rate_even_across_modules(ears):
    assert ears.run("""
      const other = await import("/modules/engine.js?again");
      const a = new Engine({sampleRate: 44100});
      const b = new other.Engine({sampleRate: 44100});
      const c = new Engine({sampleRate: 22050});
      const contexts = [a, b, c].map((one) => { one.play(); return one.context; });
      [a, b, c].forEach((one) => one.destroy());
      return [contexts[0] === contexts[1], contexts[0] === contexts[2]];
    """) == [True, False]


def test_a_rate_no_browser_plays_is_explained(ears):
    message = ears.run("""
      const engine = new Engine({sampleRate: 500});
      try { engine.play(); } catch (error) { return error.message; }
    """)
    assert "cannot play 500 Hz; 8000 to 96000 Hz work everywhere" in message


@pytest.mark.parametrize(
    "channels",
    ["[]", "[new Float32Array(0)]", "[new Float32Array(2), new Float32Array(3)]"],
)
def test_a_sound_that_is_none_is_explained(ears, channels):
    message = ears.run(f"""
      const engine = new Engine({{sampleRate: 48000}});
      try {{ engine.setSound(0, {channels}); }}
      catch (error) {{ return error.message; }}
    """)
    assert "expected one or two channels of one length" in message


def test_two_hundred_swaps_leave_nothing_behind(ears):
    ears.give(tone=tone(440))
    ears.run(NEW + "engine.play();")
    ears.leave()
    empty = census(ears.page)
    ears.run(
        NEW + "window.sound = await load('tone'); engine.setSound(0, sound);"
        "engine.setFilter(1, {of: 0, taps: [new Float32Array(512).fill(0.001)]});"
        "engine.setLoop({on: true});"
    )
    ears.click_play()
    swap = """for (let i = 0; i < arg; i++) {
      engine.setSound(0, sound);
      engine.select(i % 2);
      await wait(0.012);
    }"""
    ears.run(swap, arg=10)
    before = census(ears.page)
    ears.run(swap, arg=200)
    # A sound is 1 MB.
    require_freed(ears.page, before, more_nodes=3, more_bytes=5e6)
    ears.leave()
    # The node is the context's own; the page keeps the samples it swaps.
    require_freed(ears.page, empty, more_nodes=1, more_bytes=2e6)


def census(page):
    """Audio nodes and bytes that are alive in a page after a clean-up."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    heap = session.send("Runtime.getHeapUsage")
    session.detach()
    nodes = {one["name"]: one["value"] for one in metrics}["AudioHandlers"]
    return {
        "nodes": nodes,
        "bytes": heap["usedSize"] + heap.get("backingStorageSize", 0),
    }


def require_freed(page, before, *, more_nodes, more_bytes):
    """Fail unless within a while no more is alive than before, and so much."""
    until = time.monotonic() + 10
    while True:
        now = census(page)
        few_nodes = now["nodes"] <= before["nodes"] + more_nodes
        if few_nodes and now["bytes"] < before["bytes"] + more_bytes:
            return
        assert time.monotonic() < until, f"{before} before, {now} now"
        page.wait_for_timeout(100)
