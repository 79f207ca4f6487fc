"""The CSV of a listening test: it grows, it is whole, and it is never lost."""

import numpy as np
import pytest

pytest.importorskip("anywidget", reason="needs the lessons' packages")
pd = pytest.importorskip("pandas", reason="needs the lessons' packages")

from clarity_lab.widgets.rate import rate  # noqa: E402
from clarity_lab.widgets.rating_results import read_ratings  # noqa: E402


@pytest.fixture
def trials(rng):
    names = ["clean", 'the "noisy", one', "NA"]
    return {
        f"trial, {n}\nline": {name: 0.1 * rng.standard_normal(400) for name in names}
        for n in range(3)
    }


@pytest.fixture
def path(tmp_path):
    return tmp_path / "me.csv"


def begin(trials, path=None, **options):
    settings = {"sample_rate": 16_000, "reference": "clean", "seed": 5, **options}
    return rate(trials, save_to=path, **settings)


def answer(test, n_screens=1):
    for _ in range(n_screens):
        for n, letter in enumerate(list(test.answers)):
            for kind in ({"kind": "heard"}, {"kind": "score", "score": 10 * n + 3}):
                content = {**kind, "sound": letter, "screen": test.screen}
                test._handle_custom_msg(content, [])
        test._handle_custom_msg({"kind": "next", "screen": test.screen}, [])


def test_the_file_holds_the_results_after_each_trial(trials, path):
    test = begin(trials, path)
    assert not path.exists()
    for n_screens in (1, 2, 3):
        answer(test)
        pd.testing.assert_frame_equal(read_ratings(path), test.results)
        assert len(test.results) == 5 * n_screens
    assert test.status == "done"
    assert str(path) in test.message


def test_a_test_goes_on_at_the_first_trial_without_answers(trials, path):
    first = begin(trials, path)
    answer(first, 2)
    again = begin(trials, path)
    assert again.screen == 2
    pd.testing.assert_frame_equal(again.results, first.results)
    answer(again)
    assert again.status == "done"
    assert again.results["trial"].nunique() == 3


def test_a_finished_file_shows_the_outcome_at_once(trials, path):
    answer(begin(trials, path), 3)
    again = begin(trials, path)
    assert again.status == "done"
    assert len(again.outcome) == 5


def louder(trials):
    first, *others = trials
    sounds = {**trials[first], "NA": 2 * trials[first]["NA"]}
    return {first: sounds, **{name: trials[name] for name in others}}


OTHERS = {
    "seed": (lambda trials: trials, {"seed": 6}, "its seed is 5 where this test has 6"),
    "listener": (lambda trials: trials, {"listener": "Bo"}, "listener is 'me'"),
    "method": (lambda trials: trials, {"method": "acr"}, "method is 'mushra'"),
    "anchors": (lambda trials: trials, {"anchors": ["low"]}, "belongs to another test"),
    "sounds": (louder, {}, "had other sounds then"),
    "sample rate": (
        lambda trials: trials,
        {"sample_rate": 32_000},
        "another sample rate",
    ),
    "fewer": (lambda trials: dict([*trials.items()][:1]), {}, "another|more trials"),
}


