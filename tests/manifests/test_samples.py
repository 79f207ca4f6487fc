"""The bundle: complete, credited, small, and truly what it says it is."""

import hashlib
import importlib.util
import json
from urllib.parse import urlsplit

import numpy as np
import pytest
import soundfile

from clarity_lab import manifests
from clarity_lab.manifests.places import SAMPLES

MANIFEST = manifests.read("samples")
SOUNDS = [file for file in MANIFEST.files if file.sample_rate_hz]
SPEECH = [file for file in SOUNDS if file.split == "speech"]
NOISE = [file for file in SOUNDS if file.split == "noise"]
ATTRIBUTION = (SAMPLES / "ATTRIBUTION.md").read_text(encoding="utf-8")


def path_of(value):
    return getattr(value, "path", None)


def load(file):
    samples, rate = soundfile.read(SAMPLES / file.path, always_2d=True)
    return samples.T, rate


# -- complete, credited, small ---------------------------------------------------------
@pytest.mark.parametrize("file", MANIFEST.files, ids=path_of)
def test_file_has_the_length_and_hash_of_the_manifest(file):
    content = (SAMPLES / file.path).read_bytes()
    assert len(content) == file.bytes
    assert hashlib.sha256(content).hexdigest() == file.content.digest


@pytest.mark.parametrize("file", MANIFEST.files, ids=path_of)
def test_file_is_credited_with_its_licence_and_hash(file):
    line = next(r for r in ATTRIBUTION.splitlines() if f"| `{file.path}` |" in r)
    assert file.licence in line
    assert file.notes["credit"] in line
    assert file.notes["origin"] in line
    assert f"{file.content.digest}  {file.path}" in ATTRIBUTION


def test_nothing_is_bundled_that_the_manifest_does_not_name():
    there = {p.relative_to(SAMPLES).as_posix() for p in SAMPLES.rglob("*")}
    files = {path for path in there if (SAMPLES / path).is_file()}
    assert files == {file.path for file in MANIFEST.files} | {"ATTRIBUTION.md"}


def test_the_bundle_stays_under_six_megabytes():
    assert sum(p.stat().st_size for p in SAMPLES.rglob("*") if p.is_file()) < 6_000_000


def test_the_list_of_the_maintainers_is_what_the_manifest_says():
    script = SAMPLES.parents[1] / "data_manifests" / "samples_list.py"
    if not script.is_file():
        pytest.skip("installed from a wheel: the maintainers' list is not there")
    spec = importlib.util.spec_from_file_location("samples_list", script)
    listed = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(listed)
    items = [*listed.AUDIO, *listed.ARRAYS, *listed.TABLES]
    assert [i["path"] for i in items] == [file.path for file in MANIFEST.files]
    assert {i["origin"] for i in items} == set(listed.ORIGINS)
    for item, file in zip(items, MANIFEST.files, strict=True):
        assert item.get("transcript") == file.transcript
        assert item.get("speaker") == file.speaker


# -- speech ----------------------------------------------------------------------------
def test_there_are_twenty_utterances_of_twelve_speakers_all_transcribed():
    assert len(SPEECH) >= 20
    assert len({file.speaker for file in SPEECH}) >= 12
    assert all(file.transcript and file.speaker for file in SPEECH)


def test_both_sexes_are_heard():
    speakers = {(file.speaker, file.label) for file in SPEECH}
    labels = [label for _, label in speakers]
    assert labels.count("female") >= 4
    assert labels.count("male") >= 4


@pytest.mark.parametrize("file", SOUNDS, ids=path_of)
def test_rate_and_duration_are_those_of_the_manifest(file):
    samples, rate = load(file)
    assert rate == file.sample_rate_hz
    assert samples.shape[-1] / rate == pytest.approx(file.duration_s, abs=1e-4)


