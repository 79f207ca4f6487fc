"""Labels in a row, each as near to its place as there is room."""

import itertools

import numpy as np
import pytest

pytestmark = pytest.mark.browser

PLACES = """async ([wanted, widths, room]) => {
  const { labelPlaces } = await import("/modules/label_row.js");
  return labelPlaces(wanted, widths, room);
}"""
LAYOUT = """async ([shares, widths, limits]) => {
  const { labelLayout } = await import("/modules/label_row.js");
  return labelLayout(shares, widths, limits);
}"""
LIMITS = {"least": 500, "greatest": 2_000, "most": 50}


@pytest.fixture(scope="module")
def page(chromium, site):
    page = chromium.new_page()
    page.goto(f"{site.address}/engine_page.html")
    yield page
    page.close()


def test_what_has_room_stands_where_it_belongs(page):
    assert page.evaluate(PLACES, [[10, 50, 90], [20, 20, 10], 100]) == [10, 50, 90]


def test_what_would_overlap_stands_side_by_side_around_its_middle(page):
    """By hand: three labels of 20 at 40 share the way, the fourth is pushed."""
    wanted, widths = [40, 40, 40, 65], [20] * 4
    found = page.evaluate(PLACES, [wanted, widths, 200])
    assert found == pytest.approx([16.25, 36.25, 56.25, 76.25])


def test_no_label_leaves_the_row(page):
    found = page.evaluate(PLACES, [[-30, -20, 95, 99], [10, 10, 10, 10], 100])
    assert found == [0, 10, 80, 90]


def test_no_other_row_is_nearer(page, rng):
    """Against all rows of whole pixels."""
    for _ in range(5):
        wanted = np.sort(rng.integers(0, 12, 3)).tolist()
        widths = rng.integers(1, 5, 3).tolist()
        found = np.array(page.evaluate(PLACES, [wanted, widths, 14]))
        assert (np.diff(found) >= np.array(widths[:-1]) - 1e-9).all()
        rows = itertools.product(range(15), repeat=3)
        fit = [
            row
            for row in rows
            if all(
                a + w <= b for a, w, b in zip(row, widths, (*row[1:], 14), strict=True)
            )
        ]
        best = min(sum((np.array(row) - wanted) ** 2) for row in fit)
        assert sum((found - wanted) ** 2) <= best + 1e-9


def test_a_row_is_as_wide_as_it_must_be(page):
    shares = np.linspace(0.1, 0.9, 20).tolist()
    narrow = page.evaluate(LAYOUT, [shares, [10] * 20, LIMITS])
    assert (narrow["width"], narrow["nRows"]) == (500, 1)
    wide = page.evaluate(LAYOUT, [shares, [40] * 20, LIMITS])
    assert 800 <= wide["width"] < 1_000
    assert wide["nRows"] == 1
    away = np.array(wide["lefts"]) + 20 - wide["width"] * np.array(shares)
    assert np.abs(away).max() <= 50


def test_more_than_fits_stands_in_several_rows(page):
    made = page.evaluate(LAYOUT, [[0.5] * 40, [24] * 40, LIMITS])
    assert made["width"] == 2_000
    lefts, n_rows = np.array(made["lefts"]), made["nRows"]
    assert 40 * 24 / 2_000 < 8 <= n_rows <= 12
    for row in range(n_rows):
        assert (np.diff(lefts[row::n_rows]) >= 23.9).all()
    assert np.abs(lefts + 12 - 1_000).max() <= 50


def test_nothing_to_place_is_a_row(page):
    made = page.evaluate(LAYOUT, [[], [], LIMITS])
    assert made == {"width": 500, "nRows": 1, "lefts": []}
