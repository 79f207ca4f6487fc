"""Lets pyClarity's renderer open rooms, scenes and sounds that we wrote.

Usage: python -m tests.peers.scene_renderer_peer FOLDER. Reads rooms.json, scenes.json,
hrir.json and the sounds there; prints per scene, as JSON: the lengths of its
interferers' signals, the target's position, and the head's angle in radians at start
and end. Order 1 spares the renderer's long set-up; none of this depends on it.
"""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

from tests.peers.cec2_scenes import scene_renderer


def main(folder: Path) -> None:
    from clarity.data.scene_renderer_cec2 import two_point_rotation

    renderer = scene_renderer(
        SimpleNamespace(interferers=f"{folder}/interferers/{{type}}"),
        SimpleNamespace(
            room_definitions=folder / "rooms.json", hrir_metadata=folder / "hrir.json"
        ),
        order=1,
    )
    found = []
    for scene in json.loads((folder / "scenes.json").read_text(encoding="utf-8")):
        room = renderer.room_dict[scene["room"]]
        theta = two_point_rotation(
            scene["listener"]["rotation"],
            room["listener"]["view_vector"],
            scene["duration"],
        )
        lengths = [len(s) for s in renderer.load_interferer_signals(scene)]
        found.append([lengths, room["target"]["position"], theta[0], theta[-1]])
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
