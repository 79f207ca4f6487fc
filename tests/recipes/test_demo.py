"""The demo page holds what it promises and needs nothing beside itself."""

import base64
import io
import re

import numpy as np
import pytest
import soundfile

from clarity_lab.audio import level_dbfs
from clarity_lab.cli import main
from clarity_lab.recipes import demo


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("demo") / "demo.html"
    assert main(["demo", "--output", str(path)]) == 0
    assert [found.name for found in path.parent.iterdir()] == ["demo.html"]
    return path.read_text(encoding="utf-8")


def test_every_sound_on_the_page_can_be_read_and_heard(page):
    sounds = re.findall(r"data:audio/flac;base64,([^\"]+)", page)
    assert len(sounds) == 11
    for sound in sounds:
        samples, sample_rate = soundfile.read(io.BytesIO(base64.b64decode(sound)))
        assert sample_rate == demo.SAMPLE_RATE
        assert level_dbfs(samples.T).max() > -75  # the loss leaves that little


def test_the_page_refers_to_no_other_file(page):
    targets = re.findall(r"(?:src|href)=[\"']?([^\"'> ]+)", page)
    assert all(target.startswith("data:") for target in targets)


def test_the_measured_snr_is_the_requested_one(page):
    for requested in ("10.0", "0.0", "-10.0"):
        row = rf"SNR {float(requested):g} dB</th><td>{requested}</td>"
        assert re.search(row, page)


def test_the_right_ear_is_the_better_one_as_the_page_says(page):
    cells = r"dB</th><td>[-.\d]+</td><td>([-.\d]+)</td><td>([-.\d]+)</td></tr>"
    rows = re.findall(rf"SNR [-\d]+ {cells}", page)[: len(demo.SNRS_DB)]
    assert all(float(right) > float(left) + 1 for left, right in rows)


def test_every_picture_has_words_for_those_who_do_not_see_it(page):
    assert len(re.findall("<img", page)) == len(re.findall(r'<img alt="\w', page)) == 3


def test_the_recordings_are_credited_with_their_licence(page):
    assert "librispeech-1320.flac: CC BY 4.0" in page


@pytest.mark.parametrize(("azimuth_deg", "nearer"), [(60, 0), (-60, 1), (300, 1)])
def test_a_talker_is_stronger_and_earlier_at_the_nearer_ear(azimuth_deg, nearer):
    click = np.zeros(2_000)
    click[100] = 1.0
    ears = demo.in_the_room(click, azimuth_deg=azimuth_deg)
    near, far = ears[nearer], ears[1 - nearer]
    assert level_dbfs(near) > level_dbfs(far) + 2
    assert np.argmax(np.abs(near)) < np.argmax(np.abs(far))


def test_a_missing_folder_is_told_before_anything_is_computed(tmp_path, capsys):
    assert main(["demo", "--output", str(tmp_path / "none" / "x.html")]) == 1
    assert "There is no folder" in capsys.readouterr().out


def test_a_folder_in_place_of_the_page_is_told_first(tmp_path, capsys):
    assert main(["demo", "--output", str(tmp_path)]) == 1
    assert "is a folder" in capsys.readouterr().out


def test_the_page_leaves_its_neighbours_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "sections", lambda: iter([("One", "two")]))
    neighbour = tmp_path / "x.part"
    neighbour.write_text("mine", encoding="utf-8")
    assert main(["demo", "--output", str(tmp_path / "x.html")]) == 0
    assert neighbour.read_text(encoding="utf-8") == "mine"


def test_the_loss_costs_understanding_and_the_aid_brings_some_back(page):
    scores = r"SNR 10 dB</th><td>([\d.]+)</td><td>([\d.]+)</td><td>([\d.]+)</td></tr>"
    normal, unaided, aided = map(float, re.findall(scores, page)[-1])
    assert unaided + 20 < aided < normal
