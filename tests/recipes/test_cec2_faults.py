"""The CEC2 recipe with damaged files, wrong words and faulty hearing aids."""

import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from clarity_lab.recipes.cec2.progress import go_through
from clarity_lab.recipes.jobs import Workers
from tests.recipes.small_cec2 import build, contents, run, write_sounds

HERE = Path(__file__).parent
METADATA = Path("clarity_data", "metadata")
SCENES = METADATA / "scenes.train.json"
LISTENERS = METADATA / "listeners.json"
WHO = METADATA / "scenes_listeners.train.json"
SCORE = Path("exp", "scores", "S00001_L0004.json")


def change(path: Path, function) -> None:
    entries = json.loads(path.read_text("utf-8"))
    function(entries)
    path.write_text(json.dumps(entries), encoding="utf-8")


def refused(step: str, root: Path, *words: str) -> str:
    status, said = run(step, root, *words)
    assert status == 1, said
    return said


# -- Words -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--scenes", "0"], "expected --scenes of at least 1, got 0"),
        (["--n-rooms", "-1"], "expected --n-rooms of at least 1, got -1"),
        (["--first", "-5"], "expected --first of at least 1, got -5"),
        (["--snr", "0", "inf"], "snr_db as a finite number"),
        (["--dataset", "../evil"], "a name of a data set (--dataset)"),
        (["--dataset", ""], "a name of a data set (--dataset)"),
        (["--data", "no/such/folder"], "expected --data as a folder"),
        (["--listeners", "none.json"], "directory: none.json. Is its name right?"),
    ],
)
def test_words_that_make_no_sense_are_told(tmp_path, words, message):
    said = refused("build", tmp_path / "root", "--scenes", "1", *words)
    assert message in said
    assert not (tmp_path / "root" / METADATA).exists()


def test_a_folder_without_kinds_of_interferers_is_told(tmp_path):
    words = write_sounds(tmp_path / "sounds")
    words[3] = str(tmp_path / "sounds" / "targets")
    said = refused("build", tmp_path / "root", "--scenes", "1", *words)
    assert f"a folder speech or noise or music in {words[3]}" in said


@pytest.mark.parametrize("step", ["build", "render", "enhance", "evaluate", "report"])
@pytest.mark.parametrize("place", ["taken", "taken/inside"])
def test_a_file_in_place_of_the_folder_is_told_and_stays(tmp_path, step, place):
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    said = refused(step, tmp_path / place)
    assert f"{tmp_path / 'taken'} is a file" in said
    assert len(said.splitlines()) == 1
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("step", ["render", "enhance", "evaluate"])
@pytest.mark.parametrize("word", ["--jobs", "--minutes"])
@pytest.mark.parametrize("number", ["0", "-3"])
def test_less_than_one_is_refused_by_the_word_that_was_said(
    tmp_path, step, word, number
):
    said = refused(step, tmp_path / "root", word, number)
    assert f"({word}) of at least 1, got {number}" in said
    assert not (tmp_path / "root").exists()


def test_a_folder_where_one_may_not_write_is_told(done, monkeypatch):
    from clarity_lab.recipes.cec2 import report

    def denied(*words, **options):
        raise PermissionError(13, "Permission denied", "report.csv")

    monkeypatch.setattr(report, "write", denied)
    said = refused("report", done)
    assert said.endswith(
        "cec2 report: Permission denied: report.csv. Choose a folder where you may "
        "write, or ask its owner.\n"
    )


# -- Building twice --------------------------------------------------------------------
def test_two_builds_at_once_are_refused(done):
    from clarity_lab.recipes.cec2.settings_record import locked

    with locked(done / "settings", "build"):
        assert "is at work" in refused("build", done, "--scenes", "1")


def test_a_second_data_set_leaves_the_firsts_sounds_listed(again):
    build(again, 1, "--dataset", "dev")
    listed = json.loads((again / METADATA / "target_speech_list.json").read_text())
    assert {one["dataset"] for one in listed} == {"train", "dev"}


def test_another_sound_of_the_same_name_is_not_left_out_silently(again):
    words = write_sounds(again.parent / "sounds")
    path = again.parent / "sounds" / "targets" / "one.wav"
    samples, rate = soundfile.read(path)
    soundfile.write(path, samples[::-1], rate, subtype="FLOAT")
    words += ["--scenes", "1", "--listeners-per-scene", "1", "--additional"]
    said = refused("build", again, *words)
    assert "one.wav as an earlier run copied it" in said


# -- Metadata --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"scene": "../../evil"}, "scene ../../evil of"),
        ({"duration": 10**12}, "scene S00001 of"),
        ({"SNR": -1e6}, "from -200 to 200 dB"),
        ({"interferers": []}, "scene S00001: interferers: expected at least one"),
        ({"listener": {"hrir_filename": ["KEMAR"] * 5}}, "S00001: listener.hrir_file"),
        ({"listener": {"hrir_filename": []}}, "scene S00001 of"),
    ],
)
def test_a_scene_that_cannot_be_rendered_is_told(built, fields, message):
    def replace(scenes):
        inner = fields.get("listener", {})
        scenes[0] |= fields | {"listener": scenes[0]["listener"] | inner}

    change(built / SCENES, replace)
    assert message in refused("render", built)
    assert not (built / "clarity_data" / "train" / "scenes").exists()


