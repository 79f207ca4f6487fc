"""What the bundle is made of: the published files, and what is taken from each.

Speech labels (female, male) are LibriSpeech's own (SPEAKERS.TXT, as copied into the
metadata of LibriMix); the other publishers say nothing, so there is no label.
"""

from __future__ import annotations

ESC10 = (
    "https://github.com/karoldvl/ESC-10/raw/553c8f1743b9dba6b282e1323c3ca8fa76923448"
)
LIBROSA = "https://github.com/librosa/data/raw/450cdd8a002c98e7bdbfebb309fc1ed024001f77"
SURREY = (
    "https://github.com/IoSR-Surrey/RealRoomBRIRs/raw/"
    "b41d237c03d1fe535810954ac4a8496f4e88f8fc"
)
SONIC_PI = (
    "https://github.com/sonic-pi-net/sonic-pi/raw/"
    "c0002065a976b1355e7889f4aa96a1804e2b8119"
)
MYSOFA = (
    "https://github.com/hoene/libmysofa/raw/302b3fd025cc5105576a767a1e15483e116b8297"
)
BRAHMS = "Hungarian_Dance_number_5_-_Allegro_in_F_sharp_minor_(string_orchestra).hq.ogg"
TRUMPET = "sorohanro_-_solo-trumpet-06.hq.ogg"


def _pypi(project: str, filename: str, sha256: str) -> dict:
    return {"project": project, "filename": filename, "sha256": sha256}


def _url(address: str, filename: str, sha256: str) -> dict:
    return {"url": address, "filename": filename, "sha256": sha256}


ORIGINS = {
    "voxint": _pypi(
        "voxint",
        "voxint-0.51.0-py3-none-any.whl",
        "d35107c67274c2df1833edd30f5b4623ebf091993bbef828bbfc29b629694421",
    ),
    "inferencebench": _pypi(
        "inferencebench-voice",
        "inferencebench_voice-0.1.0-py3-none-any.whl",
        "e539f76faeca3dd86a3ce180af9a0b7c6e9b518b46d365b52a72af621b67283b",
    ),
    "voxtream": _pypi(
        "voxtream",
        "voxtream-0.2.5.tar.gz",
        "19a9c1f17951d6e8faa596ce038c0748a1324ecd3cb99897a2f1f911e0eb2b44",
    ),
    "pocketsphinx": _pypi(
        "pocketsphinx",
        "pocketsphinx-5.1.1.tar.gz",
        "675778b309a22dfc9b7d37f7621976bba491d2a5f8c59696bd77fd6d07271355",
    ),
    "pyclarity": _pypi(
        "pyclarity",
        "pyclarity-0.9.0.tar.gz",
        "58f78d2d02350abea0624b47b892a89f71ebbc33722c5511b67980b87f07c68b",
    ),
    "rain": _url(
        f"{ESC10}/002%20-%20Rain/1-21189-A.ogg",
        "1-21189-A.ogg",
        "4f2119c7a0f2b5b07641341c9a030c4c7052a1c8b036a2a0f4495f1878c2c8ac",
    ),
    "sea": _url(
        f"{ESC10}/003%20-%20Sea%20waves/4-182613-A.ogg",
        "4-182613-A.ogg",
        "8c0b0cfbaa41dc6cfa36c879c211fb3ba187b0d413e84cc564b3f3a28ed23bf3",
    ),
    "helicopter": _url(
        f"{ESC10}/007%20-%20Helicopter/3-150979-A.ogg",
        "3-150979-A.ogg",
        "0369bf45b4d68b6962ca284f1302a490c5ff74273fdcc490b447fbcd4f132413",
    ),
    "clock": _url(
        f"{ESC10}/005%20-%20Clock%20tick/3-142593-A.ogg",
        "3-142593-A.ogg",
        "021bf6b9777ad6a1638a2c68b073458cff438bc849386fac7553e92f70ca452c",
    ),
    "brahms": _url(
        f"{LIBROSA}/audio/{BRAHMS}",
        BRAHMS,
        "8e93ff0182a93168b15346c497b164cb49d2a97bf1e987a1149ea579e914532e",
    ),
    "trumpet": _url(
        f"{LIBROSA}/audio/{TRUMPET}",
        TRUMPET,
        "beb954ae2c9c16919b5ca6973d6d5196cdcb196b46a3c2a201dd8861e7e324de",
    ),
    "tabla": _url(
        f"{SONIC_PI}/etc/samples/loop_tabla.flac",
        "loop_tabla.flac",
        "7dbb7d6e216aece300700453c9734ecd6f56ec75dd56a5365c6a12194ed3ebab",
    ),
    "kemar": _url(
        f"{MYSOFA}/share/MIT_KEMAR_normal_pinna.sofa",
        "MIT_KEMAR_normal_pinna.sofa",
        "2768ac841213a7ae11d1ea7fd0f25a69b39216102dc5dd913ea6ba0f0dc57e28",
    ),
    "surrey": _url(
        f"{SURREY}/UniS_Room_A_BRIR_16k.sofa",
        "UniS_Room_A_BRIR_16k.sofa",
        "8a4e710e53ff751c32c674695ed1543f3f3f1a9d9fa93090c728ea08e71aee54",
    ),
}

