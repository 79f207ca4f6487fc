"""A server can fail in many ways; none makes a half or wrong file a whole one."""

import errno
import hashlib
import os
import pathlib
import shutil
import socket
import subprocess
from collections import namedtuple

import pytest

from clarity_lab.manifests.download import _Part, download
from clarity_lab.manifests.errors import DiskFullError, DownloadError
from clarity_lab.manifests.manifest import Content


@pytest.fixture
def get(tmp_path, content, body, quick):
    """Download a page that should hold `body`; return the file."""

    def fetch(url, *, expected=body, **options):
        target = tmp_path / "sound.wav"
        download(url, target, content=content(expected), patience=quick, **options)
        return target

    return fetch


def leftovers(folder):
    return {path.name for path in folder.iterdir()} - {"manifests", "cache"}


def test_a_whole_file_arrives_and_nothing_is_left_beside_it(
    publisher, get, body, tmp_path
):
    assert get(publisher.publish("/a.wav", body)).read_bytes() == body
    assert leftovers(tmp_path) == {"sound.wav"}


def test_after_a_cut_only_the_second_half_travels(publisher, get, body):
    url = publisher.publish("/a.wav", body, plan=["half"])
    assert get(url).read_bytes() == body
    half = len(body) // 2
    assert publisher.asked == [("/a.wav", None), ("/a.wav", f"bytes={half}-")]
    assert sum(publisher.sent) == len(body)


def test_a_second_call_goes_on_where_the_first_gave_up(publisher, get, body):
    url = publisher.publish("/a.wav", body, plan=["half", 503, 503])
    with pytest.raises(DownloadError, match="102400 bytes are kept: run again"):
        get(url)
    assert get(url).read_bytes() == body
    assert sum(publisher.sent) == len(body)


def test_a_server_without_ranges_sends_the_whole_again(publisher, get, body):
    url = publisher.publish("/a.wav", body, plan=["half"], ranges=False)
    assert get(url).read_bytes() == body
    assert sum(publisher.sent) == len(body) + len(body) // 2


def test_a_file_changed_between_the_halves_is_never_stitched(publisher, get, body):
    old = bytes(reversed(body))
    url = publisher.publish("/a.wav", old, plan=["half", 503, 503], etag='"old"')
    with pytest.raises(DownloadError, match="503"):
        get(url)
    publisher.publish("/a.wav", body, etag='"new"')
    assert get(url).read_bytes() == body
    assert sum(publisher.sent) == len(body) + len(body) // 2


def test_without_etag_a_changed_file_is_noticed_by_its_checksum(publisher, get, body):
    old = bytes(reversed(body))
    url = publisher.publish("/a.wav", old, plan=["half", 503, 503], etag="")
    with pytest.raises(DownloadError, match="503"):
        get(url)
    publisher.publish("/a.wav", body, etag="")
    assert get(url).read_bytes() == body


def test_the_half_of_another_address_is_not_used(publisher, get, body):
    other = publisher.publish("/mirror.wav", bytes(len(body)), plan=["half", 500, 500])
    with pytest.raises(DownloadError, match="500"):
        get(other)
    get(publisher.publish("/a.wav", body))
    assert publisher.asked[-1] == ("/a.wav", None)


def test_wrong_bytes_of_the_right_length_are_refused(publisher, get, body, tmp_path):
    url = publisher.publish("/a.wav", bytes(reversed(body)))
    with pytest.raises(DownloadError, match=r"another file .*: sha256 \w+ instead of"):
        get(url)
    assert leftovers(tmp_path) == set()


@pytest.mark.parametrize("change", [-1, 1])
def test_an_announced_wrong_length_is_refused_before_it_travels(
    publisher, get, body, change, tmp_path
):
    url = publisher.publish("/a.wav", body)
    expected = body[:change] if change < 0 else body + b"x"
    with pytest.raises(DownloadError, match=f"{len(body)} bytes instead of"):
        get(url, expected=expected)
    assert leftovers(tmp_path) == set()


def test_a_longer_file_than_described_is_cut_off(publisher, get, body, tmp_path):
    url = publisher.publish("/a.wav", body, announced=False)
    with pytest.raises(DownloadError, match="more than 204799 bytes"):
        get(url, expected=body[:-1])
    assert leftovers(tmp_path) == set()


def test_of_an_endless_file_no_more_than_expected_is_written(
    publisher, get, monkeypatch
):
    discard, lengths = _Part.discard, []
    monkeypatch.setattr(
        _Part, "discard", lambda part: lengths.append(part.bytes) or discard(part)
    )
    url = publisher.publish("/a.wav", bytes(3_000_000), announced=False)
    with pytest.raises(DownloadError, match="more than 100000 bytes"):
        get(url, expected=bytes(100_000))
    assert 0 < max(lengths) <= 100_000


def test_another_rest_than_the_one_asked_for_is_not_appended(publisher, get, body):
    """Some servers answer 206 to any range, and send what they like."""
    url = publisher.publish("/a.wav", body, plan=["half", 503, 503])
    with pytest.raises(DownloadError, match="503"):
        get(url)
    publisher.pages["/a.wav"].plan = ["lie"]
    assert get(url).read_bytes() == body
    assert publisher.asked[-1] == ("/a.wav", None)


