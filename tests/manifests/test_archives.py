"""Archives are strangers: nothing leaves the folder, nothing grows without bound."""

import contextlib
import stat
import tarfile
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clarity_lab.manifests.archives import Destination, extract_members, unpack
from clarity_lab.manifests.errors import ArchiveError


@pytest.fixture
def unpacked(tmp_path):
    """Unpack bytes into a folder with a witness beside it."""
    folder = tmp_path / "world" / "inside"
    folder.mkdir(parents=True)

    def run(data, **limits):
        archive = tmp_path / "archive"
        archive.write_bytes(data)
        try:
            return unpack(archive, folder, **limits)
        finally:
            assert [p.name for p in folder.parent.iterdir()] == ["inside"]

    run.folder = folder
    return run


@pytest.fixture
def taken(tmp_path):
    """Take members out of archive bytes; return the problems and the folder."""
    folder, scratch = tmp_path / "taken", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()

    def run(data, *members, max_bytes=10_000):
        archive = tmp_path / "archive"
        archive.write_bytes(data)
        wanted = {
            member: Destination(folder / str(number), max_bytes)
            for number, member in enumerate(members)
        }
        problems = extract_members(archive, wanted, scratch=scratch)
        assert list(scratch.iterdir()) == []
        return problems, {path.name: path.read_bytes() for path in folder.iterdir()}

    return run


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_a_tar_of_any_compression_unpacks(unpacked, tar_of, content, mode):
    data = tar_of(("./set/a.wav", b"aa"), ("set/b.wav", b"bbb"), mode=mode)
    assert unpacked(data) == {"set/a.wav": content(b"aa"), "set/b.wav": content(b"bbb")}
    assert (unpacked.folder / "set" / "a.wav").read_bytes() == b"aa"


def test_a_zip_unpacks_with_its_folders(unpacked, zip_of, content):
    found = unpacked(zip_of(("set/", b""), ("set/ü.wav", b"aa")))
    assert found == {"set/ü.wav": content(b"aa")}


def test_a_tar_that_ends_with_a_zip_is_a_tar(unpacked, zip_of, tar_of):
    data = tar_of(("inner.zip", zip_of(("evil", b"xx"))), mode="w")
    assert list(unpacked(data)) == ["inner.zip"]


HOSTILE = ["../evil", "a/../../evil", "/evil", "C:/evil", "C:\\evil", "a\\..\\evil"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_tar_cannot_write_outside(unpacked, tar_of, name):
    with pytest.raises(ArchiveError, match="the archive is refused: expected a rel"):
        unpacked(tar_of((name, b"evil")))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_zip_cannot_write_outside(unpacked, zip_of, name):
    with pytest.raises(ArchiveError, match="the archive is refused: expected a rel"):
        unpacked(zip_of((name, b"evil")))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.sampled_from("./\\:ab~ \0"), min_size=1, max_size=8))
def test_no_name_at_all_leaves_the_folder(unpacked, zip_of, name):
    """The fixture looks for the witness after each unpacking."""
    for path in unpacked.folder.rglob("*"):
        if path.is_file():
            path.unlink()
    with contextlib.suppress(ArchiveError):
        unpacked(zip_of((zipfile.ZipInfo(name), b"x")))


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (tarfile.SYMTYPE, "link"),
        (tarfile.LNKTYPE, "link"),
        (tarfile.CHRTYPE, "device"),
        (tarfile.BLKTYPE, "device"),
        (tarfile.FIFOTYPE, "device"),
    ],
)
def test_links_and_devices_in_a_tar_are_refused(unpacked, taken, tar_of, kind, word):
    data = tar_of(("odd", kind), target="../../secret")
    with pytest.raises(ArchiveError, match=f"'odd' is a {word}, expected a plain file"):
        unpacked(data)
    problems, files = taken(data, "odd")
    assert problems == {"odd": f"'odd' is a {word}, expected a plain file"}
    assert files == {}


def test_writing_through_a_link_is_impossible(unpacked, tar_of, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    data = tar_of(("door", tarfile.SYMTYPE), ("door/evil", b"xx"), target=str(outside))
    with pytest.raises(ArchiveError, match="'door' is a link"):
        unpacked(data)
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    ("mode", "word"), [(stat.S_IFLNK, "link"), (stat.S_IFCHR, "device")]
)
def test_links_and_devices_in_a_zip_are_refused(unpacked, zip_of, mode, word):
    info = zipfile.ZipInfo("odd")
    info.external_attr = (mode | 0o777) << 16
    with pytest.raises(ArchiveError, match=f"'odd' is a {word}, expected a plain file"):
        unpacked(zip_of((info, b"/etc/passwd")))


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_bomb_stops_at_what_was_announced(unpacked, zip_of, tar_of, kind):
    make = zip_of if kind == "zip" else tar_of
    data = make(*((f"{n}.wav", bytes(1_000_000)) for n in range(5)))
    assert len(data) < 50_000
    with pytest.raises(ArchiveError, match=r"'2\.wav' unpacks to more than the 500000"):
        unpacked(data, max_bytes=2_500_000)
    written = sum(p.stat().st_size for p in unpacked.folder.rglob("*") if p.is_file())
    assert written <= 2_500_000


