"""A bad manifest is refused, and the message names the file and the field."""

import json

import pytest

from clarity_lab import manifests
from clarity_lab.manifests import DataError, ManifestError
from clarity_lab.manifests.manifest import PACKAGE

URL = {"kind": "url", "url": "https://example.org/a.wav"}
WHEEL = {
    "kind": "pypi",
    "project": "p",
    "version": "1",
    "filename": "p-1.whl",
    "bytes": 9,
    "sha256": "0" * 64,
}


def test_every_manifest_of_the_project_can_be_read(monkeypatch):
    monkeypatch.delenv("CLARITY_LAB_MANIFESTS")
    ours = sorted(path.stem for path in PACKAGE.parent.glob("data_manifests/*.json"))
    assert manifests.names() == ours
    assert [manifests.read(name).name for name in ours] == ours


def test_a_manifest_keeps_what_is_known_about_a_file(write_manifest, entry):
    facts = {"speaker": "anna", "sample_rate_hz": 16_000, "licence": "CC0"}
    write_manifest(entry("a.wav", b"x", URL, **facts, gender="f"), series=[1, 2])
    read = manifests.read("toy")
    (file,) = read.files
    assert (file.speaker, file.sample_rate_hz, file.licence) == ("anna", 16_000, "CC0")
    assert file.notes == {"gender": "f"}
    assert read.notes == {"series": [1, 2]}
    assert read.bytes == 1


def test_a_file_of_a_carrier_knows_its_archive_and_its_member(write_manifest, entry):
    source = {"carrier": "w", "member": "data.zip!/a.wav"}
    write_manifest(entry("a.wav", b"x", source), carriers={"w": WHEEL})
    (source,) = manifests.read("toy").files[0].sources
    assert (source.kind, source.member) == ("pypi", "data.zip!/a.wav")
    assert source.carrier.member == ""


def test_gated_data_needs_no_checksum(write_manifest):
    ask = {"kind": "ask", "message": "Write to the owner."}
    write_manifest({"path": "gated.tar", "sources": [ask]})
    assert manifests.read("toy").files[0].content is None


BROKEN_FILES = {
    "path: expected a text": {"path": None},
    r"path: expected a relative path .* '\.\./a'": {"path": "../a"},
    r"path: .* '/a'.*absolute": {"path": "/a"},
    r"path: .* 'C:/a'.*colon": {"path": "C:/a"},
    r"path: .*backslash": {"path": "a\\b"},
    "sha256: expected a sha256 .* got nothing": {"sha256": None},
    "sha256: expected a sha256": {
        "sha256": None,
        "sources": [{"kind": "ask", "message": "Ask."}, URL],
    },
    "sha256: expected 64 hexadecimal digits, got 'abc'": {"sha256": "abc"},
    "md5: expected 32 hexadecimal digits": {"sha256": None, "md5": "x" * 32},
    "bytes: expected a whole number, got '9'": {"bytes": "9"},
    "bytes: expected a whole number, got True": {"bytes": True},
    "bytes: expected a length of 0 or more": {"bytes": -1},
    "sources: expected a list": {"sources": None},
    "sources: expected at least one": {"sources": []},
    r"sources\[0\]: expected an object": {"sources": ["https://example.org"]},
    r"sources\[0\]: kind: expected one of bundled, url, .* got 'ftp'": {
        "sources": [{"kind": "ftp"}]
    },
    r"sources\[0\]: url: expected a text": {"sources": [{"kind": "url"}]},
    "url: expected an address with http": {
        "sources": [{"kind": "url", "url": "file:///etc/passwd"}]
    },
    r"sources\[0\]: member: expected a text": {"sources": [WHEEL]},
    "filename: expected a plain file name": {
        "sources": [WHEEL | {"filename": "../p.whl", "member": "a"}]
    },
    "carrier: expected one of none, got 'w'": {"sources": [{"carrier": "w"}]},
    "hash: expected no such field": {"sources": [URL | {"hash": "1"}]},
    "sample_rate_hz: expected a whole number": {"sample_rate_hz": "16k"},
    "unpack: expected a relative path": {"unpack": "../out"},
    "speakers: expected no object": {"speakers": {"a": 1}},
}


@pytest.mark.parametrize("message", BROKEN_FILES)
def test_a_broken_file_entry_is_named(write_manifest, entry, message):
    write_manifest(
        entry("fine.wav", b"", URL), entry("a.wav", b"x", URL) | BROKEN_FILES[message]
    )
    with pytest.raises(ManifestError, match=rf"^toy\.json: files\[1\]: .*{message}"):
        manifests.read("toy")


@pytest.mark.parametrize("twin", ["a.wav", "A.WAV"])
def test_two_files_of_one_path_are_refused(write_manifest, entry, twin):
    write_manifest(entry("a.wav", b"x", URL), entry(twin, b"y", URL))
    with pytest.raises(ManifestError, match=r"files\[1\]: path: .* as in files\[0\]"):
        manifests.read("toy")


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("kind", "sound", "kind: expected one of audio, weights, rooms, tables"),
        ("licence", None, "licence: expected a text, got nothing"),
        ("title", "", "title: expected a text, got ''"),
        ("own_folder", "../x", "own_folder: expected a relative path"),
        ("carriers", {"w": {"kind": "url"}}, "carriers: w: kind: expected one of arch"),
        ("carriers", {"w": WHEEL | {"sha256": ""}}, "carriers: w: sha256: expected"),
    ],
)
def test_a_broken_field_of_the_set_is_named(write_manifest, field, value, message):
    write_manifest(**{field: value})
    with pytest.raises(ManifestError, match=rf"^toy\.json: {message}"):
        manifests.read("toy")


@pytest.mark.parametrize("text", [b"{", b"\xff\xfe", b"[]"])
def test_what_is_no_json_object_is_named(tmp_path, text):
    (tmp_path / "manifests" / "toy.json").write_bytes(text)
    with pytest.raises(ManifestError, match=r"^toy\.json: expected"):
        manifests.read("toy")


def test_an_unknown_set_or_file_gets_the_nearest_name(write_manifest, entry):
    write_manifest(entry("speech/anna.wav", b"x", URL))
    with pytest.raises(DataError, match="Did you mean 'toy'"):
        manifests.read("toi")
    with pytest.raises(DataError, match=r"Did you mean 'speech/anna\.wav'"):
        manifests.find("toy", "speech/ana.wav")


@pytest.mark.parametrize("name", ["../toy", "/etc/passwd", "", "toy.json"])
def test_a_name_cannot_leave_the_manifests(write_manifest, tmp_path, name):
    write_manifest()
    (tmp_path / "toy.json").write_text(json.dumps({"name": "toy"}))
    with pytest.raises(DataError, match="expected the name of a set"):
        manifests.read(name)


def test_the_table_is_reachable_through_the_door_only_when_asked_for():
    with pytest.raises(AttributeError, match="no attribute 'tabel'"):
        _ = manifests.tabel
    assert "table" in manifests.__all__


def test_a_set_is_called_like_its_file(write_manifest, tmp_path):
    write_manifest(name="other")
    (tmp_path / "manifests" / "other.json").rename(tmp_path / "manifests" / "toy.json")
    with pytest.raises(ManifestError, match=r"^toy\.json: name: expected 'toy'"):
        manifests.read("toy")
