"""A staircase of error rates: what is learnt is written, what is to come is empty."""

import numpy as np
import pytest

pytest.importorskip("matplotlib", reason="needs the lessons' packages")

from clarity_lab import plots

NAMES = ["one", "two", "three"]


def test_each_square_that_is_known_says_its_percentage_and_no_other():
    wers = np.array([[0.0, 9, 9], [0.5, 0.04, 9], [1.25, 0.111, 0.2]])
    ax = plots.plot_wer_table(wers, languages=NAMES)
    written = {text.get_position(): text.get_text() for text in ax.texts}
    assert written == {
        (0, 0): "0",
        (0, 1): "50",
        (1, 1): "4",
        (0, 2): "125",
        (1, 2): "11",
        (2, 2): "20",
    }
    drawn = ax.images[0].get_array()
    assert drawn.mask.tolist() == (~np.tri(3, dtype=bool)).tolist()


def test_rows_are_what_was_learnt_and_columns_what_is_asked():
    ax = plots.plot_wer_table(np.zeros((3, 3)), languages=NAMES)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("Asked in", "Learnt last")
    for axis in (ax.xaxis, ax.yaxis):
        assert [label.get_text() for label in axis.get_ticklabels()] == NAMES


def test_all_tables_have_one_scale():
    for worst in (0.1, 2.0):
        ax = plots.plot_wer_table(np.full((3, 3), worst), languages=NAMES)
        assert ax.images[0].get_clim() == (0, 100)


def test_numbers_on_dark_squares_are_white():
    wers = np.diag([0.1, 0.9, 0.1])
    ax = plots.plot_wer_table(wers, languages=NAMES)
    ink = {text.get_position(): text.get_color() for text in ax.texts}
    assert ink[1, 1] == "white"
    assert ink[0, 0] == "black"


def test_a_table_of_another_size_is_told():
    with pytest.raises(ValueError, match="a row and a column for each of one, two"):
        plots.plot_wer_table(np.zeros((2, 2)), languages=NAMES)
