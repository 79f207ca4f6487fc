"""What the kernel says to a page: what changed, what was asked for, all of it."""

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab.browser import wire
from clarity_lab.browser.packing import Packed
from clarity_lab.browser.widget import PageWidget
from clarity_lab.browser.wire import CHUNK_BYTES, SoundSender

RATE = 48_000


class Sender(SoundSender, PageWidget):
    _esm = "export default { render() {} }"


class Page:
    """A page as simple as can be: it asks for all that it lacks."""

    def __init__(self, sender):
        self.sender = sender
        self.messages = []
        sender.send = self.take

    def take(self, content, buffers=None):
        self.messages.append((content, [bytes(one) for one in buffers or []]))

    def say(self, **content):
        """Say something and give what is answered."""
        before = len(self.messages)
        self.sender._handle_custom_msg(content, [])
        return self.messages[before:]

    def kinds(self):
        return [content["kind"] for content, _ in self.messages]

    def announced(self):
        return [one for one, _ in self.messages if one["kind"] == "sounds"][-1][
            "sounds"
        ]

    def fetch(self, number):
        """All of a sound, asked for chunk by chunk, as floats."""
        about = self.announced()[number]
        heard = np.zeros((about["channels"], about["n_samples"]))
        step = CHUNK_BYTES // (2 * about["channels"])
        for start in range(0, about["n_samples"], step):
            want = {"sound": number, "version": about["version"], "start": start}
            ((content, (data,)),) = self.say(kind="want", stop=start + step, **want)
            assert content["kind"] == "chunk"
            assert len(data) <= CHUNK_BYTES
            part = np.frombuffer(data, dtype="<i2").reshape(about["channels"], -1)
            heard[:, start : start + part.shape[1]] = part * about["scale"]
        return heard


@pytest.fixture
def sounds(rng):
    return {
        "one": 0.1 * rng.standard_normal(4_800),
        "two": rng.uniform(-1, 1, (2, 900)),
    }


@pytest.fixture
def sender(sounds):
    sender = Sender()
    sender.set_sounds(sounds, sample_rate=RATE)
    return sender


@pytest.fixture
def page(sender):
    page = Page(sender)
    page.say(kind="ready")
    return page


def versions(page):
    return [one["version"] for one in page.announced()]


def test_a_page_that_is_ready_hears_what_there_is_and_no_sound_yet(page):
    assert page.kinds() == ["sounds"]
    assert [one["channels"] for one in page.announced()] == [1, 2]
    assert [one["n_samples"] for one in page.announced()] == [4_800, 900]


def test_nothing_is_sent_before_a_page_is_there(sounds):
    sender = Sender()
    page = Page(sender)
    sender.set_sounds(sounds, sample_rate=RATE)
    assert page.messages == []
    assert sender.bytes_sent == 0


def test_what_the_page_puts_together_is_the_sound(page, sounds):
    for number, samples in enumerate(sounds.values()):
        error = np.abs(page.fetch(number) - np.atleast_2d(samples)).max()
        assert error <= np.abs(samples).max() / 65_534 * (1 + 1e-9)


def test_a_long_sound_comes_in_chunks_that_fit_a_message(rng):
    samples = 0.1 * rng.standard_normal((2, 700_000))
    sender = Sender()
    sender.set_sounds({"long": samples}, sample_rate=RATE)
    page = Page(sender)
    page.say(kind="ready")
    error = np.abs(page.fetch(0) - samples).max()
    assert error <= np.abs(samples).max() / 65_534 * (1 + 1e-9)
    assert sender.bytes_sent == samples.size * 2


def test_only_what_changed_gets_a_new_version_and_travels(page, sender, sounds):
    before, sent = versions(page), sender.bytes_sent
    changed = {**sounds, "two": 0.5 * sounds["two"]}
    sender.set_sounds(changed, sample_rate=RATE)
    assert versions(page)[0] == before[0]
    assert versions(page)[1] > before[1]
    assert sender.bytes_sent - sent == 2 * 2 * 900


