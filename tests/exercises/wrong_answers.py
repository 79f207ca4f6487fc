"""For each check some answers that students really give, and that are wrong."""

import numpy as np

from clarity_lab.exercises.ex02_speech_features import solution_deltas as ex02_deltas

WRONG_ANSWERS: dict[str, list] = {
    # 00 start here
    "check_n_samples": [16_000, 8_000, 32, "32000"],
    "check_halve": [
        lambda samples: samples[: len(samples) // 2],
        lambda samples: samples - 0.5,
        lambda samples: np.multiply(samples, 0.5, out=samples),
        lambda samples: None,
    ],
    "check_fall_db": [-6.02, 3.01, 0.5, 20.0],
}

WRONG_ANSWERS |= {  # 01_sound_and_level
    "check_crest_factor_db": [
        lambda x: np.max(np.abs(x)) / np.sqrt(np.mean(x**2)),  # no dB
        lambda x: 10 * np.log10(np.max(np.abs(x)) / np.sqrt(np.mean(x**2))),
        lambda x: 20 * np.log10(np.sqrt(np.mean(x**2)) / np.max(np.abs(x))),
        lambda x: np.max(np.abs(x)),
        lambda x: 20 * np.log(np.max(np.abs(x)) / np.sqrt(np.mean(x**2))),  # natural
        lambda x: np.max(np.abs(x)) - 20 * np.log10(np.sqrt(np.mean(x**2))),
        lambda x: np.max(np.abs(x)) - np.sqrt(np.mean(x**2)),
        lambda x: 6.02,
        lambda x: None,
    ],
    "check_common_gain_db": [
        lambda a, b: -20 * np.log10(np.max(np.abs(a))),  # the first alone
        lambda a, b: 20 * np.log10(max(np.max(np.abs(a)), np.max(np.abs(b)))),
        lambda a, b: 1 / max(np.max(np.abs(a)), np.max(np.abs(b))),
        lambda a, b: -20 * np.log10(np.max(np.abs(b))),  # the second alone
        lambda a, b: -20 * np.log10(max(np.max(a), np.max(b))),  # no abs
        lambda a, b: -20 * np.log(max(np.max(np.abs(a)), np.max(np.abs(b)))),
    ],
    "check_combined_level_db": [
        lambda levels: sum(levels),
        lambda levels: np.mean(levels),
        lambda levels: 20 * np.log10(np.sum(10 ** (np.array(levels) / 20))),
        lambda levels: max(levels) + 3.01,  # right for two equal ones only
        lambda levels: max(levels) + 3,
        lambda levels: 10 * np.log(np.sum(10 ** (levels / 10))),  # natural
        lambda levels: np.log10(np.sum(10 ** (levels / 10))),  # bel
        lambda levels: np.sum(10 ** (levels / 10)),
    ],
    "check_rms_one_db_spl": [
        lambda x, spl: spl + 20 * np.log10(np.sqrt(np.mean(x**2))),
        lambda x, spl: spl - 20 * np.log10(np.max(np.abs(x))),  # peak
        lambda x, spl: spl - 10 * np.log10(np.sqrt(np.mean(x**2))),
        lambda x, spl: 94 - 20 * np.log10(np.sqrt(np.mean(x**2))),  # always 94
        lambda x, spl: spl - 20 * np.log(np.sqrt(np.mean(x**2))),  # natural
        lambda x, spl: spl / np.sqrt(np.mean(x**2)),
        lambda x, spl: spl - np.sqrt(np.mean(x**2)),
        lambda x, spl: spl / (20 * np.log10(np.sqrt(np.mean(x**2)))),
    ],
    "check_snr_db": [
        lambda together, noise: together - noise,
        lambda together, noise: (
            10 * np.log10(10 ** (together / 10) - 10 ** (noise / 10))
        ),
        lambda together, noise: (
            20 * np.log10(10 ** (together / 20) / 10 ** (noise / 20) - 1)
        ),
        lambda together, noise: 0.0,
        lambda together, noise: (  # a bracket is missing
            10
            * np.log10(10 ** (together / 10) - 10 ** (noise / 10) / 10 ** (noise / 10))
        ),
        lambda together, noise: 10 ** (together / 10) / 10 ** (noise / 10) - 1,
        lambda together, noise: 10 * np.log(10 ** ((together - noise) / 10) - 1),
    ],
}


def _cepstrum(frame):
    spectrum = np.abs(np.fft.rfft(frame * np.hanning(len(frame))))
    return np.fft.irfft(np.log(spectrum + 1e-6))


def _moved(table, n):
    """What lies n frames later less what lies n frames before, ends repeated."""
    padded = np.pad(table, [(0, 0), (n, n)], mode="edge")
    return padded[:, 2 * n :] - padded[:, : -2 * n]


WRONG_ANSWERS |= {  # 02_speech_features
    "check_n_frames": [
        lambda n, window, hop: (n - window) // hop,
        lambda n, window, hop: n // hop,
        lambda n, window, hop: 1 + n // hop,  # with padding
        lambda n, window, hop: 1 + (n - window) / hop,
        lambda n, window, hop: 1 + (n - window) // hop,  # -1 for a short sound
        lambda n, window, hop: n // window,
    ],
    "check_mel_to_hz": [
        lambda mel: 2595 * np.log10(1 + mel / 700),
        lambda mel: 700 * 10 ** (mel / 2595),
        lambda mel: 700 * (np.exp(mel / 2595) - 1),
        lambda mel: 700 * 10 ** (mel / 2595 - 1),
        lambda mel: 700 * 10 ** (mel / 2595) - 1,
        lambda mel: 700 * (10**mel / 2595 - 1),
        lambda mel: 10 ** (mel / 2595) - 1,
        lambda mel: 700 * (10 ** (float(mel) / 2595) - 1),  # no array
    ],
    "check_mfcc_distance": [
        lambda a, b: np.mean(np.linalg.norm(a - b, axis=0)),  # with C0
        lambda a, b: np.linalg.norm(a[1:] - b[1:]),
        lambda a, b: np.linalg.norm(a[1:] - b[1:], axis=0),
        lambda a, b: np.mean(np.sum((a[1:] - b[1:]) ** 2, axis=0)),
        lambda a, b: np.mean(np.abs(a[1:] - b[1:])),
        lambda a, b: np.sqrt(np.mean((a[1:] - b[1:]) ** 2)),
        lambda a, b: np.sqrt(np.mean(np.sum((a[1:] - b[1:]) ** 2, axis=0))),
        lambda a, b: np.mean(np.sum(np.abs(a[1:] - b[1:]), axis=0)),
        lambda a, b: np.sum(np.linalg.norm(a[1:] - b[1:], axis=0)),
        lambda a, b: np.mean(np.linalg.norm(a[1:] - b[1:], axis=1)),
        lambda a, b: 0.0,
    ],
    "check_deltas": [
        lambda table: np.diff(table),
        lambda table: np.gradient(table, axis=-1),  # one neighbour on each side
        lambda table: np.gradient(table, axis=0),
        lambda table: -ex02_deltas(table),
        lambda table: 10 * ex02_deltas(table),
        lambda table: 5 * ex02_deltas(table),
        lambda table: 25 * ex02_deltas(table),
        lambda table: _moved(table, 1) / 10,
        lambda table: (_moved(table, 1) + _moved(table, 2)) / 10,
        lambda table: 2 * ex02_deltas(table),
        lambda table: ex02_deltas(np.tile(table, 3))[:, 9:18],  # wraps around
    ],
    "check_pitch_hz": [
        lambda frame, rate: rate / (1 + np.argmax(_cepstrum(frame)[1:])),  # no limits
        lambda frame, rate: (
            rate / np.argmax(_cepstrum(frame)[rate // 400 : rate // 80])
        ),
        lambda frame, rate: (
            rate // 400 + np.argmax(_cepstrum(frame)[rate // 400 : rate // 80 + 1])
        ),
        lambda frame, rate: (
            16_000
            / (rate // 400 + np.argmax(_cepstrum(frame)[rate // 400 : rate // 80 + 1]))
        ),
        lambda frame, rate: (
            np.argmax(np.abs(np.fft.rfft(frame))) * rate / len(frame)  # the formant
        ),
    ],
}
