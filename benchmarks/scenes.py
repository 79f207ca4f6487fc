"""How much faster and smaller than pyclarity scenes are rendered, side by side.

    python -m benchmarks.scenes                    one scene, ours and the peer's
    python -m benchmarks.scenes --many 100 --processes 2     the rate of many, ours

One scene is the challenge's S06001: 6.5 s, two interferers, four pairs of microphones,
all files read and written. Sides take turns as in `benchmarks.measure`; setting up
(imports; the peer's table of rotations) is measured apart, in fresh processes.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import numpy as np

from benchmarks.case import Case
from benchmarks.measure import HEADINGS, as_line, measure, worker
from tests.peers import cec2_scenes

MODULE = "benchmarks.scenes"
SECONDS = 6.52


def cases(seconds: float) -> list[Case]:
    """The one comparison; `seconds` is the scene's own length."""
    return [Case("render S06001, files and all", _ours, _peers, target_ratio=12.0)]


@cache
def _kept() -> tempfile.TemporaryDirectory:
    """A folder that goes when the process does."""
    return tempfile.TemporaryDirectory(prefix="clarity-lab-scenes-")


def _folder() -> Path:
    return Path(_kept().name)


def _ours() -> None:
    (scene,) = cec2_scenes.scenes()
    cec2_scenes.render_ours(scene, _folder())


def _peers() -> None:
    asked = (cec2_scenes.data() / cec2_scenes.SCENES).read_text(encoding="utf-8")
    _peers_renderer().render_scenes(json.loads(asked))


@cache
def _peers_renderer():
    return cec2_scenes.peers_renderer(_folder())


def set_up_s(side: str) -> float:
    """CPU seconds by which a fresh process's first scene outlasts its second.

    Our imports come before the first scene and are added; the peer's are in it.
    """
    with worker() as run:
        job = partial(run, MODULE, cases(SECONDS)[0].name, side, SECONDS)
        extra_s = job()["cpu_s"] - job()["cpu_s"]
    return extra_s + (import_s() if side == "ours" else 0.0)


def import_s() -> float:
    """CPU seconds to import all that rendering needs."""
    code = "import time, tests.peers.cec2_scenes; print(time.process_time())"
    words = [sys.executable, "-c", code]
    return float(subprocess.run(words, check=True, capture_output=True).stdout)


def variations(n: int) -> list:
    """S06001 again and again, with other maskers' pieces, SNRs and head turns."""
    (scene,) = cec2_scenes.scenes()
    rng = np.random.default_rng(440)
    made = []
    for k in range(n):
        noise, talker = scene.interferers
        turn_deg = rng.uniform(-30, 30)
        made.append(
            replace(
                scene,
                name=f"S{k:05d}",
                interferers=(replace(noise, offset=int(rng.integers(90_000))), talker),
                snr_db=float(rng.uniform(-12, 6)),
                head_turn=replace(
                    scene.head_turn, start_deg=scene.head_turn.end_deg + turn_deg
                ),
            )
        )
    return made


def render_one(scene, folder: Path) -> float:
    """CPU seconds for one scene."""
    start = time.process_time()
    cec2_scenes.render_ours(scene, folder)
    return time.process_time() - start


def measure_many(n: int, *, processes: int) -> dict:
    """Rate, and whether the last quarter costs what the second one did."""
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(processes) as pool,
    ):
        start = time.perf_counter()
        cpu_s = list(pool.map(partial(render_one, folder=Path(folder)), variations(n)))
        wall_s = time.perf_counter() - start
    quarters = [statistics.mean(part) for part in np.array_split(cpu_s, min(n, 4))]
    return {
        "n_scenes": n,
        "processes": processes,
        "wall_s": wall_s,
        "scenes_per_minute": 60 * n / wall_s,
        "cpu_s_per_scene": statistics.mean(cpu_s),
        "cpu_s_per_scene_by_quarter": quarters,
    }


def main() -> None:
    """Measure, print, and write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--many", type=int, nargs="*", default=[], help="scenes")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", type=Path, default=Path("benchmarks-scenes.json"))
    options = parser.parse_args()

    report = {}
    if options.many:
        report["many"] = []
        for n in options.many:
            row = measure_many(n, processes=options.processes)
            report["many"].append(row)
            quarters = ", ".join(f"{x:.2f}" for x in row["cpu_s_per_scene_by_quarter"])
            print(
                f"{n} scenes in {options.processes} processes: {row['wall_s']:.1f} s, "
                f"{row['scenes_per_minute']:.0f} a minute; CPU seconds a scene, by "
                f"quarters of the run: {quarters}",
                flush=True,
            )
    else:
        print(HEADINGS)
        (case,) = cases(SECONDS)
        row = measure(MODULE, case, SECONDS, repeats=options.repeats)
        print(as_line(row))
        report |= {"rows": [row], "set_up_cpu_s": {}}
        for side in ("ours", "peer"):
            report["set_up_cpu_s"][side] = set_up_s(side)
            print(f"set-up, {side}: {report['set_up_cpu_s'][side]:.2f} s")
    options.json.write_text(json.dumps(report, indent=2), encoding="utf-8")
    print(f"written to {options.json}")


if __name__ == "__main__":
    main()