def test_a_bomb_that_lies_about_its_size_is_counted(unpacked, zip_of, tmp_path):
    true, lie = (1_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little")
    data = zip_of(("bomb", bytes(1_000_000)))
    assert data.count(true) == 2
    with pytest.raises(ArchiveError, match=r"cannot be read|more than"):
        unpacked(data.replace(true, lie), max_bytes=1_000)
    written = sum(p.stat().st_size for p in unpacked.folder.rglob("*"))
    assert written <= 1_000


def test_without_announcement_an_absurd_size_is_still_refused(unpacked, zip_of):
    data = zip_of(("bomb", bytes(120_000_000)))
    with pytest.raises(ArchiveError, match="'bomb' unpacks to more than"):
        unpacked(data)


def test_too_many_files_are_refused(unpacked, zip_of):
    data = zip_of(*((str(n), b"") for n in range(11)))
    with pytest.raises(ArchiveError, match="at most 10 files"):
        unpacked(data, max_files=10)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_one_name_twice_is_refused(unpacked, taken, zip_of, tar_of, kind):
    make = zip_of if kind == "zip" else tar_of
    data = make(("a.wav", b"good"), ("a.wav", b"evil"))
    with pytest.raises(ArchiveError, match=r"'a\.wav' is twice"):
        unpacked(data)
    problems, files = taken(data, "a.wav")
    assert "is twice in the archive" in problems["a.wav"]
    assert files == {}


def test_a_file_cannot_also_be_a_folder(unpacked, tar_of):
    with pytest.raises(ArchiveError, match="'a/b' is a file and a folder"):
        unpacked(tar_of(("a", b"xx"), ("a/b", b"xx")))


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz", "tar.xz"])
def test_a_truncated_archive_is_named(unpacked, zip_of, tar_of, rng, kind):
    noise = rng.bytes(50_000)
    mode = {"tar": "w", "tar.gz": "w:gz", "tar.xz": "w:xz"}
    data = (
        zip_of(("a", noise)) if kind == "zip" else tar_of(("a", noise), mode=mode[kind])
    )
    with pytest.raises(ArchiveError, match="archive cannot be read"):
        unpacked(data[: len(data) // 2])


@pytest.mark.parametrize("data", [b"", b"not an archive", b"PK\x03\x04 no zip"])
def test_what_is_no_archive_is_named(unpacked, data):
    with pytest.raises(ArchiveError, match="archive cannot be read"):
        unpacked(data)


def test_a_damaged_member_is_noticed_by_the_zips_checksum(unpacked, zip_of, rng):
    data = bytearray(zip_of(("a", rng.bytes(1_000))))
    data[500] ^= 1
    with pytest.raises(ArchiveError, match="archive cannot be read"):
        unpacked(bytes(data))


def test_members_are_taken_by_name_and_the_missing_is_named(taken, zip_of):
    data = zip_of(("set/a.wav", b"aa"), ("set/b.wav", b"bb"))
    problems, files = taken(data, "set/b.wav", "set/c.wav")
    assert files == {"0": b"bb"}
    assert problems == {"set/c.wav": "is not in the archive"}


def test_a_member_is_never_longer_than_the_manifest_says(taken, zip_of):
    problems, files = taken(zip_of(("a", bytes(1_000))), "a", max_bytes=999)
    assert "unpacks to more than the 999 bytes" in problems["a"]
    assert files == {}


def test_a_member_of_an_archive_in_an_archive_in_an_archive(taken, zip_of, tar_of):
    inner = tar_of(("deep.wav", b"deep"), ("odd", tarfile.SYMTYPE))
    data = zip_of(("top.wav", b"top"), ("m.zip", zip_of(("i.tar.gz", inner))))
    way = "m.zip!/i.tar.gz!/"
    problems, files = taken(data, f"{way}deep.wav", "top.wav", f"{way}odd", "n.zip!/x")
    assert files == {"0": b"deep", "1": b"top"}
    assert "is a link" in problems.pop(f"{way}odd")
    assert problems == {"n.zip!/x": "is not in the archive"}
