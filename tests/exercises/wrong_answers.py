"""For each check some answers that students really give, and that are wrong."""

from collections import Counter, defaultdict
from heapq import nlargest
from itertools import groupby

import numpy as np

from clarity_lab.audio import level_dbfs, set_level
from clarity_lab.exercises.ex02_speech_features import solution_deltas as ex02_deltas
from clarity_lab.exercises.ex14_music_quality import (
    solution_as_loud_as as ex14_as_loud_as,
)
from clarity_lab.exercises.ex20_ctc import solution_collapse as ex20_collapse
from clarity_lab.exercises.ex20_ctc import solution_forward as ex20_forward
from clarity_lab.exercises.ex20_ctc import solution_greedy as ex20_greedy
from clarity_lab.exercises.ex22_decoding_and_wer import (
    solution_back_off as ex22_back_off,
)
from clarity_lab.exercises.ex22_decoding_and_wer import (
    solution_error_counts as ex22_error_counts,
)
from clarity_lab.hearing import apply_nalr, cec2_hearing_aid
from clarity_lab.metrics import haaqi

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

WRONG_ANSWERS |= {  # 11_hearing_loss
    "check_pure_tone_average": [
        lambda hz, db_hl: np.mean(db_hl),
        lambda hz, db_hl: np.sum(db_hl[1:5]),
        lambda hz, db_hl: np.mean(db_hl[1:5]),  # by place
        lambda hz, db_hl: np.mean(db_hl[:4]),
        lambda hz, db_hl: np.mean(db_hl[-4:]),
        lambda hz, db_hl: np.mean(db_hl[hz >= 2000]),
        lambda hz, db_hl: np.mean(db_hl[(hz >= 500) & (hz <= 2000)]),
        lambda hz, db_hl: np.median(db_hl[(hz >= 500) & (hz <= 4000)]),
        lambda hz, db_hl: np.mean(db_hl * np.isin(hz, [500, 1000, 2000, 4000])),
        lambda hz, db_hl: np.mean(np.isin(hz, [500, 1000, 2000, 4000])),
        lambda hz, db_hl: db_hl[np.isin(hz, [500, 1000, 2000, 4000])],  # no mean
    ],
    "check_threshold_between": [
        lambda f, hz, db_hl: np.interp(f, hz, db_hl),
        lambda f, hz, db_hl: np.interp(f, np.log2(hz), db_hl),  # log2 of one alone
        lambda f, hz, db_hl: np.interp(np.log2(f), hz, db_hl),
        lambda f, hz, db_hl: db_hl[0],
        lambda f, hz, db_hl: np.mean(db_hl),  # right for 1 kHz by chance
        lambda f, hz, db_hl: np.polyval(np.polyfit(np.log2(hz), db_hl, 1), np.log2(f)),
    ],
    "check_attenuation_db": [
        lambda level, hl: hl,
        lambda level, hl: 105 - 105 / (105 - hl) * (105 - level),
        lambda level, hl: 105 / (105 - hl) * (105 - level),
        lambda level, hl: (1 - 105 / (105 - hl)) * (105 - level),
        lambda level, hl: 105 / (105 - hl),
        lambda level, hl: (1 - (105 - hl) / 105) * (105 - level),
        lambda level, hl: ((105 - hl) / 105 - 1) * (105 - level),  # r turned over
        lambda level, hl: min(0, (105 / (105 - hl) - 1) * (105 - level)),
        lambda level, hl: (105 / (105 - hl) - 1) * (105 - level),  # above 105: gain
    ],
    "check_calibration_db_spl": [
        lambda samples, spl: spl + 20 * np.log10(np.sqrt(np.mean(samples**2))),
        lambda samples, spl: spl - 10 * np.log10(np.sqrt(np.mean(samples**2))),
        lambda samples, spl: spl - 20 * np.log10(np.max(np.abs(samples))),
        lambda samples, spl: spl - 20 * np.log(np.sqrt(np.mean(samples**2))),
        lambda samples, spl: spl - np.sqrt(np.mean(samples**2)),
        lambda samples, spl: spl - 20 * np.log10(np.sqrt(np.sum(samples**2))),
        lambda samples, spl: spl - 20 * np.log10(np.mean(samples**2)),
        lambda samples, spl: 20 * np.log10(np.sqrt(np.mean(samples**2))) - spl,
        lambda samples, spl: 92.0,
        lambda samples, spl: 100.0,
        lambda samples, spl: spl,
    ],
}


def _ex14_score(estimate, reference, sample_rate, ear):
    return haaqi(estimate, reference=reference, sample_rate=sample_rate, audiogram=ear)


def _ex14_aided(samples, sample_rate, ear):
    return apply_nalr(samples, sample_rate=sample_rate, audiogram=ear)


