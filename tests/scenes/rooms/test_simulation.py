"""Simulated rooms: what physics says of them, and CEC2's own room beside ours."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import butter, fftconvolve, sosfilt

from clarity_lab.scenes.clarity_files.room_responses import read_room_responses
from clarity_lab.scenes.clarity_files.rooms import read_rooms
from clarity_lab.scenes.rooms.absorption import BANDS_HZ, LIVING_ROOM, Absorption
from clarity_lab.scenes.rooms.arrivals import EARLY_IMAGES_PER_S
from clarity_lab.scenes.rooms.decay_curve import arrival
from clarity_lab.scenes.rooms.image_sources import dense_from_s, images_of
from clarity_lab.scenes.rooms.room import Room
from clarity_lab.scenes.rooms.room_measures import (
    clarity_db,
    direct_to_reverberant_db,
    reverberation_time_s,
)
from clarity_lab.scenes.rooms.simulation import absorption_for, simulate_responses
from clarity_lab.scenes.rooms.source import Source, azimuth_of
from clarity_lab.scenes.spatial.ambisonic_decoder import decode, decoder
from clarity_lab.scenes.spatial.ambisonics import harmonics
from clarity_lab.scenes.spatial.binaural import place
from clarity_lab.scenes.spatial.hrir import kemar
from clarity_lab.scenes.spatial.interaural import ild_db, itd_s

RATE = 44_100
LISTENER = Source((-0.4, 1.1, 1.2), view=(0, 1, 0))
TARGET = Source((0.6, 2.4, 1.2))
ROOM = Room("box", (4.4, 4.1, 2.6), LISTENER, TARGET, (Source((-1.5, 1.1, 1.8)),))


def simulated(rng, room=ROOM, **options):
    return simulate_responses(room, sample_rate=RATE, rng=rng, **options)


@pytest.fixture(scope="module")
def cec2(cec2_room):
    room = read_rooms(cec2_room / "metadata" / "rooms.train.json")["R06001"]
    return room, read_room_responses(cec2_room / "rooms" / "HOA_IRs", "R06001")


@pytest.fixture(scope="module")
def simulated_cec2(cec2):
    return simulated(np.random.default_rng(440), cec2[0])


def test_responses_have_the_shape_of_cec2(rng):
    responses = simulated(rng)
    assert responses.target.shape == (49, 26_460)
    assert [response.shape for response in responses.interferers] == [(49, 26_460)]
    assert responses.sample_rate == RATE
    assert np.all(np.isfinite(responses.target))


def test_the_same_seed_gives_the_same_room_and_another_seed_another_tail():
    first, again, other = (
        simulated(np.random.default_rng(seed), order=0).target[0] for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    early = slice(0, arrival(first) + RATE // 200)  # 5 ms: direct sound and floor
    assert np.abs(first - other)[early].max() < 0.02 * np.abs(first).max()
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("position", [(0.6, 2.4, 1.2), (-1.2, 0.9, 1.2), (0, 4, 2)])
def test_without_reflections_a_source_is_its_harmonics_late_and_soft(rng, position):
    room = replace(ROOM, target=Source(position))
    ir = simulated(rng, room, absorption=1.0, air=False).target.astype(float)
    offset = np.subtract(position, LISTENER.position_m)
    distance = np.linalg.norm(offset)
    azimuth_deg = azimuth_of(room.target, seen_from=LISTENER)
    elevation_deg = np.degrees(np.arcsin(offset[2] / distance))
    gains = harmonics(azimuth_deg, elevation_deg) / distance
    spectrum = np.fft.rfft(ir)
    hz = np.fft.rfftfreq(ir.shape[-1], 1 / RATE)
    audible = (hz > 50) & (hz < 18_000)
    plain = gains[:, None] * np.exp(-2j * np.pi * hz * distance / 344)
    error = np.abs(spectrum - plain)[:, audible].max() / np.abs(gains).max()
    assert error < 0.002


def test_the_direct_sound_comes_from_the_target(rng):
    ir = simulated(rng, absorption=1.0).target
    w, y, _, x = ir[:4, arrival(ir[0]) : arrival(ir[0]) + 20].astype(float)
    seen_deg = np.degrees(np.arctan2(y @ w, x @ w))
    assert seen_deg == pytest.approx(azimuth_of(TARGET, seen_from=LISTENER), abs=0.1)


def test_the_view_turns_the_field_and_nothing_else(rng):
    turned = replace(ROOM, listener=replace(LISTENER, view=(1, 0, 0)))
    ahead, left = (
        simulated(rng).target,
        simulated(np.random.default_rng(440), turned).target,
    )
    assert left[0] == pytest.approx(ahead[0], abs=1e-6)
    assert left[1] == pytest.approx(ahead[3], abs=1e-6)  # what was ahead is left
    assert left[2] == pytest.approx(ahead[2], abs=1e-6)


def test_nothing_is_heard_before_the_direct_sound(rng):
    ir = simulated(rng, order=0).target[0].astype(float)
    first = arrival(ir)
    before = np.sum(ir[: first - 40] ** 2) / np.sum(ir[first - 40 : first + 40] ** 2)
    assert 10 * np.log10(before) < -50


def test_more_absorption_is_a_shorter_reverberation(rng):
    times_s = [
        reverberation_time_s(
            simulated(rng, absorption=part, order=0, duration_s=1.5).target[0],
            sample_rate=RATE,
        )
        for part in (0.1, 0.2, 0.4)
    ]
    assert times_s[0] > 1.7 * times_s[1] > 3 * times_s[2]


def test_the_direct_sound_is_weaker_the_farther_the_source(rng):
    ratios_db = []
    for y in (1.7, 2.2, 3.0, 4.0):
        room = replace(ROOM, target=Source((0.2, y, 1.2)))
        ir = simulated(rng, room, order=0).target[0]
        ratios_db.append(float(direct_to_reverberant_db(ir, sample_rate=RATE)))
    assert ratios_db == sorted(ratios_db, reverse=True)
    assert ratios_db[0] - ratios_db[-1] > 6


@pytest.mark.parametrize("wanted_s", [0.25, 0.5, 1.0])
def test_a_wanted_reverberation_time_is_had(rng, wanted_s):
    ir = simulated(rng, reverberation_time_s=wanted_s, order=0, air=False).target[0]
    measured_s = reverberation_time_s(ir, sample_rate=RATE)
    assert measured_s == pytest.approx(wanted_s, rel=0.1)


def test_octaves_of_a_material_decay_apart(rng):
    bass_trap = Absorption.uniform((0.5, 0.5, 0.5, 0.3, 0.15, 0.15, 0.15))
    ir = simulated(rng, absorption=bass_trap, order=0, air=False, duration_s=1).target[
        0
    ]
    low_s, high_s = reverberation_time_s(ir, sample_rate=RATE, bands_hz=[250, 4000])
    assert high_s > 2 * low_s


def test_air_takes_from_high_tones_only(rng):
    def times_s(air):
        fresh = np.random.default_rng(440)
        ir = simulated(fresh, absorption=0.1, order=0, air=air, duration_s=1.5).target[
            0
        ]
        return reverberation_time_s(ir, sample_rate=RATE, bands_hz=[500, 8000])

    low, high = times_s(air=True) / times_s(air=False)
    assert low == pytest.approx(1, abs=0.05)
    assert high < 0.7


def test_the_noise_goes_on_where_the_images_stop(rng):
    """About 43 ms: the energy before and after lies on one line."""
    energy_db = []
    for _ in range(8):
        ir = simulated(rng, absorption=0.2, order=0, air=False).target[0]
        parts = ir[round(0.030 * RATE) :][:1056].reshape(4, -1)
        energy_db.append(10 * np.log10(np.sum(parts.astype(float) ** 2, axis=-1)))
    first, second, third, fourth = np.mean(energy_db, axis=0)
    expected = (first + second) / 2 - 2 * (third - fourth)
    assert (third + fourth) / 2 == pytest.approx(expected, abs=2.5)


@pytest.mark.parametrize("x_m", [0.0, 0.01, 0.7])
@pytest.mark.parametrize("size_m", [(4.4, 4.1, 2.6), (6.1, 3.3, 2.9), (3.4, 3.1, 2.3)])
def test_images_in_step_are_no_louder_than_the_noise_that_follows(rng, size_m, x_m):
    """On the middle line and at one height they come in fours, all at one time."""
    listener = Source((x_m, 1, 1.2), view=(0, 1, 0))
    target = Source((-0.9 * x_m, size_m[0] - 1, 1.2))
    room = Room("even", size_m, listener, target)
    takes_over_s = dense_from_s(room, EARLY_IMAGES_PER_S)
    images = images_of(
        target, room=room, duration_s=takes_over_s + 0.02, rng=rng, images_per_s=np.inf
    )
    energy = images.stands_for / images.distances_m**2
    energy *= 0.8 ** images.n_reflections.sum(axis=-1)

    def surplus_db(start_s, irs):
        """Of the sound in 20 ms, above the energies of its images."""
        there = (images.delays_s >= start_s) & (images.delays_s < start_s + 0.02)
        heard = irs[:, round(start_s * RATE) : round((start_s + 0.02) * RATE)]
        return 10 * np.log10(np.sum(heard**2) / len(irs) / np.sum(energy[there]))

    options = {"absorption": 0.2, "air": False, "order": 0, "duration_s": 0.1}
    irs = np.stack([simulated(rng, room, **options).target[0] for _ in range(4)])
    irs = sosfilt(butter(4, 250, "highpass", fs=RATE, output="sos"), irs)
    before_db = surplus_db(takes_over_s - 0.02, irs)
    assert before_db == pytest.approx(surplus_db(takes_over_s, irs), abs=1.5)


def test_the_late_noise_is_no_row_of_clicks(rng):
    """Kurtosis of noise is 3; a few loud images among weak ones have far more."""
    ir = simulated(rng, order=0).target[0].astype(float)
    late = ir[round(0.1 * RATE) : round(0.4 * RATE)].reshape(30, -1)
    late /= np.std(late, axis=-1, keepdims=True)
    assert np.mean(late**4) < 5


def test_sound_comes_from_the_side_that_reflects(rng):
    only_sides = Absorption(side_walls=0.05, end_walls=0.95, floor=0.95, ceiling=0.95)
    ir = simulated(rng, absorption=only_sides).target
    w, y, z, x = np.sum(ir[:4, round(0.1 * RATE) :].astype(float) ** 2, axis=-1)
    assert y > 2.5 * w  # all from the sides would be 3
    assert max(x, z) < 0.3 * w


def test_with_all_walls_alike_the_late_sound_comes_from_everywhere(rng):
    cube = Room(
        "cube", (4, 4, 4), Source((0, 2.2, 1.9), view=(0, 1, 0)), Source((1, 1, 1))
    )
    ir = simulated(rng, cube, absorption=0.1).target
    energy = np.sum(ir[:, round(0.1 * RATE) :].astype(float) ** 2, axis=-1)
    assert energy[1:4] / energy[0] == pytest.approx(1, rel=0.25)


def test_a_talker_is_softer_from_behind_and_more_so_at_high_tones(rng):
    levels = []
    for view in ((0, -1, 0), (0, 1, 0)):  # towards the listener, away
        room = replace(ROOM, target=Source((-0.4, 2.6, 1.2), view=view))
        ir = simulated(rng, room, absorption=1.0, order=0).target[0]
        spectrum = np.abs(np.fft.rfft(ir, RATE))
        levels.append(20 * np.log10(spectrum[[125, 4000]]))
    low_db, high_db = levels[0] - levels[1]
    assert 1 < low_db < 6 < high_db


@pytest.mark.parametrize("rate", [8000, 16_000, 48_000])
def test_another_sample_rate_is_the_same_room(rng, rate):
    ir = simulate_responses(ROOM, sample_rate=rate, rng=rng, order=0).target[0]
    at_cec2 = simulated(np.random.default_rng(440), order=0).target[0]
    assert len(ir) == round(0.6 * rate)
    assert arrival(ir) / rate == pytest.approx(arrival(at_cec2) / RATE, abs=4e-4)
    measures = [
        reverberation_time_s(x, sample_rate=r, method="T20", bands_hz=[1000])[0]
        for x, r in ((ir, rate), (at_cec2, RATE))
    ]
    assert measures[0] == pytest.approx(measures[1], rel=0.15)


def test_a_head_hears_a_source_without_reflections_where_it_stands(rng):
    head = kemar()
    for position in ((1.2, 2.4, 1.2), (-1.8, 1.4, 1.2), (-0.3, 3.9, 1.2)):
        room = replace(ROOM, target=Source(position))
        ir = simulated(rng, room, absorption=1.0, air=False, duration_s=0.1).target
        ears = decode(ir, filters=decoder(head))
        azimuth_deg = azimuth_of(room.target, seen_from=LISTENER)
        plain = place([1.0], azimuth_deg=azimuth_deg, head=head, sample_rate=RATE)
        delay_s = itd_s(plain, sample_rate=RATE)
        assert itd_s(ears, sample_rate=RATE) == pytest.approx(delay_s, abs=40e-6)
        low, high = (_below(x, 1500) for x in (plain, ears))
        assert ild_db(high) == pytest.approx(ild_db(low), abs=1)


def _below(samples, hz):
    spectrum = np.fft.rfft(samples)
    spectrum[:, np.fft.rfftfreq(samples.shape[-1], 1 / RATE) > hz] = 0
    return np.fft.irfft(spectrum, samples.shape[-1])


def test_noise_heard_in_the_room_dies_away_as_its_impulse_response_says(rng):
    """Bursts, in the left ear; their mean power after the end is the decay."""
    responses = simulated(rng, reverberation_time_s=0.5, air=False)
    ear = decode(responses.target, filters=decoder(kemar()))[0]
    expected_s = reverberation_time_s(ear, sample_rate=RATE, method="T20")
    bursts = rng.standard_normal((40, RATE // 2))
    heard = fftconvolve(bursts, ear[None], axes=-1)[:, RATE // 2 - 1 :]
    block = RATE // 200
    power = np.mean(heard**2, axis=0)[: block * 110].reshape(-1, block).mean(axis=-1)
    level_db = 10 * np.log10(power / power[0])
    fitted = slice(np.argmax(level_db < -5), np.argmax(level_db < -25))
    steps = np.arange(len(level_db))[fitted] * block / RATE
    measured_s = -60 / np.polyfit(steps, level_db[fitted], 1)[0]
    assert measured_s == pytest.approx(expected_s, rel=0.1)
    assert reverberation_time_s(ear, sample_rate=RATE) == pytest.approx(0.5, rel=0.1)


def test_direct_sound_arrives_in_cec2_when_and_as_strong_as_ours(cec2, simulated_cec2):
    _, published = cec2
    for theirs, ours in zip(
        (published.target, *published.interferers),
        (simulated_cec2.target, *simulated_cec2.interferers),
        strict=True,
    ):
        assert np.argmax(np.abs(ours[0])) == pytest.approx(
            np.argmax(np.abs(theirs[0])), abs=1
        )
        first = np.argmax(np.abs(theirs[0]))
        direct = slice(first - 32, first + 64)
        level_db = [
            10 * np.log10(np.sum(ir[0, direct].astype(float) ** 2))
            for ir in (theirs, ours)
        ]
        assert level_db[1] == pytest.approx(level_db[0], abs=0.6)


def test_cec2s_room_sounds_as_reverberant_as_ours(cec2, simulated_cec2):
    def means(responses):
        irs = [responses.target[0], *(ir[0] for ir in responses.interferers)]
        return {
            "EDT": np.mean([_time(ir, "EDT") for ir in irs]),
            "T20": np.mean([_time(ir, "T20") for ir in irs]),
            "DRR": np.mean(
                [direct_to_reverberant_db(ir, sample_rate=RATE) for ir in irs]
            ),
            "C50": np.mean([clarity_db(ir, sample_rate=RATE) for ir in irs]),
        }

    theirs, ours = means(cec2[1]), means(simulated_cec2)
    assert ours["EDT"] == pytest.approx(theirs["EDT"], abs=0.05)
    assert ours["T20"] == pytest.approx(theirs["T20"], abs=0.06)
    assert ours["DRR"] == pytest.approx(theirs["DRR"], abs=1.5)
    assert ours["C50"] == pytest.approx(theirs["C50"], abs=2.5)


def _time(ir, method):
    return reverberation_time_s(ir, sample_rate=RATE, method=method)


def test_what_cannot_be_is_refused(rng):
    with pytest.raises(ValueError, match="got both"):
        simulated(rng, absorption=0.2, reverberation_time_s=0.5)
    with pytest.raises(ValueError, match="that flat walls give in room box"):
        absorption_for(ROOM, 20.0, rng=rng)
    with pytest.raises(ValueError, match=r"target of room box at least 0.1 m"):
        simulated(rng, replace(ROOM, target=LISTENER))
    with pytest.raises(ValueError, match=r"side_walls as one number or 7"):
        Absorption.uniform(1.2)
    with pytest.raises(ValueError, match=r"floor as one number or 7"):
        replace(LIVING_ROOM, floor=(0.1, 0.2))


def test_the_absorption_of_air_is_that_of_the_standard():
    """ISO 9613-1 at 20 degrees Celsius, 50 % and one atmosphere, from its formulas."""
    from clarity_lab.scenes.rooms.absorption import AIR_DB_PER_M

    kelvin, f = 293.15, np.array(BANDS_HZ, dtype=float)
    saturation = 10 ** (-6.8346 * (273.16 / kelvin) ** 1.261 + 4.6151)
    h = 50 * saturation
    oxygen = 24 + 4.04e4 * h * (0.02 + h) / (0.391 + h)
    nitrogen = 9 + 280 * h  # at the reference temperature both exponents vanish
    relaxed = 0.01275 * np.exp(-2239.1 / kelvin) / (oxygen + f**2 / oxygen)
    relaxed += 0.1068 * np.exp(-3352.0 / kelvin) / (nitrogen + f**2 / nitrogen)
    expected = 8.686 * f**2 * (1.84e-11 + relaxed)
    assert expected == pytest.approx(AIR_DB_PER_M, abs=1e-4)


def test_a_number_instead_of_a_generator_is_refused():
    room = Room("R", (5, 4, 3), Source((0, 1, 1), (0, 1, 0)), Source((0, 2, 1)))
    with pytest.raises(TypeError, match=r"rng=np\.random\.default_rng\(0\)"):
        simulate_responses(room, sample_rate=8_000, rng=0)
