"""The door's promise: what it returns is whole, verified, and came the shortest way."""

import os
import signal
from collections import namedtuple

import pytest

from clarity_lab import manifests
from clarity_lab.manifests import (
    CacheError,
    DataWarning,
    DiskFullError,
    MissingDataError,
)
from clarity_lab.manifests.manifest import Content


@pytest.fixture
def toy(publisher, write_manifest, entry, body):
    """A set of one file at the publisher, who can be told how to misbehave."""

    def make(path="a/b.wav", **how):
        url = publisher.publish("/b.wav", body, **how)
        return write_manifest(entry(path, body, {"kind": "url", "url": url}))

    return make


def states(name="toy"):
    return [finding.state for finding in manifests.verify(name)]


def test_a_set_is_fetched_once_and_then_found(toy, publisher, body):
    toy()
    assert manifests.find("toy") is None
    assert states() == ["missing"]
    folder = manifests.fetch("toy")
    assert folder == manifests.where("toy")
    assert (folder / "a" / "b.wav").read_bytes() == body
    assert manifests.fetch("toy", "a/b.wav") == folder / "a" / "b.wav"
    assert manifests.find("toy") == folder
    assert states() == ["ok"]
    assert len(publisher.asked) == 1


def test_the_sets_folder_holds_whole_files_only(toy):
    toy(plan=["half", 500, 500])
    with pytest.raises(MissingDataError, match="102400 bytes are kept"):
        manifests.fetch("toy")
    assert not manifests.where("toy").exists()
    assert manifests.find("toy", "a/b.wav") is None


def test_a_path_may_speak_every_language(toy, body):
    name = "Käthe spricht/日本語 🎧.wav"
    toy(name)
    assert manifests.fetch("toy", name).read_bytes() == body
    assert states() == ["ok"]


def test_the_second_source_is_asked_when_the_first_fails(
    publisher, write_manifest, entry, body
):
    wrong = publisher.publish("/wrong.wav", bytes(len(body)))
    gone, right = publisher.address + "/gone.wav", publisher.publish("/b.wav", body)
    sources = [{"kind": "url", "url": url} for url in (gone, wrong, right)]
    write_manifest(entry("b.wav", body, *sources))
    assert manifests.fetch("toy", "b.wav").read_bytes() == body


def test_what_cannot_be_fetched_says_how_to_bring_it(
    publisher, write_manifest, entry, own_folder
):
    gone = {"kind": "url", "url": publisher.address + "/gone.wav"}
    ask = {"kind": "ask", "message": "Sign the form of the owner."}
    write_manifest(*(entry(f"{n}.wav", b"x", gone, ask) for n in range(9)))
    with pytest.raises(MissingDataError) as caught:
        manifests.fetch("toy")
    message = str(caught.value)
    assert "9 of 9 file(s) are not here and could not be fetched" in message
    assert "gone.wav: 127.0.0.1 answers 404" in message
    assert "its owner: Sign the form of the owner." in message
    assert "and 6 more" in message
    assert "https://example.org" in message
    assert str(own_folder / "toy" / "0.wav") in message


def test_without_own_folder_the_message_names_one(write_manifest, entry):
    write_manifest(entry("a.wav", b"x", {"kind": "ask", "message": "Ask."}))
    with pytest.raises(MissingDataError, match=r"set CLARITY_LAB_DATA=.*clarity-data"):
        manifests.fetch("toy")


def test_gated_data_is_taken_from_the_own_folder_unchecked(write_manifest, own_folder):
    write_manifest({"path": "g.tar", "sources": [{"kind": "ask", "message": "Ask."}]})
    (own_folder / "toy").mkdir()
    (own_folder / "toy" / "g.tar").write_bytes(b"anything")
    assert manifests.fetch("toy", "g.tar") == own_folder / "toy" / "g.tar"
    assert states() == ["unchecked"]


# One's own folder


def test_the_own_folder_is_used_in_place_without_network(
    toy, own_folder, publisher, body
):
    toy()
    mine = own_folder / "toy" / "a" / "b.wav"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(body)
    assert manifests.fetch("toy", "a/b.wav") == mine
    assert manifests.fetch("toy") == own_folder / "toy"
    assert publisher.asked == []
    assert not manifests.where().exists()


def test_a_manifest_may_name_another_own_folder(
    write_manifest, entry, own_folder, body
):
    ask = {"kind": "ask", "message": "Ask."}
    write_manifest(entry("b.wav", body, ask), own_folder="lab/speech")
    (own_folder / "lab" / "speech").mkdir(parents=True)
    (own_folder / "lab" / "speech" / "b.wav").write_bytes(body)
    assert manifests.find("toy") == own_folder / "lab" / "speech"