WRONG_ANSWERS |= {  # 14_music_quality
    "check_least_bothered": ["healthy", "n3", "N3", "the steep one", 3, None],
    "check_haaqi_score": [
        lambda nl, lin: 0.336 * nl + 0.001 * lin + 0.501 * nl + 0.161 * lin,
        lambda nl, lin: 0.336 * lin + 0.001 * nl + 0.501 * lin**2 + 0.161 * nl**2,
        lambda nl, lin: 0.336 * nl + 0.001 * lin,
        lambda nl, lin: 0.501 * nl**2 + 0.161 * lin**2,
        lambda nl, lin: (
            0.336 * nl + 0.001 * lin + (0.501 * nl) ** 2 + (0.161 * lin) ** 2
        ),
        lambda nl, lin: 0.336 * nl + 0.001 * lin + 0.501 * lin**2 + 0.161 * nl**2,
        lambda nl, lin: 0.336 * lin + 0.001 * nl + 0.501 * nl**2 + 0.161 * lin**2,
        lambda nl, lin: nl * lin,
        lambda nl, lin: 0.39714,  # always the same
        lambda nl, lin: None,
    ],
    "check_as_loud_as": [
        lambda y, x: y,
        lambda y, x: y * np.max(np.abs(x)) / np.max(np.abs(y)),
        lambda y, x: y * np.mean(x**2) / np.mean(y**2),
        lambda y, x: y * np.sqrt(np.mean(y**2) / np.mean(x**2)),
        lambda y, x: y * np.sqrt(np.sqrt(np.mean(x**2) / np.mean(y**2))),
        lambda y, x: np.sqrt(np.mean(x**2) / np.mean(y**2)),
        lambda y, x: x * np.sqrt(np.mean(y**2) / np.mean(x**2)),
        lambda y, x: x,
        lambda y, x: y[:2] * 4,
        lambda y, x: None,  # y *= ... and no return
        lambda y, x: y * 20 * np.log10(np.sqrt(np.mean(x**2) / np.mean(y**2))),
        lambda y, x: y + 20 * np.log10(np.sqrt(np.mean(x**2) / np.mean(y**2))),
        lambda y, x: set_level(y, float(level_dbfs(x))),  # without the name
    ],
    "check_fair_haaqi": [
        _ex14_score,
        lambda y, x, rate, ear: _ex14_score(
            y * np.sqrt(np.mean(x**2) / np.mean(y**2)), x, rate, ear
        ),
        lambda y, x, rate, ear: _ex14_score(_ex14_aided(y, rate, ear), x, rate, ear),
        lambda y, x, rate, ear: _ex14_score(
            ex14_as_loud_as(_ex14_aided(y, rate, ear), x), x, rate, ear
        ),
        lambda y, x, rate, ear: _ex14_score(
            x, _ex14_aided(ex14_as_loud_as(y, x), rate, ear), rate, ear
        ),
        lambda y, x, rate, ear: 0.5,
        lambda y, x, rate, ear: None,
        lambda y, x, rate, ear: _ex14_score(apply_nalr(y, rate, ear), x, rate, ear),
        lambda y, x, rate, ear: haaqi(y, x, rate, ear),
    ],
}

WRONG_ANSWERS |= {  # 12_hearing_aid
    "check_compression_ratio": [
        lambda a, b, c, d: (d - b) / (c - a),  # upside down
        lambda a, b, c, d: (a - c) / (d - b),
        lambda a, b, c, d: (b - a) / (d - c),  # of the gains
        lambda a, b, c, d: d / c,
        lambda a, b, c, d: c - a,
        lambda a, b, c, d: (b - a) - (d - c),
        lambda a, b, c, d: 2.0,
    ],
    "check_output_db_spl": [
        lambda level, gain, knee, ratio: gain + knee + (level - knee) / ratio,  # always
        lambda level, gain, knee, ratio: level + gain,
        lambda level, gain, knee, ratio: gain - (1 - 1 / ratio) * max(level - knee, 0),
        lambda level, gain, knee, ratio: level + gain - max(level - knee, 0) / ratio,
        lambda level, gain, knee, ratio: (
            level + gain if level <= knee else level / ratio + gain
        ),
        lambda level, gain, knee, ratio: level - (1 - 1 / ratio) * max(level - knee, 0),
        lambda level, gain, knee, ratio: (  # the sign
            level + gain + (1 - 1 / ratio) * max(level - knee, 0)
        ),
        lambda level, gain, knee, ratio: (  # the knee behind the gain
            level + gain - (1 - 1 / ratio) * max(level + gain - knee, 0)
        ),
    ],
    "check_attack_ms": [
        lambda gain, rate: ex12_attack_ms(gain, rate) / 1000,  # in s
        lambda gain, rate: 1000 * np.argmax(gain <= (gain[0] + gain[-1]) / 2) / rate,
        lambda gain, rate: 1000 * np.argmax(gain <= 0.63 * gain[-1]) / rate,  # from 0
        lambda gain, rate: ex12_attack_ms(gain, rate) * rate / 1000,  # in samples
        lambda gain, rate: ex12_attack_ms(gain, rate, share=0.37),
        lambda gain, rate: 1000 * np.argmax(gain >= 0.63 * gain[-1]) / rate,
        lambda gain, rate: 1000 * len(gain) / rate,
        lambda gain, rate: ex12_attack_ms(10 ** (gain / 20), rate),  # of the factor
        lambda gain, rate: ex12_attack_ms(10 ** (gain / 10), rate),  # of the power
        lambda gain, rate: np.where(gain <= gain[0] + 0.63 * (gain[-1] - gain[0]))[0],
    ],
    "check_aid_at_level": [
        lambda x, level, one, aid: aid(x),  # as the file is
        lambda x, level, one, aid: ex12_at(aid(x), level - one),  # gain taken away
        lambda x, level, one, aid: ex12_at(aid(ex12_at(x, level - one)), level - one),
        lambda x, level, one, aid: ex12_at(x, level - one),  # no aid
        lambda x, level, one, aid: aid(x) * ex12_factor(x, level - one),
        lambda x, level, one, aid: aid(ex12_at(x, level - 100)),
        lambda x, level, one, aid: aid(  # by the peak
            x / np.max(np.abs(x)) * 10 ** ((level - one) / 20)
        ),
        lambda x, level, one, aid: aid(ex12_at(x, 2 * (level - one))),  # 10 for 20
        lambda x, level, one, aid: aid(x * ex12_factor(x, level - one) ** 2),
        lambda x, level, one, aid: aid(x * 10 ** ((level - one) / 20)),
        lambda x, level, one, aid: x,
        lambda x, level, one, aid: None,
    ],
}