def test_a_target_that_is_not_the_scenes_is_told_and_the_others_rendered(built):
    change(built / SCENES, lambda scenes: scenes[0]["target"].update(time_end=99_000))
    said = refused("render", built)
    assert "1 scene(s) done now" in said
    assert "failed: scene S00001: expected the target to be over at" in said


def test_no_scenes_at_all_are_not_rendered(again):
    (again / SCENES).write_text("[]", encoding="utf-8")
    assert "expected scenes in" in refused("render", again)


@pytest.mark.parametrize("name", [SCENES, METADATA / "rooms.train.json"])
def test_nothing_in_place_of_an_entry_is_told_by_its_number(again, name):
    change(again / name, lambda entries: entries.__setitem__(0, None))
    assert f"number 1 of {again / name}: expected" in refused("render", again)


@pytest.mark.parametrize("step", ["enhance", "evaluate", "report"])
def test_an_audiogram_that_lacks_a_threshold_is_told(again, step):
    def shorten(listeners):
        listeners["L0004"]["audiogram_levels_l"].pop()

    change(again / LISTENERS, shorten)
    said = refused(step, again)
    assert "listener L0004 in" in said
    assert "got 8 frequencies and 7 thresholds" in said


@pytest.mark.parametrize("step", ["enhance", "evaluate", "report"])
def test_without_listeners_nothing_is_done(again, step):
    (again / LISTENERS).write_text("{}", encoding="utf-8")
    assert "listener" in refused(step, again)


def test_no_scenes_at_all_are_no_score(again):
    (again / WHO).write_text("{}", encoding="utf-8")
    assert "at least one scene" in refused("evaluate", again)


def test_scenes_outside_the_folder_are_refused(again):
    (again / WHO).write_text('{"../../x": ["L0004"]}', encoding="utf-8")
    assert "a name of a scene" in refused("enhance", again)


def test_a_listener_of_two_names_is_told(again):
    change(again / LISTENERS, lambda listeners: listeners["L0004"].update(name="Ann"))
    assert "L0004" in (said := refused("enhance", again))
    assert "'Ann'" in said


# -- Damaged notes and scores ----------------------------------------------------------
@pytest.mark.parametrize("text", ['{"settings": {"se', "[1]", '{"settings": {}}'])
def test_a_damaged_note_is_named(again, text):
    path = again / "settings" / "render.train.json"
    path.write_text(text, encoding="utf-8")
    assert f"the settings of an earlier run in {path}" in refused("render", again)


@pytest.mark.parametrize(
    "text",
    ['{"enh', '{"enhance": 1}', '{"enhanced": NaN, "unprocessed": 0.1}', "[1]", "null"],
)
def test_a_damaged_score_is_named_and_makes_no_table(again, text):
    (again / SCORE).write_text(text, encoding="utf-8")
    (again / "exp" / "si.csv").unlink()
    assert str(again / SCORE) in refused("evaluate", again)
    assert not (again / "exp" / "si.csv").exists()
    (again / SCORE).unlink()
    assert run("evaluate", again)[0] == 0


def test_a_silent_output_is_named_by_its_file(again):
    path = again / "exp" / "enhanced_signals" / "S00001_L0004_HA-output.wav"
    samples, rate = soundfile.read(path)
    soundfile.write(path, 0 * samples, rate)
    (again / SCORE).unlink()
    assert f"{path}: expected a sound" in refused("evaluate", again)


# -- At once ---------------------------------------------------------------------------
@pytest.mark.parametrize("step", ["enhance", "evaluate"])
def test_the_same_step_at_once_on_one_folder_is_refused(done, step):
    from clarity_lab.recipes.cec2.settings_record import locked

    with locked(done / "exp" / "settings", step):
        said = refused(step, done)
    assert f"another `clarity-lab cec2 {step}` is at work in {done / 'exp'}:" in said


# -- Going on --------------------------------------------------------------------------
def test_an_experiment_that_moved_goes_on(built, done, tmp_path, monkeypatch):
    responses = built / "clarity_data" / "train" / "rooms"
    (kept,) = (responses / "HOA_IRs_simulated").iterdir()
    kept.rename(responses / "HOA_IRs")  # as if they had been given
    assert run("render", built, "--only", "S00001")[0] == 0
    built.rename(tmp_path / "moved")
    monkeypatch.chdir(tmp_path)
    status, said = run("render", Path("moved"))
    assert status == 0, said
    assert "1 scene(s) done now, 1 before" in said


