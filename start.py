"""One command from a fresh clone to the first sound.

    python start.py          install, get the sample data, open JupyterLab
    python start.py demo     install, run the main chain, write demo.html
    python start.py test     install, run everything that CI checks
    python start.py test --colab     the same tests with Colab's older packages
    python start.py doctor   what stands between you and the lessons; --fix mends it
    python start.py data     list, fetch, verify, locate and delete recordings

Needs git and Python 3.11 or newer, nothing else; the same words on Linux, macOS and
Windows. Everything goes into the folder .venv beside this file, Colab's packages into
.venv-colab. A second run installs nothing, an interrupted one is picked up. Words after
`test` go to pytest, words after `doctor` and `data` to `clarity-lab`, which lives in
.venv and has more commands.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TextIO

ROOT = Path(__file__).resolve().parent


class Environment(NamedTuple):
    """A folder with a Python of its own, and the files that say which versions."""

    name: str
    pins: tuple[str, ...]  # where two name a package, the later file counts

    @property
    def folder(self) -> Path:
        """Where everything is installed."""
        return ROOT / self.name

    @property
    def python(self) -> Path:
        """The environment's own Python."""
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        """What the last finished installation wrote."""
        return self.folder / "installed.json"

    @property
    def log(self) -> Path:
        """All that pip said."""
        return self.folder / "install.log"

    @property
    def lock(self) -> Path:
        """Held while something is installed."""
        return ROOT / f"{self.name}.lock"


OURS = Environment(".venv", ("constraints.txt",))
COLAB = Environment(".venv-colab", ("constraints.txt", "constraints-colab.txt"))
LAB_SETTINGS = "share/jupyter/lab/settings/overrides.json"

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

# A module system or a habit may set these; .venv is to hold exactly what we ask for.
LEADS_ASTRAY = ("PYTHONHOME", "PYTHONPATH", "PIP_DRY_RUN", "PIP_NO_DEPS", "PIP_PREFIX")
LEADS_ASTRAY += ("PIP_PYTHON", "PIP_REQUIREMENT", "PIP_ROOT", "PIP_TARGET", "PIP_USER")

TOOLS = ("doctor", "data")
COLAB_EXTRAS = "colab,test"
EXTRAS = {"lab": "lessons,voices", "demo": "lessons", "test": "lessons,test,voices"}
EXTRAS |= dict.fromkeys(TOOLS, "lessons")
PEERS = ("pyclarity",)  # tests/peers compare with it; we need none of its requirements
PASS_ON = (*TOOLS, "test")
PYTEST = ["-n", "2", "--dist", "loadscope", "--nbval-lax", "--nbval-current-env"]
PYTEST += ["--nbval-cell-timeout", "180", "-m", "not slow"]
PYTEST += ["tests", "clarity_lab", "notebooks"]
PYTEST_COLAB = ["-m", "not slow and not browser"]  # Colab's own page is not here


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
    told = sys.argv[1:2] if sys.argv[1:2] and sys.argv[1] in PASS_ON else sys.argv[1:]
    options, rest = parser.parse_args(told), sys.argv[len(told) + 1 :]
    colab = options.command == "test" and "--colab" in rest
    for name in LEADS_ASTRAY:
        os.environ.pop(name, None)
    try:
        if colab:
            install(COLAB, COLAB_EXTRAS)
        else:
            install(OURS, EXTRAS[options.command])
    except SetupError as problem:
        return fail(str(problem))
    except OSError as problem:
        return fail(f"{problem}. Is the disk full, or may you not write in {ROOT}?")
    except KeyboardInterrupt:
        return fail("Stopped. Run the same command again: it goes on from here.")
    if options.command in TOOLS:
        return run_python(OURS, "-m", "clarity_lab.cli", options.command, *rest)
    if colab:
        return run_colab_tests([word for word in rest if word != "--colab"])
    if options.command == "test":
        return run_tests(rest)
    return write_demo() if options.command == "demo" else open_lab(options.no_browser)


# -- what the commands do, once everything is installed ----------------------


def open_lab(no_browser: bool) -> int:
    """Open JupyterLab on the map of lessons and stay until it ends."""
    os.environ["JUPYTERLAB_WORKSPACES_DIR"] = str(OURS.folder / "workspaces")
    words = ["-m", "jupyterlab", "--LabApp.default_url=/lab/tree/README.md"]
    words += ["--log-level=ERROR", "--ServerApp.answer_yes=True"]
    if no_browser:
        words.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # in containers one is root
        words.append("--allow-root")
    say("Opening JupyterLab on the map of lessons. Ctrl+C here ends it.")
    server = subprocess.Popen([OURS.python, *words], cwd=ROOT)
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:  # the server got it too and tidies up: wait for it
            continue


