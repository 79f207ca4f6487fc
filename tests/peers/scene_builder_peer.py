"""Runs pyClarity's room and scene builders: a process of its own, for they patch json.

Usage: python -m tests.peers.scene_builder_peer FOLDER. Reads rooms.json and the four
sound lists there, writes rooms_theirs.json and scenes_theirs.json; settings:
recipes/cec2 of pyclarity 0.9.0, with 2000 scenes.
"""

import sys
from pathlib import Path

HEADS = "BuK DADEC KEMAR VP_E1 VP_E2 VP_E4 VP_E5 VP_E6 VP_E7 VP_E8 VP_E9 VP_E11 VP_E12 "
HEADS += "VP_E13 VP_N1 VP_N3 VP_N4 VP_N5 VP_N6"


def main(folder: Path) -> None:
    # Not at the top: pytest opens every file, and this import rounds all JSON after it.
    from clarity.data.scene_builder_cec2 import (
        RoomBuilder,
        SceneBuilder,
        set_random_seed,
    )

    set_random_seed(0)
    rooms = RoomBuilder()
    rooms.load(folder / "rooms.json")
    rooms.save_rooms(folder / "rooms_theirs.json")
    builder = SceneBuilder(
        rb=rooms,
        scene_datasets={
            "n_scenes": 2_000,
            "room_selection": "SEQUENTIAL",
            "scene_start_index": 1,
        },
        target={
            "target_speakers": folder / "target_speech_list.json",
            "target_selection": "SEQUENTIAL",
            "pre_samples_range": [66150, 88200],
            "post_samples_range": [44100, 44100],
        },
        interferer={
            "speech_interferers": folder / "masker_speech_list.json",
            "noise_interferers": folder / "masker_nonspeech_list.json",
            "music_interferers": folder / "masker_music_list.json",
            "number": [2, 3],
            "start_time_range": [0, 0],
            "end_early_time_range": [0, 0],
        },
        snr_range=[-12, 6],
        listener={
            "heads": HEADS.split(),
            "channels": ["ED", "BTE_fr", "BTE_mid", "BTE_rear"],
            "relative_start_time_range": [-28004, 38147],
            "duration_mean": 8820,
            "duration_sd": 441,
            "angle_initial_mean": 25,
            "angle_initial_sd": 5,
            "angle_final_range": [0, 10],
        },
        shuffle_rooms=False,
    )
    builder.instantiate_scenes(dataset="train")
    builder.save_scenes(folder / "scenes_theirs.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
