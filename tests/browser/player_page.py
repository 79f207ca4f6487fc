"""A player in a page, as tests press, drag and look at it."""

import contextlib
import io

import numpy as np
import soundfile

RATE = 16_000
SECONDS = 12  # a busy machine is slow to look
GAIN = 10 ** (-6 / 20)


def three_noises(rng):
    """As different as sounds can be; the last for two ears."""
    a, b, left, right = 0.1 * rng.standard_normal((4, SECONDS * RATE))
    return {"a": a, "b": 0.5 * b, "both": np.stack([left, right])}


def wait_until_loaded(page):
    page.wait_for_function(
        "[...document.querySelectorAll('progress')].every((one) => one.hidden)"
    )


def press(shown, name):
    shown.page.get_by_role("button", name=name, exact=True).click()
    shown.settle()


def key(shown, *names):
    for name in names:
        shown.page.keyboard.press(name)
    shown.settle()


def choose(shown, number):
    sound(shown, number).click()
    shown.settle()


def sound(shown, number):
    return shown.page.locator(".cl-sound").nth(number - 1)


def strip_box(shown):
    return shown.page.locator(".cl-timeline").bounding_box()


def drag(shown, start_s, stop_s):
    box = strip_box(shown)
    y = box["y"] + box["height"] / 2
    shown.page.mouse.move(box["x"] + start_s / SECONDS * box["width"], y)
    shown.page.mouse.down()
    shown.page.mouse.move(box["x"] + stop_s / SECONDS * box["width"], y, steps=5)
    shown.page.mouse.up()
    shown.settle()


@contextlib.contextmanager
def kernel_is_busy(player, *, kinds=("ready", "want")):
    """In this block it answers nothing of these kinds; then all at once."""
    answer, waiting = player._handle_custom_msg, []

    def hold(content, buffers):
        if content["kind"] in kinds:
            waiting.append((content, buffers))
        else:
            answer(content, buffers)

    player._handle_custom_msg = hold
    yield
    player._handle_custom_msg = answer
    for message in waiting:
        answer(*message)


def save(shown):
    with shown.page.expect_download() as saved:
        press(shown, "Save as WAV")
    return soundfile.read(io.BytesIO(saved.value.path().read_bytes()))[0].T


INKED = """(canvas) => {
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  let inked = 0;
  for (let at = 3; at < data.length; at += 4) inked += data[at] > 128;
  return [width, inked];
}"""


PICTURE = "document.querySelector('%s').toDataURL()"


def picture_of(shown, number, canvas=".cl-wave"):
    choose(shown, number)
    many = f"({INKED})(document.querySelector('{canvas}'))[1] > 500"
    shown.page.wait_for_function(many)
    return shown.page.evaluate(PICTURE % canvas)


def wait_for_picture(shown, number, picture, canvas=".cl-wave"):
    choose(shown, number)
    shown.page.wait_for_function(f"it => {PICTURE % canvas} === it", arg=picture)
