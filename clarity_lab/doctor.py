"""What stands between you and the lessons, and the command that mends it.

`clarity-lab doctor` looks; `clarity-lab doctor --fix` mends.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import io
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from clarity_lab import manifests, torchaudio_guard

TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
MARKS = {"ok": "✓", "note": "·", "broken": "✗"}
ROOMY_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report.

    Attributes:
        subject: What was looked at, in a word or two.
        state: "ok", "note" (worth knowing, stops nothing) or "broken".
        words: What was found.
        mend: The command that mends it, word by word; empty if there is none.
    """

    subject: str
    state: str
    words: str
    mend: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One line with the mark, and the mending command below it."""
        line = f"{MARKS[self.state]} {self.subject:<14} {self.words}"
        return f"{line}\n    mend it: {' '.join(self.mend)}" if self.mend else line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words that `clarity-lab doctor` understands."""
    parser.add_argument("--fix", action="store_true", help="run the mending commands")


def run(options: argparse.Namespace) -> int:
    """Examine, print, mend if asked; 1 if something that stops a lab remains."""
    broken = report(examine())
    if not (options.fix and broken):
        return int(bool(broken))
    for command in dict.fromkeys(finding.mend for finding in broken if finding.mend):
        print(f"\n$ {' '.join(command)}", flush=True)
        subprocess.run(command, check=False)
    print("\nLooking again in a fresh Python:", flush=True)
    words = [sys.executable, "-m", "clarity_lab.cli", "doctor"]
    return subprocess.run(words, check=False).returncode


def report(findings: Iterator[Finding]) -> list[Finding]:
    """Print each finding as it comes; return the broken ones."""
    broken = []
    for finding in findings:
        print(finding, flush=True)
        broken += [finding] if finding.state == "broken" else []
    return broken


def examine() -> Iterator[Finding]:
    """Look at everything the lessons need, one finding at a time."""
    looks: list[Callable[[], Finding]] = [
        look_at_python,
        look_at_torch,
        look_at_torchaudio,
        look_at_speechbrain,
        look_at_sound_files,
        look_at_widgets,
        look_at_gpu,
        look_at_disk,
        look_at_samples,
        look_at_cache,
    ]
    for look in looks:
        try:
            yield look()
        except Exception as fault:  # the doctor reports a fault, it never falls ill
            subject = look.__name__.removeprefix("look_at_").replace("_", " ")
            yield Finding(subject, "broken", f"{type(fault).__name__}: {fault}")


def install_command(*requirements: str) -> tuple[str, ...]:
    """Return the pip command that installs the tested versions of some packages."""
    constraints = Path(__file__).parents[1] / "constraints.txt"
    tested = ("-c", str(constraints)) if constraints.is_file() else ()
    return (sys.executable, "-m", "pip", "install", *tested, *requirements)


def torch_command() -> tuple[str, ...]:
    """Return the command that installs torch; without an NVIDIA GPU the CPU build."""
    if sys.platform != "linux" or shutil.which("nvidia-smi"):
        return install_command("torch")
    return install_command("--index-url", TORCH_CPU_INDEX, "torch")


def missing_package(subject: str, package: str) -> Finding:
    """Return the finding for a package that is not installed."""
    words = f"{package} is not installed"
    return Finding(subject, "broken", words, install_command(package))


def look_at_python() -> Finding:
    """Python itself, and the environment it belongs to."""
    return Finding("Python", "ok", f"{sys.version.split()[0]} in {sys.prefix}")


def look_at_torch() -> Finding:
    """Torch: version and build."""
    try:
        import torch
    except ModuleNotFoundError:
        return Finding("torch", "broken", "torch is not installed", torch_command())
    build = f"CUDA {torch.version.cuda}" if torch.version.cuda else "CPU"
    return Finding("torch", "ok", f"{torch.__version__} ({build} build)")