def test_another_sample_rate_makes_every_sound_another_one(page, sender, sounds):
    before = versions(page)
    sender.set_sounds(sounds, sample_rate=RATE // 2)
    assert not set(versions(page)) & set(before)


def test_an_array_changed_in_place_is_noticed(page, sender, sounds):
    before = versions(page)
    sounds["one"] *= 0.5
    sender.set_sounds(sounds, sample_rate=RATE)
    assert [now == then for now, then in zip(versions(page), before, strict=True)] == [
        False,
        True,
    ]


def test_a_new_sound_comes_unasked_but_not_to_a_page_that_lags_behind(
    page, sender, rng
):
    def update():
        samples = rng.standard_normal(100)
        before = len(page.messages)
        sender.set_sounds({"one": samples}, sample_rate=RATE)
        return [content["kind"] for content, _ in page.messages[before:]]

    assert update() == ["sounds", "chunk"]
    assert page.announced()[0]["comes"]
    assert update() == ["sounds"]  # the first has not been acknowledged
    assert not page.announced()[0]["comes"]
    for content, _ in page.messages:
        if content["kind"] == "chunk":
            page.say(kind="got", version=content["version"])
    assert update() == ["sounds", "chunk"]


def test_a_large_sound_is_announced_and_waits_to_be_asked_for(page, sender, rng):
    before = len(page.messages)
    large = rng.standard_normal(CHUNK_BYTES)
    sender.set_sounds({"one": large}, sample_rate=RATE)
    assert [content["kind"] for content, _ in page.messages[before:]] == ["sounds"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 0},
        {"sound": 7},
        {"sound": -1},
        {"start": 4_800},
        {"start": -1},
        {"start": "0"},
        {"start": 5, "stop": 5},
    ],
)
def test_what_is_out_of_date_or_out_of_range_gets_no_answer(page, wrong):
    right = {"sound": 0, "version": versions(page)[0], "start": 0, "stop": 100}
    assert len(page.say(kind="want", **right)) == 1
    assert page.say(kind="want", **{**right, **wrong}) == []


def test_a_page_that_comes_back_may_ask_for_everything_again(page, sounds):
    page.fetch(0)
    page.say(kind="ready")
    assert page.kinds()[-1] == "sounds"
    error = np.abs(page.fetch(0) - sounds["one"]).max()
    assert error <= np.abs(sounds["one"]).max() / 65_534 * (1 + 1e-9)


def test_an_overview_is_small_and_says_the_peak(page, sounds):
    want = {"what": "overview", "sound": 1, "version": versions(page)[1]}
    ((content, (envelope,)),) = page.say(kind="want", **want)
    assert content["peak"] == pytest.approx(np.abs(sounds["two"]).max())
    assert len(envelope) == 2 * 900 * 2
    ((content, (_, picture)),) = page.say(kind="want", spectrogram=True, **want)
    n_bins, n_frames = content["spectrogram"].values()
    assert len(picture) == n_bins * n_frames <= 40_960


def test_an_overview_of_a_filter_is_that_of_what_comes_out(page, sender, sounds):
    sender.set_filter("two", of="one", taps=[[0.0, 0.5], [0.0, -0.25]])
    version = page.messages[-1][0]["version"]
    want = {"what": "overview", "sound": 1, "version": version, "spectrogram": True}
    ((content, (envelope, picture)),) = page.say(kind="want", **want)
    late = np.roll(sounds["one"], 1)
    late[0] = 0
    known = Packed(np.outer([0.5, -0.25], late))
    assert content["peak"] == pytest.approx(0.5 * np.abs(late).max(), rel=1e-4)
    for data, meant in ((envelope, known.envelope), (picture, known.spectrogram)):
        got = np.frombuffer(data, meant.dtype).reshape(meant.shape)
        assert np.abs(got.astype(int) - meant).max() <= 1
    assert page.say(kind="want", **{**want, "what": "samples", "stop": 9}) == []


def test_silence_has_an_overview_too(sender):
    sender.set_sounds({"none": np.zeros(9)}, sample_rate=RATE)
    page = Page(sender)
    page.say(kind="ready")
    want = {"what": "overview", "sound": 0, "version": versions(page)[0]}
    ((content, _),) = page.say(kind="want", **want)
    assert content["peak"] == 0