def ex12_attack_ms(gain, rate, share=0.632):
    """When this share of the way is gone."""
    return 1000 * np.argmax(gain <= gain[0] + share * (gain[-1] - gain[0])) / rate


def ex12_factor(samples, level_dbfs):
    """Amplitude factor that brings a sound to a level."""
    return 10 ** (level_dbfs / 20) / np.sqrt(np.mean(samples**2))


def ex12_at(samples, level_dbfs):
    """A sound at a level."""
    return samples * ex12_factor(samples, level_dbfs)


WRONG_ANSWERS |= {  # 13_intelligibility
    "check_haspi_level": [
        lambda x, level: level,
        lambda x, level: level + 10 * np.log10(np.mean(x**2)),
        lambda x, level: level - 20 * np.log10(np.max(np.abs(x))),  # peak
        lambda x, level: level - 10 * np.log10(np.sqrt(np.mean(x**2))),
        lambda x, level: level - 20 * np.log10(np.mean(np.abs(x))),
        lambda x, level: level - 20 * np.log10(np.mean(x**2)),  # no root
        lambda x, level: level + 34,
        lambda x, level: level - 20 * np.log(np.sqrt(np.mean(x**2))),  # natural
        lambda x, level: 10 * np.log10(np.mean(x**2)),
        lambda x, level: 65 - 10 * np.log10(np.mean(x**2)),  # always 65
    ],
    "check_correlation": [
        lambda x, y: abs(x @ y) / np.sqrt((x @ x) * (y @ y)),  # means left in
        lambda x, y: np.corrcoef(x, y)[0, 1],  # with its sign
        lambda x, y: np.corrcoef(x, y)[0, 1] ** 2,
        lambda x, y: abs((x - x.mean()) @ (y - y.mean())),
        lambda x, y: 1.0,
        lambda x, y: np.max(np.abs(x - y)),
    ],
    "check_mean_better_ear": [
        lambda scores: np.mean(scores),
        lambda scores: np.max(np.mean(scores, axis=0)),
        lambda scores: np.mean(scores[:, 0]),
        lambda scores: np.max(scores),
        lambda scores: np.mean(np.max(scores, axis=0)),
        lambda scores: np.sum(np.max(scores, axis=-1)),
        lambda scores: np.mean(np.min(scores, axis=-1)),
        lambda scores: np.max(scores, axis=-1),
        lambda scores: 1.0,
    ],
    "check_words_percent": [
        lambda haspi, midpoint, slope: 1 / (1 + np.exp(-slope * (haspi - midpoint))),
        lambda haspi, midpoint, slope: 100 / (1 + np.exp(-slope * haspi - midpoint)),
        lambda haspi, midpoint, slope: 100 / (1 + np.exp(slope * (haspi - midpoint))),
        lambda haspi, midpoint, slope: 50.0,
        lambda haspi, slope, midpoint: 100 / (1 + np.exp(-slope * (haspi - midpoint))),
        lambda haspi, midpoint, slope: (  # one number alone
            100 / (1 + np.exp(-slope * (float(np.ravel(haspi)[0]) - midpoint)))
        ),
    ],
    "check_may_train": [
        lambda system, listener, s, who: ~((system == s) & (listener == who)),
        lambda system, listener, s, who: system != s,
        lambda system, listener, s, who: listener != who,
        lambda system, listener, s, who: (system == s) & (listener == who),
        lambda system, listener, s, who: (system == s) | (listener == who),
        lambda system, listener, s, who: np.ones(len(system), bool),
        lambda system, listener, s, who: (system != "A") & (listener != "1"),
        lambda system, listener, s, who: [3],
    ],
}


def ex10_scaled(target, interferer, snr_db, ear=np.max, sign=1, per=20):
    """An interferer scaled by one choice of ear, sign and kind of decibel."""
    powers = [np.mean(np.square(sound), axis=-1) for sound in (target, interferer)]
    own_db = ear(10 * np.log10(powers[0] / powers[1]))
    return interferer * 10 ** (sign * (own_db - snr_db) / per)


def ex10_loudest(target, of_target, interferer, of_interferer):
    """RMS of two sounds, divided, each at an ear of its own."""
    rms = [np.sqrt(np.mean(sound**2, axis=-1)) for sound in (target, interferer)]
    return of_target(rms[0]) / of_interferer(rms[1])


def ex10_turned(
    field, angle_deg, order=(0, 1, 2, 3), radians=np.radians, signs=(1, -1)
):
    """A first-order field, turned with one thing wrong."""
    w, y, z, x = field
    c, s = np.cos(radians(angle_deg)), np.sin(radians(angle_deg))
    turned = np.stack([w, c * y + signs[0] * s * x, z, c * x + signs[1] * s * y])
    return turned[list(order)]


