"""Scenes: rooms, talkers, noises and a turning head, and what the listener hears.

Lesson: 10_scene_rendering.
"""

from clarity_lab.scenes.building.building import build_scenes
from clarity_lab.scenes.building.own_sounds import (
    bundled_sounds,
    load_sound,
    loop,
    sounds_from_folder,
    sounds_from_table,
    write_sounds,
)
from clarity_lab.scenes.building.rules import CEC2, CEC2_ADDITIONAL, SceneRules
from clarity_lab.scenes.building.scene import (
    KINDS,
    MICROPHONES,
    SAMPLE_RATE,
    HeadTurn,
    Interferer,
    Scene,
    Target,
)
from clarity_lab.scenes.building.sounds import Sound, SoundList
from clarity_lab.scenes.clarity_files.rendered import (
    is_rendered,
    read_rendered,
    rendered_paths,
    write_rendered,
)
from clarity_lab.scenes.clarity_files.room_responses import (
    read_room_responses,
    write_room_responses,
)
from clarity_lab.scenes.clarity_files.rooms import read_rooms, write_rooms
from clarity_lab.scenes.clarity_files.rpf import (
    read_rpf,
    read_rpf_folder,
    room_from_rpf,
)
from clarity_lab.scenes.clarity_files.scenes import read_scenes, write_scenes
from clarity_lab.scenes.clarity_files.sound_lists import (
    audio_path,
    read_sound_lists,
    write_sound_lists,
)
from clarity_lab.scenes.rendering.brir import listen_in
from clarity_lab.scenes.rendering.head_turn import head_turn_path
from clarity_lab.scenes.rendering.rendering import RenderedScene, render_scene
from clarity_lab.scenes.rendering.speech_weighting import speech_weighted_snr_db
from clarity_lab.scenes.rooms.absorption import LIVING_ROOM, Absorption
from clarity_lab.scenes.rooms.decay_curve import arrival, energy_decay_db
from clarity_lab.scenes.rooms.random_rooms import random_room, random_rooms
from clarity_lab.scenes.rooms.room import SPEED_OF_SOUND_M_S, Room
from clarity_lab.scenes.rooms.room_measures import (
    clarity_db,
    direct_to_reverberant_db,
    reverberation_time_s,
)
from clarity_lab.scenes.rooms.room_responses import RoomResponses
from clarity_lab.scenes.rooms.simulation import absorption_for, simulate_responses
from clarity_lab.scenes.rooms.source import (
    Source,
    Vector,
    azimuth_of,
    bearing_deg,
    direction_deg,
    distance_m,
)
from clarity_lab.scenes.spatial.ambisonic_decoder import decode, decoder
from clarity_lab.scenes.spatial.ambisonics import ORDER, harmonics, rotate
from clarity_lab.scenes.spatial.binaural import move, place
from clarity_lab.scenes.spatial.equalisation import free_field_equalised
from clarity_lab.scenes.spatial.hrir import Head, kemar, read_head
from clarity_lab.scenes.spatial.interaural import ild_db, itd_s

__all__ = [
    "CEC2",
    "CEC2_ADDITIONAL",
    "KINDS",
    "LIVING_ROOM",
    "MICROPHONES",
    "ORDER",
    "SAMPLE_RATE",
    "SPEED_OF_SOUND_M_S",
    "Absorption",
    "Head",
    "HeadTurn",
    "Interferer",
    "RenderedScene",
    "Room",
    "RoomResponses",
    "Scene",
    "SceneRules",
    "Sound",
    "SoundList",
    "Source",
    "Target",
    "Vector",
    "absorption_for",
    "arrival",
    "audio_path",
    "azimuth_of",
    "bearing_deg",
    "build_scenes",
    "bundled_sounds",
    "clarity_db",
    "decode",
    "decoder",
    "direct_to_reverberant_db",
    "direction_deg",
    "distance_m",
    "energy_decay_db",
    "free_field_equalised",
    "harmonics",
    "head_turn_path",
    "ild_db",
    "is_rendered",
    "itd_s",
    "kemar",
    "listen_in",
    "load_sound",
    "loop",
    "move",
    "place",
    "random_room",
    "random_rooms",
    "read_head",
    "read_rendered",
    "read_room_responses",
    "read_rooms",
    "read_rpf",
    "read_rpf_folder",
    "read_scenes",
    "read_sound_lists",
    "render_scene",
    "rendered_paths",
    "reverberation_time_s",
    "room_from_rpf",
    "rotate",
    "simulate_responses",
    "sounds_from_folder",
    "sounds_from_table",
    "speech_weighted_snr_db",
    "write_rendered",
    "write_room_responses",
    "write_rooms",
    "write_scenes",
    "write_sound_lists",
    "write_sounds",
]