def write_demo() -> int:
    """Run the main chain on real recordings and write demo.html."""
    return run_python(OURS, "-m", "clarity_lab.cli", "demo", "--output", "demo.html")


def run_tests(rest: list[str]) -> int:
    """Run what CI runs: form, style, tests, doctests and every lesson."""
    lint = run_python(OURS, "-m", "ruff", "check", ".")
    lint = run_python(OURS, "-m", "ruff", "format", "--check", ".") or lint
    return run_python(OURS, "-m", "pytest", *PYTEST, *rest) or lint


def run_colab_tests(rest: list[str]) -> int:
    """Run tests, doctests and every lesson with the packages that Colab has."""
    return run_python(COLAB, "-m", "pytest", *PYTEST, *PYTEST_COLAB, *rest)


def run_python(env: Environment, *words: str) -> int:
    """Run an environment's Python in the root folder; return its exit code."""
    try:
        return subprocess.run([env.python, *words], cwd=ROOT, check=False).returncode
    except KeyboardInterrupt:
        return 130


# -- installing --------------------------------------------------------------


class SetupError(Exception):
    """Something on this machine stands in the way; the message says what to do."""


def install(env: Environment, extras: str) -> None:
    """Bring an environment to the state that pyproject.toml and its pins describe."""
    if is_installed(env, extras):
        return
    with alone(env):
        if not is_installed(env, extras):  # a first process may just have done it
            install_now(env, extras)


def install_now(env: Environment, extras: str) -> None:
    """Make the environment, install into it, and write the stamp last of all."""
    started = time.monotonic()
    env.stamp.unlink(missing_ok=True)  # from here on what it says is not true any more
    make_venv(env)
    constraints = write_constraints(env)
    if has_torch(env):
        say("Installing what is new.")
    else:
        install_torch(env)
        say(f"Installing the lessons' packages ({LESSONS_SIZE}).")
    pip(env, "install", "-c", constraints, "-e", f".[{extras}]")
    if "test" in extras.split(","):
        pip(env, "install", "--no-deps", "-c", constraints, *PEERS)
    shorten_way_to_package(env)
    write_whole(env.folder / LAB_SETTINGS, json.dumps(LAB_DEFAULTS, indent=1))
    write_whole(env.stamp, json.dumps(fingerprint(env, extras), indent=1))
    say(f"Installed in {time.monotonic() - started:.0f} s.")


def write_constraints(env: Environment) -> str:
    """Join the environment's pins into one file for pip; return its path."""
    pins: dict[str, str] = {}
    for name in env.pins:
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                package = line.split("==")[0].lower()
                pins[re.sub(r"[-_.]+", "-", package)] = line
    path = env.folder / "constraints.txt"
    write_whole(path, "\n".join(pins.values()))
    return str(path)


@contextmanager
def alone(env: Environment) -> Iterator[None]:
    """Keep a second start.py of this folder waiting until the first is done."""
    with env.lock.open("w", encoding="utf-8") as file:
        while not locks(file):
            say("Another start.py is installing here; waiting for it.")
            time.sleep(5)
        yield  # closing the file, also by a crash, lets the next one in


def locks(file: TextIO) -> bool:
    """Take the lock on an open file, if nobody has it."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def fingerprint(env: Environment, extras: str) -> dict[str, str]:
    """What an installation depends on; equal fingerprints need no reinstall."""
    sources = [ROOT / name for name in ("pyproject.toml", *env.pins)]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources))
    return {
        "extras": extras,
        "files": digest.hexdigest(),
        "folder": str(ROOT),
        "python": sys.version.split()[0],
    }


def is_installed(env: Environment, extras: str) -> bool:
    """Whether the last finished installation serves; more extras serve fewer."""
    try:
        stamp = json.loads(env.stamp.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    there = stamp.get("extras", "").split(",")
    same = fingerprint(env, extras) == stamp | {"extras": extras}
    return same and set(extras.split(",")) <= set(there) and env.python.exists()


def write_whole(path: Path, content: str) -> None:
    """Write a small file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(content, encoding="utf-8")
    part.replace(path)


