"""One command from a fresh clone to the first sound.

    python start.py          install, get the sample data, open JupyterLab
    python start.py demo     install, run the main chain, write demo.html
    python start.py test     install, run everything that CI checks

Needs git and Python 3.11 or newer, nothing else; the same words on Linux, macOS and
Windows. Everything goes into the folder .venv beside this file. A second run installs
nothing, an interrupted one is picked up. Words after `test` go to pytest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.json"
LOG = VENV / "install.log"
CONSTRAINTS = ROOT / "constraints.txt"
LAB_SETTINGS = VENV / "share/jupyter/lab/settings/overrides.json"

OLDEST_PYTHON = (3, 11)
TORCH = "torch==2.13.0"
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
# Wheels measured on Linux x86_64, Python 3.11, 2026-11; the README quotes the same.
LESSONS_SIZE = "about 240 MB to download, 1.9 GB on disk with torch"
CUDA_SIZE = "2.7 GB to download, about 5 GB on disk"

LAB_DEFAULTS = {  # of this environment only: the map opens as a page, not as source
    "@jupyterlab/docmanager-extension:plugin": {
        "defaultViewers": {"markdown": "Markdown Preview"}
    },
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false"},
}

EXTRAS = {"lab": "lessons", "demo": "lessons", "test": "lessons,test"}
PYTEST = ["-n", "2", "--dist", "loadscope", "--nbval-lax", "--nbval-current-env"]
PYTEST += ["--nbval-cell-timeout", "180", "tests", "clarity_lab", "notebooks"]


def main() -> int:
    """Read the command line, install what it needs, do it."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        return fail(f"Python {wanted} or newer is needed; this is {sys.version[:6]}.")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", nargs="?", default="lab", choices=EXTRAS)
    parser.add_argument("--no-browser", action="store_true", help="lab: print the link")
    options, rest = parser.parse_known_args()
    if rest and options.command != "test":
        parser.error(f"unknown words: {' '.join(rest)}")
    try:
        install(EXTRAS[options.command])
    except SetupError as problem:
        return fail(str(problem))
    except KeyboardInterrupt:
        return fail("Stopped. Run the same command again: it goes on from here.")
    return {"lab": open_lab, "demo": write_demo, "test": run_tests}[options.command](
        options, rest
    )


# -- what the three commands do, once everything is installed ----------------


def open_lab(options: argparse.Namespace, rest: list[str]) -> int:
    """Check the sample data and open JupyterLab on the map of lessons."""
    run_python("-m", "clarity_lab.cli", "data", "fetch", "samples")
    say("Opening JupyterLab on the map of lessons; Ctrl+C here ends it.")
    os.environ["JUPYTERLAB_WORKSPACES_DIR"] = str(VENV / "workspaces")
    words = ["-m", "jupyterlab", "--LabApp.default_url=/lab/tree/README.md"]
    if options.no_browser:
        words.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in containers one is root
        words.append("--allow-root")
    return run_python(*words)


def write_demo(options: argparse.Namespace, rest: list[str]) -> int:
    """Run the main chain on real recordings and write demo.html."""
    return run_python("-m", "clarity_lab.cli", "demo", "--output", "demo.html")


def run_tests(options: argparse.Namespace, rest: list[str]) -> int:
    """Run what CI runs: form, style, tests, doctests and every lesson."""
    lint = run_python("-m", "ruff", "check", ".")
    lint = run_python("-m", "ruff", "format", "--check", ".") or lint
    return run_python("-m", "pytest", *PYTEST, *rest) or lint


def run_python(*words: str) -> int:
    """Run the environment's Python in the root folder; return its exit code."""
    try:
        return subprocess.run([venv_python(), *words], cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130


# -- installing --------------------------------------------------------------


class SetupError(Exception):
    """Something on this machine stands in the way; the message says what to do."""


def install(extras: str) -> None:
    """Bring .venv to the state that pyproject.toml and constraints.txt describe."""
    if is_installed(extras):
        return
    started = time.monotonic()
    make_venv()
    if not has_torch():
        install_torch()
    say(f"Installing the lessons' packages ({LESSONS_SIZE}).")
    pip("install", "-c", str(CONSTRAINTS), "-e", f".[{extras}]")
    write_whole(LAB_SETTINGS, LAB_DEFAULTS)
    write_whole(STAMP, fingerprint(extras))
    say(f"Installed in {time.monotonic() - started:.0f} s.")


def fingerprint(extras: str) -> dict[str, str]:
    """What an installation depends on; equal fingerprints need no reinstall."""
    sources = [ROOT / "pyproject.toml", CONSTRAINTS]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    return {
        "extras": extras,
        "files": digest.hexdigest(),
        "folder": str(ROOT),
        "python": sys.version.split()[0],
    }


def is_installed(extras: str) -> bool:
    """Whether the last finished installation serves; more extras serve fewer."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    there = stamp.get("extras", "").split(",")
    same = fingerprint(extras) == stamp | {"extras": extras}
    return same and set(extras.split(",")) <= set(there) and venv_python().exists()


def write_whole(path: Path, content: dict) -> None:
    """Write a small JSON file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content, indent=1), encoding="utf-8")
    part.replace(path)


