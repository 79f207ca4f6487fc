"""The recorder in a real browser, with a microphone that beeps."""

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab import audio, listen, widgets
from tests.browser.bridge import Bridge

pytestmark = pytest.mark.browser

# A "microphone" with a tone of a known peak.
TONE = """
  navigator.mediaDevices.getUserMedia = async () => {{
    const context = new AudioContext();
    const tone = new OscillatorNode(context, {{ frequency: 500 }});
    const gain = new GainNode(context, {{ gain: {peak} }});
    const out = context.createMediaStreamDestination();
    tone.connect(gain).connect(out);
    tone.start();
    return out.stream;
  }};"""

KEEP_THE_STREAM = """
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) =>
    (window.wanted = wanted.audio, window.stream = await open(wanted));"""


@pytest.fixture
def open_page(chromium):
    """open_page(allowed=True, ...) opens a recorder; each call is a fresh visitor."""
    contexts = []

    def open_(*, allowed=True, max_duration_s=1.0, countdown_s=0, before=""):
        context = chromium.new_context()
        contexts.append(context)
        if allowed:
            context.grant_permissions(["microphone"])
        page = context.new_page()
        page.add_init_script(before)
        recorder = widgets.record(
            max_duration_s=max_duration_s, countdown_s=countdown_s
        )
        page.statuses = []
        recorder.observe(lambda change: page.statuses.append(change["new"]), "status")
        bridge = Bridge(page).show(recorder)
        page.recorder, page.errors, page.settle = recorder, bridge.errors, bridge.settle
        page.bridge = bridge
        return page

    yield open_
    for context in contexts:
        context.close()


def button(page, name):
    return page.get_by_role("button", name=name)


def wait_for(page, status):
    page.wait_for_selector(f"[data-status={status}]")
    page.settle()


def received(page):
    page.settle()
    return page.recorder.samples, page.recorder.sample_rate


def n_sent(page):
    return page.evaluate("models.one.sent.length")


def test_a_recording_has_sound_and_the_length_asked_for(open_page):
    page = open_page(max_duration_s=0.75, before=TONE.format(peak=0.3))
    button(page, "Record").click()
    wait_for(page, "recorded")
    samples, sample_rate = received(page)
    assert samples.size == round(0.75 * sample_rate)
    assert audio.peak(samples) == pytest.approx(0.3, rel=0.02)
    assert page.errors == []


def test_the_stop_button_ends_a_recording_early(open_page):
    page = open_page(max_duration_s=20)
    button(page, "Record").click()
    wait_for(page, "recording")
    page.wait_for_function("document.querySelector('meter').value > -60")
    button(page, "Stop").click()
    wait_for(page, "recorded")
    samples, sample_rate = received(page)
    assert 0 < samples.size < 10 * sample_rate


def test_a_recording_can_be_heard_again(open_page):
    page = open_page(max_duration_s=0.5)
    assert button(page, "Listen again").is_disabled()
    button(page, "Record").click()
    wait_for(page, "recorded")
    button(page, "Listen again").click()
    page.wait_for_selector("[data-playing=no]")  # it began, and ended by itself


def test_the_microphone_is_released_after_a_recording(open_page):
    page = open_page(max_duration_s=0.5, before=KEEP_THE_STREAM)
    button(page, "Record").click()
    wait_for(page, "recorded")
    page.wait_for_function("window.stream.getTracks()[0].readyState === 'ended'")
    wanted = page.evaluate("window.wanted")
    assert not any(value for name, value in wanted.items() if name != "channelCount")


def test_the_countdown_counts_aloud_before_the_first_sample(open_page):
    page = open_page(countdown_s=1, max_duration_s=0.5)
    button(page, "Record").click()
    wait_for(page, "countdown")
    assert page.get_by_role("status").inner_text() == "Recording starts in 1 …"
    wait_for(page, "recorded")
    assert page.statuses == [
        "waiting",
        "countdown",
        "recording",
        "recorded",
    ]


def test_a_refused_permission_is_explained_and_the_lesson_goes_on(open_page):
    page = open_page(allowed=False)
    button(page, "Record").click()
    wait_for(page, "failed")
    message = page.get_by_role("status").inner_text()
    assert "did not allow the microphone" in message
    assert "go on with a recording that comes with the lesson" in message
    assert n_sent(page) == 0
    assert button(page, "Record").is_enabled()


