"""The recorder in a real browser, with a microphone that beeps."""

import base64

import numpy as np
import pytest

from clarity_lab import audio

pytestmark = pytest.mark.browser

# Buffers come out of the page as text.
SENT = """() => {
  const { content, buffers } = window.sent.at(-1);
  let text = "";
  for (const byte of new Uint8Array(buffers[0])) text += String.fromCharCode(byte);
  return [content, btoa(text)];
}"""


@pytest.fixture
def open_page(chromium, address):
    """open_page(allowed=True, ...) opens the recorder; each call is a fresh visitor."""
    contexts = []

    def open_(*, allowed=True, max_duration_s=1.0, countdown_s=0, before=""):
        context = chromium.new_context()
        contexts.append(context)
        if allowed:
            context.grant_permissions(["microphone"])
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.add_init_script(before)
        page.goto(
            f"{address}?max_duration_s={max_duration_s}&countdown_s={countdown_s}"
        )
        return page

    yield open_
    for context in contexts:
        context.close()


def button(page, name):
    return page.get_by_role("button", name=name)


def wait_for(page, status):
    page.wait_for_function("status => window.statuses.at(-1) === status", arg=status)


def received(page):
    content, data = page.evaluate(SENT)
    samples = np.frombuffer(base64.b64decode(data), dtype="<f4")
    return samples, content["sample_rate"]


def test_a_recording_has_sound_and_the_length_asked_for(open_page):
    page = open_page(max_duration_s=0.75)
    button(page, "Record").click()
    wait_for(page, "recorded")
    samples, sample_rate = received(page)
    assert samples.size == round(0.75 * sample_rate)
    assert audio.rms(samples) > 1e-3
    assert audio.peak(samples) <= 1
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
    page = open_page(
        max_duration_s=0.5,
        before="""
          const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
          navigator.mediaDevices.getUserMedia = async (wanted) =>
            (window.wanted = wanted.audio, window.stream = await open(wanted));""",
    )
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
    assert page.evaluate("window.statuses") == [
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
    assert page.evaluate("window.sent.length") == 0
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
    ],
    ids=["no-microphone", "unsafe-page"],
)
def test_a_missing_microphone_is_explained(open_page, before, message):
    page = open_page(before=before)
    button(page, "Record").click()
    wait_for(page, "failed")
    assert message in page.get_by_role("status").inner_text()


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