def test_a_wrong_file_in_the_own_folder_is_named_and_left_alone(toy, own_folder, body):
    toy()
    mine = own_folder / "toy" / "a" / "b.wav"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"my own cut")
    with pytest.warns(DataWarning, match=r"own data.*b\.wav is damaged .*stays as it"):
        here = manifests.fetch("toy", "a/b.wav")
    assert here == manifests.where("toy") / "a" / "b.wav"
    assert here.read_bytes() == body
    assert mine.read_bytes() == b"my own cut"
    assert states() == ["ok"]


def test_a_missing_own_folder_is_named(toy, monkeypatch, tmp_path, body):
    toy()
    monkeypatch.setenv("CLARITY_LAB_DATA", str(tmp_path / "unplugged"))
    with pytest.warns(DataWarning, match="names .*unplugged, which is not there"):
        assert manifests.fetch("toy", "a/b.wav").read_bytes() == body


def test_a_set_spread_over_places_is_gathered_in_one_folder(
    publisher, write_manifest, entry, own_folder, body
):
    url = publisher.publish("/b.wav", body)
    write_manifest(
        entry("mine.wav", b"mine", {"kind": "ask", "message": "Ask."}),
        entry("b.wav", body, {"kind": "url", "url": url}),
    )
    (own_folder / "toy").mkdir()
    (own_folder / "toy" / "mine.wav").write_bytes(b"mine")
    folder = manifests.fetch("toy")
    assert {path.name for path in folder.iterdir()} == {"mine.wav", "b.wav"}
    assert (own_folder / "toy" / "mine.wav").read_bytes() == b"mine"
    assert manifests.find("toy") == folder


def test_bundled_files_need_neither_cache_nor_network(
    write_manifest, entry, tmp_path, monkeypatch
):
    monkeypatch.setattr("clarity_lab.manifests.places.SAMPLES", tmp_path / "samples")
    write_manifest(entry("a.wav", b"xx", {"kind": "bundled"}))
    with pytest.raises(MissingDataError, match="Install clarity_lab again"):
        manifests.fetch("toy")
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples" / "a.wav").write_bytes(b"xx")
    assert manifests.fetch("toy") == tmp_path / "samples"
    assert states() == ["ok"]


# Damage


@pytest.mark.parametrize("harm", ["cut", "flip", "folder"])
def test_damage_in_the_cache_is_named_and_mended(toy, publisher, body, harm):
    toy()
    path = manifests.fetch("toy", "a/b.wav")
    if harm == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(body[:-1] if harm == "cut" else body[:-1] + b"?")
    (finding,) = manifests.verify("toy")
    assert (finding.state, finding.where) == ("damaged", path)
    assert finding.expected
    assert finding.got
    assert manifests.find("toy") is None
    with pytest.warns(DataWarning, match=r"b\.wav is damaged .* Fetching it again"):
        manifests.fetch("toy")
    assert path.read_bytes() == body
    assert len(publisher.asked) == 2


def test_damage_that_hides_behind_length_and_date_is_found_by_verify(toy, body):
    toy()
    path = manifests.fetch("toy", "a/b.wav")
    before = path.stat()
    path.write_bytes(body[:-1] + b"?")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert states() == ["damaged"]


def test_a_lesson_does_not_hash_a_verified_file_again(toy, monkeypatch):
    toy()
    manifests.fetch("toy")
    hashed = []
    of = Content.of
    monkeypatch.setattr(
        Content, "of", lambda path, **how: hashed.append(path) or of(path, **how)
    )
    manifests.fetch("toy")
    assert hashed == []
    manifests.verify("toy")
    assert len(hashed) == 1


def test_a_new_manifest_makes_the_old_file_wrong(toy, write_manifest, entry, publisher):
    toy()
    manifests.fetch("toy")
    url = publisher.publish("/new.wav", b"new")
    write_manifest(entry("a/b.wav", b"new", {"kind": "url", "url": url}))
    assert states() == ["damaged"]
    with pytest.warns(DataWarning, match="another version"):
        assert manifests.fetch("toy", "a/b.wav").read_bytes() == b"new"


def test_a_broken_record_costs_only_a_hashing(toy):
    toy()
    folder = manifests.fetch("toy")
    record = manifests.where() / ".door" / "toy" / "verified.json"
    for text in ("{", "[]", '{"a": 1}'):
        record.write_text(text)
        assert manifests.find("toy") == folder


# Several processes, and ends that come too early