def look_at_torchaudio() -> Finding:
    """Torchaudio, and whether the guard had to answer for its extension."""
    try:
        import torchaudio
    except ModuleNotFoundError as error:  # itself, or something that it needs
        return missing_package("torchaudio", error.name or "torchaudio")
    met = torchaudio_guard.status()
    words = f"{torchaudio.__version__}, compiled extension loaded"
    if met == "guarded":
        words = f"{torchaudio.__version__}, works for the lessons"
    return Finding("torchaudio", "ok", words)


def look_at_speechbrain() -> Finding:
    """SpeechBrain: does the import succeed, as the lessons need it to?"""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            speechbrain = importlib.import_module("speechbrain")
    except ModuleNotFoundError as error:
        return missing_package("SpeechBrain", error.name or "speechbrain")
    return Finding("SpeechBrain", "ok", f"{speechbrain.__version__} imports")


def look_at_sound_files() -> Finding:
    """Sound files: write and read back a moment of each format the lessons use."""
    import numpy as np
    import soundfile

    unread = []
    for container in ("WAV", "FLAC", "OGG", "MP3"):
        try:
            memory = io.BytesIO()
            soundfile.write(memory, np.zeros(4_000), 16_000, format=container)
            soundfile.read(io.BytesIO(memory.getvalue()))
        except (soundfile.SoundFileError, ValueError, TypeError):
            unread.append(container)
    version = soundfile.__libsndfile_version__
    if unread:
        words = f"libsndfile {version} cannot do {', '.join(unread)}"
        mend = install_command("--force-reinstall", "--no-deps", "soundfile")
        return Finding("sound files", "broken", words, mend)
    return Finding("sound files", "ok", f"WAV FLAC OGG MP3 (libsndfile {version})")


def look_at_widgets() -> Finding:
    """Jupyter widgets: the two packages whose halves must both be there."""
    versions = []
    for package in ("ipywidgets", "anywidget"):
        try:
            versions.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            return missing_package("widgets", package)
    page_half = Path(sys.prefix) / "share/jupyter/labextensions"
    if not (page_half / "@jupyter-widgets/jupyterlab-manager").exists():
        words = f"{', '.join(versions)}: the browser's half was not found beside them"
        return Finding("widgets", "note", words)
    return Finding("widgets", "ok", ", ".join(versions))


def look_at_gpu() -> Finding:
    """A GPU, if torch can use one; every lesson also runs without."""
    import torch

    if torch.cuda.is_available():
        return Finding("GPU", "ok", torch.cuda.get_device_name())
    if torch.backends.mps.is_available():
        return Finding("GPU", "ok", "Apple GPU through Metal")
    return Finding("GPU", "note", "none that torch can use; every lesson runs on CPU")


def look_at_disk() -> Finding:
    """Disk: room for downloaded data."""
    folder = manifests.where()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free_bytes = shutil.disk_usage(existing).free
    words = f"{free_bytes / 1e9:.1f} GB free for data in {folder}"
    return Finding("disk", "ok" if free_bytes > ROOMY_BYTES else "note", words)


def look_at_samples() -> Finding:
    """The bundled recordings: all there, byte for byte."""
    bad = [file for file in manifests.verify("samples") if file.state != "ok"]
    if bad:
        words = f"{len(bad)} bundled files are missing or damaged, first {bad[0].path}"
        checkout = Path(__file__).parents[1]
        if (checkout / ".git").exists():
            mend = ("git", "-C", str(checkout), "checkout", "--", "clarity_lab/samples")
            return Finding("samples", "broken", words, mend)
        words += "; install clarity_lab again the way you installed it"
        return Finding("samples", "broken", words)
    return Finding("samples", "ok", "every bundled recording is there and whole")


def look_at_cache() -> Finding:
    """Downloaded data: is anything in the cache visibly damaged?"""
    here = [name for name in manifests.names() if manifests.where(name).exists()]
    partly = [name for name in here if manifests.find(name) is None]
    words = f"downloaded: {', '.join(here)}" if here else "nothing downloaded"
    if partly:
        words += f"; not whole: {', '.join(partly)} (`clarity-lab data verify` looks)"
    return Finding("data", "note" if partly else "ok", words)