WRONG_ANSWERS |= {  # 10_scene_rendering
    "check_delay_samples": [
        lambda metres, rate: metres / 344,  # in s
        lambda metres, rate: metres / 340 * rate,
        lambda metres, rate: metres / 343 * rate,
        lambda metres, rate: metres * rate,
        lambda metres, rate: 344 / metres * rate,
        lambda metres, rate: metres / 344 / rate,
        lambda metres, rate: int(metres / 344 * rate),
        lambda metres, rate: round(metres / 344 * rate + 1e-9),
        lambda metres, rate: 10.0,
    ],
    "check_itd_us": [
        lambda deg, r: 1e6 * r / 344 * (deg + np.sin(deg)),
        lambda deg, r: 1e6 * r / 344 * (deg + np.sin(np.radians(deg))),
        lambda deg, r: 1e6 * r / 344 * (np.radians(deg) + np.sin(deg)),
        lambda deg, r: r / 344 * (np.radians(deg) + np.sin(np.radians(deg))),
        lambda deg, r: 1e6 * r / 344 * np.sin(np.radians(deg)),
        lambda deg, r: 1e6 * 2 * r / 344 * np.sin(np.radians(deg)),
        lambda deg, r: 1e6 * 3 * r / 344 * np.sin(np.radians(deg)),
        lambda deg, r: 1e6 * r / 344 * np.radians(deg),
        lambda deg, r: 1e6 * r / 344 * np.radians(deg) + np.sin(np.radians(deg)),
        lambda deg, r: -1e6 * r / 344 * (np.radians(deg) + np.sin(np.radians(deg))),
        lambda deg, r: 2e6 * r / 344 * (np.radians(deg) + np.sin(np.radians(deg))),
        lambda deg, r: 1e6 * r / 344 * abs(np.radians(deg) + np.sin(np.radians(deg))),
        lambda deg, r: 1e6 * 0.0875 / 344 * (np.radians(deg) + np.sin(np.radians(deg))),
    ],
    "check_t30_s": [
        lambda db, rate: (np.argmax(db <= -35) - np.argmax(db <= -5)) / rate,
        lambda db, rate: 2 * (np.argmax(db <= -35) - np.argmax(db <= -5)),
        lambda db, rate: 2 * np.argmax(db <= -35) / rate,
        lambda db, rate: np.argmax(db <= -60) / rate,
        lambda db, rate: np.argmax(db <= -35) / rate,
        lambda db, rate: 2 * (np.argmax(db <= -30)) / rate,
        lambda db, rate: 2 * (np.argmax(db <= -5) - np.argmax(db <= -35)) / rate,
        lambda db, rate: 3 * (np.argmax(db <= -25) - np.argmax(db <= -5)) / rate,
        lambda db, rate: 2 * (np.argmax(db > -35) - np.argmax(db > -5)) / rate,
        lambda db, rate: 2 * (np.argmax(db <= -35) - np.argmax(db <= -5)) / 1000,
    ],
    "check_interferer_at_snr": [
        lambda t, i, snr: ex10_scaled(t, i, snr, ear=np.min),
        lambda t, i, snr: ex10_scaled(t, i, snr, ear=np.mean),
        lambda t, i, snr: i * ex10_loudest(t, np.max, i, np.max) * 10 ** (-snr / 20),
        lambda t, i, snr: i * ex10_loudest(t, np.max, i, np.min) * 10 ** (-snr / 20),
        lambda t, i, snr: ex10_scaled(t, i, snr, sign=-1),
        lambda t, i, snr: ex10_scaled(t, i, snr, per=10),
        lambda t, i, snr: ex10_scaled(t, i, -snr),
        lambda t, i, snr: ex10_scaled(t, i, snr, ear=lambda own_db: own_db[:, None]),
        lambda t, i, snr: t + ex10_scaled(t, i, snr),
        lambda t, i, snr: ex10_scaled(t, i, snr)[0],
        lambda t, i, snr: i * 10 ** (-snr / 20),
        lambda t, i, snr: i * np.sqrt(np.sum(t**2) / np.sum(i**2)) * 10 ** (-snr / 20),
        lambda t, i, snr: i,
    ],
    "check_turn_field": [
        lambda field, deg: ex10_turned(field, deg, signs=(-1, 1)),  # to the right
        lambda field, deg: ex10_turned(field, deg, radians=np.asarray),
        lambda field, deg: ex10_turned(field, deg, order=(0, 3, 2, 1)),
        lambda field, deg: ex10_turned(field, deg, signs=(1, 1)),
        lambda field, deg: field * np.cos(np.radians(deg)),
        lambda field, deg: np.stack(  # rotates Z as well
            [field[0], field[3], -field[2], -field[1]]
        ),
        lambda field, deg: field[:3],
        lambda field, deg: field,
    ],
}


def ex90_rms(sound):
    """RMS of each ear."""
    return np.sqrt(np.mean(sound**2, axis=-1, keepdims=True))


def ex90_aided(mix, listener, gain=1.0):
    """The baseline of the challenge, by the solution's own last step."""
    return cec2_hearing_aid(gain * mix, sample_rate=44_100, audiogram=listener)


