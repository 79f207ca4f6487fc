"""A player whose pieces can be heard one by one: what it takes, and what it leaves."""

import base64
import html
import io
import re

import numpy as np
import pytest
import soundfile

pytest.importorskip("anywidget", reason="needs the lessons' packages")

from clarity_lab import widgets

RATE = 16_000
PIECES = [("h", 0.1, 0.14), (" ", 0.3, 0.34), ("i", 0.5, 0.62)]


def aligned(pieces=PIECES, *, samples=None, **options):
    samples = np.full(RATE, 0.1) if samples is None else samples
    given = {"sample_rate": RATE, "pieces": pieces} | options
    return widgets.play_aligned(samples, **given)


@pytest.fixture
def static(monkeypatch):
    monkeypatch.setenv("CLARITY_LAB_STATIC", "1")


def test_pieces_have_names_for_their_parts():
    text, start_s, stop_s = aligned().pieces[2]
    assert (text, start_s, stop_s) == PIECES[2]
    assert aligned().pieces[2].stop_s == 0.62


def test_the_last_frame_of_an_analysis_may_reach_over_the_end():
    assert aligned([("h", 0.96, 1.04)]).pieces == (("h", 0.96, 1.0),)


def test_numbers_of_numpy_are_numbers():
    pieces = [("h", np.float32(0.5), np.int64(1))]
    [piece] = aligned(pieces).pieces
    assert piece == ("h", 0.5, 1.0)
    assert [type(one) for one in piece] == [str, float, float]


def test_nothing_said_is_no_piece():
    assert aligned([]).pieces == ()


@pytest.mark.parametrize(
    ("pieces", "error", "message"),
    [
        ([("h", 0.2, 0.2)], ValueError, "piece 0 to stop after its start at 0.2 s"),
        ([("h", 0.2, 0.1)], ValueError, "to stop after its start"),
        ([("h", -0.1, 0.1)], ValueError, "start_s of piece 0 .* at least 0 in s"),
        ([("h", 0.5, 1.2)], ValueError, "within the sound, 0 to 1 s.*frames, not sec"),
        ([("h", 1.0, 1.05)], ValueError, "within the sound"),
        ([("h", 0.1, np.nan)], ValueError, "stop_s of piece 0 as a finite.*got nan"),
        ([("h", np.inf, 1)], ValueError, "start_s of piece 0 as a finite"),
        ([*PIECES, ("b", 0.2, 0.3)], ValueError, r"piece 3 at 0.2 s.*sorted\(pieces"),
        ([("", 0.1, 0.2)], ValueError, "a text for piece 0.*Leave it out"),
        ([(7, 0.1, 0.2)], TypeError, "text of piece 0 as text, got 7"),
        ([("h", "0.1", 0.2)], TypeError, "start_s of piece 0 as one number in s"),
        ([("h", 0.1)], TypeError, r"piece 0 as \(text, start_s, stop_s\).*Try \[\("),
        (["abc"], TypeError, r"piece 0 as \(text, start_s, stop_s\), got 'abc'"),
        ("abc", TypeError, "pieces as a list of"),
        (None, TypeError, "pieces as a list of"),
        (3, TypeError, "pieces as a list of"),
    ],
)
def test_wrong_pieces_are_explained(pieces, error, message):
    with pytest.raises(error, match=message):
        aligned(pieces)
    player = aligned()
    with pytest.raises(error, match=message):
        player.pieces = pieces
    assert player.pieces == tuple(PIECES)


def test_a_piece_is_chosen_by_its_index():
    player = aligned()
    assert player.piece is None
    player.piece = np.int64(2)
    assert player.get_state("piece") == {"piece": 2}
    assert type(player.piece) is int
    player.piece = None
    assert player.piece is None


@pytest.mark.parametrize("wrong", [3, -1, 1.0, "h", True, [1]])
def test_an_index_that_is_none_is_refused(wrong):
    player = aligned()
    player.piece = 1
    with pytest.raises(ValueError, match="a whole number from 0 to 2, or None, got"):
        player.piece = wrong
    assert player.piece == 1
    with pytest.raises(ValueError, match="expected piece as None"):
        aligned([]).piece = wrong


def test_new_pieces_leave_none_chosen():
    player = aligned()
    player.piece = 2
    player.pieces = [("ho", 0.1, 0.3)]
    assert player.piece is None


