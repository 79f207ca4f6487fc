"""One tidy table for every set: tiny trees in each publisher's layout, real sounds."""

import json
import shutil
import sys

import pytest
import soundfile

from clarity_lab import manifests
from clarity_lab.manifests import DataError, MissingDataError, tables
from clarity_lab.manifests.layouts import LAYOUTS
from clarity_lab.manifests.places import SAMPLES, own_folders
from clarity_lab.manifests.tables import COLUMNS, table

SPEECH = SAMPLES / "speech" / "librispeech-1089.flac"


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """A folder of one's own, an empty cache, and nothing else."""
    folder = tmp_path / "own"
    folder.mkdir()
    monkeypatch.setenv("CLARITY_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("clarity_lab.manifests.places.own_folders", lambda: [folder])
    monkeypatch.setattr(tables, "own_folders", lambda: [folder])
    return folder


def sound(path):
    """Put a real utterance at a path, as FLAC or WAV."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".flac":
        shutil.copy(SPEECH, path)
    else:
        samples, rate = soundfile.read(SPEECH, dtype="int16")
        soundfile.write(path, samples, rate, format="WAV")


def text(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def rows(name, *columns, split=None):
    """The table as tuples of the named columns, NA as None, sorted."""
    frame = table(name, split)[list(columns)].astype(object)
    return sorted(frame.where(frame.notna(), None).itertuples(index=False, name=None))


# -- the table itself ------------------------------------------------------------------
def test_the_bundle_is_a_table_of_sounds_that_are_there():
    samples = table("samples")
    assert tuple(samples.columns) == COLUMNS
    assert all(path.is_file() and path.is_absolute() for path in samples.path)
    assert set(samples.split) == {"speech", "noise", "music"}
    assert set(samples.dataset) == {"samples"}
    assert (
        not samples[["sample_rate_hz", "duration_s", "licence"]].isna().any(axis=None)
    )


def test_a_split_is_a_part_of_the_whole_table():
    whole, noise = table("samples"), table("samples", split="noise")
    assert 0 < len(noise) < len(whole)
    assert set(noise.split) == {"noise"}


def test_an_unknown_split_is_told_which_there_are():
    with pytest.raises(DataError, match=r"music, noise, speech\), got 'train'"):
        table("samples", split="train")


def test_what_the_publisher_does_not_say_is_na(own):
    sound(own / "mine" / "a.wav")
    text(own / "mine" / "metadata.csv", "file,speaker", "a.wav,")
    mine = table("mine")
    assert mine[["speaker", "transcript", "label", "split"]].isna().all(axis=None)
    assert mine.sample_rate_hz[0] == 16_000
    assert mine.duration_s[0] == pytest.approx(5.2151, abs=1e-4)


def test_the_package_opens_the_table_without_its_module_being_named():
    assert manifests.table is table


@pytest.mark.parametrize("name", ["musdb18", "librispeech", "clarity-cec2", "meetings"])
def test_a_set_that_is_not_here_says_how_to_get_it(name, own):
    with pytest.raises(MissingDataError, match="found none of its sounds") as caught:
        table(name)
    message = str(caught.value)
    assert "clarity-lab data fetch" in message or "https://" in message
    assert str(own / name) in message


def test_weights_have_no_table():
    with pytest.raises(DataError, match=r"'ecapa' .* has no table"):
        table("ecapa")


def test_an_unknown_name_is_told_the_nearest():
    with pytest.raises(DataError, match="Did you mean 'librispeech'"):
        table("librispech")


def test_every_manifest_of_sounds_has_a_layout_that_exists():
    for name in manifests.names():
        layout = manifests.read(name).layout
        assert layout in {"", "files", *LAYOUTS}
        assert layout or manifests.read(name).kind != "audio"


def test_a_broken_sound_is_named_and_not_silently_left_out(own):
    broken = own / "fsdd" / "recordings" / "7_jackson_32.wav"
    text(broken, "no sound at all")
    with pytest.raises(DataError, match=r"7_jackson_32\.wav cannot be read"):
        table("fsdd")


def test_files_that_a_list_names_but_that_are_missing_are_left_out(own):
    sound(own / "mine" / "a.wav")
    text(own / "mine" / "metadata.csv", "file", "a.wav", "b.wav")
    assert [path.name for path in table("mine").path] == ["a.wav"]


# -- official layouts ------------------------------------------------------------------
def test_librispeech(own):
    chapter = own / "librispeech" / "LibriSpeech" / "test-clean" / "1089" / "134686"
    sound(chapter / "1089-134686-0000.flac")
    sound(chapter / "1089-134686-0001.flac")
    text(
        chapter / "1089-134686.trans.txt",
        "1089-134686-0000 HE HOPED THERE WOULD BE STEW",
        "1089-134686-0001 STUFF IT INTO YOU",
    )
    text(
        own / "librispeech" / "LibriSpeech" / "SPEAKERS.TXT",
        "; Some pipe(|) separated metadata about all the participating speakers",
        ";ID  |SEX| SUBSET           |MINUTES| NAME",
        "1089 | M | test-clean       |  8.03 | A Reader",
    )
    assert rows(
        "librispeech", "speaker", "transcript", "label", split="test-clean"
    ) == [
        ("1089", "HE HOPED THERE WOULD BE STEW", "male"),
        ("1089", "STUFF IT INTO YOU", "male"),
    ]
    assert set(table("librispeech").licence) == {"CC BY 4.0"}


def test_mini_librispeech_as_the_door_unpacks_it(own):
    part = own / "mini-librispeech" / "dev-clean-2" / "LibriSpeech" / "dev-clean-2"
    sound(part / "84" / "121123" / "84-121123-0000.flac")
    text(
        part / "84" / "121123" / "84-121123.trans.txt", "84-121123-0000 GO DO YOU HEAR"
    )
    assert rows("mini-librispeech", "speaker", "label", "split") == [
        ("84", None, "dev-clean-2")
    ]


def test_librimix(own):
    mode = own / "librimix" / "Libri2Mix" / "wav8k" / "min"
    mixture = "1089-134686-0000_121-127105-0031"
    sound(mode / "test" / "mix_clean" / f"{mixture}.wav")
    elsewhere = f"/elsewhere/test/mix_clean/{mixture}.wav"
    text(
        mode / "metadata" / "mixture_test_mix_clean.csv",
        "mixture_ID,mixture_path,source_1_path,source_2_path,length",
        f"{mixture},{elsewhere},/elsewhere/s1.wav,/elsewhere/s2.wav,41720",
    )
    assert rows("librimix", "speaker", "label", "split") == [
        ("1089 + 121", "mix_clean", "test")
    ]


def esc50_tree(folder):
    sound(folder / "ESC-50-master" / "audio" / "1-100032-A-0.wav")
    sound(folder / "ESC-50-master" / "audio" / "5-9032-A-36.wav")
    text(
        folder / "ESC-50-master" / "meta" / "esc50.csv",
        "filename,fold,target,category,esc10,src_file,take",
        "1-100032-A-0.wav,1,0,dog,True,100032,A",
        "5-9032-A-36.wav,5,36,vacuum_cleaner,False,9032,A",
    )


def test_esc50_has_folds_as_splits_and_the_licence_of_each_part(own):
    esc50_tree(own / "esc50")
    assert rows("esc50", "label", "split", "licence") == [
        ("dog", "1", "CC BY 3.0 (ESC-10)"),
        ("vacuum_cleaner", "5", "CC BY-NC 3.0"),
    ]


def test_esc10_is_the_free_part_of_esc50(own):
    esc50_tree(own / "esc10")
    assert rows("esc10", "dataset", "label", "split") == [("esc10", "dog", "1")]


def test_fsdd_takes_0_to_4_are_the_test_set(own):
    for name in ("7_jackson_4", "7_jackson_5", "0_theo_49"):
        sound(own / "fsdd" / "free-spoken-digit-1.0.9" / "recordings" / f"{name}.wav")
    assert rows("fsdd", "speaker", "transcript", "label", "split") == [
        ("jackson", "seven", "seven", "test"),
        ("jackson", "seven", "seven", "train"),
        ("theo", "zero", "zero", "train"),
    ]


def test_speechocean762(own):
    corpus = own / "speechocean762" / "speechocean762"
    sound(corpus / "WAVE" / "SPEAKER0001" / "000010011.WAV")
    text(corpus / "train" / "wav.scp", "000010011\tWAVE/SPEAKER0001/000010011.WAV")
    text(corpus / "train" / "text", "000010011\tWE CALL IT BEAR")
    text(corpus / "train" / "utt2spk", "000010011 0001")
    assert rows("speechocean762", "speaker", "transcript", "split") == [
        ("0001", "WE CALL IT BEAR", "train")
    ]


def test_real_m_reads_both_forms_of_its_session_lists(own):
    corpus = own / "real-m" / "REAL-M-v0.1.0"
    audio = corpus / "audio_files_converted_8000Hz"
    sound(audio / "session-7" / "a.wav")
    sound(audio / "early_collection1" / "b.wav")
    text(
        corpus / "transcriptions" / "session-7.csv",
        ",sentence1,sentence2,filename",
        "0,the first, the second ,a.wav",
    )
    text(
        corpus / "transcriptions" / "early_collection1.csv",
        "sentence1,sentence2,WorkerId,filename",
        "one,two,w1,b.mp3",
    )
    assert rows("real-m", "transcript", "label") == [
        ("one | two", "early_collection1"),
        ("the first | the second", "session-7"),
    ]


def test_cryceleb(own):
    corpus = own / "cryceleb" / "CryCeleb2023"
    sound(corpus / "audio" / "train" / "spk1" / "B" / "spk1_B_001.wav")
    text(
        corpus / "metadata.csv",
        "baby_id,period,duration,split,chronological_index,file_name",
        "spk1,B,0.9,train,001,audio/train/spk1/B/spk1_B_001.wav",
    )
    assert rows("cryceleb", "speaker", "label", "split") == [("spk1", "B", "train")]


def test_musdb18_as_stem_files_and_decoded(own):
    stems = own / "musdb18" / "musdb18" / "train" / "An Artist - A Song.stem.mp4"
    text(stems, "MP4 is not opened: its rate and duration are NA")
    song = own / "musdb18" / "musdb18hq" / "test" / "Another - Song"
    for stem in ("mixture", "vocals"):
        sound(song / f"{stem}.wav")
    found = rows("musdb18", "speaker", "label", "split", "sample_rate_hz")
    assert found == [
        ("An Artist", "stems", "train", None),
        ("Another", "mixture", "test", 16_000),
        ("Another", "vocals", "test", 16_000),
    ]


def test_clarity_cec2_has_the_snr_as_label_and_the_targets_words(own):
    data = own / "clarity-cec2" / "clarity_data"
    sound(data / "dev" / "scenes" / "S06001_mix_CH1.wav")
    target = {"name": "T010_G0N_02468", "time_start": 78260, "time_end": 243635}
    scene = {"dataset": "dev", "scene": "S06001", "target": target, "SNR": 2.558}
    text(data / "metadata" / "scenes.dev.json", json.dumps([scene]))
    prompt = {"prompt": "I am here.", "speaker": "T010", "wavfile": "T010_G0N_02468"}
    text(data / "metadata" / "target_speech_list.json", json.dumps([prompt]))
    assert rows("clarity-cec2", "speaker", "transcript", "label", "split") == [
        ("T010", "I am here.", 2.558, "dev")
    ]


def test_clarity_cpc1_has_the_share_of_words_understood_as_label(own):
    root = own / "clarity-cpc1"
    sound(root / "clarity_data" / "HA_outputs" / "test" / "S08520_L0216_E001.wav")
    answer = {"prompt": "or i won't come", "correctness": 14.28, "response": "for i am"}
    answers = [answer | {"signal": name} for name in ("S08520_L0216_E001", "absent")]
    text(root / "metadata" / "CPC1.test.json", json.dumps(answers))
    assert rows("clarity-cpc1", "transcript", "label", "split") == [
        ("or i won't come", 14.28, "test")
    ]


# -- one's own folders -----------------------------------------------------------------
def test_any_own_folder_with_a_metadata_csv_is_a_table(own):
    sound(own / "lab" / "takes" / "a.flac")
    text(
        own / "lab" / "metadata.csv",
        "file_name,client_id,sentence,class,split,license",
        "takes/a.flac,Ada,good morning,clean,train,CC0",
    )
    columns = ("dataset", "speaker", "transcript", "label", "split", "licence")
    assert rows("lab", *columns) == [
        ("lab", "Ada", "good morning", "clean", "train", "CC0")
    ]


def test_an_own_folder_whose_sounds_are_gone_says_so(own):
    text(own / "lab" / "metadata.csv", "file", "gone.wav")
    with pytest.raises(MissingDataError, match="no file of its table is there"):
        table("lab")


def test_a_collection_stands_in_for_a_set_that_is_not_here(own):
    for name in ("fsdd/a.wav", "other/b.wav"):
        sound(own / "speech" / name)
    text(
        own / "speech" / "metadata.csv",
        "file,source,speaker,transcript,split",
        "fsdd/a.wav,FSDD,george,zero,train",
        "other/b.wav,LJSpeech 1.1,lj,words,train",
    )
    assert rows("fsdd", "dataset", "speaker", "label") == [("fsdd", "george", "zero")]


def test_the_official_set_comes_before_a_collection(own):
    test_a_collection_stands_in_for_a_set_that_is_not_here(own)
    sound(own / "fsdd" / "recordings" / "7_jackson_32.wav")
    assert rows("fsdd", "speaker") == [("jackson",)]


def test_a_collection_gives_esc10_with_its_folds_as_splits(own):
    sound(own / "sounds" / "esc10" / "1-100032-A-0.ogg")
    sound(own / "sounds" / "noise" / "kitchen.wav")
    text(
        own / "sounds" / "metadata.csv",
        "file,class,fold,split",
        "esc10/1-100032-A-0.ogg,dog,1,train",
        "noise/kitchen.wav,kitchen,,train",
    )
    assert rows("esc10", "label", "split") == [("dog", "1")]


def test_without_pandas_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(DataError, match="python -m pip install pandas"):
        table("samples", split="speech")


# -- the lab's shared folder, where there is one ---------------------------------------
@pytest.mark.parametrize(
    ("name", "speakers", "labels"),
    [("fsdd", 6, 10), ("esc10", 0, 10), ("speechocean762", 100, 0)],
)
def test_the_folder_beside_the_checkout_is_read(name, speakers, labels, monkeypatch):
    beside = [f for f in own_folders() if f.parts[-2:] == ("shared", "data")]
    if not beside:
        pytest.skip("no ../shared/data beside the checkout: a lab may have none")
    monkeypatch.setattr("clarity_lab.manifests.places.own_folders", lambda: beside)
    monkeypatch.setattr(tables, "own_folders", lambda: beside)
    found = table(name)
    assert len(found) >= 100
    assert found.speaker.nunique() == speakers
    assert found.label.nunique() == labels
    assert found.duration_s.between(0.05, 60).all()
