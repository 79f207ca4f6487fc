"""The leaderboard scores as the CEC2 recipe does, and says what an aid does wrong."""

import json
from functools import partial

import numpy as np
import pytest
from tqdm.auto import tqdm

from clarity_lab.hearing import Audiogram, Listener
from clarity_lab.recipes.cec2.enhance import (
    BASELINE,
    Enhancing,
    baseline,
    enhance_chunk,
)
from clarity_lab.recipes.cec2.evaluate import Evaluation, evaluate_chunk
from clarity_lab.recipes.leaderboard import UNPROCESSED, Leaderboard, require_playable
from clarity_lab.scenes import RenderedScene, write_rendered

SAMPLE_RATE = 44_100
GOOD, POOR = Audiogram((250, 8000), (10, 20)), Audiogram((250, 8000), (30, 60))
ANNA, BERT = Listener("L0001", GOOD, POOR), Listener("L0002", POOR, POOR)


def unprocessed(mix, *, sample_rate, listener):
    return mix


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scenes")
    for seed, name in enumerate(("S00001", "S00002")):
        write_rendered(rendered(seed), folder, name)
    return folder


def rendered(seed, seconds=0.8):
    """Syllables of noise in noise, at two pairs of microphones."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    dry = rng.standard_normal(len(time_s)) * np.sin(2 * np.pi * 2.5 * time_s) ** 2
    target = 0.06 * dry * np.array([[[1.0], [0.7]]] * 2)
    noise = 0.1 * rng.standard_normal(target.shape)
    turn = np.zeros(len(time_s))
    return RenderedScene(target, noise, dry * np.ones((2, 1)), turn, SAMPLE_RATE)


@pytest.fixture(scope="module")
def entered(folder):
    board = Leaderboard(folder, scenes=["S00001", "S00002"], listeners=[ANNA, BERT])
    board.enter("baseline", baseline)
    return board


@pytest.fixture
def board(folder, entered):
    """A board of one pair, whatever other tests entered."""
    return Leaderboard(folder, scenes=["S00001"], listeners=[ANNA])


def test_scores_are_those_of_the_cec2_recipe(entered, folder, tmp_path):
    tasks = [(scene, (ANNA, BERT)) for scene in entered.scenes]
    (tmp_path / "enhanced_signals").mkdir()
    (tmp_path / "scores").mkdir()
    enhanced = enhance_chunk(
        Enhancing(folder, tmp_path / "enhanced_signals", BASELINE), tasks
    )
    evaluation = Evaluation(folder, tmp_path)
    scored = evaluate_chunk(evaluation, tasks)
    assert not enhanced.faults
    assert not scored.faults
    for scene, name in entered.scores["baseline"]:
        text = evaluation.score_path(scene, name).read_text(encoding="utf-8")
        theirs = json.loads(text)
        for ours, key in (("baseline", "enhanced"), (UNPROCESSED, "unprocessed")):
            assert entered.scores[ours][scene, name] == pytest.approx(
                theirs[key], abs=1e-12
            )


def test_the_table_has_scenes_by_listeners_and_the_means_are_its_own(entered):
    table = entered.table("baseline")
    assert table.shape == (2, 2)
    assert table[1, 0] == entered.scores["baseline"]["S00002", "L0001"]
    assert entered.means["baseline"] == pytest.approx(table.mean())


def test_the_best_stands_first(entered):
    means = list(entered.means.values())
    assert means == sorted(means, reverse=True)
    first = entered.as_text().splitlines()[1]
    assert first.startswith(f" 1. {next(iter(entered.means))}")


def test_a_second_entry_replaces_the_first(board):
    soft = board.enter("mine", lambda mix, **_: 0.1 * mix)
    as_it_is = board.enter("mine", unprocessed)
    assert soft < as_it_is == board.means["mine"]
    assert board.as_text().count("mine") == 1


@pytest.mark.parametrize("name", [UNPROCESSED, "", " "])
def test_no_aid_takes_the_place_that_all_are_compared_with(board, name):
    before = board.means[UNPROCESSED]
    with pytest.raises(ValueError, match="a name of its own"):
        board.enter(name, lambda mix, **_: 0.1 * mix)
    assert board.means == {UNPROCESSED: before}


def test_a_bar_counts_pairs_made_and_scored_where_somebody_sees_it(
    board, monkeypatch, capsys
):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setattr("clarity_lab.recipes.leaderboard.BAR_AFTER_S", 0)
    monkeypatch.setattr("tqdm.auto.tqdm", partial(tqdm, mininterval=0))
    board.enter("mine", unprocessed)
    assert "mine: 100%" in capsys.readouterr().err
    monkeypatch.setattr("sys.stderr.isatty", lambda: False, raising=False)
    board.enter("mine", unprocessed)
    assert not capsys.readouterr().err


def test_an_aid_cannot_change_the_scene_it_is_given(board):
    before = board.mixes["S00001"].copy()

    def destroy(mix, *, sample_rate, listener):
        mix *= 0.5
        return mix

    board.enter("destroys", destroy)
    np.testing.assert_array_equal(board.mixes["S00001"], before)


def test_only_who_cheats_sees_the_target_and_is_marked_without_a_rank(board):
    def truth(mix, *, sample_rate, listener, target):
        return target

    with pytest.raises(TypeError, match="target"):
        board.enter("truth", truth)
    assert "truth" not in board.scores
    assert board.enter("truth", truth, cheats=True) > board.means[UNPROCESSED]
    lines = board.as_text().splitlines()
    assert lines[1].startswith(" –  truth (cheats)")
    assert lines[2].startswith(" 1. unprocessed")


def test_a_listener_s_own_audiograms_reach_the_aid(entered):
    seen = []

    def look(mix, *, sample_rate, listener):
        seen.append((sample_rate, listener))
        return mix

    entered.enter("looks", look)
    del entered.scores["looks"], entered.outputs["looks"]
    assert seen == [(SAMPLE_RATE, one) for one in (ANNA, BERT)] * 2


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        (lambda mix: None, TypeError, "Is there a return"),
        (lambda mix: mix + 0j, TypeError, "irfft or .real"),
        (lambda mix: np.zeros(mix.shape, int), TypeError, "floating-point"),
        (lambda mix: mix[0], ValueError, "one ear. Try np.stack"),
        (lambda mix: mix.T, ValueError, "time is the last axis"),
        (lambda mix: np.stack([mix, mix]), ValueError, "Print the shapes"),
        (lambda mix: mix[:, ::2], ValueError, r"0\.40 s shorter.*resample back"),
        (lambda mix: np.tile(mix, 2), ValueError, r"0\.80 s longer"),
        (lambda mix: mix / 0, ValueError, "infinite, the first at 0.00 s"),
        (lambda mix: 1000 * mix, ValueError, "too loud by .* dB.*soft_clip"),
        (lambda mix: 0 * mix, ValueError, "silence at both ears"),
    ],
)
def test_a_wrong_output_is_refused_with_what_to_do(board, wrong, error, words):
    with np.errstate(all="ignore"), pytest.raises(error, match=words) as caught:
        board.enter("wrong", lambda mix, *, sample_rate, listener: wrong(mix))
    assert str(caught.value).startswith("wrong, scene S00001, listener L0001: ")
    assert "wrong" not in board.scores


def test_the_skirt_of_a_filter_is_cut_off_and_a_missing_end_filled(board):
    longer = board.enter("longer", lambda mix, **_: np.pad(mix, ((0, 0), (0, 220))))
    assert longer == board.means[UNPROCESSED]
    board.enter("shorter", lambda mix, **_: mix[:, :-50])
    output = board.outputs["shorter"]["S00001", "L0001"]
    assert output.shape == board.mixes["S00001"].shape
    assert not output[:, -50:].any()


def test_full_scale_is_not_too_loud():
    edge = np.array([[1.0, -1.0], [0.5, 0.0]])
    assert require_playable(edge, like=edge, sample_rate=SAMPLE_RATE) is edge
