"""The CEC2 recipe beside pyclarity 0.9.0: the same files, the same scores."""

import json

import numpy as np
import pytest
from scipy.io import wavfile

from clarity_lab.hearing import read_listeners
from clarity_lab.recipes.cec2 import enhance, evaluate
from tests.recipes.small_cec2 import build, run

pytest.importorskip(
    "clarity",
    reason="the peer pyclarity 0.9.0 is not installed: "
    "python start.py test installs it",
)

RATE = 44_100
PAIRS = [("S00001", "L0091"), ("S00002", "L0004")]


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = tmp_path_factory.mktemp("cec2") / "recipe"
    build(root)
    for step in ("render", "enhance", "evaluate"):
        status, said = run(step, root)
        assert status == 0, said
    return root


@pytest.fixture(scope="module")
def listeners(root):
    """As the peer reads our file."""
    from clarity.utils.audiogram import Listener

    path = root / "clarity_data" / "metadata" / "listeners.json"
    return Listener.load_listener_dict(path)


def read(root, name):
    rate, samples = wavfile.read(root / "clarity_data" / "train" / "scenes" / name)
    assert rate == RATE
    return samples / 32768.0


def theirs_enhanced(mix, listener):
    """The steps of recipes/cec2/baseline/enhance.py with its config.yaml."""
    from clarity.enhancer.compressor import Compressor
    from clarity.enhancer.nalr import NALR

    nalr = NALR(nfir=220, sample_rate=RATE)
    settings = {"threshold": 0.35, "attenuation": 0.1, "attack": 50, "release": 1000}
    compressor = Compressor(fs=RATE, rms_buffer_size=0.064, **settings)
    ears = (listener.audiogram_left, listener.audiogram_right)
    aided = [
        compressor.process(nalr.apply(nalr.build(ear)[0], mix[:, n]))[0]
        for n, ear in enumerate(ears)
    ]
    return (32768.0 * np.tanh(np.stack(aided, axis=1))).astype(np.int16)


@pytest.mark.parametrize(("scene", "listener"), PAIRS)
def test_enhanced_files_are_the_same_sample_by_sample(root, listeners, scene, listener):
    theirs = theirs_enhanced(read(root, f"{scene}_mix_CH1.wav"), listeners[listener])
    folder = root / "exp" / "enhanced_signals"
    rate, ours = wavfile.read(enhance.enhanced_path(folder, scene, listener))
    assert rate == RATE
    assert ours.dtype == np.int16
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize(("scene", "name"), PAIRS)
def test_scores_are_those_of_the_challenges_evaluation(root, listeners, scene, name):
    from clarity.evaluator.haspi import haspi_v2_be

    anechoic = read(root, f"{scene}_target_anechoic_CH1.wav")
    target = read(root, f"{scene}_target_CH1.wav")
    rms = [np.mean(one**2, axis=0) ** 0.5 for one in (target, anechoic)]
    reference = anechoic * rms[0] / rms[1]
    path = enhance.enhanced_path(root / "exp" / "enhanced_signals", scene, name)
    heard = {
        "enhanced": wavfile.read(path)[1] / 32768.0,
        "unprocessed": read(root, f"{scene}_mix_CH1.wav"),
    }
    ours = evaluate.Evaluation(root, root / "exp").score_path(scene, name)
    ours = json.loads(ours.read_text(encoding="utf-8"))
    for system, sound in heard.items():
        np.random.seed(evaluate.seed_of(scene))  # noqa: NPY002
        theirs = haspi_v2_be(
            reference_left=reference[:, 0],
            reference_right=reference[:, 1],
            processed_left=sound[:, 0],
            processed_right=sound[:, 1],
            sample_rate=RATE,
            listener=listeners[name],
        )
        assert ours[system] == pytest.approx(theirs, abs=1e-5)


def test_the_peer_reads_our_listeners_as_we_do(root, listeners):
    path = root / "clarity_data" / "metadata" / "listeners.json"
    for name, ours in read_listeners(path).items():
        theirs = listeners[name].audiogram_left
        assert tuple(theirs.levels) == ours.left.thresholds_db_hl