@pytest.mark.parametrize("file", SOUNDS, ids=path_of)
def test_sound_is_neither_clipped_nor_silent(file):
    samples, _ = load(file)
    peak = np.abs(samples).max()
    at_peak = np.count_nonzero(np.abs(samples) > 0.999 * peak)
    assert 0.1 < peak < 1
    assert at_peak < 10
    assert -40 < 20 * np.log10(np.sqrt(np.mean(samples**2))) < -10


def frames(samples, rate, seconds):
    length = round(rate * seconds)
    return samples[: len(samples) // length * length].reshape(-1, length)


def pitches_hz(samples, rate):
    """Pitch of the loud, voiced frames: the highest peak of their autocorrelation."""
    loud = [f for f in frames(samples, rate, 0.04) if f.std() > samples.std() / 2]
    shortest, longest = rate // 350, rate // 70
    found = []
    for frame in loud:
        spectrum = np.abs(np.fft.rfft(frame - frame.mean(), 2 * len(frame))) ** 2
        likeness = np.fft.irfft(spectrum)[: len(frame)]
        lag = shortest + np.argmax(likeness[shortest:longest])
        if likeness[lag] > likeness[0] / 2:
            found.append(rate / lag)
    return np.array(found)


def is_like_speech(samples, rate):
    """Its level swings at the pace of syllables; it is voiced, and mostly low."""
    level = np.sqrt(np.mean(frames(samples, rate, 0.01) ** 2, axis=-1))
    loud, quiet = np.percentile(level, [95, 10])
    swings = loud > 10 * quiet
    power = np.abs(np.fft.rfft((level - level.mean()) * np.hanning(len(level)))) ** 2
    pace_hz = np.fft.rfftfreq(len(level), 0.01)
    syllabic = power[(pace_hz >= 1) & (pace_hz <= 8)].sum() / power.sum()
    spectrum = np.abs(np.fft.rfft(samples)) ** 2
    low = spectrum[np.fft.rfftfreq(len(samples), 1 / rate) < 4_000].sum()
    voiced = len(pitches_hz(samples, rate)) * 0.04 * rate / len(samples)
    return swings and syllabic > 0.2 and low > 0.8 * spectrum.sum() and voiced > 0.2


@pytest.mark.parametrize("file", SPEECH, ids=path_of)
def test_speech_sounds_like_speech(file):
    samples, rate = load(file)
    assert is_like_speech(samples[0], rate)


@pytest.mark.parametrize("file", NOISE, ids=path_of)
def test_noise_does_not_sound_like_speech(file):
    samples, rate = load(file)
    assert not is_like_speech(samples[0], rate)


def test_women_of_the_labels_speak_higher_than_the_men():
    pitch = {"female": {}, "male": {}}
    for file in SPEECH:
        if file.label:
            samples, rate = load(file)
            heard = pitch[file.label].setdefault(file.speaker, [])
            heard.extend(pitches_hz(samples[0], rate))
    women, men = ([np.median(f) for f in pitch[sex].values()] for sex in pitch)
    assert min(women) > max(men)


# -- heads and rooms -------------------------------------------------------------------
@pytest.fixture(scope="module", params=["hrir/kemar.npz", "rooms/surrey-a.npz"])
def responses(request):
    with np.load(SAMPLES / request.param) as stored:
        return dict(stored)


def ear_energy_db(responses, azimuth_deg):
    ir = at(responses, azimuth_deg)
    return 10 * np.log10(np.sum(ir**2, axis=-1))


def at(responses, azimuth_deg, elevation_deg=0):
    right = np.isclose(responses["azimuth_deg"], azimuth_deg % 360)
    right &= np.isclose(responses["elevation_deg"], elevation_deg)
    return responses["ir"][np.flatnonzero(right)[0]].astype(float)


def onset_s(responses, ir):
    """When the first sound of each ear comes: a tenth of its peak."""
    first = np.argmax(
        np.abs(ir) > 0.1 * np.abs(ir).max(axis=-1, keepdims=True), axis=-1
    )
    return first / responses["sample_rate_hz"]


def test_a_source_at_plus_90_degrees_is_louder_and_earlier_at_the_left_ear(responses):
    left_db, right_db = ear_energy_db(responses, 90)
    assert left_db > right_db + 5
    left_s, right_s = onset_s(responses, at(responses, 90))
    assert 400e-6 < right_s - left_s < 1_000e-6


def test_a_source_at_minus_90_degrees_is_louder_and_earlier_at_the_right(responses):
    left_db, right_db = ear_energy_db(responses, -90)
    assert right_db > left_db + 5
    left_s, right_s = onset_s(responses, at(responses, -90))
    assert 400e-6 < left_s - right_s < 1_000e-6


def test_a_source_in_front_reaches_both_ears_alike(responses):
    left_db, right_db = ear_energy_db(responses, 0)
    assert abs(left_db - right_db) < 1
    left_s, right_s = onset_s(responses, at(responses, 0))
    assert abs(left_s - right_s) < 100e-6


def test_every_direction_is_there_once(responses):
    directions = np.stack([responses["azimuth_deg"], responses["elevation_deg"]])
    assert np.unique(directions, axis=1).shape[1] == len(responses["ir"])
    assert responses["ir"].shape[:2] == (directions.shape[1], 2)
    assert np.isfinite(responses["ir"]).all()


def test_kemar_is_the_whole_sphere_of_710_directions():
    with np.load(SAMPLES / "hrir/kemar.npz") as kemar:
        assert kemar["ir"].shape == (710, 2, 512)
        assert kemar["sample_rate_hz"] == 44_100
        assert (kemar["elevation_deg"].min(), kemar["elevation_deg"].max()) == (-40, 90)


def test_the_room_dies_away_in_about_the_third_of_a_second_that_surrey_measured():
    with np.load(SAMPLES / "rooms/surrey-a.npz") as room:
        ir, rate = at(dict(room), 0)[0], int(room["sample_rate_hz"])
    left = 10 * np.log10(np.cumsum(ir[::-1] ** 2)[::-1] / np.sum(ir**2))  # Schroeder
    fit = (left < -5) & (left > -25)
    slope = np.polyfit(np.flatnonzero(fit) / rate, left[fit], 1)[0]
    assert -60 / slope == pytest.approx(0.32, abs=0.1)


# -- audiograms ------------------------------------------------------------------------
def test_there_are_83_listeners_with_a_threshold_for_each_frequency_and_ear():
    listeners = json.loads((SAMPLES / "audiograms/clarity.json").read_text("utf-8"))
    assert len(listeners) == 83
    for listener in listeners.values():
        frequencies = listener["audiogram_cfs"]
        assert frequencies == sorted(frequencies)
        for ear in ("audiogram_levels_l", "audiogram_levels_r"):
            assert len(listener[ear]) == len(frequencies)
            assert all(-10 <= level <= 120 for level in listener[ear])


def test_the_listeners_hear_worse_at_high_than_at_low_frequencies_on_average():
    listeners = json.loads((SAMPLES / "audiograms/clarity.json").read_text("utf-8"))
    left = np.array([v["audiogram_levels_l"] for v in listeners.values()])
    assert left[:, -1].mean() > left[:, 0].mean() + 15


# -- all manifests ---------------------------------------------------------------------
@pytest.mark.parametrize("name", manifests.names())
def test_every_manifest_reads_and_says_what_it_is(name):
    manifest = manifests.read(name)
    assert len(manifest.description) > 60
    assert manifest.citation
    assert manifest.licence
    assert manifest.homepage.startswith("https://")


PUBLISHERS = {"github.com", "www.openslr.org", "zenodo.org"}


@pytest.mark.parametrize("name", manifests.names())
def test_files_are_only_downloaded_from_known_publishers(name):
    sources = [s for file in manifests.read(name).files for s in file.sources]
    hosts = {urlsplit(source.url).hostname for source in sources if source.url}
    assert hosts <= PUBLISHERS