@pytest.mark.parametrize(
    ("before", "message"),
    [
        (
            "navigator.mediaDevices.getUserMedia = async () => {"
            " throw new DOMException('', 'NotFoundError'); };",
            "No microphone was found",
        ),
        (
            "Object.defineProperty(navigator, 'mediaDevices', {value: undefined});",
            "only on https:// or localhost",
        ),
        (
            "navigator.mediaDevices.getUserMedia = async () => {"
            " throw new DOMException('', 'NotReadableError'); };",
            "in use by another program",
        ),
        (
            "navigator.mediaDevices.getUserMedia = async () => {"
            " throw new DOMException('', 'AbortError'); };",
            "The microphone gave no sound (AbortError).",
        ),
    ],
    ids=["no-microphone", "unsafe-page", "taken", "unknown"],
)
def test_a_missing_microphone_is_explained(open_page, before, message):
    page = open_page(before=before)
    button(page, "Record").click()
    wait_for(page, "failed")
    assert message in page.get_by_role("status").inner_text()


def test_stopped_before_any_sound_came_there_is_no_recording_and_a_next_try(open_page):
    page = open_page(
        max_duration_s=0.5,
        before="""
          const { addModule } = AudioWorklet.prototype;
          const free = new Promise((done) => (window.free = done));
          AudioWorklet.prototype.addModule = async function (url) {
            await addModule.call(this, url);
            await free;
          };
          const { disconnect } = AudioNode.prototype;
          AudioNode.prototype.disconnect = function (...from) {
            window.isCut = true;
            return disconnect.apply(this, from);
          };""",
    )
    button(page, "Record").click()
    wait_for(page, "recording")
    button(page, "Stop").click()
    wait_for(page, "failed")
    assert "Stopped before any sound came." in page.get_by_role("status").inner_text()
    assert not page.recorder.has_recording
    page.evaluate("window.free()")
    page.wait_for_function("window.isCut")  # a tap that comes too late does not stay
    button(page, "Record").click()
    wait_for(page, "recorded")
    assert received(page)[0].size == round(0.5 * page.recorder.sample_rate)
    assert n_sent(page) == 1
    assert page.errors == []


def test_when_the_microphone_is_pulled_out_what_came_before_is_kept(open_page):
    page = open_page(max_duration_s=20, before=KEEP_THE_STREAM)
    button(page, "Record").click()
    wait_for(page, "recording")
    page.wait_for_function("document.querySelector('meter').value > -60")
    page.evaluate("stream.getTracks()[0].dispatchEvent(new Event('ended'))")
    wait_for(page, "recorded")
    samples, sample_rate = received(page)
    assert 0 < samples.size < 20 * sample_rate


def test_the_keyboard_is_enough_and_stays_in_the_recorder(open_page):
    page = open_page(max_duration_s=20)
    page.keyboard.press("Tab")
    page.evaluate("document.addEventListener('keydown', () => (window.leaked = true))")
    page.keyboard.press("Enter")  # Record; the focus moves to Stop
    wait_for(page, "recording")
    page.keyboard.press("d")  # in a notebook, two of these delete a cell
    page.wait_for_function("document.querySelector('meter').value > -60")
    page.keyboard.press("Space")  # Stop; the focus moves to Listen again
    wait_for(page, "recorded")
    page.wait_for_function("document.activeElement.textContent.includes('Listen')")
    assert page.evaluate("window.leaked") is None


def test_what_happens_to_the_voice_is_said_before_the_first_button(open_page):
    page = open_page()
    region = page.get_by_role("region", name="Voice recorder")
    assert "Nothing is saved unless you save it" in region.inner_text()
    assert page.get_by_label("Level").count() == 1


@pytest.mark.parametrize(
    ("peak", "advice"),
    [
        (0, "of silence: is the microphone muted?"),
        (0.01, "That is soft: move closer"),
        (0.3, "That is a good level."),
        (3, "too loud and is clipped: move away"),
    ],
)
def test_the_level_gets_advice(open_page, peak, advice):
    page = open_page(max_duration_s=0.5, before=TONE.format(peak=peak))
    button(page, "Record").click()
    wait_for(page, "recorded")
    assert advice in page.get_by_role("status").inner_text()
    assert page.get_by_text("too loud: clipped").is_visible() == (peak == 3)


