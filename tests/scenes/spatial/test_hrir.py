from dataclasses import replace

import numpy as np
import pytest

from clarity_lab.scenes.spatial.hrir import Head, kemar, read_head
from clarity_lab.scenes.spatial.interaural import ild_db

RATE = 44_100


def gain_at(irs, hz, sample_rate):
    turn = np.exp(-2j * np.pi * hz * np.arange(irs.shape[-1]) / sample_rate)
    return irs @ turn


def write_olhead(path, rng, *, directions=((0, 90, -90), (0, 0, 30))):
    from scipy.io import savemat

    irs = rng.standard_normal((256, len(directions[0]), 2))
    stored = {"M_data": irs, "M_directions": np.array(directions), "srate": 48_000}
    savemat(path, stored)
    return irs


def test_left_and_above_are_where_the_conventions_say():
    head = kemar()
    at_left = np.argmin(np.abs(head.azimuth_deg - 90) + np.abs(head.elevation_deg))
    assert ild_db(head.irs[at_left]) > 5
    assert head.elevation_deg.max() == 90


def test_a_long_wave_from_ahead_keeps_its_level_at_the_bundled_head():
    head = kemar()
    ahead = np.argmin(np.abs(head.azimuth_deg) + np.abs(head.elevation_deg))
    gains = np.array([gain_at(head.irs[ahead], hz, RATE) for hz in range(100, 401, 50)])
    assert 10 * np.log10(np.mean(np.abs(gains) ** 2)) == pytest.approx(0, abs=0.5)


def test_another_rate_keeps_gains_and_times():
    head = kemar()
    other = head.at_rate(32_000)
    for hz in (300, 1_000, 5_000):
        np.testing.assert_allclose(
            gain_at(other.irs[::50], hz, 32_000),
            gain_at(head.irs[::50], hz, RATE),
            atol=1e-2 * np.abs(gain_at(head.irs[::50], hz, RATE)).max(),
        )
    assert other.sample_rate == 32_000


def test_the_same_rate_changes_nothing():
    np.testing.assert_array_equal(kemar().at_rate(RATE).irs, kemar().irs)


def test_an_olhead_file_counts_to_the_right_and_we_to_the_left(tmp_path, rng):
    irs = write_olhead(tmp_path / "VP_N6-ED.mat", rng)
    head = read_head(tmp_path / "VP_N6-ED.mat")
    assert (head.name, head.sample_rate) == ("VP_N6-ED", 48_000)
    np.testing.assert_array_equal(head.azimuth_deg, [0, -90, 90])
    np.testing.assert_array_equal(head.elevation_deg, [0, 0, 30])
    np.testing.assert_array_equal(head.irs[2, 1], irs[:, 2, 1])


def sofa_file(path, rng, *, kind, positions, delay=(0.0, 0.0), receivers=None):
    sofar = pytest.importorskip("sofar", reason="SOFA files need the package sofar")
    sofa = sofar.Sofa("SimpleFreeFieldHRIR")
    sofa.Data_IR = rng.standard_normal((len(positions), 2, 16))
    sofa.Data_SamplingRate = 48_000
    sofa.Data_Delay = np.array([delay])
    sofa.SourcePosition = np.array(positions, dtype=float)
    sofa.SourcePosition_Type = kind
    if receivers is not None:
        sofa.ReceiverPosition = np.array(receivers)
    sofa.SourcePosition_Units = "metre" if kind == "cartesian" else None
    if kind == "spherical":
        sofa.SourcePosition_Units = "degree, degree, metre"
    sofar.write_sofa(str(path), sofa)
    return sofa.Data_IR


def test_a_sofa_file_in_angles(tmp_path, rng):
    positions = [(30, -10, 1.4), (270, 60, 1.4)]
    irs = sofa_file(tmp_path / "a.sofa", rng, kind="spherical", positions=positions)
    head = read_head(tmp_path / "a.sofa")
    np.testing.assert_array_equal(head.azimuth_deg, [30, 270])
    np.testing.assert_array_equal(head.elevation_deg, [-10, 60])
    np.testing.assert_allclose(head.irs, irs)
    assert (head.name, head.sample_rate) == ("a", 48_000)


def test_a_sofa_file_in_metres(tmp_path, rng):
    positions = [(0, 2, 0), (1, 0, 1)]
    sofa_file(tmp_path / "b.sofa", rng, kind="cartesian", positions=positions)
    head = read_head(tmp_path / "b.sofa")
    np.testing.assert_allclose(head.azimuth_deg, [90, 0])
    np.testing.assert_allclose(head.elevation_deg, [0, 45])


def test_delays_that_a_sofa_file_keeps_apart_are_put_back(tmp_path, rng):
    positions = [(0, 0, 1), (90, 0, 1)]
    irs = sofa_file(
        tmp_path / "c.sofa", rng, kind="spherical", positions=positions, delay=(3, 0)
    )
    head = read_head(tmp_path / "c.sofa")
    np.testing.assert_allclose(head.irs[1, 0, 3:], irs[1, 0])
    np.testing.assert_allclose(head.irs[1, 1, :16], irs[1, 1])
    assert not head.irs[:, 0, :3].any()


def test_a_missing_head_names_those_that_are_there(tmp_path, rng):
    write_olhead(tmp_path / "KEMAR-ED.mat", rng)
    with pytest.raises(FileNotFoundError, match=r"VP_E1-ED in .*, found KEMAR-ED"):
        read_head(tmp_path / "VP_E1-ED.mat")


@pytest.mark.parametrize("ending", [".mat", ".sofa"])
def test_a_damaged_head_is_named(tmp_path, ending):
    path = tmp_path / f"broken{ending}"
    path.write_bytes(b"not a head" * 40)
    with pytest.raises(
        ValueError, match=r"broken\.\w+ holds no head-related responses"
    ):
        read_head(path)


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"as \.mat or \.sofa, got head\.wav"):
        read_head(tmp_path / "head.wav")


def test_responses_and_directions_must_match():
    head = kemar()
    with pytest.raises(ValueError, match=r"\(710, 2, 512\), \(709,\) and \(710,\)"):
        replace(head, azimuth_deg=head.azimuth_deg[1:])


def test_a_direction_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="finite directions of head x"):
        Head("x", np.ones((1, 2, 4)), np.array([np.nan]), np.zeros(1), 44_100)


def test_a_sofa_file_with_the_right_ear_first_is_turned_round(tmp_path, rng):
    receivers = [[0, -0.09, 0], [0, 0.09, 0]]  # y points to the left
    words = {"kind": "spherical", "positions": [[0, 0, 1], [90, 0, 1]]}
    irs = sofa_file(tmp_path / "d.sofa", rng, receivers=receivers, **words)
    np.testing.assert_array_equal(read_head(tmp_path / "d.sofa").irs, irs[:, ::-1])


def test_a_rate_in_khz_is_refused():
    with pytest.raises(ValueError, match=r"head x in Hz, .* got 44\. Is it in kHz"):
        Head("x", np.ones((1, 2, 4)), np.zeros(1), np.zeros(1), 44)