WRONG_ANSWERS |= {  # 90_whole_chain
    "check_match_level": [
        lambda a, t: a * np.sqrt(np.mean(t**2) / np.mean(a**2)),  # one factor
        lambda a, t: t,
        lambda a, t: a * np.max(np.abs(t), -1, keepdims=True) / np.max(a, -1)[:, None],
        lambda a, t: a * (ex90_rms(t) / ex90_rms(a)) ** 2,
        lambda a, t: a * ex90_rms(a) / ex90_rms(t),
        lambda a, t: ex90_rms(t) / ex90_rms(a),
        lambda a, t: a,
        lambda a, t: a * np.mean(np.abs(t), -1, keepdims=True),
        lambda a, t: t * ex90_rms(a) / ex90_rms(t),
        lambda a, t: a * (np.std(t, axis=-1) / np.std(a, axis=-1))[:, None],
    ],
    "check_both_summed": [
        lambda mix: np.stack([mix[0] + mix[1]] * 2),
        lambda mix: np.stack([mix[0] - mix[1]] * 2) / 2,
        lambda mix: mix.mean(axis=0),
        lambda mix: np.stack([mix.mean(axis=0)] * 2, axis=1),
        lambda mix: mix[::-1],
        lambda mix: mix,
        lambda mix: np.repeat(mix.mean(axis=1, keepdims=True), 3, axis=1),
        lambda mix: np.stack([mix[0]] * 2),
        lambda mix: np.stack([mix.sum(axis=0) / np.sqrt(2)] * 2),
        lambda mix: mix.__iadd__(mix[::-1]).__itruediv__(2)[::-1] * 1.0,  # in place
    ],
    "check_noise_gain": [
        lambda p, n, floor: 1 - n / p,
        lambda p, n, floor: np.maximum(p / (p + n), floor),
        lambda p, n, floor: np.maximum(n / p, floor),
        lambda p, n, floor: np.maximum(1 - n / p, 0),
        lambda p, n, floor: np.ones(len(p)),
        lambda p, n, floor: np.maximum(1 - n / p, 0) + floor,
        lambda p, n, floor: np.maximum(1 - p / n, floor),
        lambda p, n, floor: np.sqrt(np.maximum(1 - n / p, floor**2)),
        lambda p, n, floor: np.maximum(1 - n / p, floor),  # NaN in silence
        lambda p, n, floor: np.where(p > n, 1 - n / p, 0.2) * (p > 0) + 0.2 * (p == 0),
        lambda p, n, floor: 0.5,
    ],
    "check_gain_and_error": [
        lambda s, o: (np.mean(o - s), 0.1),
        lambda s, o: (np.max(s - o), 0.1),
        lambda s, o: (np.mean(s - o), np.std((s - o).mean(1), ddof=1)),
        lambda s, o: (np.mean(s - o), np.std((s - o).mean(1)) / np.sqrt(3)),
        lambda s, o: (np.mean(s - o), np.std(s - o, ddof=1) / np.sqrt(6)),
        lambda s, o: (np.mean(s - o), np.std(s - o) / np.sqrt(6)),
        lambda s, o: (np.mean(s - o), np.var((s - o).mean(1), ddof=1) / 3),
        lambda s, o: (np.mean(s - o), 0.0),
        lambda s, o: (np.mean(s - o), np.std((s - o).mean(1), ddof=1) / 3),
        lambda s, o: (np.mean(s - o), np.std((s - o).mean(0), ddof=1) / np.sqrt(2)),
        lambda s, o: np.mean(s - o),
        lambda s, o: None,
    ],
    "check_enhance": [
        lambda mix, *, sample_rate, listener: None,
        lambda mix, *, sample_rate, listener: mix[0],
        lambda mix, *, sample_rate, listener: mix.T,
        lambda mix, *, sample_rate, listener: mix[:, ::2],
        lambda mix, *, sample_rate, listener: np.round(mix).astype(int),
        lambda mix, *, sample_rate, listener: mix + 0j,
        lambda mix, *, sample_rate, listener: mix * np.nan,
        lambda mix, *, sample_rate, listener: 100 * mix,
        lambda mix, *, sample_rate, listener: 0 * mix,
        lambda mix, *, sample_rate, listener: mix,
        lambda mix, *, sample_rate, listener: ex90_aided(mix, listener),
        lambda mix, *, sample_rate, listener: ex90_aided(mix, listener, 2.0),
    ],
}


def ex20_paths(skips=True, doubles=False, starts=2, ends=2):
    """The forward recursion with one thing wrong."""

    def forward(given, labels):
        states = [0]
        for label in labels:
            states += [label, 0]
        alpha = np.zeros(len(states))
        alpha[:starts] = given[0, states[:starts]]
        for frame in given[1:]:
            before, alpha = alpha, alpha.copy()
            alpha[1:] += before[:-1]
            for s in range(2, len(states)):
                allowed = states[s] and (doubles or states[s] != states[s - 2])
                if skips and allowed:
                    alpha[s] += before[s - 2]
            alpha = alpha * frame[states]
        return alpha[-ends:].sum() if ends else alpha

    return forward


def ex20_best_path(probs, letters, beam_size):
    """A beam of paths, not of texts: equal texts do not join."""
    beam = [("", 1.0)]
    for frame in probs:
        longer = [
            (path + letters[k], p * frame[k])
            for path, p in beam
            for k in range(len(letters))
        ]
        beam = sorted(longer, key=lambda one: -one[1])[:beam_size]
    return ex20_collapse(beam[0][0])


def ex20_joined_late(probs, letters, beam_size):
    """A beam of paths; those that say the same are added up at the end only."""
    beam = {"": 1.0}
    for frame in probs:
        longer = {
            path + letter: p * frame[k]
            for path, p in beam.items()
            for k, letter in enumerate(letters)
        }
        beam = {path: longer[path] for path in nlargest(beam_size, longer, longer.get)}
    sums = defaultdict(float)
    for path, p in beam.items():
        sums[ex20_collapse(path)] += p
    return max(sums, key=sums.get)


