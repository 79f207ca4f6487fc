"""From a widget in Python to a listener's ear: the wire, the store and the engine."""

import time

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab.browser import module
from clarity_lab.browser.widget import PageWidget
from clarity_lab.browser.wire import SoundSender
from tests.browser.bridge import Bridge
from tests.browser.recording import samples_of

pytestmark = pytest.mark.browser

RATE = 48_000

LISTENER = (
    module("engine")
    + module("sounds")
    + """
const now = () => performance.timeOrigin + performance.now(); // Python's clock
export default { render({ model }) {
  const told = (window.told = { sounds: {}, overviews: {}, filters: {}, progress: [] });
  told.arrivals = [];
  const engine = (window.engine = new Engine({ sampleRate: 48000 }));
  const store = (window.store = new SoundStore(model, {
    onSound(i, channels) {
      told.sounds[i] = channels;
      told.arrivals.push([i, now()]);
      engine.setSound(i, channels);
    },
    onOverview: (i, overview) => (told.overviews[i] = overview),
    onFilter: (i, filter) => {
      told.filters[i] = filter;
      told.arrivals.push([i, now()]);
      engine.setFilter(i, filter);
    },
    onProgress: (done, total) => told.progress.push([done, total]),
  }));
  return () => { store.destroy(); engine.destroy(); };
} };
"""
)


class Listener(SoundSender, PageWidget):
    _esm = LISTENER


@pytest.fixture
def open_page(strict_chromium):
    """open_page(sounds) shows a widget with these sounds in a page of its own."""
    bridges = []

    def open_(sounds):
        widget = Listener()
        widget.set_sounds(sounds, sample_rate=RATE)
        bridges.append(Bridge(strict_chromium.new_page()).show(widget))
        bridges[-1].page.set_default_timeout(30_000)
        return widget, bridges[-1].page

    yield open_
    for bridge in bridges:
        assert bridge.errors == []
        bridge.page.close()


def wait_for_all(page):
    page.wait_for_function(
        "told.progress.length && told.progress.at(-1)[0] === told.progress.at(-1)[1]"
    )


AS_TEXT = """(i) => {
  const text = (values) => {
    let all = "";
    for (const byte of new Uint8Array(values.buffer)) all += String.fromCharCode(byte);
    return btoa(all);
  };
  return told.sounds[i].map((channel) => text(channel.slice()));
}"""


def arrived(page, number):
    return np.array([samples_of(text) for text in page.evaluate(AS_TEXT, number)])


def test_sounds_arrive_as_they_are(open_page, rng):
    sounds = {
        "soft": 1e-5 * rng.standard_normal(1_001),
        "stereo": rng.uniform(-1, 1, (2, 777)),
        "one sample": np.array([-0.3]),
        "silence": np.zeros(50),
        "long": rng.uniform(-1, 1, (2, 600_000)),
    }
    _, page = open_page(sounds)
    wait_for_all(page)
    for number, samples in enumerate(list(sounds.values())[:4]):
        peak = np.abs(samples).max()
        error = np.abs(arrived(page, number) - np.atleast_2d(samples)).max()
        assert error <= peak * (1 / 65_534 + 1e-7)
    tail = page.evaluate("[0, 1].map((c) => [...told.sounds[4][c].slice(-3)])")
    assert np.array(tail) == pytest.approx(sounds["long"][:, -3:], abs=1 / 65_000)
    chunks = page.evaluate("models.one.received.filter((one) => one.kind === 'chunk')")
    assert max(size for one in chunks for size in one["bytes"]) <= 1 << 20
    assert sum(one["sound"] == 4 for one in chunks) == 3


def test_the_requested_sound_comes_first(open_page, rng):
    widget, page = open_page({"short": np.ones(1)})
    wait_for_all(page)
    page.evaluate("store.request(3); told.arrivals.length = 0;")
    sounds = {f"{n}": rng.standard_normal(400_000) for n in range(5)}
    widget.set_sounds(sounds, sample_rate=RATE)
    page.wait_for_function("told.arrivals.length === 5")
    assert page.evaluate("told.arrivals[0][0]") == 3


def test_versions_are_never_mixed_and_the_newest_stays(open_page):
    widget, page = open_page({"sound": np.zeros(1_500_000)})
    page.evaluate("""() => {
      const { onSound } = store.on;
      store.on.onSound = (i, [channel]) => {
        window.mixed ||= channel.some((x) => x !== channel[0]);
        onSound(i, [channel]);
      };
    }""")
    for value in (0.1, 0.2, 0.3):
        fresh = np.full(1_500_000, value)
        widget.set_sounds({"sound": fresh}, sample_rate=RATE)
    page.wait_for_function("Math.abs(told.sounds[0]?.[0][0] - 0.3) < 1e-6")
    assert not page.evaluate("window.mixed")


