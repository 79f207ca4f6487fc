"""Intervals of error rates against what is known without drawing."""

import numpy as np
import pytest

pytest.importorskip("jiwer", reason="needs the lessons' packages")

from clarity_lab.metrics.text import wer
from clarity_lab.metrics.text_intervals import wer_gain, wer_interval

N, WORDS = 400, 5


@pytest.fixture
def said():
    return ["a b c d e"] * N


def written(rng, rate):
    """Each word wrong with this probability."""
    wrong = rng.random((N, WORDS)) < rate
    return [
        " ".join(
            "x" if bad else word
            for bad, word in zip(row, ["a", "b", "c", "d", "e"], strict=True)
        )
        for row in wrong
    ]


def test_words_that_fail_on_their_own_have_the_binomial_interval(said, rng):
    low, high = wer_interval(written(rng, 0.3), reference=said, rng=rng)
    expected = 2 * 1.96 * np.sqrt(0.3 * 0.7 / (N * WORDS))
    assert high - low == pytest.approx(expected, rel=0.15)
    assert low < 0.3 < high


def test_four_times_the_sentences_halve_the_interval(said, rng):
    text = written(rng, 0.3)
    few = np.diff(wer_interval(text[:100], reference=said[:100], rng=rng))
    many = np.diff(wer_interval(text, reference=said, rng=rng))
    assert many / few == pytest.approx(0.5, abs=0.1)


def test_the_interval_covers_the_truth_as_often_as_it_says(said, rng):
    held = 0
    for _ in range(100):
        text = written(rng, 0.3)[:60]
        low, high = wer_interval(
            text, reference=said[:60], rng=rng, n_draws=300, coverage=0.8
        )
        held += low <= 0.3 <= high
    assert 66 <= held <= 92


def test_long_sentences_weigh_more_as_in_the_rate_itself():
    said = ["a", "b " * 99]
    low, high = wer_interval(["x", "b " * 99], reference=said, rng=0, n_draws=4000)
    assert (low, high) == (0.0, 1.0)
    middle = wer_interval(
        ["x", "b " * 99], reference=said, rng=0, n_draws=4000, coverage=0.01
    )
    assert middle == pytest.approx((0.01, 0.01))


def test_speakers_who_fail_as_a_whole_widen_it(said, rng):
    bad = rng.random(20) < 0.3  # of 20 speakers, who say 20 sentences each
    speakers = np.repeat(np.arange(20), N // 20)
    text = ["x" if bad[who] else "a b c d e" for who in speakers]
    sentences = wer_interval(text, reference=said, rng=rng)
    people = wer_interval(text, reference=said, rng=rng, speakers=speakers)
    assert np.diff(people) > 3 * np.diff(sentences)
    assert people[0] < wer(text, reference=said) < people[1]


def test_names_of_speakers_and_their_order_do_not_matter(said, rng):
    text = written(rng, 0.3)[:8]
    first = wer_interval(text, reference=said[:8], rng=3, speakers=list("aabbccdd"))
    named = wer_interval(
        text, reference=said[:8], rng=3, speakers=[9, 9, "b", "b", 7, 7, 1, 1]
    )
    assert first == named


def test_a_seed_gives_the_same_interval_again(said, rng):
    text = written(rng, 0.3)
    again = [wer_interval(text, reference=said, rng=7) for _ in range(2)]
    assert again[0] == again[1] != wer_interval(text, reference=said, rng=8)


def test_a_difference_is_surer_than_the_rates_it_comes_from(rng):
    """Some sentences are hard for both; one of the two errs in a word more."""
    said = ["a b c d e"] * 60
    hard = rng.random(60) < 0.4
    better = ["x x x x e" if one else "a b c d e" for one in hard]
    worse = [text.replace("e", "y") if n % 3 else text for n, text in enumerate(better)]
    found = wer_gain(better, baseline=worse, reference=said, rng=rng)
    alone = np.diff(wer_interval(better, reference=said, rng=rng))
    assert found.gain == pytest.approx(2 / 3 / 5)
    assert np.diff(found.interval) < alone / 4
    assert found.interval[0] > 0
    assert found.share_better == 1


def test_the_gain_turns_its_sign_with_the_two(said, rng):
    one, other = written(rng, 0.25), written(rng, 0.3)
    there = wer_gain(one, baseline=other, reference=said, rng=5)
    back = wer_gain(other, baseline=one, reference=said, rng=5)
    assert there.gain == -back.gain
    assert there.interval == pytest.approx(tuple(-x for x in back.interval[::-1]))
    assert 0.9 < there.share_better + back.share_better <= 1


def test_equal_texts_are_no_gain(said, rng):
    text = written(rng, 0.3)
    found = wer_gain(text, baseline=text, reference=said, rng=rng)
    assert (found.gain, found.interval, found.share_better) == (0, (0, 0), 0)


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"rng": None}, TypeError, "generator or a seed"),
        ({"rng": True}, TypeError, "generator or a seed"),
        ({"coverage": 95}, ValueError, "between 0 and 1, got 95"),
        ({"n_draws": 0}, ValueError, "one draw or more"),
        ({"speakers": ["a"]}, ValueError, "a speaker for each of 2"),
        ({"speakers": ["a", "a"]}, ValueError, "two sentences or speakers"),
        ({"reference": ["a"]}, ValueError, "as many texts as references"),
        ({"reference": ["a", ""]}, ValueError, "at least one word"),
        ({"reference": "a b"}, TypeError, "many texts in reference"),
    ],
)
def test_what_cannot_be_drawn_from_is_refused(options, kind, words):
    given = {"reference": ["a", "b"], "rng": 0} | options
    with pytest.raises(kind, match=words):
        wer_interval(["a", "b"], **given)