def test_the_wave_grows_while_one_speaks(open_page):
    page = open_page(max_duration_s=20, before=TONE.format(peak=0.5))
    wave = page.locator(".cl-columns")
    assert wave.get_attribute("d") == "M0 0"
    button(page, "Record").click()
    wait_for(page, "recording")
    bars = "(document.querySelector('.cl-columns').getAttribute('d').match(/V/g) ?? [])"
    page.wait_for_function(f"{bars}.length >= 3")
    soon = page.evaluate(f"{bars}.length")
    page.wait_for_function(f"{bars}.length > {soon}")
    button(page, "Stop").click()
    wait_for(page, "recorded")
    assert page.evaluate(f"{bars}.length") > 200  # the whole, over the full width


def test_one_can_record_again(open_page):
    page = open_page(max_duration_s=0.5)
    button(page, "Record").click()
    wait_for(page, "recorded")
    button(page, "Record again").click()
    page.wait_for_function("models.one.sent.length === 2")
    page.wait_for_selector("[data-status=recorded]")
    assert button(page, "Listen again").is_enabled()


def test_it_is_heard_again_as_it_was_recorded(open_page):
    page = open_page(
        max_duration_s=0.5,
        before="""
          const connect = AudioNode.prototype.connect;
          AudioNode.prototype.connect = function (to, ...rest) {
            if (this instanceof AudioBufferSourceNode) window.heard = {
              samples: [...this.buffer.getChannelData(0)],
              straight: to === this.context.destination,
              rate: this.playbackRate.value,
            };
            return connect.call(this, to, ...rest);
          };""",
    )
    button(page, "Record").click()
    wait_for(page, "recorded")
    button(page, "Listen again").click()
    heard = page.evaluate("window.heard")
    samples, _ = received(page)
    assert np.array_equal(np.float32(heard["samples"]), samples)
    assert heard["straight"]
    assert heard["rate"] == 1


def test_listening_can_be_stopped(open_page):
    page = open_page(
        max_duration_s=0.5,
        before="""
          const { start } = AudioBufferSourceNode.prototype;
          AudioBufferSourceNode.prototype.start = function () {
            this.loop = true; // it does not end by itself
            start.call(this);
          };""",
    )
    button(page, "Record").click()
    wait_for(page, "recorded")
    button(page, "Listen again").click()
    button(page, "Stop listening").click()
    page.wait_for_selector("[data-playing=no]")
    assert button(page, "Listen again").is_visible()


def test_it_falls_silent_when_a_player_starts_and_the_player_when_it_starts(open_page):
    page = open_page(max_duration_s=3)
    button(page, "Record").click()
    wait_for(page, "recorded")
    player = listen.Player({"hum": np.full(320_000, 0.1)}, sample_rate=16_000)
    page.bridge.show(player, id_="two")
    page.wait_for_function("document.querySelector('progress').hidden")
    button(page, "Listen again").click()
    page.get_by_role("button", name="Play").click()
    page.wait_for_selector("[data-playing=no]", timeout=2_000)  # before its own end
    button(page, "Listen again").click()
    page.settle()
    assert not player.playing


@pytest.mark.parametrize(("device", "kept"), [(32_000, 32_000), (192_000, 96_000)])
def test_the_rate_of_the_device_is_kept_up_to_96_khz(open_page, device, kept):
    page = open_page(
        max_duration_s=0.5,
        before=f"""
          const settings = MediaStreamTrack.prototype.getSettings;
          MediaStreamTrack.prototype.getSettings = function () {{
            return {{ ...settings.call(this), sampleRate: {device} }};
          }};""",
    )
    button(page, "Record").click()
    wait_for(page, "recorded")
    samples, sample_rate = received(page)
    assert sample_rate == kept
    assert samples.size == kept / 2


@pytest.mark.parametrize("status", ["countdown", "recording"])
def test_a_cleared_cell_lets_the_microphone_go(open_page, status):
    page = open_page(countdown_s=1, max_duration_s=3, before=KEEP_THE_STREAM)
    button(page, "Record").click()
    wait_for(page, status)
    page.evaluate("models.one.views[0].cleanUp()")
    assert page.evaluate("window.stream.getTracks()[0].readyState") == "ended"
    page.evaluate("new Promise((done) => setTimeout(done, 3200))")  # after its own
    page.settle()
    assert n_sent(page) == 0
    assert (page.recorder.status, page.recorder.message) == ("idle", "")
    assert page.errors == []


def test_the_voice_reaches_python_and_no_saved_state(open_page):
    page = open_page(max_duration_s=0.5)
    empty = len(repr(page.recorder.get_state()))
    button(page, "Record").click()
    wait_for(page, "recorded")
    assert page.recorder.samples.size == round(0.5 * page.recorder.sample_rate)
    assert len(repr(page.recorder.get_state())) < empty + 200  # words, no samples