def test_a_chunk_of_an_older_version_is_dropped(open_page):
    widget, page = open_page({"sound": np.full(100, 0.25)})
    wait_for_all(page)
    about = {"version": 99, "n_samples": 100, "channels": 1, "scale": 0.01}
    widget.send({"kind": "sounds", "sounds": [about]})
    for version, steps in [(98, 50), (99, 20)]:
        chunk = {"kind": "chunk", "sound": 0, "version": version, "start": 0}
        widget.send(chunk, [np.full(100, steps, "<i2").tobytes()])
    page.wait_for_function("told.arrivals.length === 2")
    assert arrived(page, 0)[0] == pytest.approx(np.full(100, 0.2))


def test_a_page_that_lost_its_messages_asks_again(open_page, rng):
    _, page = open_page({"sound": rng.standard_normal(1_000)})
    wait_for_all(page)
    page.evaluate("models.one.views[0].cleanUp(); told.sounds = {}; addView('one');")
    page.wait_for_function("told.sounds[0]?.[0].length === 1000")


def test_lost_chunks_are_asked_for_again_and_waited_for_twice_as_long(open_page):
    widget, page = open_page({"sound": np.ones(1)})
    wait_for_all(page)
    page.evaluate("models.one.sent.length = 0")
    widget._give = lambda wanted: None  # from here on every wish is lost
    widget.set_sounds({"sound": np.zeros(1_500_000)}, sample_rate=RATE)

    def wishes_after(seconds):
        page.evaluate(
            "s => { const now = performance.now.bind(performance);"
            " performance.now = () => now() + 1000 * s; }",
            seconds,
        )
        heard = page.evaluate("models.one.received.length")
        widget._announce()  # the store looks after its wishes
        page.wait_for_function("n => models.one.received.length > n", arg=heard)
        wishes = "models.one.sent.filter((one) => one.kind === 'want' && !one.what)"
        return page.evaluate(f"{wishes}.length")

    assert wishes_after(0) == 3  # a chunk each
    assert [wishes_after(20) for _ in range(4)] == [6, 6, 9, 9]


def test_two_views_of_one_widget_both_get_the_sound(open_page, rng):
    _, page = open_page({"sound": rng.standard_normal(600_000)})
    page.evaluate("window.first = told; addView('one');")
    page.wait_for_function("first.sounds[0] && told.sounds[0] && first !== told")


def test_an_overview_comes_in_units_of_full_scale(open_page, rng):
    samples = rng.uniform(-1, 1, (2, 5_000)) * [[0.5], [0.05]]
    _, page = open_page({"sound": samples})
    page.wait_for_function("told.overviews[0]")
    peaks = page.evaluate("told.overviews[0].peaks.map((one) => [...one])")
    peaks = np.array(peaks).reshape(2, -1, 2)
    step = np.abs(samples).max() / 127
    assert peaks[:, :, 1].max(1) == pytest.approx(samples.max(1), abs=step)
    assert peaks[:, :, 0].min(1) == pytest.approx(samples.min(1), abs=step)


def moves_ms(page, move):
    """How long 20 moves take until the page has what is new, each."""
    took = []
    for number in range(20):
        before = page.evaluate("told.arrivals.length")
        start = time.time()
        move(number)
        page.wait_for_function("n => told.arrivals.length > n", arg=before)
        took.append(page.evaluate("told.arrivals.at(-1)[1]") - 1_000 * start)
        page.wait_for_timeout(20)
    return float(np.median(took))


def test_a_new_sound_reaches_the_page_fast(open_page, rng):
    samples = 0.1 * rng.standard_normal((2, 5 * RATE))
    widget, page = open_page({"a": samples})
    wait_for_all(page)

    def move(number):
        softer = {"a": samples * (0.99 - 0.01 * number)}
        widget.set_sounds(softer, sample_rate=RATE)

    assert moves_ms(page, move) < 400  # a third of it where nothing else runs


def test_a_new_filter_reaches_the_page_faster(open_page, rng):
    samples = 0.1 * rng.standard_normal((2, 5 * RATE))
    widget, page = open_page({"a": samples, "b": samples})
    wait_for_all(page)

    def move(_):
        widget.set_filter("b", of="a", taps=rng.standard_normal(512))

    page.wait_for_function("told.overviews[0] && told.overviews[1]")
    sent = widget.bytes_sent
    assert moves_ms(page, move) < 80
    assert widget.bytes_sent - sent == 20 * 4 * 512


def test_a_filter_and_its_sound_play_together(open_page, rng):
    widget, page = open_page({"a": 0.1 * rng.standard_normal(RATE), "b": np.zeros(1)})
    wait_for_all(page)
    widget.set_filter("b", of="a", taps=[0.0, 0.5])
    page.wait_for_function("told.filters[1]")
    assert page.evaluate("[told.filters[1].of, [...told.filters[1].taps[0]]]") == [
        0,
        [0, 0.5],
    ]