# -- speech ----------------------------------------------------------------------------
LIBRISPEECH_CREDIT = (
    "LibriSpeech (V. Panayotov, G. Chen, D. Povey, S. Khudanpur), "
    "read by volunteers of LibriVox"
)
TEST_CLEAN = [  # speaker, sex in SPEAKERS.TXT, transcript
    ("1089", "male", "NUMBER TEN FRESH NELLY IS WAITING ON YOU GOOD NIGHT HUSBAND"),
    (
        "1188",
        "male",
        "BUT IN THIS VIGNETTE COPIED FROM TURNER YOU HAVE THE TWO PRINCIPLES BROUGHT "
        "OUT PERFECTLY",
    ),
    (
        "121",
        "female",
        "HAY FEVER A HEART TROUBLE CAUSED BY FALLING IN LOVE WITH A GRASS WIDOW",
    ),
    (
        "1221",
        "female",
        "PEARL SAW AND GAZED INTENTLY BUT NEVER SOUGHT TO MAKE ACQUAINTANCE",
    ),
    (
        "1284",
        "female",
        "AT THE EMERALD CITY WHERE OUR PRINCESS OZMA LIVES GREEN IS THE POPULAR COLOR",
    ),
    (
        "1320",
        "male",
        "LET US RETRACE OUR STEPS AND EXAMINE AS WE GO WITH KEENER EYES",
    ),
    (
        "1580",
        "female",
        "HE WAS STILL SUFFERING FROM THIS SUDDEN DISTURBANCE OF THE QUIET ROUTINE OF "
        "HIS LIFE",
    ),
    (
        "1995",
        "female",
        "FOR A WHILE SHE LAY IN HER CHAIR IN HAPPY DREAMY PLEASURE AT SUN AND BIRD AND "
        "TREE",
    ),
    (
        "2094",
        "female",
        "THAT'S THE WAY WITH YOU THAT'S THE ROAD YOU'D ALL LIKE TO GO HEADLONGS TO "
        "RUIN",
    ),
]
DEV_CLEAN_1272 = [  # utterance, member, transcript
    ("135031-0013", "ls-001", "INQUIRED SHAGGY IN THE METAL FOREST"),
    (
        "128104-0008",
        "ls-002",
        "AS FOR ETCHINGS THEY ARE OF TWO KINDS BRITISH AND FOREIGN",
    ),
    ("135031-0007", "ls-003", "HE EATS AND SLEEPS VERY STEADILY REPLIED THE NEW KING"),
    ("135031-0008", "ls-004", "I HOPE HE DOESN'T WORK TOO HARD SAID SHAGGY"),
    ("135031-0011", "ls-005", "NOT EXACTLY RETURNED KALIKO"),
]
COMMON_VOICE = [
    (
        "10119832",
        "We asked over twenty different people, and they all said it was his.",
    ),
    (
        "103675",
        "I'm never more aware of a room's acoustics than when I'm trying to enjoy a "
        "snack I have no intention of sharing.",
    ),
    (
        "10933823",
        "Sometimes I overthink things which leads me to postpone and ultimately never "
        "achieve the goal I had in mind.",
    ),
    ("120405", "He approached the mass and was surprised at the size and the shape."),
    ("1205005", "Roaming endlessly around the park, she wants to go home."),
    (
        "123125",
        "There's no danger, the boy said, when they had moved on past the encampment.",
    ),
]
AUSTEN = [
    (
        "0870",
        "and mister john dashwood had then leisure to consider how much there might be "
        "prudently in his power to do for them",
    ),
    ("0880", "he was not an ill disposed young man"),
    (
        "0890",
        "unless to be rather cold hearted and rather selfish is to be ill disposed",
    ),
    (
        "0920",
        "had he married a more a amiable woman he might have been made still more "
        "respectable than he was",
    ),
    ("0930", "he might even have been made amiable himself"),
]