def shorten_way_to_package(env: Environment) -> None:
    """Lead Python to the package by "..": Python 3.11 may misread a name like Übung."""
    for pattern in ("lib/*/site-packages", "Lib/site-packages"):
        for path in env.folder.glob(f"{pattern}/*clarity_lab.pth"):
            path.write_text(os.path.relpath(ROOT, path.parent), encoding="ascii")


def make_venv(env: Environment) -> None:
    """Create the environment, or again if what is there does not run."""
    if venv_works(env):
        return
    say(f"Making a virtual environment in {env.name}.")
    words = [sys.executable, "-m", "venv", "--clear", str(env.folder)]
    made = subprocess.run(
        words, capture_output=True, text=True, errors="replace", check=False
    )
    if made.returncode or not venv_works(env):
        raise SetupError(
            "Python could not make a virtual environment:\n"
            f"{made.stdout}{made.stderr}\n"
            f"May you write in {ROOT}? On Debian and Ubuntu: sudo apt install "
            "python3-venv, then try again."
        )


def venv_works(env: Environment) -> bool:
    """Whether the environment has a Python of this version that can run pip."""
    if not env.python.exists():
        return False
    probe = "import pip, sys; print(*sys.version_info[:2])"
    words = [env.python, "-c", probe]
    try:
        found = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError:  # it came from another kind of machine
        return False
    return found.stdout.split() == [str(part) for part in sys.version_info[:2]]


def pip(env: Environment, *words: str) -> None:
    """Run pip there, one line of progress on screen and all of it in the log."""
    command = [env.python, "-m", "pip", "--no-input", *words]
    command += ["--disable-pip-version-check", "--progress-bar", "off"]
    with env.log.open("a", encoding="utf-8") as log:
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
        last = env.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
        raise SetupError(
            "pip could not install everything. Its last words:\n  "
            + "\n  ".join(line for line in last if not line.startswith("WARNING"))
            + f"\nAll of them are in {env.log.relative_to(ROOT)}. Without a network? "
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


def has_torch(env: Environment) -> bool:
    """Whether the wanted torch is installed, whichever build."""
    probe = "import importlib.metadata as m; print(m.version('torch'))"
    words = [env.python, "-c", probe]
    found = subprocess.run(words, capture_output=True, text=True, check=False)
    return found.stdout.strip().split("+")[0] == TORCH.split("==")[1]


def install_torch(env: Environment) -> None:
    """Install torch: small where it can be, and never gigabytes without a word."""
    if sys.platform != "linux":  # the default builds for macOS and Windows are small
        return
    gpu = has_nvidia_gpu()
    if not gpu and (install_local_torch(env) or install_cpu_torch(env)):
        return
    reason = "An NVIDIA GPU is here" if gpu else "PyTorch's CPU index does not answer"
    say(f"{reason}: PyPI's CUDA build of torch is {CUDA_SIZE}.")
    if not agrees("Download it?"):
        if gpu and (install_local_torch(env) or install_cpu_torch(env)):
            return
        raise SetupError(
            "Without torch the lessons cannot run. Put a CPU wheel of "
            f"{TORCH} into a folder, set PIP_FIND_LINKS to it, and try again."
        )
    pip(env, "install", "-c", str(env.folder / "constraints.txt"), TORCH)


def install_local_torch(env: Environment) -> bool:
    """Install torch from a wheel in pip's own find-links folders, if there is one."""
    return pip_quietly(env, "install", "--no-index", "--no-deps", TORCH)


def install_cpu_torch(env: Environment) -> bool:
    """Install the CPU build from PyTorch's own index, if it answers within 10 s."""
    try:
        with urllib.request.urlopen(f"{TORCH_CPU_INDEX}/torch/", timeout=10):
            pass
    except (OSError, http.client.HTTPException):  # silence, or no web server's words
        return False
    say("Installing the CPU build of torch from PyTorch's index (about 200 MB).")
    pip(env, "install", "--no-deps", "--index-url", TORCH_CPU_INDEX, f"{TORCH}+cpu")
    return True


def pip_quietly(env: Environment, *words: str) -> bool:
    """Run pip for a thing that may well not be there; say whether it worked."""
    command = [env.python, "-m", "pip", *words]
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
    if sys.stdin is None or not sys.stdin.isatty():
        return True
    try:
        return input(f"{question} [y/N] ").strip().lower().startswith("y")
    except EOFError:  # Ctrl+D
        return False


def say(words: str) -> None:
    """Tell the reader what happens next."""
    print(f"clarity_lab: {words}", flush=True)


def fail(words: str) -> int:
    """Tell what went wrong; return the exit code for it."""
    print(f"clarity_lab: {words}", file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
