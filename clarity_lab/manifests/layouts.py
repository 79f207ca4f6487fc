"""How each publisher lays out a set, and one row per sound from it.

A layout takes a folder and yields dictionaries with some of the columns that
OWN_COLUMNS names; `path` is always there. It finds its set at any depth below the
folder, and yields nothing if the set is not there. It does not ask whether the files
that a list names exist: `tables` leaves out those that do not.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

Row = dict[str, object]
Layout = Callable[[Path], Iterator[Row]]
DIGITS = "zero one two three four five six seven eight nine".split()  # noqa: SIM905
SEXES = {"F": "female", "M": "male"}
FSDD_TEST_TAKES = 5
OWN_COLUMNS = {  # the columns of every table, and what people call them
    "path": ("path", "file", "filename", "file_name"),
    "dataset": ("dataset", "source"),
    "speaker": ("speaker", "speaker_id", "client_id"),
    "transcript": ("transcript", "text", "sentence"),
    "label": ("label", "class", "category"),
    "split": ("split",),
    "sample_rate_hz": ("sample_rate_hz", "sample_rate", "sr"),
    "duration_s": ("duration_s", "duration"),
    "licence": ("licence", "license"),
}


def librispeech(folder: Path) -> Iterator[Row]:
    """LibriSpeech: part/speaker/chapter/*.flac beside *.trans.txt; SPEAKERS.TXT."""
    sexes = _librispeech_sexes(folder)
    for listing in sorted(folder.rglob("*.trans.txt")):
        chapter = listing.parent
        speaker, part = chapter.parent.name, chapter.parents[1].name
        for key, words in _lines(listing):
            yield {
                "path": chapter / f"{key}.flac",
                "speaker": speaker,
                "transcript": words,
                "label": sexes.get(speaker),
                "split": part,
            }


def _librispeech_sexes(folder: Path) -> dict[str, str]:
    sexes = {}
    for listing in folder.rglob("SPEAKERS.TXT"):
        for line in listing.read_text(encoding="utf-8").splitlines():
            fields = [field.strip() for field in line.split("|")]
            if not line.startswith(";") and len(fields) > 1:
                sexes[fields[0]] = SEXES.get(fields[1])
    return sexes


def librimix(folder: Path) -> Iterator[Row]:
    """LibriMix: rate/mode/metadata/mixture_SPLIT_KIND.csv, SPLIT/KIND/*.wav."""
    for listing in sorted(folder.rglob("mixture_*_mix_*.csv")):
        split, kind = re.fullmatch(r"mixture_(.+)_(mix_\w+)", listing.stem).groups()
        for entry in _table(listing):  # its paths are those of where it was made
            mixture = entry["mixture_ID"]
            parts = [utterance.split("-")[0] for utterance in mixture.split("_")]
            yield {
                "path": listing.parents[1] / split / kind / f"{mixture}.wav",
                "speaker": " + ".join(parts),
                "label": kind,
                "split": split,
            }


def esc50(folder: Path) -> Iterator[Row]:
    """ESC-50: meta/esc50.csv and audio/*.wav; the split is the fold, 1 to 5."""
    for listing in sorted(folder.rglob("esc50.csv")):
        for entry in _table(listing):
            free = entry["esc10"] == "True"
            yield {
                "path": listing.parents[1] / "audio" / entry["filename"],
                "label": entry["category"],
                "split": entry["fold"],
                "licence": "CC BY 3.0 (ESC-10)" if free else "CC BY-NC 3.0",
            }


def esc10(folder: Path) -> Iterator[Row]:
    """The part of ESC-50 that its table marks as ESC-10."""
    return (row for row in esc50(folder) if "ESC-10" in str(row["licence"]))


def fsdd(folder: Path) -> Iterator[Row]:
    """Free Spoken Digits: recordings/DIGIT_SPEAKER_TAKE.wav; takes 0 to 4 are test."""
    for path in sorted(folder.rglob("recordings/*.wav")):
        digit, speaker, take = path.stem.split("_")
        yield {
            "path": path,
            "speaker": speaker,
            "transcript": DIGITS[int(digit)],
            "label": DIGITS[int(digit)],
            "split": "test" if int(take) < FSDD_TEST_TAKES else "train",
        }


def speechocean762(folder: Path) -> Iterator[Row]:
    """speechocean762: Kaldi's text, utt2spk and wav.scp in train and test."""
    for listing in sorted(folder.rglob("wav.scp")):
        texts = dict(_lines(listing.with_name("text")))
        speakers = dict(_lines(listing.with_name("utt2spk")))
        for key, place in _lines(listing):
            yield {
                "path": listing.parents[1] / place,
                "speaker": speakers.get(key),
                "transcript": texts.get(key),
                "split": listing.parent.name,
            }


def real_m(folder: Path) -> Iterator[Row]:
    """REAL-M: transcriptions/SESSION.csv, audio_files_.../SESSION/*.wav."""
    for listing in sorted(folder.rglob("transcriptions/*.csv")):
        audio = listing.parents[1] / "audio_files_converted_8000Hz" / listing.stem
        for entry in _table(listing):
            sentences = (entry["sentence1"].strip(), entry["sentence2"].strip())
            yield {
                "path": audio
                / Path(entry["filename"].strip()).with_suffix(".wav").name,
                "transcript": " | ".join(sentences),
                "label": listing.stem,
            }


def cryceleb(folder: Path) -> Iterator[Row]:
    """CryCeleb: metadata.csv with file_name, baby_id, period (B or D) and split."""
    for listing in sorted(folder.rglob("metadata.csv")):
        for entry in _table(listing):
            if "baby_id" in entry:
                yield {
                    "path": listing.parent / entry["file_name"],
                    "speaker": entry["baby_id"],
                    "label": entry["period"],
                    "split": entry["split"],
                }


def musdb18(folder: Path) -> Iterator[Row]:
    """MUSDB18: SPLIT/ARTIST - TITLE.stem.mp4, or SPLIT/ARTIST - TITLE/STEM.wav."""
    for split in ("train", "test"):
        for path in sorted(folder.rglob(f"{split}/*.stem.mp4")):
            artist = path.name.split(" - ")[0]
            yield {"path": path, "speaker": artist, "label": "stems", "split": split}
        for path in sorted(folder.rglob(f"{split}/*/*.wav")):
            artist = path.parent.name.split(" - ")[0]
            yield {"path": path, "speaker": artist, "label": path.stem, "split": split}