def _speech(
    name: str, origin: str, member: str, speaker: str, text: str, **more
) -> dict:
    base = {"path": f"speech/{name}.flac", "origin": origin, "member": member}
    return base | {"speaker": speaker, "transcript": text, "split": "speech"} | more


LIBRISPEECH = {"licence": "CC BY 4.0", "credit": LIBRISPEECH_CREDIT}
SPEECH = [
    _speech(
        f"librispeech-{speaker}",
        "voxint",
        f"voxint/benchmark/assets/libri_{number:02d}_spk{speaker}.wav",
        f"librispeech-{speaker}",
        text,
        label=sex,
        **LIBRISPEECH,
    )
    for number, (speaker, sex, text) in enumerate(TEST_CLEAN, start=1)
]
SPEECH += [
    _speech(
        f"librispeech-1272-{utterance}",
        "inferencebench",
        f"inferencebench_voice/datasets/audio/{member}.wav",
        "librispeech-1272",
        text,
        label="male",
        **LIBRISPEECH,
    )
    for utterance, member, text in DEV_CLEAN_1272
]
SPEECH += [
    _speech(
        f"common-voice-{clip}",
        "voxtream",
        f"voxtream-0.2.5/assets/benchmark/common_voice_en_{clip}.wav",
        f"common-voice-{clip}",
        text,
        licence="CC0 1.0",
        credit="an unnamed volunteer of Mozilla Common Voice",
    )
    for clip, text in COMMON_VOICE
]
SPEECH += [
    _speech(
        f"librivox-austen-{part}",
        "pocketsphinx",
        "pocketsphinx-5.1.1/test/data/librivox/"
        f"sense_and_sensibility_01_austen_64kb-{part}.wav",
        "librivox-austen",
        text,
        licence="public domain (LibriVox); prepared for pocketsphinx, BSD-2-Clause",
        credit="a volunteer of LibriVox reading J. Austen, Sense and Sensibility, "
        "chapter 1; cut and transcribed for CMU Sphinx",
    )
    for part, text in AUSTEN
]

# -- noise and music -------------------------------------------------------------------
FREESOUND = "https://freesound.org/people"


def _sound(split: str, name: str, origin: str, label: str, **more) -> dict:
    base = {"path": f"{split}/{name}", "origin": origin, "member": None}
    return base | {"label": label, "split": split} | more


NOISE = [
    _sound(
        "noise",
        f"{origin}.ogg",
        origin,
        label,
        licence="CC0 1.0",
        credit=f"{title}, by {author}, {FREESOUND}/{author}/sounds/{number}/; "
        "cut for ESC-10 by K. J. Piczak",
    )
    for origin, label, author, title, number in (
        ("rain", "rain", "uberhuberman", "Louisiana Rain 1.wav", 21189),
        ("sea", "sea waves", "Carlvus", "CFX-20130331-UK-DorsetSeaBeach02.wav", 182613),
        ("helicopter", "helicopter", "soundingoffagain", "helicopter.wav", 150979),
        ("clock", "clock tick", "timgormly", "Ticking.aif", 142593),
    )
]
MUSIC = [
    _sound(
        "music",
        "brahms.ogg",
        "brahms",
        "string orchestra",
        licence="public domain",
        credit="J. Brahms, Hungarian Dance No. 5, US Army Strings, "
        "https://musopen.org/music/43805-hungarian-dance-no-5-in-f-sharp-minor-woo-1-"
        "string-orchestra-arr/; by way of librosa's example data",
    ),
    _sound(
        "music",
        "trumpet.ogg",
        "trumpet",
        "trumpet",
        licence="CC BY 4.0 (CC BY 3.0 when librosa copied it)",
        credit="Mihai Sorohan, solo trumpet 06 of Jazz Trumpet Loops Pack, "
        "https://freesound.org/s/77711/; by way of librosa's example data",
    ),
    _sound(
        "music",
        "tabla.flac",
        "tabla",
        "tabla",
        licence="CC0 1.0",
        credit=f"lezaarth, {FREESOUND}/lezaarth/sounds/242591/; "
        "by way of Sonic Pi (loop_tabla)",
    ),
]
AUDIO = [*SPEECH, *NOISE, *MUSIC]