def test_kept_rooms_of_another_seed_are_not_used(built, done):
    assert run("render", built, "--seed", "5", "--only", "S00001")[0] == 0
    here = contents(built / "clarity_data" / "train" / "scenes", "S00001_target_CH0*")
    there = contents(done / "clarity_data" / "train" / "scenes", "S00001_target_CH0*")
    assert here.keys() == there.keys()
    assert here != there


def test_every_chunk_that_failed_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.syspath_prepend(HERE)
    import chunk_work

    where = Workers(n_jobs=2, retries=0, chunk_size=1)
    words = {"where": where, "logs": tmp_path, "n_all": 3}
    outcome = go_through("x", lambda: [1, 2, 3], chunk_work.always_fails, **words)
    assert len(outcome.faults) == 3
    told = capsys.readouterr().out
    assert all(f"no good: {one}" in told for one in (1, 2, 3))


def test_a_thousand_jobs_do_not_fill_this_machine(tmp_path, capsys):
    from clarity_lab.recipes.jobs_local import LocalQueue

    queue = LocalQueue(Workers(n_jobs=1000), tmp_path)
    assert 2 <= queue.n_free(0) <= 2 * max(1, os.cpu_count() or 1)
    assert "1000 jobs asked for" in capsys.readouterr().out


# -- One's own hearing aid -------------------------------------------------------------
AIDS = {
    "1 / 0": "ZeroDivisionError: division by zero (line 2 of aid_0.py)",
    "{}['gain']": "KeyError: 'gain' (line 2 of aid_1.py)",
    "samples[0]": "one ear. Try np.stack",
    "samples.T": "time is the last axis",
    "samples * float('nan')": "NaN or",
    "(32767 * samples).astype('int16')": "got int16",
    "samples * 100": "too loud by",
    "samples[:, :100]": "s shorter",
    "samples.repeat(4, axis=-1)": "s longer",
    "None": "Is there a return?",
    "samples * 0": "silence at both ears",
}


@pytest.mark.parametrize("number", range(len(AIDS)))
def test_what_a_faulty_hearing_aid_does_is_told(again, tmp_path, monkeypatch, number):
    code, message = list(AIDS.items())[number]
    text = f"def f(samples, *, sample_rate, listener):\n    return {code}\n"
    (tmp_path / f"aid_{number}.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    words = ["--exp", str(tmp_path / "mine"), "--enhancer", f"aid_{number}:f"]
    said = refused("enhance", again, *words)
    assert message in said
    assert f"aid_{number}:f, scene S00002, listener L0091" in said
    assert contents(tmp_path / "mine" / "enhanced_signals") == {}


@pytest.mark.parametrize(
    ("text", "message"), [("def f(:", "SyntaxError"), ("1 / 0", "ZeroDivisionError")]
)
def test_a_module_that_cannot_be_imported_is_told(
    done, tmp_path, monkeypatch, text, message
):
    name = f"bad_aid_{message}"
    (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    words = ["--exp", str(tmp_path / "mine"), "--enhancer", f"{name}:f"]
    assert message in refused("enhance", done, *words)


def test_a_hearing_aid_may_write_into_what_it_gets(done, tmp_path, monkeypatch):
    text = "def f(samples, *, sample_rate, listener):\n    samples /= 2\n"
    (tmp_path / "inplace_aid.py").write_text(f"{text}    return samples\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    exp = tmp_path / "mine"
    assert (
        run("enhance", done, "--exp", str(exp), "--enhancer", "inplace_aid:f")[0] == 0
    )
    one, two = (
        soundfile.read(exp / "enhanced_signals" / f"S00001_{who}_HA-output.wav")[0]
        for who in ("L0091", "L0004")
    )
    assert np.array_equal(one, two)
    sys.modules.pop("inplace_aid")


# -- The report's names ----------------------------------------------------------------
def test_ones_own_aid_in_the_usual_folder_is_not_called_baseline(again):
    note = again / "exp" / "settings" / "enhance.json"
    change(note, lambda noted: noted["settings"].update(enhancer="my_aid:enhance"))
    status, said = run("report", again)
    assert status == 0
    assert said.splitlines()[0].split()[-2:] == ["unprocessed", "my_aid:enhance"]


@pytest.mark.parametrize("name", ["unprocessed", "baseline"])
def test_a_folder_does_not_take_the_place_of_another_system(again, name):
    shutil.copytree(again / "exp", again / name)
    words = ["--exp", str(again / "exp"), str(again / name)]
    assert f"one folder of {name} scores" in refused("report", again, *words)


def test_a_report_on_half_the_pairs_says_so(again):
    assert "not in these tables" not in run("report", again)[1]
    change(again / WHO, lambda who: who.update(S00009=["L0004"]))
    status, said = run("report", again)
    assert status == 0
    assert "1 of 5 pairs are not in these tables yet" in said
    page = (again / "report" / "report.html").read_text("utf-8")
    assert "1 of 5 pairs" in page