def ex20_prefixes(doubles=True, repeats=True, joins=sum):
    """Prefix beam search with one thing wrong."""

    def search(probs, letters, beam_size):
        beam = {"": (1.0, 0.0)}  # ends in a blank, in its last letter
        for frame in probs:
            ways = defaultdict(lambda: ([0.0], [0.0]))
            for text, (blank, letter) in beam.items():
                ways[text][0].append((blank + letter) * frame[0])
                for k, one in enumerate(letters[1:], start=1):
                    again = text[-1:] == one
                    if again and repeats:
                        ways[text][1].append(letter * frame[k])
                    if doubles or not again:
                        come = blank if again else blank + letter
                        ways[text + one][1].append(come * frame[k])
            joined = {text: tuple(map(joins, both)) for text, both in ways.items()}
            best = Counter({t: sum(two) for t, two in joined.items()})
            beam = {text: joined[text] for text, _ in best.most_common(beam_size)}
        return max(beam, key=lambda text: sum(beam[text]))

    return search


WRONG_ANSWERS |= {  # 20_ctc
    "check_collapse": [
        lambda path: "".join(a for a, _ in groupby(path.replace("-", ""))),  # first -
        lambda path: "".join(a for a, _ in groupby(path)),  # blanks left
        lambda path: path.replace("-", ""),  # repeats left
        lambda path: None,
    ],
    "check_n_frames_needed": [
        len,
        lambda text: 2 * len(text) + 1,  # the states
        lambda text: len(set(text)),
        lambda text: len(text) + (len(text) > len(set(text))),
        lambda text: 2 * len(text) - len(set(text)),  # equal, but no neighbours
    ],
    "check_forward": [
        ex20_paths(skips=False),
        ex20_paths(doubles=True),
        ex20_paths(starts=1),
        ex20_paths(ends=1),
        ex20_paths(ends=0),
        lambda probs, labels: np.log(ex20_forward(probs, labels)),
        lambda probs, labels: float(np.prod(probs.max(1))),
    ],
    "check_greedy": [
        lambda probs, letters: "".join(letters[k] for k in probs.argmax(1)),
        lambda probs, letters: "".join(
            a
            for a, _ in groupby(
                "".join(letters[k] for k in probs.argmax(1)).replace(letters[0], "")
            )
        ),
        lambda probs, letters: "banana",
        lambda probs, letters: probs.argmax(1),  # tokens
    ],
    "check_beam": [
        lambda probs, letters, beam_size: ex20_greedy(probs, letters),
        ex20_best_path,
        ex20_joined_late,
        ex20_prefixes(doubles=False),
        ex20_prefixes(joins=max),
        ex20_prefixes(repeats=False),
        lambda probs, letters, beam_size: letters[1],
        lambda probs, letters, beam_size: {"a": 0.64},
    ],
}


def ex21_softmax(scores):
    weights = np.exp(scores)
    return weights / weights.sum(-1, keepdims=True)