def test_of_a_filtered_sound_only_the_taps_travel(page, sender, rng):
    taps, sent = rng.standard_normal((2, 512)), sender.bytes_sent
    sender.set_filter("two", of="one", taps=taps)
    content, (data,) = page.messages[-1]
    assert (content["kind"], content["sound"], content["of"]) == ("filter", 1, 0)
    received = np.frombuffer(data, dtype="<f4").reshape(content["channels"], -1)
    assert np.abs(received - taps).max() < 1e-6
    assert sender.bytes_sent - sent == 4 * 2 * 512


def test_a_page_that_comes_later_gets_the_filter_too(sender, rng):
    sender.set_filter("two", of="one", taps=rng.standard_normal(64))
    page = Page(sender)
    page.say(kind="ready")
    assert page.kinds() == ["sounds", "filter"]
    assert page.announced()[1]["filter"] == {"of": 0}


def test_a_sound_that_was_a_filter_can_be_a_sound_again(page, sender, sounds, rng):
    sender.set_filter("two", of="one", taps=rng.standard_normal(64))
    sender.set_sounds(sounds, sample_rate=RATE)
    assert np.abs(page.fetch(1) - sounds["two"]).max() < 1e-3


@pytest.mark.parametrize(
    ("label", "of", "message"),
    [
        ("three", "one", "expected one of the sounds one, two, got 'three'"),
        ("two", "three", "expected one of the sounds one, two, got 'three'"),
        ("two", "two", "as a sound with samples, got 'two'"),
    ],
)
def test_an_impossible_filter_is_explained(sender, label, of, message):
    with pytest.raises(ValueError, match=message):
        sender.set_filter(label, of=of, taps=[1.0])


def test_a_filter_of_a_filter_is_explained(sender):
    sender.set_filter("two", of="one", taps=[1.0])
    with pytest.raises(ValueError, match="as a sound with samples"):
        sender.set_filter("one", of="two", taps=[1.0])


def test_a_broken_sound_leaves_the_old_ones_in_place(page, sender, sounds):
    with pytest.raises(ValueError, match="NaN"):
        sender.set_sounds({"one": sounds["one"], "two": [np.nan]}, sample_rate=RATE)
    assert page.fetch(1).shape == (2, 900)


def test_no_sound_is_part_of_the_saved_state(sender, rng):
    before = len(repr(sender.get_state()))
    long = {"long": rng.standard_normal(100_000)}
    sender.set_sounds(long, sample_rate=RATE)
    assert len(repr(sender.get_state())) == before


def test_some_sounds_are_exchanged_and_the_others_and_filters_stay(page, sender, rng):
    sender.set_filter("two", of="one", taps=np.array([0.5]))
    page.say(kind="ready")
    before = page.announced()
    sender.exchange({"one": rng.uniform(-1, 1, 100)})
    after = page.announced()
    assert after[0]["version"] > before[0]["version"]
    assert after[0]["n_samples"] == 100
    assert after[1] == before[1]
    with pytest.raises(ValueError, match="one of the sounds one, two, got 'three'"):
        sender.exchange({"three": np.ones(8)})


@pytest.mark.parametrize("frozen", [True, False])
def test_an_array_that_nobody_can_change_is_not_packed_again(monkeypatch, frozen):
    samples, packed = np.ones(8), []
    samples.flags.writeable = not frozen
    monkeypatch.setattr(wire, "Packed", lambda x: packed.append(x) or Packed(x))
    sender = Sender()
    for _ in range(2):
        sender.set_sounds({"a": samples}, sample_rate=RATE)
    assert len(packed) == (1 if frozen else 2)


def test_what_was_changed_in_place_travels(page, sender):
    samples = np.ones(8)
    sender.set_sounds({"a": samples}, sample_rate=RATE)
    page.say(kind="ready")
    samples[3] = 0.5
    sender.set_sounds({"a": samples}, sample_rate=RATE)
    np.testing.assert_allclose(page.fetch(0)[0], samples, atol=1e-4)
