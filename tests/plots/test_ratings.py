"""The picture of a listening test shows its scores, means and intervals."""

import pytest

matplotlib = pytest.importorskip("matplotlib", reason="needs the lessons' packages")
matplotlib.use("Agg")
pd = pytest.importorskip("pandas", reason="needs the lessons' packages")
import matplotlib.pyplot as plt  # noqa: E402
import numpy as np  # noqa: E402

from clarity_lab.metrics.ratings import rating_summary  # noqa: E402
from clarity_lab.plots.ratings import plot_ratings  # noqa: E402


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def table():
    conditions = ["noisy"] * 3 + ["clean"] * 3
    scores = [10, 20, 36, 100, 100, 94]
    return pd.DataFrame({"condition": conditions, "score": scores, "method": "mushra"})


def test_every_score_and_every_mean_is_drawn(table):
    ax = plot_ratings(table)
    rings, means = ax.lines[0], ax.lines[1]
    assert sorted(rings.get_ydata()) == sorted(table["score"])
    assert list(means.get_ydata()) == [98, 22]
    assert [label.get_text() for label in ax.get_xticklabels()] == [
        "clean\n(n = 3)",
        "noisy\n(n = 3)",
    ]


def test_the_interval_drawn_is_the_one_in_the_summary(table):
    ax = plot_ratings(table)
    drawn = [path.vertices[:, 1] for path in ax.collections[0].get_paths()]
    summary = rating_summary(table)[["ci_low", "ci_high"]].to_numpy()
    np.testing.assert_allclose(drawn, summary)


def test_equal_scores_are_seen_beside_each_other(table):
    places = plot_ratings(table).lines[0].get_xdata()
    assert len(set(places[3:5])) == 2


@pytest.mark.parametrize(
    ("method", "label"), [("mushra", "Score (0 to 100)"), ("acr", "Score (1 to 5)")]
)
def test_the_scale_is_that_of_the_method(table, method, label):
    _, ax = plt.subplots()
    table = table.assign(method=method, score=[1, 2, 3, 4, 5, 5])
    assert plot_ratings(table, ax=ax) is ax
    assert ax.get_ylabel() == label
    words = [text.get_text() for text in ax.texts]
    assert words == ["bad", "poor", "fair", "good", "excellent"]


def test_two_scales_in_one_picture_are_refused(table):
    both = pd.concat([table, table.assign(method="acr")])
    with pytest.raises(ValueError, match="one method, mushra or acr, got acr and mush"):
        plot_ratings(both)
    with pytest.raises(ValueError, match="nothing was rated yet"):
        plot_ratings(table.iloc[:0])