WRONG_ANSWERS |= {  # 21_attention_asr
    "check_attend": [
        lambda q, k, v: v.mean(0),
        lambda q, k, v: (v.mean(0), k @ q),
        lambda q, k, v: ex21_softmax(k @ q) @ v,
        lambda q, k, v: np.exp(k @ q / 2) @ v,
        lambda q, k, v: k @ q / 2 @ v,
        lambda q, k, v: np.exp(k @ q / 2) / np.exp(k @ q / 2).sum() @ v,  # overflows
        lambda q, k, v: v[np.argmax(k @ q)],
        lambda q, k, v: ex21_softmax(k @ q / 2),
    ],
    "check_causal": [
        ex21_softmax,
        lambda s: ex21_softmax(np.where(np.tri(len(s), k=-1), s, -np.inf)),
        lambda s: np.tril(ex21_softmax(s)),
        lambda s: np.triu(ex21_softmax(s)),
        lambda s: ex21_softmax(np.where(np.tri(len(s)).T, s, -np.inf)),
        lambda s: ex21_softmax(np.where(np.tri(len(s)), s, 0.0)),
        lambda s: ex21_softmax(np.where(np.tri(len(s)), s, -np.inf).T).T,
        lambda s: s[0],
    ],
    "check_forced": [
        lambda text: (text, text),
        lambda text: (f"{text}$", f"${text}"),
        lambda text: (f"${text}"[:-1], text),
        lambda text: f"${text}$",
        lambda text: (f"${text}$", f"{text}$"),
    ],
    "check_pairs": [
        lambda x: x[::2],
        lambda x: np.concatenate([x, x], axis=1),
        lambda x: np.concatenate([x[: len(x) // 2], x[len(x) // 2 :]], axis=1),
        lambda x: x.reshape(len(x) // 2, -1),
        lambda x: x[: len(x) // 2 * 2].reshape(len(x) // 2, -1),
        lambda x: x.reshape(-1, 2),
    ],
    "check_heads": [
        lambda x, n: x.reshape(n, len(x), -1),
        lambda x, n: x.reshape(len(x), n, -1),
        lambda x, n: np.stack([x[:, ::2], x[:, 1::2]]),
        lambda x, n: x.reshape(n, -1),
    ],
}


def ex22_counted(pairs):
    """S, D, I as they are; for answers whose rate is wrong."""
    return ex22_error_counts(pairs)[:3]


def ex22_costs(first=True, least=min, diagonal=True):
    """The table of costs with one thing wrong."""

    def cost(said, heard, substituted, deleted, inserted):
        table = np.zeros((len(said) + 1, len(heard) + 1))
        if first:
            table[:, 0] = np.arange(len(said) + 1) * deleted
            table[0] = np.arange(len(heard) + 1) * inserted
        for i, word in enumerate(said, 1):
            for j, other in enumerate(heard, 1):
                differ = word != other if diagonal else 1
                ways = [table[i - 1, j - 1] + substituted * differ]
                ways += [table[i - 1, j] + deleted, table[i, j - 1] + inserted]
                table[i, j] = least(ways)
        return float(table[-1, -1])

    return cost


def ex22_unseen_only(word, before, pairs, discount):
    """Backs off only where nothing was counted, and hands on too much."""
    alone = ex22_back_off(word, "never seen", pairs, discount)
    followed = sum(n for (first, _), n in pairs.items() if first == before)
    if pairs[before, word]:
        return (pairs[before, word] - discount) / followed
    return alone


def ex22_share(word, before, pairs):
    """The count alone, over all that followed."""
    return pairs[before, word] / sum(n for (a, _), n in pairs.items() if a == before)


WRONG_ANSWERS |= {  # 22_decoding_and_wer
    "check_error_counts": [
        lambda pairs: ex22_error_counts(pairs)[3],  # the rate alone
        lambda pairs: (1, 2, 3, 1.2),  # D and I changed places
        lambda pairs: (sum(a != b for a, b in pairs), 3, 2, 1.2),  # "" counted, too
        lambda pairs: (2, 3, 2, 1.4),
        lambda pairs: (*ex22_counted(pairs), sum(ex22_counted(pairs)) / len(pairs)),
        lambda pairs: (*ex22_counted(pairs), 1.5),  # over the words heard
        lambda pairs: (*ex22_counted(pairs), 120.0),
        lambda pairs: (*ex22_counted(pairs), sum(ex22_counted(pairs))),
        lambda pairs: (1, 3, 2, 1.2),  # whatever is asked
    ],
    "check_perplexity": [
        lambda logs: np.exp(np.mean(logs)),
        lambda logs: np.exp(-np.sum(logs)),
        lambda logs: 2 ** -np.mean(logs),
        lambda logs: -np.mean(logs),
        lambda logs: 1 / np.mean(np.exp(logs)),
        lambda logs: np.mean(np.exp(-np.array(logs))),
        lambda logs: 2**2.5,
    ],
    "check_best_text": [
        lambda some, weight, bonus: max(some, key=lambda one: one[1])[0],
        lambda some, weight, bonus: max(some, key=lambda one: one[1] + weight * one[2])[
            0
        ],
        lambda some, weight, bonus: max(
            some, key=lambda one: one[1] + one[2] + bonus * len(one[0])
        )[0],
        lambda some, weight, bonus: max(
            some, key=lambda one: one[1] + weight * one[2] + bonus * len(one[0].split())
        )[0],
        lambda some, weight, bonus: max(some, key=lambda one: one[1]),  # all of it
        lambda some, weight, bonus: min(
            some, key=lambda one: one[1] + weight * one[2] + bonus * len(one[0])
        )[0],
        lambda some, weight, bonus: 1.0,
    ],
    "check_back_off": [
        lambda word, before, pairs, discount: ex22_share(word, before, pairs),
        lambda word, before, pairs, discount: max(
            ex22_share(word, before, pairs) - 0.5 / 3, 0
        ),
        ex22_unseen_only,
        lambda word, before, pairs, discount: ex22_back_off(word, "?", pairs, discount),
        lambda word, before, pairs, discount: (
            ex22_back_off(
                word, before, pairs, 0.5 if before in ("the", "dog", "zebra") else 0.4
            )
            * (1.1 if before == "a" else 1)
        ),
        lambda word, before, pairs, discount: (
            0.0 if before == "zebra" else ex22_back_off(word, before, pairs, discount)
        ),
    ],
    "check_edit_cost": [
        ex22_costs(first=False),
        ex22_costs(least=max),
        ex22_costs(diagonal=False),
        lambda said, heard, s, d, i: ex22_costs()(said, heard, s, i, d),
        lambda said, heard, s, d, i: ex22_costs()(said, heard, 1, 1, 1),
        lambda said, heard, s, d, i: ex22_costs()(said, heard, min(s, d + i), d, 99),
        lambda said, heard, s, d, i: [0.0],
    ],
}


def ex24_soft(p, temperature):
    """A distribution at a temperature."""
    p = p ** (1 / temperature)
    return p / p.sum()


WRONG_ANSWERS |= {  # 24_continual_languages
    "check_backward_transfer": [
        lambda wers: np.mean(wers[-1, :-1] - np.diag(wers)[:-1]),  # sign
        lambda wers: np.mean(np.diag(wers) - wers[-1]),  # the new one as well
        lambda wers: np.sum(np.diag(wers)[:-1] - wers[-1, :-1]),
        lambda wers: wers[0, 0] - wers[1, 0],  # after the second
        lambda wers: np.mean(wers[-1]),
        lambda wers: np.diag(wers)[:-1] - wers[-1, :-1],  # one a language
        lambda wers: np.mean(np.diag(wers)[:-1]),
        lambda wers: np.mean(wers[0] - wers[-1]),  # nan
        lambda wers: wers[0, 0] - wers[-1, 0],  # the first alone
        lambda wers: np.mean(wers[-1, :-1]),
    ],
    "check_fisher": [
        lambda slopes: np.mean(slopes, axis=0) ** 2,
        lambda slopes: np.mean(np.abs(slopes), axis=0),
        lambda slopes: np.sum(slopes**2, axis=0),
        lambda slopes: np.sqrt(np.mean(slopes**2, axis=0)),
        lambda slopes: np.var(slopes, axis=0),
        lambda slopes: np.mean(slopes**2),  # over all
        lambda slopes: np.mean(slopes**2, axis=1),  # over the weights
        lambda slopes: np.max(slopes**2, axis=0),
    ],
    "check_spring_energy": [
        lambda theta, anchor, fisher, strength: (
            strength * np.sum(fisher * (theta - anchor) ** 2)
        ),
        lambda theta, anchor, fisher, strength: (
            np.sum(fisher * (theta - anchor) ** 2) / 2
        ),
        lambda theta, anchor, fisher, strength: (
            strength / 2 * np.sum((theta - anchor) ** 2)
        ),
        lambda theta, anchor, fisher, strength: (
            strength / 2 * np.sum(fisher * (theta - anchor))
        ),
        lambda theta, anchor, fisher, strength: (
            strength / 2 * fisher * (theta - anchor) ** 2
        ),
        lambda theta, anchor, fisher, strength: (
            strength / 2 * np.sum((fisher * (theta - anchor)) ** 2)
        ),
        lambda theta, anchor, fisher, strength: strength / 2 * fisher @ theta**2,
    ],
    "check_rehearsal": [
        lambda rows, share, rng: rows[: round(share * len(rows))],  # the first
        lambda rows, share, rng: list(rng.choice(rows, round(share * len(rows)))),
        lambda rows, share, rng: list(
            rng.choice(len(rows), round(share * len(rows)), replace=False)
        ),
        lambda rows, share, rng: list(rng.permutation(rows)),  # all
    ],
    "check_distillation": [
        lambda old, new, temperature: np.sum(old * np.log(old / new)),
        lambda old, new, temperature: np.sum(
            ex24_soft(new, temperature)
            * np.log(ex24_soft(new, temperature) / ex24_soft(old, temperature))
        ),
        lambda old, new, temperature: (
            -np.sum(ex24_soft(old, temperature) * np.log(ex24_soft(new, temperature)))
        ),
        lambda old, new, temperature: np.sum(
            old ** (1 / temperature) * np.log((old / new) ** (1 / temperature))
        ),
        lambda old, new, temperature: np.sum((old - new) ** 2),
        lambda old, new, temperature: 0.0,
    ],
}

WRONG_ANSWERS |= {  # 23_recognition_in_real_life
    "check_fair": [
        str.lower,
        lambda text: text.lower().replace(",", "").replace("!", ""),
        lambda text: " ".join(
            "".join(c for c in text.lower() if c.isalnum() or c == " ").split()
        ),
        lambda text: " ".join(
            "".join(c if c.isalnum() else " " for c in text.lower()).split()
        ),
        lambda text: "".join(c for c in text.lower() if c.isalnum() or c in " '"),
        lambda text: " ".join(
            "".join(c for c in text.lower() if c.isalnum() or c in " '").split()
        ),
        lambda text: text.lower().split(),
    ],
    "check_set_wer": [
        lambda errors, words: np.mean(errors / words),
        lambda errors, words: errors / words,
        lambda errors, words: 100 * errors.sum() / words.sum(),
        lambda errors, words: np.mean(errors),
        lambda errors, words: 1 - errors.sum() / words.sum(),
        lambda errors, words: min(1.0, np.median(errors / words)),
    ],
    "check_drawn_wer": [
        lambda e, w, who, drawn: e.sum() / w.sum(),
        lambda e, w, who, drawn: (
            e[np.isin(who, drawn)].sum() / w[np.isin(who, drawn)].sum()
        ),
        lambda e, w, who, drawn: np.mean(
            [e[who == d].sum() / w[who == d].sum() for d in drawn]
        ),
        lambda e, w, who, drawn: (
            sum(e[list(who).index(d)] for d in drawn)
            / sum(w[list(who).index(d)] for d in drawn)
        ),
        lambda e, w, who, drawn: [e[who == d].sum() / w[who == d].sum() for d in drawn],
        lambda e, w, who, drawn: np.mean(e / w),  # of sentences
    ],
    "check_share_better": [
        lambda mine, other, draws: np.mean(mine[draws].sum(1) <= other[draws].sum(1)),
        lambda mine, other, draws: np.mean(mine[draws].sum(1) > other[draws].sum(1)),
        lambda mine, other, draws: np.mean(mine[draws].sum(1) >= other[draws].sum(1)),
        lambda mine, other, draws: np.sum(mine[draws].sum(1) < other[draws].sum(1)),
        lambda mine, other, draws: (
            100 * np.mean(mine[draws].sum(1) < other[draws].sum(1))
        ),
        lambda mine, other, draws: np.mean(mine < other),
        lambda mine, other, draws: float(mine.sum() < other.sum()),
        lambda mine, other, draws: mine[draws].sum(1) < other[draws].sum(1),
        lambda mine, other, draws: np.mean(
            mine[draws].sum(1) < other[draws[::-1]].sum(1)
        ),
    ],
    "check_snr_at_half": [
        lambda snrs, wers: np.interp(0.5, wers[::-1], snrs[::-1]),
        lambda snrs, wers: np.interp(0.5, wers, snrs),
        lambda snrs, wers: np.interp(0.5, np.sort(wers), np.sort(snrs)),
        lambda snrs, wers: snrs[np.argmin(np.abs(wers - 0.5))],
        lambda snrs, wers: np.max(snrs[wers > 0.5]),
        lambda snrs, wers: (np.max(snrs[wers > 0.5]) + np.min(snrs[wers < 0.5])) / 2,
        lambda snrs, wers: np.interp(
            0.5, wers[np.argsort(wers)], snrs[np.argsort(wers)]
        ),
        lambda snrs, wers: snrs[wers < 0.5][-1],
    ],
}
