"""The CEC2 recipe from end to end, killed in the middle, and with things missing."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from clarity_lab.hearing import read_listeners
from clarity_lab.recipes.cec2 import evaluate
from tests.recipes.small_cec2 import build, contents, run

ROOT = Path(__file__).parents[2]
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and limits are POSIX's")

DYING = """
import os, signal, sys
from pathlib import Path
import clarity_lab.recipes.cec2.evaluate as evaluate
import soundfile
from clarity_lab.cli import main

def dies(function, at):
    calls = iter(range(1, 10_000))
    def dying(*words, **options):
        if next(calls) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*words, **options)
    return dying

{patch}
main(sys.argv[1:])
"""


def run_and_die(patch: str, *words: str) -> None:
    """Run the command in a process that kills itself at a chosen moment."""
    code = DYING.format(patch=patch)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    died = subprocess.run(
        [sys.executable, "-c", code, "cec2", *words],
        env=environment,
        capture_output=True,
        check=False,
    )
    assert died.returncode == -9, died.stderr.decode()


@pytest.fixture
def enhanced(done, tmp_path):
    """The same experiment before its evaluation."""
    root = tmp_path / "again"
    shutil.copytree(done, root)
    shutil.rmtree(root / "exp" / "scores")
    for left in ("si.csv", "si_unproc.csv", "settings/evaluate.json"):
        (root / "exp" / left).unlink()
    return root


def scenes_of(root: Path) -> Path:
    return root / "clarity_data" / "train" / "scenes"


def change_scenes(root: Path, change) -> None:
    path = root / "clarity_data" / "metadata" / "scenes.train.json"
    scenes = json.loads(path.read_text(encoding="utf-8"))
    change(scenes)
    path.write_text(json.dumps(scenes), encoding="utf-8")


# -- From end to end -------------------------------------------------------------------
def test_every_pair_gets_both_scores_in_the_challenges_tables(done):
    for name in ("si.csv", "si_unproc.csv"):
        with (done / "exp" / name).open(encoding="utf-8", newline="") as file:
            heads, *rows = csv.reader(file)
        assert heads == ["scene", "listener", "haspi"]
        pairs = [("S00001", "L0091"), ("S00001", "L0004")]
        pairs += [("S00002", "L0091"), ("S00002", "L0004")]
        assert [(scene, listener) for scene, listener, _ in rows] == pairs
        assert all(0 < float(score) < 1 for *_, score in rows)


def test_the_files_are_where_the_challenges_recipes_look(done):
    metadata = done / "clarity_data" / "metadata"
    for name in ("scenes", "rooms", "scenes_listeners"):
        assert (metadata / f"{name}.train.json").is_file()
    assert set(read_listeners(metadata / "listeners.json")) == {"L0091", "L0004"}
    for scene in ("S00001", "S00002"):
        for part in ("mix_CH1", "target_CH1", "target_anechoic_CH1", "hr"):
            assert (scenes_of(done) / f"{scene}_{part}.wav").is_file()
        path = done / "exp" / "enhanced_signals" / f"{scene}_L0091_HA-output.wav"
        assert soundfile.info(path).subtype == "PCM_16"


def test_the_reports_files_are_there_and_the_page_needs_no_other(done):
    page = (done / "report" / "report.html").read_text(encoding="utf-8")
    assert "data:image/png" in page
    assert "http" not in page.replace("https://claritychallenge.org", "")
    assert (done / "report" / "report.png").stat().st_size > 10_000
    lines = (done / "report" / "report.csv").read_text("utf-8").splitlines()
    assert lines[1].startswith("all,all,unprocessed,4,")


def test_the_reference_has_the_targets_level_at_each_ear(done):
    reference, rate = evaluate.read_reference(scenes_of(done), "S00001")
    target, _ = soundfile.read(scenes_of(done) / "S00001_target_CH1.wav")
    assert rate == 44_100
    np.testing.assert_allclose(
        np.mean(reference**2, axis=-1), np.mean(target**2, axis=0), rtol=1e-12
    )


def test_a_second_run_does_nothing_again(done):
    before = {path: path.stat().st_mtime_ns for path in scenes_of(done).glob("*.wav")}
    assert "0 scene(s) done now, 2 before" in run("render", done)[1]
    assert "0 scene(s) done now, 2 before" in run("enhance", done)[1]
    assert "0 scene(s) done now, 2 before" in run("evaluate", done)[1]
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_more_scenes_are_added_and_the_first_stay(done, tmp_path):
    root = tmp_path / "again"
    shutil.copytree(done, root)
    before = json.loads((root / "clarity_data/metadata/scenes.train.json").read_text())
    build(root, 3)
    after = json.loads((root / "clarity_data/metadata/scenes.train.json").read_text())
    assert (after[:2], len(after)) == (before, 3)
    status, said = run("render", root)
    assert status == 0
    assert "1 scene(s) done now, 2 before" in said


def test_several_processes_write_the_same_files(built, done):
    status, said = run("render", built, "--jobs", "2", "--chunk-size", "1")
    assert status == 0, said
    assert contents(scenes_of(built)) == contents(scenes_of(done))
    assert len(list((built / "logs" / "render.train").glob("*/job-*.log"))) == 2


def test_rooms_that_were_not_kept_are_simulated_the_same(built, done):
    kept = built / "clarity_data" / "train" / "rooms" / "HOA_IRs_simulated"
    assert len(list(kept.rglob("HOA_R00001_*.wav"))) == 4
    shutil.rmtree(kept)
    assert run("render", built, "--only", "S00002")[0] == 0
    assert contents(scenes_of(built)) == contents(scenes_of(done), "S00002*")


def test_additional_scenes_get_files_of_their_own(done, tmp_path):
    root = tmp_path / "again"
    shutil.copytree(done, root)
    build(root, 1, "--additional")
    metadata = root / "clarity_data" / "metadata"
    (scene,) = json.loads((metadata / "scenes.train_additional.json").read_text())
    assert scene["scene"] == "S10001"
    assert scene["room"] == "R00001"
    assert len(json.loads((metadata / "scenes.train.json").read_text())) == 2


def test_scores_without_the_unprocessed_are_there_when_all_are(again):
    before = {path: path.stat().st_mtime_ns for path in again.glob("exp/scores/*")}
    tables = [again / "exp" / name for name in ("si.csv", "si_unproc.csv")]
    contents_before = [path.read_bytes() for path in tables]
    status, said = run("evaluate", again, "--skip-unprocessed")
    assert status == 0, said
    assert "0 scene(s) done now, 2 before" in said
    assert before == {path: path.stat().st_mtime_ns for path in before}
    assert contents_before == [path.read_bytes() for path in tables]


def test_unprocessed_scores_can_be_added_later_and_the_others_stay(enhanced, done):
    assert run("evaluate", enhanced, "--skip-unprocessed")[0] == 0
    assert not (enhanced / "exp" / "si_unproc.csv").exists()
    path = enhanced / "exp" / "scores" / "S00001_L0004.json"
    path.write_text('{"enhanced": 0.25}\n', encoding="utf-8")  # would be computed: not
    status, said = run("evaluate", enhanced)
    assert status == 0, said
    assert "2 scene(s) done now, 0 before" in said
    assert json.loads(path.read_text(encoding="utf-8"))["enhanced"] == 0.25
    there = (enhanced / "exp" / "si_unproc.csv").read_bytes()
    assert there == (done / "exp" / "si_unproc.csv").read_bytes()


def test_other_peoples_scenes_need_not_be_written_to(done, tmp_path):
    before = sorted(done.rglob("*"))
    words = ["--exp", str(tmp_path / "mein Gerät 空"), "--jobs", "2"]
    for step in ("enhance", "evaluate"):
        status, said = run(step, done, *words)
        assert status == 0, said
    assert sorted(done.rglob("*")) == before


# -- Killed in the middle --------------------------------------------------------------
@POSIX
@pytest.mark.parametrize(
    "patch",
    [
        "soundfile.write = dies(soundfile.write, 12)",
        "Path.replace = dies(Path.replace, 14)",
    ],
    ids=["while writing", "while moving into place"],
)
def test_a_killed_render_goes_on_and_the_files_are_the_same(built, done, patch):
    run_and_die(patch, "render", "--root", str(built))
    first = contents(scenes_of(built), "S00001_*.wav")
    assert len(first) == 8
    assert not (scenes_of(built) / "S00002_hr.wav").exists()
    times = {path: path.stat().st_mtime_ns for path in scenes_of(built).glob("S00001*")}
    status, said = run("render", built)
    assert status == 0
    assert "1 scene(s) done now, 1 before" in said
    assert "redone because an earlier run broke off: S00002" in said
    assert contents(scenes_of(built)) == contents(scenes_of(done))
    assert times == {path: path.stat().st_mtime_ns for path in times}
    assert list(scenes_of(built).glob(".*")) == []


@POSIX
def test_a_killed_evaluation_loses_one_pair_at_most(enhanced, done):
    patch = "evaluate.write_whole = dies(evaluate.write_whole, 2)"
    run_and_die(patch, "evaluate", "--root", str(enhanced))
    (first,) = (enhanced / "exp" / "scores").glob("*.json")
    assert not (enhanced / "exp" / "si.csv").exists()
    time_ns = first.stat().st_mtime_ns
    status, _ = run("evaluate", enhanced)
    assert status == 0
    assert first.stat().st_mtime_ns == time_ns
    for name in ("si.csv", "si_unproc.csv"):
        again = (enhanced / "exp" / name).read_bytes()
        assert again == (done / "exp" / name).read_bytes()


@POSIX
def test_a_full_disk_is_told_and_loses_nothing(built, done):
    patch = (
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))"
    )
    code = DYING.format(patch=patch).replace("main(sys", "code = main(sys")
    words = ["cec2", "render", "--root", str(built)]
    full = subprocess.run(
        [sys.executable, "-c", f"{code}sys.exit(code)", *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert full.returncode == 1
    assert "could not be written" in full.stderr
    assert contents(scenes_of(built)) == {}
    assert run("render", built)[0] == 0
    assert contents(scenes_of(built)) == contents(scenes_of(done))


def test_two_runs_at_once_are_refused(done):
    from clarity_lab.recipes.cec2.settings_record import locked

    with locked(done / "settings", "render.train"):
        status, said = run("render", done)
    assert status == 1
    assert "is at work" in said


# -- Something is wrong ----------------------------------------------------------------
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_scene_that_clips_is_told_and_named_once(built, jobs):
    change_scenes(built, lambda scenes: scenes[0].update(SNR=-60.0))
    status, said = run("render", built, "--only", "S00001", "--jobs", jobs)
    assert status == 0
    (line,) = [line for line in said.splitlines() if "clipped" in line]
    assert line.count("scene S00001: ") == 1


def test_a_corrupt_sound_stops_its_scenes_only(built, done):
    sounds = built / "clarity_data" / "train" / "targets"
    scenes = json.loads(
        (built / "clarity_data/metadata/scenes.train.json").read_text("utf-8")
    )
    path = sounds / f"{scenes[1]['target']['name']}.wav"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    status, said = run("render", built)
    assert status == 1
    assert "1 scene(s) done now" in said
    assert "failed: S00002: " in said
    assert str(path) in said
    path.write_bytes(whole)
    assert run("render", built)[0] == 0
    assert contents(scenes_of(built)) == contents(scenes_of(done))


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (
            "room",
            "R9",
            "scene S00002: room: expected one of .*rooms.train.json, got R9",
        ),
        ("target.name", "nobody", r"scene S00002: target.name: expected .*nobody.wav"),
        ("interferers.0.name", "x.wav", r"S00002: interferers\[0\].name: expected .*x"),
        ("interferers.0.position", 9, r"interferers\[0\].position: expected 1 to 3"),
        ("listener.hrir_filename.1", "VP_X-ED", r"hrir_filename: expected the head VP"),
        ("SNR", "loud", "scene S00002 .*: expected SNR as a finite number, got 'loud'"),
    ],
)
def test_bad_metadata_is_told_by_scene_and_field(built, field, value, words):
    def change(scenes):
        *way, last = [int(key) if key.isdigit() else key for key in field.split(".")]
        place = scenes[1]
        for key in way:
            place = place[key]
        place[last] = value

    change_scenes(built, change)
    status, said = run("render", built)
    assert status == 1
    assert re.search(words, said), said
    assert not scenes_of(built).exists()


def test_an_unknown_listener_is_told_with_the_scene(done, tmp_path):
    root = tmp_path / "again"
    shutil.copytree(done, root)
    path = root / "clarity_data" / "metadata" / "scenes_listeners.train.json"
    path.write_text('{"S00001": ["L9999"]}', encoding="utf-8")
    status, said = run("enhance", root)
    assert status == 1
    assert "scene S00001 of" in said
    assert "L9999" in said


def test_a_scene_that_is_not_rendered_is_told_and_the_others_enhanced(done, tmp_path):
    root = tmp_path / "again"
    shutil.copytree(done, root)
    shutil.rmtree(root / "exp")
    (scenes_of(root) / "S00001_mix_CH1.wav").unlink()
    status, said = run("enhance", root)
    assert status == 1
    assert "failed: " in said
    assert "S00001_mix_CH1.wav" in said
    assert len(contents(root / "exp" / "enhanced_signals")) == 2


# -- Changed settings ------------------------------------------------------------------
def test_another_seed_is_not_mixed_into_a_folder_that_was_begun(done):
    status, said = run("render", done, "--seed", "5")
    assert status == 1
    assert "seed was 0, is now 5" in said


def test_a_scene_that_changed_after_rendering_is_told(done, tmp_path):
    root = tmp_path / "again"
    shutil.copytree(done, root)
    change_scenes(root, lambda scenes: scenes[0].update(SNR=1.25))
    status, said = run("render", root)
    assert status == 1
    assert "S00001 is another one now" in said


def test_scenes_made_elsewhere_are_not_written_over(done, tmp_path):
    root = tmp_path / "theirs"
    shutil.copytree(done / "clarity_data", root / "clarity_data")
    status, said = run("build", root, "--scenes", "1")
    assert status == 1
    assert "another's" in said


# -- One's own hearing aid -------------------------------------------------------------
HALF = "def enhance(samples, *, sample_rate, listener):\n    return 0.5 * samples\n"


def test_ones_own_enhancer_is_used_and_its_changes_are_noticed(
    done, tmp_path, monkeypatch
):
    (tmp_path / "my_half_aid.py").write_text(HALF, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    words = ["--enhancer", "my_half_aid:enhance", "--exp", str(tmp_path / "half")]
    status, said = run("enhance", done, *words)
    assert status == 0, said
    mix, _ = soundfile.read(scenes_of(done) / "S00001_mix_CH1.wav", dtype="int16")
    path = tmp_path / "half" / "enhanced_signals" / "S00001_L0091_HA-output.wav"
    output, _ = soundfile.read(path, dtype="int16")
    assert np.array_equal(output, (mix / 2).astype(np.int16))

    record = tmp_path / "half" / "settings" / "enhance.json"
    noted = json.loads(record.read_text("utf-8"))
    noted["settings"]["code"] = "as it was yesterday"
    record.write_text(json.dumps(noted), encoding="utf-8")
    status, said = run("enhance", done, *words)
    assert status == 1
    assert "code was as it was yesterday" in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no_such_module:f", "no_such_module.py in this folder"),
        ("json:no_such", "no_such"),
        ("json", "MODULE:FUNCTION"),
        ("my_aid.py:f", "without .py, got my_aid.py:f. Try my_aid:f."),
    ],
)
def test_an_enhancer_that_is_not_there_is_told(done, tmp_path, name, words):
    status, said = run("enhance", done, "--exp", str(tmp_path), "--enhancer", name)
    assert status == 1
    assert words in said


def test_hearing_aids_are_compared_side_by_side(done, tmp_path):
    other = tmp_path / "mine"
    other.mkdir()
    rows = ["scene,listener,haspi"]
    with (done / "exp" / "si.csv").open(encoding="utf-8") as file:
        for line in file.read().splitlines()[1:]:
            rows.append(line.rpartition(",")[0] + ",0.5")
    (other / "si.csv").write_text("\n".join(rows), encoding="utf-8")
    words = ["--exp", str(done / "exp"), str(other), "--output", str(tmp_path / "out")]
    status, said = run("report", done, *words)
    assert status == 0, said
    assert said.splitlines()[0].split()[-3:] == ["unprocessed", "baseline", "mine"]
    assert "0.5000 ±0.000" in said.splitlines()[1]