@pytest.mark.parametrize(
    ("wrong", "error"),
    [(-0.1, ValueError), (np.nan, ValueError), ("a", TypeError), (None, TypeError)],
)
def test_what_is_around_a_piece_is_a_length(wrong, error):
    assert aligned(context_s=0.1).context_s == 0.1
    with pytest.raises(error, match="context_s"):
        aligned(context_s=wrong)


def test_another_sound_keeps_the_pieces_that_lie_in_it():
    player = aligned()
    player.update({"noisy": np.full(RATE, 0.2)})
    assert player.pieces == tuple(PIECES)
    player.update({"short": np.full(RATE // 2, 0.2)})
    assert player.pieces == ()
    with pytest.raises(ValueError, match="expected one sound, got 2"):
        player.update({"a": np.zeros(9), "b": np.zeros(9)})


def test_what_would_clip_is_played_softer_and_that_is_told():
    player = aligned(samples=np.full(RATE, 2.0))
    assert player.gain_db == pytest.approx(-6.1)
    assert "-6.1 dB" in player.caption


def test_a_saved_lesson_holds_the_letters_and_no_sound():
    player = aligned(title="Hi <there>")
    page = player._repr_mimebundle_()[0]["text/html"]
    assert re.findall(r"<text[^>]*>(.*?)</text>", page) == ["h", "␣", "i"]
    assert "Hi &lt;there&gt;. Played as it is" in page
    assert "Said from 0.0 s on: h␣i" in page
    assert "<audio" not in page
    assert "<there>" not in page
    assert len(page) < 5_000


def test_in_the_picture_a_bar_is_as_long_as_its_piece():
    page = aligned().preview_html()
    bars = re.findall(r'<rect x="([\d.]+)" .*?width="([\d.]+)"', page)
    bars = np.array(bars, dtype=float)
    meant = [(640 * start, 640 * (stop - start)) for _, start, stop in PIECES]
    np.testing.assert_allclose(bars, meant, atol=0.051)


def test_texts_of_the_picture_do_not_lie_on_each_other():
    n = 24
    words = [("word", k / n, (k + 1) / n) for k in range(n)]
    page = aligned(words).preview_html()
    texts = re.findall(r'<text x="([\d.]+)" y="(\d+)"', page)
    rows = {}
    for x, y in texts:
        rows.setdefault(y, []).append(float(x))
    assert len(rows) == 2
    assert all(np.diff(row).min() >= 4 * 7.5 - 0.1 for row in rows.values())


def test_a_long_sound_is_drawn_in_lines_up_to_a_limit():
    def lines(seconds):
        pieces = [("a", seconds - 0.2, seconds - 0.1)]
        page = aligned(pieces, samples=np.full(seconds * RATE, 0.1)).preview_html()
        widths = re.findall(r'<image .*?width="(\d+)"', page)
        return [int(width) for width in widths], page

    assert lines(7)[0] == [640, 640, 213]
    many, page = lines(600)
    assert many == [640] * 8
    assert "The first 24 s" in page
    assert len(page) < 30_000


def test_without_a_kernel_it_holds_the_sound_as_it_is_and_the_letters(static):
    page = aligned([('"<i>', 0.1, 0.2)]).preview_html()
    data = re.search(r"audio/flac;base64,([^\"]+)", page)[1]
    sound, rate = soundfile.read(io.BytesIO(base64.b64decode(data)))
    np.testing.assert_allclose(sound, 0.1, atol=2**-15)
    assert rate == RATE
    assert html.escape('"<i>') in page
    assert '"<i>' not in page
    assert "<script" not in page


def test_without_a_kernel_what_would_clip_is_softer(static):
    page = aligned(samples=np.full((2, RATE), 2.0)).preview_html()
    data = re.search(r"audio/flac;base64,([^\"]+)", page)[1]
    sound, _ = soundfile.read(io.BytesIO(base64.b64decode(data)))
    np.testing.assert_allclose(sound, 2 * 10 ** (-6.1 / 20), atol=2**-15)


@pytest.mark.parametrize(
    ("samples", "sample_rate"),
    [([0.5], RATE), (np.zeros((2, 9_600)), 96_000), (np.zeros(400), 4_000)],
    ids=["one sample", "stereo at 96 kHz", "silence at 4 kHz"],
)
def test_unusual_sounds_have_a_picture(samples, sample_rate):
    stop_s = np.shape(samples)[-1] / sample_rate
    pieces = [("a", 0, stop_s)]
    player = aligned(pieces, samples=samples, sample_rate=sample_rate)
    assert player.pieces[0].stop_s == stop_s
    assert player.preview_html().count("<svg") == 1
    player.piece = 0
