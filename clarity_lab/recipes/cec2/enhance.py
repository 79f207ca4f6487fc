"""`clarity-lab cec2 enhance`: what a hearing aid makes of each scene for each listener.

The baseline is the challenge's: NAL-R, its compressor, tanh, 16 bit. One's own is a
function of a module: `--enhancer my_aid:enhance`.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from clarity_lab import audio
from clarity_lab.hearing import Listener, apply_nalr, cec2_compress, soft_clip
from clarity_lab.recipes import jobs_words
from clarity_lab.recipes.cec2.folders import Folders
from clarity_lab.recipes.cec2.playable import require_playable
from clarity_lab.recipes.cec2.progress import Outcome, attempt, go_through, unfinished
from clarity_lab.recipes.cec2.settings_record import (
    fingerprint,
    locked,
    read_record,
    record_settings,
)
from clarity_lab.scenes.clarity_files.rendered import rendered_paths
from clarity_lab.whole import write_whole

BASELINE = "clarity_lab.recipes.cec2.enhance:baseline"
FULL_SCALE = 32_768
"""Of an enhanced signal. 1.0 itself is clipped to 32767, where the challenge's code
would turn it into -32768."""

Enhancer = Callable[..., NDArray]


@dataclass(frozen=True)
class Enhancing:
    """How to enhance.

    Attributes:
        scenes: Folder of the rendered scenes.
        output: Folder of the enhanced signals.
        enhancer: Module and function, "my_aid:enhance".
    """

    scenes: Path
    output: Path
    enhancer: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be chosen."""
    parser.add_argument("--exp", type=Path, help="output folder; default: ROOT/exp")
    parser.add_argument(
        "--enhancer",
        default=BASELINE,
        metavar="MODULE:FUNCTION",
        help="your own: function(samples, *, sample_rate, listener), left and right "
        "ear of the front microphones in, the same out",
    )
    jobs_words.add_arguments(parser)


def run(folders: Folders, options: argparse.Namespace) -> int:
    """Enhance what is not enhanced yet; 0 if every pair is there in the end."""
    exp, where = exp_of(folders, options), jobs_words.where_of(options)
    work = Enhancing(folders.scenes, exp / "enhanced_signals", options.enhancer)
    load_enhancer(options.enhancer)
    pairs, listeners = folders.read_pairs()
    with locked(exp / "settings", "enhance"):
        settings = {"enhancer": options.enhancer, "code": _code(options.enhancer)}
        record_settings(
            enhance_record(exp), settings, marks_of(folders, pairs, listeners)
        )
        work.output.mkdir(parents=True, exist_ok=True)
        is_done = partial(_is_enhanced, work.output)
        outcome = go_through(
            "enhance",
            lambda: unfinished(pairs, listeners, is_done=is_done),
            partial(enhance_chunk, work),
            where=where,
            logs=exp / "logs" / "enhance",
            n_all=len(pairs),
        )
    return 1 if outcome.faults else 0


def exp_of(folders: Folders, options: argparse.Namespace) -> Path:
    """The folder of one hearing aid's results."""
    return options.exp or folders.root / "exp"


def enhance_record(exp: Path) -> Path:
    """Where the settings of the enhanced signals are noted."""
    return exp / "settings" / "enhance.json"


def marks_of(
    folders: Folders,
    pairs: dict[str, tuple[str, ...]],
    listeners: dict[str, Listener],
) -> dict[str, str]:
    """A fingerprint of each scene as it was rendered, and of each listener."""
    rendered = read_record(folders.record("render"))
    how = rendered.get("settings", {})
    scenes = rendered.get("items", {})
    marks = {name: fingerprint(how, scenes.get(name)) for name in pairs}
    heard = {name for names in pairs.values() for name in names}
    return marks | {name: fingerprint(listeners[name]) for name in sorted(heard)}


def enhance_chunk(work: Enhancing, chunk: list) -> Outcome:
    """Enhance some scenes for their listeners."""
    return attempt(
        chunk, name=lambda task: task[0], do=lambda task: _enhance(work, *task)
    )


def baseline(
    samples: NDArray, *, sample_rate: int, listener: Listener
) -> NDArray[np.float64]:
    """The challenge's hearing aid, sample by sample as its recipe has it.

    Args:
        samples: Left and right front microphone, shape (2, samples).
        sample_rate: In Hz.
        listener: Whose ears are aided.

    Returns:
        Shape (2, samples + 220), 110 samples late: the skirt of the filter is kept.
    """
    ears = [
        apply_nalr(one, sample_rate=sample_rate, audiogram=ear, parity=True)
        for one, ear in zip(samples, listener.ears, strict=True)
    ]
    return soft_clip(cec2_compress(np.stack(ears), sample_rate=sample_rate))


@lru_cache(maxsize=4)
def load_enhancer(name: str) -> Enhancer:
    """Import an enhancer; its module may lie in the current folder.

    Raises:
        ValueError: If there is no such module or function; says which.
    """
    module, colon, function = name.partition(":")
    if not colon or module.startswith("."):
        raise ValueError(f"expected --enhancer as MODULE:FUNCTION, got {name!r}.")
    if module.endswith(".py"):
        right = f"{module.removesuffix('.py')}:{function}"
        raise ValueError(
            f"expected the module's name, without .py, got {name}. Try {right}."
        )
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(
            f"expected an enhancer {name}, got {error}. Is {module}.py in this folder?"
        ) from error
    except Exception as error:  # whatever a module does when it is imported
        raise ValueError(
            f"expected an enhancer {name}, but importing {module} failed: "
            f"{_told(error)}."
        ) from error
    if not callable(found):
        raise ValueError(f"expected {name} to be a function, got {found!r}.")
    return found


def _code(name: str) -> str:
    """A fingerprint of one's own code: it changes between runs, ours with versions."""
    if name == BASELINE:
        return "-"
    module = sys.modules[name.partition(":")[0]]
    try:
        return fingerprint(inspect.getsource(module))
    except (OSError, TypeError):  # not written in Python: it changes with its version
        return f"{getattr(module, '__version__', '-')}"


def enhanced_path(folder: Path, scene: str, listener: str) -> Path:
    """The challenge's name of an enhanced signal."""
    return folder / f"{scene}_{listener}_HA-output.wav"


def _is_enhanced(folder: Path, scene: str, listener: str) -> bool:
    return enhanced_path(folder, scene, listener).is_file()


def _enhance(work: Enhancing, scene: str, listeners: tuple[Listener, ...]) -> bool:
    """Enhance one scene for some listeners; files are whole, so none is begun."""
    samples, rate = audio.load(rendered_paths(work.scenes, scene)["mix", 1])
    enhancer = load_enhancer(work.enhancer)
    for listener in listeners:
        where = f"{work.enhancer}, scene {scene}, listener {listener.name}"
        try:
            output = enhancer(samples.copy(), sample_rate=rate, listener=listener)
            output = require_playable(output, like=samples, sample_rate=rate)
        except Exception as error:  # one's own code may raise whatever it likes
            raise ValueError(f"{where}: {_told(error)}") from error
        path = enhanced_path(work.output, scene, listener.name)
        content = audio.wav_bytes(
            audio.pcm16(output, full_scale=FULL_SCALE), sample_rate=rate
        )
        write_whole(path, content)
    return False


def _told(error: Exception) -> str:
    """An error in a line; one of another's code with its kind and its place."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    if last.filename == inspect.getfile(require_playable):
        return str(error)
    place = f"line {last.lineno} of {Path(last.filename).name}"
    return f"{type(error).__name__}: {error} ({place})"