def clarity_cec2(folder: Path) -> Iterator[Row]:
    """CEC2: metadata/scenes.SPLIT.json, SPLIT/scenes/SCENE_mix_CH1.wav."""
    for listing in sorted(folder.rglob("scenes.*.json")):
        split = listing.name.split(".")[1]
        prompts = _clarity_prompts(listing.with_name("target_speech_list.json"))
        for scene in json.loads(listing.read_text(encoding="utf-8")):
            name, target = scene["scene"], scene["target"]["name"]
            yield {
                "path": listing.parents[1] / split / "scenes" / f"{name}_mix_CH1.wav",
                "speaker": target.split("_")[0],
                "transcript": prompts.get(target),
                "label": scene["SNR"],
                "split": split,
            }


def _clarity_prompts(listing: Path) -> dict[str, str]:
    if not listing.is_file():
        return {}
    entries = json.loads(listing.read_text(encoding="utf-8"))
    return {entry["wavfile"]: entry["prompt"] for entry in entries}


def clarity_cpc1(folder: Path) -> Iterator[Row]:
    """CPC1: metadata/CPC1.SPLIT.json, clarity_data/HA_outputs/SPLIT/SIGNAL.wav."""
    outputs = {
        f"{p.parent.name}/{p.stem}": p for p in folder.rglob("HA_outputs/*/*.wav")
    }
    for listing in sorted(folder.rglob("CPC1.*.json")):
        split = listing.name.removeprefix("CPC1.").removesuffix(".json")
        for answer in json.loads(listing.read_text(encoding="utf-8")):
            path = outputs.get(f"{split}/{answer['signal']}")
            if path is not None:
                yield {
                    "path": path,
                    "transcript": answer["prompt"],
                    "label": answer.get("correctness"),
                    "split": split,
                }


def own_table(
    folder: Path, *, rows: list[str] | None = None, columns: list[str] | None = None
) -> Iterator[Row]:
    """Any folder with a metadata.csv: file, speaker, transcript, label, split, ...

    Args:
        folder: Where metadata.csv lies; its paths are relative to it.
        rows: Only rows where each "column=pattern" fits, as in "source=FSDD".
        columns: Columns under another name, as "split=fold".

    Yields:
        One row per line, as far as the columns are there. Empty fields are None.
    """
    renamed = dict(column.split("=", 1) for column in columns or [])
    conditions = [row.split("=", 1) for row in rows or []]
    for entry in _table(folder / "metadata.csv"):
        if all(fnmatchcase(entry.get(c) or "", p) for c, p in conditions):
            row = _known_columns(entry, renamed)
            if row.get("path"):
                yield row | {"path": folder / str(row["path"])}


def _known_columns(entry: dict[str, str], renamed: dict[str, str]) -> Row:
    row = {}
    for ours, theirs in OWN_COLUMNS.items():
        names = (renamed[ours],) if ours in renamed else theirs
        given = next((name for name in names if name in entry), None)
        if given is not None:
            row[ours] = (entry[given] or "").strip() or None
    return row


def _lines(listing: Path) -> Iterator[tuple[str, str]]:
    """Kaldi's tables: a key, white space, the rest of the line."""
    for line in listing.read_text(encoding="utf-8").splitlines():
        key, _, rest = line.strip().replace("\t", " ").partition(" ")
        if key:
            yield key, rest.strip()


def _table(listing: Path) -> Iterator[dict[str, str]]:
    with listing.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


LAYOUTS: dict[str, Layout] = {
    "clarity-cec2": clarity_cec2,
    "clarity-cpc1": clarity_cpc1,
    "cryceleb": cryceleb,
    "esc10": esc10,
    "esc50": esc50,
    "fsdd": fsdd,
    "librimix": librimix,
    "librispeech": librispeech,
    "musdb18": musdb18,
    "real-m": real_m,
    "speechocean762": speechocean762,
}