def test_two_processes_make_one_request(toy, another_process, publisher, wait_until):
    toy(plan=["slow"])
    first = another_process()
    wait_until(lambda: publisher.asked)
    second = another_process()
    said = [process.communicate(timeout=30) for process in (first, second)]
    assert [process.returncode for process in (first, second)] == [0, 0], said
    assert "toy: another process is fetching this set; waiting" in said[1][1]
    assert said[0][0] == said[1][0]
    assert len(publisher.asked) == 1


@pytest.mark.parametrize("end", ["SIGKILL", "SIGINT"])
def test_a_run_that_was_ended_is_continued(
    toy, another_process, publisher, wait_until, body, end
):
    if not hasattr(signal, end) or os.name == "nt":
        pytest.skip(f"this system has no {end}")
    toy(plan=["stall"])
    child = another_process()
    part = manifests.where() / ".door/toy/incoming/files/a/b.wav.part"
    wait_until(lambda: part.exists() and part.stat().st_size > 0)
    child.send_signal(getattr(signal, end))
    child.communicate(timeout=10)
    assert child.returncode != 0
    arrived = part.stat().st_size
    assert not manifests.where("toy").exists()
    assert manifests.fetch("toy", "a/b.wav").read_bytes() == body
    assert publisher.asked[1:] == [("/b.wav", f"bytes={arrived}-")]


def test_a_host_that_is_away_is_not_asked_for_each_of_a_thousand_files(
    write_manifest, entry, monkeypatch
):
    url = {"kind": "url", "url": "http://127.0.0.1:1/a.wav"}
    write_manifest(*(entry(f"{n}.wav", b"x", url) for n in range(1_000)))
    asked = []
    monkeypatch.setattr("time.sleep", asked.append)
    with pytest.raises(MissingDataError, match=r"no connection to 127\.0\.0\.1"):
        manifests.fetch("toy")
    assert len(asked) == 2  # the pauses of one file's three tries


def test_a_set_that_does_not_fit_is_not_begun(toy, publisher, monkeypatch, body):
    toy()
    usage = namedtuple("usage", "free")(1_000)
    monkeypatch.setattr("shutil.disk_usage", lambda folder: usage)
    with pytest.raises(DiskFullError, match=rf"expected {len(body)} free .* got 1000"):
        manifests.fetch("toy")
    assert publisher.asked == []


# What is said


def test_a_long_download_is_announced_with_source_and_licence(
    publisher, write_manifest, entry, capsys
):
    url = publisher.publish("/big.wav", bytes(1_500_000))
    write_manifest(entry("big.wav", bytes(1_500_000), {"kind": "url", "url": url}))
    manifests.fetch("toy")
    said = capsys.readouterr().err
    assert f"toy: fetching 1.5 MB for 1 file(s) from {url}. Licence: CC0" in said
    assert len(said.splitlines()) == 1


def test_a_short_download_and_a_silent_one_say_nothing(
    toy, publisher, write_manifest, entry, capsys
):
    toy()
    manifests.fetch("toy")
    url = publisher.publish("/big.wav", bytes(1_500_000))
    write_manifest(entry("big.wav", bytes(1_500_000), {"kind": "url", "url": url}))
    manifests.fetch("toy", progress=False)
    assert capsys.readouterr().err == ""


# A cache that cannot be used


def test_a_file_where_the_cache_should_be_is_named(toy, tmp_path):
    toy()
    (tmp_path / "cache").write_text("a letter")
    with pytest.raises(CacheError, match="a file is in the way"):
        manifests.fetch("toy")
    assert (tmp_path / "cache").read_text() == "a letter"


def test_a_file_where_the_sets_folder_should_be_is_named(toy, tmp_path):
    toy()
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "CACHEDIR.TAG").write_text("clarity_lab")
    (tmp_path / "cache" / "toy").write_text("a letter")
    with pytest.raises(CacheError, match="a file is in the way"):
        manifests.fetch("toy")


def test_a_folder_with_other_things_never_becomes_a_cache(toy, tmp_path):
    toy()
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "thesis.tex").write_text("years of work")
    with pytest.raises(CacheError, match=r"holds other things.*clarity-lab"):
        manifests.fetch("toy")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["thesis.tex"]


def test_a_cache_that_forbids_writing_is_named(toy, monkeypatch):
    toy()

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied", "cache")

    monkeypatch.setattr("clarity_lab.manifests.cache._mark", refuse)
    with pytest.raises(CacheError, match=r"can be written.*denied.*CLARITY_LAB_CACHE"):
        manifests.fetch("toy")