def make_venv() -> None:
    """Create .venv, or again if what is there does not run."""
    if venv_works():
        return
    say("Making a virtual environment in .venv.")
    words = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = subprocess.run(words, capture_output=True, text=True, check=False)
    if made.returncode or not venv_works():
        raise SetupError(
            "Python could not make a virtual environment:\n"
            f"{made.stdout}{made.stderr}\n"
            "On Debian and Ubuntu: sudo apt install python3-venv, then try again."
        )


def venv_works() -> bool:
    """Whether .venv holds a Python of this version that can run pip."""
    if not venv_python().exists():
        return False
    probe = "import pip, sys; print(*sys.version_info[:2])"
    words = [venv_python(), "-c", probe]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    return found.stdout.split() == [str(part) for part in sys.version_info[:2]]


def venv_python() -> Path:
    """Return the path of the environment's own Python."""
    windows = os.name == "nt"
    return VENV / ("Scripts/python.exe" if windows else "bin/python")


def pip(*words: str) -> None:
    """Run pip in .venv, one line of progress on screen and all of it in the log."""
    command = [venv_python(), "-m", "pip", "--no-input", *words]
    command += ["--disable-pip-version-check", "--progress-bar", "off"]
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(map(str, command))}\n")
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        for line in process.stdout:
            log.write(line)
            show_progress(line)
        code = process.wait()
    show_progress("")
    if code:
        last = LOG.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise SetupError(
            "pip could not install everything. Its last words:\n  "
            + "\n  ".join(line for line in last if not line.startswith("WARNING"))
            + f"\nAll of them are in {LOG.relative_to(ROOT)}. Without a network? "
            "Connect and run the same command again: it goes on from here."
        )


def show_progress(line: str) -> None:
    """Keep one line on a terminal that says what pip is at."""
    if not sys.stdout.isatty():
        return
    told = line.strip() if line.startswith(("Collecting", "  Downloading")) else None
    if told is not None or not line:
        width = shutil.get_terminal_size().columns - 1
        print("\r" + (told or "")[:width].ljust(width), end="\r", flush=True)


# -- torch: the CPU build where there is no GPU ------------------------------


def has_torch() -> bool:
    """Whether the wanted torch is in .venv, whichever build."""
    probe = "import importlib.metadata as m; print(m.version('torch'))"
    words = [venv_python(), "-c", probe]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    return found.stdout.strip().split("+")[0] == TORCH.split("==")[1]


def install_torch() -> None:
    """Install torch: small where it can be, and never gigabytes without a word."""
    if sys.platform != "linux":  # the default builds for macOS and Windows are small
        return
    gpu = has_nvidia_gpu()
    if not gpu and (install_local_torch() or install_cpu_torch()):
        return
    reason = "An NVIDIA GPU is here" if gpu else "PyTorch's CPU index does not answer"
    say(f"{reason}: PyPI's CUDA build of torch is {CUDA_SIZE}.")
    if not agrees("Download it?"):
        if gpu and (install_local_torch() or install_cpu_torch()):
            return
        raise SetupError(
            "Without torch the lessons cannot run. Put a CPU wheel of "
            f"{TORCH} into a folder, set PIP_FIND_LINKS to it, and try again."
        )
    pip("install", "-c", str(CONSTRAINTS), TORCH)


def install_local_torch() -> bool:
    """Install torch from a wheel in pip's own find-links folders, if there is one."""
    words = ["install", "--no-index", "--no-deps", TORCH]
    return pip_quietly(*words)


def install_cpu_torch() -> bool:
    """Install the CPU build from PyTorch's own index, if it answers within 10 s."""
    try:
        with urllib.request.urlopen(f"{TORCH_CPU_INDEX}/torch/", timeout=10):
            pass
    except OSError:
        return False
    say("Installing the CPU build of torch from PyTorch's index (about 200 MB).")
    pip("install", "--no-deps", "--index-url", TORCH_CPU_INDEX, f"{TORCH}+cpu")
    return True


def pip_quietly(*words: str) -> bool:
    """Run pip for a thing that may well not be there; say whether it worked."""
    command = [venv_python(), "-m", "pip", *words]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def has_nvidia_gpu() -> bool:
    """Whether NVIDIA's driver answers and lists a GPU."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return False
    listing = subprocess.run([tool, "-L"], capture_output=True, text=True, check=False)
    return listing.returncode == 0 and "GPU" in listing.stdout


def agrees(question: str) -> bool:
    """Ask at a terminal; elsewhere nobody can answer, and the size has been said."""
    if not sys.stdin.isatty():
        return True
    return input(f"{question} [y/N] ").strip().lower().startswith("y")


def say(words: str) -> None:
    """Tell the reader what happens next."""
    print(f"clarity_lab: {words}", flush=True)


def fail(words: str) -> int:
    """Tell what went wrong; return the exit code for it."""
    print(f"clarity_lab: {words}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