def test_a_shorter_file_than_described_is_no_file(publisher, get, body, tmp_path):
    url = publisher.publish("/a.wav", body, announced=False, ranges=False)
    with pytest.raises(DownloadError, match="ended after 204800 of 204801 bytes"):
        get(url, expected=body + b"x")
    assert "sound.wav" not in leftovers(tmp_path)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_is_named_and_not_repeated(publisher, get, body, status):
    url = publisher.publish("/a.wav", body, plan=[status])
    with pytest.raises(DownloadError, match=f"answers {status} .* for http"):
        get(url)
    assert len(publisher.asked) == 1


def test_trouble_of_a_moment_is_waited_out(publisher, get, body):
    assert get(publisher.publish("/a.wav", body, plan=[500, 503])).read_bytes() == body
    assert len(publisher.asked) == 3


def test_lasting_trouble_is_named_after_a_few_tries(publisher, get, body):
    url = publisher.publish("/a.wav", body, plan=[500] * 9)
    with pytest.raises(DownloadError, match=r"answers 500 .*, 3 times"):
        get(url)
    assert len(publisher.asked) == 3


def test_a_server_that_stalls_is_left(publisher, get, body):
    url = publisher.publish("/a.wav", body, plan=["stall"] * 3, ranges=False)
    with pytest.raises(DownloadError, match=r"stalled for 0\.5 s, 3 times"):
        get(url)


def test_after_a_stall_the_rest_is_asked_for(publisher, get, body):
    url = publisher.publish("/a.wav", body, plan=["stall"])
    assert get(url).read_bytes() == body
    assert publisher.asked[1][1].startswith("bytes=")


def test_nobody_at_the_address_reads_as_offline(get):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(DownloadError, match=r"no connection to 127\.0\.0\.1 \(are you"):
        get(f"http://127.0.0.1:{port}/a.wav")


def test_a_redirect_is_followed(publisher, get, body):
    publisher.publish("/moved", b"", plan=["redirect /a.wav"])
    publisher.publish("/a.wav", body)
    assert get(f"{publisher.address}/moved").read_bytes() == body


def test_a_circle_of_redirects_ends(publisher, get):
    publisher.publish("/moved", b"", plan=["redirect /moved"] * 99)
    with pytest.raises(DownloadError, match="Exceeded 30 redirects"):
        get(f"{publisher.address}/moved")


def test_a_compressed_file_stays_as_the_publisher_hashed_it(publisher, get, body):
    """Some servers call a .tar.gz an encoding; undoing it would change the file."""
    url = publisher.publish("/a.gz", body, headers={"Content-Encoding": "gzip"})
    assert get(url).read_bytes() == body


def test_an_empty_file_is_a_file(publisher, get):
    assert get(publisher.publish("/a.wav", b""), expected=b"").read_bytes() == b""


def test_md5_is_enough_where_the_publisher_gives_no_more(
    publisher, body, tmp_path, quick
):
    wrong = Content(len(body), "md5", hashlib.md5(b"other").hexdigest())
    url = publisher.publish("/a.wav", body)
    with pytest.raises(DownloadError, match=r"md5 .* instead of"):
        download(url, tmp_path / "a", content=wrong, patience=quick)
    right = Content(len(body), "md5", hashlib.md5(body).hexdigest())
    download(url, tmp_path / "a", content=right, patience=quick)
    assert (tmp_path / "a").read_bytes() == body


def test_no_room_is_said_before_anything_travels(publisher, get, body, monkeypatch):
    usage = namedtuple("usage", "total used free")(10, 9, 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(DiskFullError, match=r"204800 free bytes .* got 1 "):
        get(publisher.publish("/a.wav", body))
    assert publisher.asked == []


def test_a_disk_that_fills_up_on_the_way_keeps_no_half(
    publisher, get, body, monkeypatch, tmp_path
):
    real_open = pathlib.Path.open

    class Full:
        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def write(self, data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def open_full(path, mode="r", *args, **options):
        file = real_open(path, mode, *args, **options)
        return Full(file) if mode == "ab" else file

    monkeypatch.setattr(pathlib.Path, "open", open_full)
    with pytest.raises(DiskFullError, match="is full: needed 204800 bytes"):
        get(publisher.publish("/a.wav", body))
    assert leftovers(tmp_path) == set()


@pytest.fixture
def small_disk(tmp_path):
    """A real disk of 1 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if (
        os.name != "posix"
        or os.geteuid()
        or subprocess.run(words, check=False).returncode
    ):
        pytest.skip("needs the right to mount a small tmpfs")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_on_a_really_full_disk_nothing_is_left(
    publisher, small_disk, content, quick, monkeypatch
):
    body = bytes(3_000_000)
    url = publisher.publish("/a.wav", body)
    with pytest.raises(DiskFullError, match="expected 3000000 free bytes"):
        download(url, small_disk / "a", content=content(body), patience=quick)
    # and when another program takes the room after we looked:
    monkeypatch.setattr("clarity_lab.manifests.download.require_room", lambda *_: None)
    with pytest.raises(DiskFullError, match="is full: needed 3000000 bytes"):
        download(url, small_disk / "a", content=content(body), patience=quick)
    assert list(small_disk.iterdir()) == []
