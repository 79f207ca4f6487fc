"""An archive that becomes a folder: whole or not at all, and remembered."""

import shutil
import tarfile

import pytest

from clarity_lab import manifests
from clarity_lab.manifests import DataWarning, DiskFullError, MissingDataError


@pytest.fixture
def archive(tar_of):
    return tar_of(("set/a.wav", b"aa"), ("set/b.wav", b"bbb"))


@pytest.fixture
def toy(publisher, write_manifest, entry):
    """A set of one archive that is unpacked."""

    def make(data, **more):
        url = publisher.publish("/set.tgz", data)
        source = {"kind": "url", "url": url}
        write_manifest(entry("set.tgz", data, source, unpack="speech", **more))

    return make


def state():
    return manifests.verify("toy")[0].state


def test_a_set_is_unpacked_and_the_archive_goes(toy, archive, publisher):
    toy(archive)
    folder = manifests.fetch("toy", "set.tgz")
    assert folder == manifests.where("toy") / "speech"
    assert (folder / "set" / "b.wav").read_bytes() == b"bbb"
    assert state() == "ok"
    assert manifests.fetch("toy") == manifests.where("toy")
    assert len(publisher.asked) == 1
    assert not list(manifests.where().rglob("*.tgz"))


@pytest.mark.parametrize("harm", ["cut", "delete"])
def test_damage_in_an_unpacked_folder_is_named_and_mended(toy, archive, harm):
    toy(archive)
    path = manifests.fetch("toy", "set.tgz") / "set" / "b.wav"
    path.write_bytes(b"bb") if harm == "cut" else path.unlink()
    (finding,) = manifests.verify("toy")
    assert finding.state == "damaged"
    assert finding.expected == "3 bytes in speech/set/b.wav"
    assert finding.got == ("2 bytes" if harm == "cut" else "nothing")
    with pytest.warns(DataWarning, match=r"3 bytes in speech/set/b\.wav, got"):
        manifests.fetch("toy")
    assert path.read_bytes() == b"bbb"


def test_verify_sees_a_flipped_byte_in_an_unpacked_folder(toy, archive):
    toy(archive)
    path = manifests.fetch("toy", "set.tgz") / "set" / "b.wav"
    path.write_bytes(b"bbc")
    (finding,) = manifests.verify("toy")
    assert finding.state == "damaged"
    assert finding.expected.startswith("3 bytes, sha256 3e744b9dc3")
    assert finding.expected.endswith(" in speech/set/b.wav")
    assert finding.got.startswith("3 bytes, sha256 ")
    assert finding.got != finding.expected.removesuffix(" in speech/set/b.wav")


def test_a_folder_that_was_not_unpacked_by_the_door_is_not_trusted(toy, archive):
    toy(archive)
    half = manifests.where("toy") / "speech"
    half.mkdir(parents=True)
    (manifests.where() / "CACHEDIR.TAG").write_text("clarity_lab")
    (half / "a.wav").write_bytes(b"aa")
    assert state() == "damaged"
    with pytest.warns(DataWarning, match="a whole unpacking, got one that was not fin"):
        manifests.fetch("toy")
    assert [path.name for path in half.iterdir()] == ["set"]


@pytest.mark.parametrize("bad", ["../evil", "link"])
def test_a_hostile_archive_leaves_nothing_anywhere(toy, tar_of, tmp_path, bad):
    content = tarfile.SYMTYPE if bad == "link" else b"evil"
    toy(tar_of(("good.wav", b"good"), (bad, content)))
    with pytest.raises(MissingDataError, match="refused|is a link"):  # noqa: RUF043
        manifests.fetch("toy")
    assert not manifests.where("toy").exists()
    assert not list(tmp_path.rglob("*evil*"))
    assert not list(tmp_path.rglob("good.wav"))
    assert not list(tmp_path.rglob("set.tgz"))


def test_a_bomb_is_measured_by_what_the_manifest_announces(toy, tar_of):
    toy(tar_of(("bomb", bytes(100_000))), unpacked_bytes=99_999)
    with pytest.raises(MissingDataError, match="'bomb' unpacks to more than the 99999"):
        manifests.fetch("toy")


def test_a_full_disk_keeps_the_archive_for_the_next_run(
    toy, archive, publisher, monkeypatch
):
    toy(archive)
    with monkeypatch.context() as full:

        def refuse(*_, **__):
            raise OSError(28, "No space left on device")

        full.setattr("clarity_lab.manifests.archives.unpack", refuse)
        with pytest.raises(DiskFullError, match="is full"):
            manifests.fetch("toy")
    assert not manifests.where("toy").exists()
    manifests.fetch("toy")
    assert len(publisher.asked) == 1


def test_an_archive_in_the_own_folder_is_unpacked_and_stays(
    toy, archive, own_folder, publisher
):
    toy(archive)
    (own_folder / "toy").mkdir()
    (own_folder / "toy" / "set.tgz").write_bytes(archive)
    folder = manifests.fetch("toy", "set.tgz")
    assert (folder / "set" / "a.wav").read_bytes() == b"aa"
    assert (own_folder / "toy" / "set.tgz").read_bytes() == archive
    assert publisher.asked == []


def test_a_wrong_archive_in_the_own_folder_is_named_and_stays(
    toy, archive, own_folder, publisher
):
    toy(archive)
    (own_folder / "toy").mkdir()
    (own_folder / "toy" / "set.tgz").write_bytes(archive[:-9])
    with pytest.warns(DataWarning, match=r"set\.tgz is damaged .* stays as it is"):
        manifests.fetch("toy")
    assert (own_folder / "toy" / "set.tgz").read_bytes() == archive[:-9]
    assert len(publisher.asked) == 1


def test_a_folder_unpacked_by_hand_is_used_and_called_unchecked(
    toy, archive, own_folder, publisher
):
    toy(archive)
    mine = own_folder / "toy" / "speech"
    mine.mkdir(parents=True)
    assert state() == "missing"  # an empty folder is no set
    (mine / "a.wav").write_bytes(b"aa")
    assert manifests.fetch("toy", "set.tgz") == mine
    assert state() == "unchecked"
    assert publisher.asked == []


def test_a_folder_unpacked_by_hand_joins_the_rest_of_its_set(
    publisher, write_manifest, entry, archive, own_folder
):
    gone = {"kind": "url", "url": publisher.address + "/gone.tgz"}
    url = publisher.publish("/b.wav", b"bb")
    write_manifest(
        entry("set.tgz", archive, gone, unpack="speech"),
        entry("b.wav", b"bb", {"kind": "url", "url": url}),
    )
    mine = own_folder / "toy" / "speech" / "deep"
    mine.mkdir(parents=True)
    (mine / "a.wav").write_bytes(b"aa")
    folder = manifests.fetch("toy")
    assert (folder / "speech" / "deep" / "a.wav").read_bytes() == b"aa"
    assert (folder / "b.wav").read_bytes() == b"bb"
    assert (mine / "a.wav").exists()
    assert manifests.find("toy") == folder
    shutil.rmtree(own_folder / "toy")
    assert state() == "unchecked"  # nobody ever compared it with a checksum