# -- impulse responses and audiograms --------------------------------------------------
ARRAYS = [
    {
        "path": "hrir/kemar.npz",
        "origin": "kemar",
        "member": None,
        "azimuth_runs_clockwise": False,
        "label": "head-related impulse responses",
        "split": "hrir",
        "licence": "(c) 1994 MIT Media Laboratory: free with no restrictions on use, "
        "provided the authors are cited",
        "credit": "W. G. Gardner and K. D. Martin, HRTF measurements of a KEMAR "
        "dummy-head microphone, MIT Media Lab 1994; SOFA file by way of libmysofa",
    },
    {
        "path": "rooms/surrey-a.npz",
        "origin": "surrey",
        "member": None,
        "azimuth_runs_clockwise": True,
        "label": "binaural room impulse responses",
        "split": "room",
        "licence": "MIT, (c) 2016 Institute of Sound Recording",
        "credit": "C. Hummersone, Institute of Sound Recording, University of Surrey: "
        "office (room A), T60 0.32 s, Cortex head and torso, source at 1.5 m",
    },
]
TABLES = [
    {
        "path": "audiograms/clarity.json",
        "origin": "pyclarity",
        "member": "pyclarity-0.9.0/tests/test_data/metadata/listeners.json",
        "label": "pure-tone audiograms",
        "split": "audiograms",
        "licence": "MIT, (c) 2022 The PyClarity Team (the repository; see above)",
        "credit": "The Clarity Project: 83 listeners of the enhancement challenges",
    }
]

# -- words -----------------------------------------------------------------------------
CITATION = (
    "Panayotov et al., LibriSpeech, ICASSP 2015. Ardila et al., Common Voice, LREC "
    "2020. Piczak, ESC, ACM Multimedia 2015. Gardner and Martin, HRTF measurements of "
    "a KEMAR, JASA 97, 1995. Hummersone et al., IEEE TASLP 18(7), 2010."
)
INTRODUCTION = """\
# Where the bundled recordings come from

`data_manifests/samples.json` says the same for programs, and the files are built by
`data_manifests/make_samples.py`. Licences are those of each row, not clarity_lab's own.
Their texts: [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/),
[CC BY 3.0](https://creativecommons.org/licenses/by/3.0/),
[CC0 1.0](https://creativecommons.org/publicdomain/zero/1.0/); MIT and BSD are below.

What was done to them:

- Speech is packed as FLAC at its published rate; every sample is as published.
- Noises and music are the published files, byte for byte, under a shorter name.
- The SOFA files became npz with the same values: `ir` (directions, 2 ears, taps), left
  ear first; `azimuth_deg` anticlockwise (90 is left); `elevation_deg`; `distance_m`;
  `sample_rate_hz`. Surrey's file counts azimuth clockwise: the sign is turned.
- The audiograms are the published JSON, byte for byte.

What is not certain, and what we took it for:

- The six Common Voice clips come with transcripts, but the package that carries them
  says nothing of their licence; Common Voice releases all clips under CC0. It names no
  speakers: six clips are counted as six voices.
- inferencebench-voice says its clips are of LibriSpeech test-clean; speaker 1272 is in
  dev-clean. Both parts are CC BY 4.0.
- The note beside the trumpet in librosa's data, as we took it, says CC BY 3.0;
  librosa's documentation now says CC BY 4.0.
- The reader of the LibriVox chapter is not named in the package.
- The SOFA file of KEMAR has the field "No license provided, ask the author for
  permission"; the laboratory's own words are those in the table, and Debian
  distributes the file under them.
- pyclarity's MIT licence covers its repository and does not name the audiograms. They
  are anonymous, published there by the project that collected them, and bundled on
  that ground. To do without them, delete `audiograms/clarity.json`."""
LICENCE_TEXTS = [  # title, origin, member, where to stop
    (
        "MIT licence, of pyclarity (below) and of the Surrey room, there with "
        '"Copyright (c) 2016 Institute of Sound Recording"',
        "pyclarity",
        "pyclarity-0.9.0/LICENSE",
        "\0",
    ),
    (
        "BSD-2-Clause licence of pocketsphinx",
        "pocketsphinx",
        "pocketsphinx-5.1.1/LICENSE",
        "WebRTC VAD code",
    ),
]
