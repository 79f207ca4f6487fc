"""Pictures of posteriors and lattices: what is drawn is what was given."""

import numpy as np
import pytest

from clarity_lab.plots import plot_attention, plot_lattice, plot_posteriors
from clarity_lab.plots.recognition import steps_of

STATES = ["-", "d", "-", "d", "-", "o", "-"]


@pytest.fixture
def log_probs(rng):
    return np.log(rng.dirichlet(np.ones(4), 9))


def written(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


def test_posteriors_show_the_probability_of_each_token_at_its_time(log_probs):
    ax = plot_posteriors(log_probs, letters="-abc", frame_s=0.04, start_s=1, least=0)
    rows = written(ax)
    image = ax.images[0].get_array()
    for row, letter in enumerate(rows):
        np.testing.assert_allclose(
            image[row], np.exp(log_probs[:, "-abc".index(letter)])
        )
    assert ax.images[0].get_extent()[:2] == pytest.approx([0.98, 1.34])


def test_tokens_that_are_never_likely_are_left_out():
    probs = np.full((5, 3), [0.9, 0.08, 0.02])
    ax = plot_posteriors(np.log(probs), letters="-ab", frame_s=0.04)
    assert written(ax) == ["-"]


def test_rows_are_in_the_order_of_their_time_and_the_blank_is_below():
    probs = np.full((4, 4), 0.1)
    probs[range(4), [2, 0, 3, 1]] = 0.7
    ax = plot_posteriors(np.log(probs), letters="a-bc", frame_s=0.04)
    assert written(ax) == ["b", "a", "c", "-"]


def test_rows_that_are_asked_for_are_drawn_in_their_order(log_probs):
    ax = plot_posteriors(log_probs, letters="-abc", frame_s=0.04, rows="c-")
    assert written(ax) == ["c", "-"]
    image = ax.images[0].get_array()
    np.testing.assert_allclose(image, np.exp(log_probs[:, [3, 0]]).T)
    with pytest.raises(ValueError, match=r"among the letters, got \['x'\]"):
        plot_posteriors(log_probs, letters="-abc", frame_s=0.04, rows="x")


@pytest.mark.parametrize(
    ("log_probs", "letters", "match"),
    [
        (np.zeros(4), "abcd", "frames, tokens"),
        (np.zeros((2, 3)), "ab", "3 tokens, got 2"),
        (np.ones((2, 2)), "ab", "log_softmax"),
        (np.full((2, 2), np.nan), "ab", "NaN"),
    ],
)
def test_what_are_no_posteriors_is_refused(log_probs, letters, match):
    with pytest.raises(ValueError, match=match):
        plot_posteriors(log_probs, letters=letters, frame_s=0.04)


def test_a_path_may_skip_a_blank_only_between_different_letters():
    steps = steps_of(STATES)
    assert (1, 3) not in steps  # d to d
    assert (3, 5) in steps  # d to o
    assert (0, 2) not in steps  # blank to blank
    assert len(steps) == 7 + 6 + 1


def test_a_lattice_draws_a_circle_a_state_and_frame_and_every_step(rng):
    shares = rng.random((5, 7))
    ax = plot_lattice(shares, states=STATES)
    circles = ax.collections[0]
    np.testing.assert_allclose(circles.get_array(), shares.ravel())
    assert len(ax.lines) == 4 * len(steps_of(STATES))
    assert np.argmax(circles.get_sizes()) == np.argmax(shares)


def test_only_the_first_frames_are_filled_and_the_last_steps_stand_out(rng):
    shares = rng.random((5, 7))
    ax = plot_lattice(shares, states=STATES, n_frames=3)
    np.testing.assert_allclose(ax.collections[0].get_array()[21:], 0)
    wide = [line for line in ax.lines if line.get_linewidth() == 2]
    assert {tuple(line.get_xdata()) for line in wide} == {(1, 2)}


def test_a_path_is_drawn_through_its_states(rng):
    ax = plot_lattice(rng.random((4, 3)), states=["-", "a", "-"], path=[0, 1, 1, 2])
    assert list(ax.lines[-1].get_ydata()) == [0, 1, 1, 2]


@pytest.mark.parametrize(
    "shares",
    [np.ones(3), np.ones((2, 4)), np.full((2, 3), 1.5), np.full((2, 3), np.nan)],
)
def test_what_are_no_shares_is_refused(shares):
    with pytest.raises(ValueError, match="expected shares"):
        plot_lattice(shares, states=["-", "a", "-"])


@pytest.mark.parametrize("path", [[0, 1, 1], [0, 1, 1, 3], [-1, 0, 0, 0]])
def test_a_path_that_leaves_the_lattice_is_refused(rng, path):
    with pytest.raises(
        ValueError, match="a path of 4 states, one a frame, from 0 to 2"
    ):
        plot_lattice(rng.random((4, 3)), states=["-", "a", "-"], path=path)


def test_an_attention_is_a_row_a_letter_from_above_each_as_dark_as_it_can(rng):
    weights = rng.random((3, 8))
    ax = plot_attention(weights, letters="abc", frame_s=0.04)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b", "c"]
    assert ax.yaxis_inverted()
    image = ax.images[0]
    np.testing.assert_allclose(
        image.get_array(), weights / weights.max(-1, keepdims=True)
    )
    assert image.get_extent()[:2] == pytest.approx([-0.02, 0.30])
    assert image.get_clim() == (0, 1)  # a mean is black all over, not white


@pytest.mark.parametrize(
    ("weights", "match"),
    [
        (np.ones(3), "one row for each"),
        (np.ones((2, 5)), "one row for each"),
        (np.ones((3, 0)), "one row for each"),
        (-np.ones((3, 2)), "negative one or NaN"),
        (np.full((3, 2), np.nan), "negative one or NaN"),
    ],
)
def test_what_is_no_attention_is_refused(weights, match):
    with pytest.raises(ValueError, match=match):
        plot_attention(weights, letters="abc", frame_s=0.04)
