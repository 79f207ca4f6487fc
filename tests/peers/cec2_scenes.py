"""The challenge's own test scene, rendered by pyclarity 0.9.0 and by us.

    python -m tests.peers.cec2_scenes OUT [SCENES.json]     pyclarity's files into OUT

The room's data have two of the four pairs of microphones; as in pyclarity's own tests
the middle and the rear one are copies of the front one.
"""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from clarity_lab import audio, manifests
from clarity_lab.scenes.building.scene import Scene
from clarity_lab.scenes.clarity_files.rendered import write_rendered
from clarity_lab.scenes.clarity_files.room_responses import read_room_responses
from clarity_lab.scenes.clarity_files.rooms import read_rooms
from clarity_lab.scenes.clarity_files.scenes import read_scenes
from clarity_lab.scenes.rendering.rendering import render_scene
from clarity_lab.scenes.spatial.hrir import Head, read_head

RATE = 44_100
PAIRS = {"ED": "ED", "BTE_fr": "BTE_fr", "BTE_mid": "BTE_fr", "BTE_rear": "BTE_fr"}
SCENES = "metadata/scenes.test.json"
ROOMS = "metadata/rooms.train.json"


def data() -> Path:
    """The fetched room; FileNotFoundError if it is not here."""
    found = manifests.find("cec2-room")
    if found is None:
        raise FileNotFoundError("run `clarity-lab data fetch cec2-room` first")
    return found


def render_ours(scene: Scene, folder: Path, *, parity: bool = True) -> None:
    """Read all that a scene needs, render it and write its files."""
    here = data()
    rendered = render_scene(
        scene,
        room=read_rooms(here / ROOMS)[scene.room],
        responses=read_room_responses(here / "rooms/HOA_IRs", scene.room),
        target=audio.load(here / f"targets/{scene.target.name}.wav")[0],
        interferers=[
            audio.load(here / "interferers" / sound.kind / sound.name)[0]
            for sound in scene.interferers
        ],
        heads=heads(here / "hrir/HRIRs_MAT", scene.microphones),
        sample_rate=RATE,
        parity=parity,
    )
    write_rendered(rendered, folder, scene.name)


def heads(folder: Path, names: tuple[str, ...]) -> list[Head]:
    read = []
    for name in names:
        person, _, pair = name.partition("-")
        head = read_head(folder / f"{person}-{PAIRS[pair]}.mat")
        read.append(replace(head, name=name))
    return read


def scenes() -> list[Scene]:
    return read_scenes(data() / SCENES)


def peers_renderer(folder: Path):
    """Pyclarity's renderer of the challenge's scenes, which writes into `folder`."""
    here = data()
    hrirs = folder / "hrirs"
    hrirs.mkdir(parents=True, exist_ok=True)
    for pair, stored in PAIRS.items():
        file = here / f"hrir/HRIRs_MAT/VP_N6-{stored}.mat"
        shutil.copyfile(file, hrirs / f"VP_N6-{pair}.mat")
    paths = SimpleNamespace(
        hoairs=str(here / "rooms/HOA_IRs"),
        hrirs=str(hrirs),
        scenes=str(folder),
        targets=str(here / "targets"),
        interferers=str(here / "interferers/{type}"),
    )
    metadata = SimpleNamespace(
        room_definitions=str(here / ROOMS),
        hrir_metadata=str(here / "metadata/hrir_data.json"),
    )
    return scene_renderer(paths, metadata)


def scene_renderer(paths, metadata, *, order: int = 6):
    """Pyclarity's renderer, as recipes/cec2/data_preparation/config.yaml has it."""
    from clarity.data.scene_renderer_cec2 import SceneRenderer

    return SceneRenderer(
        paths,
        metadata,
        ambisonic_order=order,
        equalise_loudness=False,
        reference_channel=1,
        channel_norms=[12.0, 3.0, 3.0, 3.0],
    )


if __name__ == "__main__":
    out = Path(sys.argv[1])
    asked = Path(sys.argv[2]) if len(sys.argv) > 2 else data() / SCENES
    peers_renderer(out).render_scenes(json.loads(asked.read_text(encoding="utf-8")))
