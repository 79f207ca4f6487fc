"""The cache deletes what it made itself, and nothing else."""

import os
import subprocess

import pytest

from clarity_lab import manifests
from clarity_lab.manifests import CacheError, DataError


@pytest.fixture
def fetched(publisher, write_manifest, entry):
    """Two sets in the cache."""
    for name, size in (("one", 1_000), ("two", 2_000)):
        body = bytes(size)
        url = publisher.publish(f"/{name}", body)
        source = {"kind": "url", "url": url}
        write_manifest(entry("a/b.wav", body, source), name=name)
        manifests.fetch(name)
    return manifests.where()


def test_the_cache_is_the_systems_unless_told_otherwise(monkeypatch, tmp_path):
    assert manifests.where() == tmp_path / "cache"
    assert manifests.where("toy") == tmp_path / "cache" / "toy"
    monkeypatch.delenv("CLARITY_LAB_CACHE")
    assert manifests.where().name.startswith("clarity-lab") or os.name == "nt"


def test_clean_deletes_one_set_and_says_how_much(fetched):
    assert manifests.clean("one") >= 1_000
    assert manifests.find("one") is None
    assert manifests.find("two") is not None


def test_clean_deletes_all_sets_but_not_what_others_put_beside(fetched):
    (fetched / "notes.txt").write_text("mine")
    (fetched / "my-folder").mkdir()
    (fetched / "my-folder" / "a.wav").write_bytes(b"mine")
    assert manifests.clean() >= 3_000
    assert not (fetched / "one").exists()
    assert not (fetched / "two").exists()
    assert (fetched / "notes.txt").read_text() == "mine"
    assert (fetched / "my-folder" / "a.wav").read_bytes() == b"mine"


def test_clean_needs_the_mark(fetched):
    (fetched / "CACHEDIR.TAG").write_text("Signature: another program's cache")
    for name in (None, "one"):
        with pytest.raises(CacheError, match=r"mark CACHEDIR\.TAG .* nothing was del"):
            manifests.clean(name)
    assert manifests.find("one") is not None


def test_clean_does_not_follow_links_out_of_the_cache(fetched, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious.wav").write_bytes(b"precious")
    try:
        (fetched / "one" / "door").symlink_to(outside, target_is_directory=True)
        (fetched / ".door" / "three").mkdir()
        (fetched / "three").symlink_to(outside, target_is_directory=True)
    except OSError:
        pytest.skip("this system does not let us make links")
    manifests.clean()
    assert (outside / "precious.wav").read_bytes() == b"precious"
    assert not (fetched / "one").exists()
    assert not (fetched / "three").is_symlink()


@pytest.mark.parametrize("name", ["..", "../outside", "/", ".", "", ".door", "a/b"])
def test_clean_takes_no_path_for_a_name(fetched, tmp_path, name):
    with pytest.raises(DataError, match="expected the name of a set"):
        manifests.clean(name)
    assert manifests.find("one") is not None
    assert tmp_path.exists()


def test_clean_also_drops_what_was_under_way(fetched):
    half = fetched / ".door" / "one" / "incoming" / "files" / "c.part"
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(bytes(500))
    assert manifests.clean("one") >= 1_500
    assert not half.exists()


def test_clean_of_nothing_frees_nothing():
    assert manifests.clean() == 0
    assert manifests.clean("toy") == 0
    assert not manifests.where().exists()


def test_after_clean_a_set_can_be_fetched_again(fetched):
    manifests.clean()
    assert (manifests.fetch("one") / "a" / "b.wav").stat().st_size == 1_000


def test_a_read_only_cache_still_serves_what_it_has(fetched, write_manifest, entry):
    """A lab's shared cache: really read-only, on a disk of its own."""
    bind = ["mount", "--bind", str(fetched), str(fetched)]
    if (
        os.name != "posix"
        or os.geteuid()
        or subprocess.run(bind, check=False).returncode
    ):
        pytest.skip("needs the right to mount")
    try:
        words = ["mount", "-o", "remount,bind,ro", str(fetched)]
        subprocess.run(words, check=True)
        assert manifests.fetch("one", "a/b.wav").stat().st_size == 1_000
        assert [finding.state for finding in manifests.verify("one")] == ["ok"]
        write_manifest(entry("c.wav", b"x", {"kind": "ask", "message": "Ask."}))
        with pytest.raises(CacheError, match="expected a cache that can be written"):
            manifests.fetch("toy")
        with pytest.raises(CacheError, match="expected a cache that can be written"):
            manifests.clean("one")
    finally:
        subprocess.run(["umount", str(fetched)], check=True)


def test_an_account_without_a_home_is_told_what_to_set(monkeypatch):
    def homeless(name):
        raise RuntimeError("could not determine the home directory")

    monkeypatch.delenv("CLARITY_LAB_CACHE", raising=False)
    monkeypatch.setattr("platformdirs.user_cache_path", homeless)
    with pytest.raises(manifests.CacheError, match="set CLARITY_LAB_CACHE to a folder"):
        manifests.where()