@pytest.mark.parametrize(("change", "options", "message"), OTHERS.values(), ids=OTHERS)
def test_a_file_of_another_test_is_refused_and_kept(
    trials, path, change, options, message
):
    answer(begin(trials, path), 3)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=message):
        begin(change(trials), path, **options)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content",
    [b"", b"name,score\nme,3\n", b"\xff\xfe\x00", b"listener,trial\n", "whole row"],
)
def test_a_file_that_is_no_table_of_ratings_is_refused_and_kept(trials, path, content):
    if content == "whole row":
        answer(begin(trials, path))
        content = path.read_bytes()[:-20]  # cut off in the middle
    path.write_bytes(content)
    with pytest.raises(ValueError, match="left as it is"):
        begin(trials, path)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("column", "text", "message"),
    [
        ("score", "300", "300 is no score of 'mushra'"),
        ("score", "", "its score '' cannot be read"),
        ("seconds", "nan", "its seconds 'nan' cannot be read"),
        ("is_anchor", "maybe", "its is_anchor 'maybe' cannot be read"),
        ("method", "guess", "no score of 'guess'"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(trials, path, column, text, message):
    answer(begin(trials, path))
    rows = read_ratings(path).astype(str)
    rows.loc[2, column] = text
    rows.to_csv(path, index=False)
    with pytest.raises(ValueError, match=message):
        begin(trials, path)


def test_a_folder_is_no_file_to_save_to(trials, tmp_path):
    with pytest.raises(IsADirectoryError, match=r"got the folder.*Try save_to="):
        begin(trials, tmp_path)


def test_a_file_with_a_part_of_a_trial_is_refused(trials, path):
    answer(begin(trials, path))
    rows = read_ratings(path).iloc[:4]
    rows.to_csv(path, index=False)
    with pytest.raises(ValueError, match="whole trials"):
        begin(trials, path)


def test_answers_of_a_second_notebook_are_not_overwritten(trials, path):
    one, other = begin(trials, path), begin(trials, path)
    answer(one, 2)
    kept = path.read_bytes()
    other._handle_custom_msg(
        {"kind": "score", "sound": "A", "score": 99, "screen": 0}, []
    )
    answer(other)
    assert path.read_bytes() == kept
    assert "could not be written" in other.message
    assert len(other.results) == 5  # still here
    with pytest.raises(FileExistsError, match="holds other answers"):
        other.save(path)
    other.save(path.with_name("other.csv"))
    assert len(read_ratings(path.with_name("other.csv"))) == 5


def test_a_full_disk_loses_no_answer(trials, path, monkeypatch):
    test = begin(trials, path)
    answer(test)
    kept = path.read_bytes()

    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    answer(test)
    monkeypatch.undo()
    assert "No space left on device" in test.message
    assert path.read_bytes() == kept
    answer(test)  # there is space again: both trials are written
    assert len(read_ratings(path)) == 15


def test_a_missing_folder_is_said_before_anybody_listens(trials, tmp_path):
    with pytest.raises(FileNotFoundError, match="Make it first"):
        begin(trials, tmp_path / "not there" / "me.csv")


def test_files_of_several_listeners_are_read_as_one_table(trials, tmp_path):
    paths = [tmp_path / f"{name}.csv" for name in ("Ann", "Bo")]
    for path in paths:
        answer(begin(trials, path, listener=path.stem), 3)
    both = read_ratings(*paths)
    assert both["listener"].unique().tolist() == ["Ann", "Bo"]
    assert len(both) == 30


def test_names_with_commas_quotes_and_na_come_back_as_they_were(trials, path):
    test = begin(trials, path)
    answer(test, 3)
    again = read_ratings(path)
    assert set(again["trial"]) == set(trials)
    assert {"NA", 'the "noisy", one'} <= set(again["condition"])
    assert again["is_anchor"].dtype == bool


def test_saving_twice_is_no_conflict(trials, tmp_path):
    test = begin(trials)
    answer(test)
    path = test.save(tmp_path / "mine.csv")
    answer(test)
    test.save(path)
    assert len(read_ratings(path)) == 10


def test_what_excel_makes_of_a_file_does_not_hurt(trials, path):
    test = begin(trials, path)
    answer(test)
    shouted = path.read_bytes().replace(b"True", b"TRUE").replace(b"False", b"FALSE")
    path.write_bytes(b"\xef\xbb\xbf" + shouted)
    again = begin(trials, path)
    assert again.screen == 1
    np.testing.assert_array_equal(again.results["score"], test.results["score"])


def test_no_file_a_list_and_the_same_answers_twice_are_explained(trials, path):
    test = begin(trials, path)
    answer(test, 2)
    copy = test.save(path.with_name("copy.csv"))
    with pytest.raises(ValueError, match="at least one file, got none"):
        read_ratings()
    with pytest.raises(TypeError, match=r"Try read_ratings\(\*paths\)"):
        read_ratings([path, copy])
    with pytest.raises(
        ValueError, match=r"of 'me' about .*me\.csv and from .*copy\.csv"
    ):
        read_ratings(path, copy)


def test_the_file_stays_where_it_was_said_to_be(trials, tmp_path, monkeypatch):
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    test = begin(trials, "me.csv")
    monkeypatch.chdir(tmp_path / "there")
    answer(test)
    assert (tmp_path / "here" / "me.csv").is_file()
    assert not (tmp_path / "there" / "me.csv").exists()


def test_a_link_stays_a_link_and_its_file_is_written(trials, tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    link.symlink_to(real)
    test = begin(trials, link)
    answer(test)
    assert link.is_symlink()
    assert len(read_ratings(real)) == 5
    answer(test)
    test.save(link)
    assert link.is_symlink()
    assert len(read_ratings(real)) == 10


def test_what_cannot_be_written_is_said_before_anybody_listens(trials, tmp_path):
    with pytest.raises(OSError, match=r"save_to where a file can be written, got .*xx"):
        begin(trials, tmp_path / ("x" * 252))
    assert not list(tmp_path.iterdir())
