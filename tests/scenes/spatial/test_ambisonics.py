import numpy as np
import pytest

from clarity_lab.scenes.spatial.ambisonics import (
    ORDER,
    half_turn_about_x,
    harmonics,
    n_channels,
    order_of,
    rotate,
)

ROOT_3 = np.sqrt(3)


@pytest.mark.parametrize(
    ("azimuth_deg", "elevation_deg", "y_z_x"),
    [
        (0, 0, (0, 0, ROOT_3)),
        (90, 0, (ROOT_3, 0, 0)),
        (-90, 0, (-ROOT_3, 0, 0)),
        (180, 0, (0, 0, -ROOT_3)),
        (0, 90, (0, ROOT_3, 0)),
        (0, -90, (0, -ROOT_3, 0)),
    ],
)
def test_first_order_is_the_direction_itself(azimuth_deg, elevation_deg, y_z_x):
    first_order = harmonics(azimuth_deg, elevation_deg, order=1)
    np.testing.assert_allclose(first_order, [1, *y_z_x], atol=1e-12)


def test_harmonics_are_orthogonal_with_mean_square_one_over_the_sphere():
    heights, weights = np.polynomial.legendre.leggauss(ORDER + 1)  # exact to 2 ORDER+1
    azimuth_deg = np.arange(2 * ORDER + 1) * 360 / (2 * ORDER + 1)
    elevation_deg = np.degrees(np.arcsin(heights))[:, None]
    patterns = harmonics(azimuth_deg, elevation_deg)
    share = weights[:, None] / 2 / len(azimuth_deg)
    products = np.einsum("ea,eac,ead->cd", share * np.ones(13), patterns, patterns)
    np.testing.assert_allclose(products, np.eye(49), atol=1e-12)


def test_every_direction_has_the_same_energy(rng):
    patterns = harmonics(rng.uniform(-180, 180, 50), rng.uniform(-90, 90, 50))
    np.testing.assert_allclose(np.sum(patterns**2, axis=-1), 49)


def test_a_turned_source_is_a_source_in_the_turned_direction(rng):
    azimuth_deg, elevation_deg = rng.uniform(-180, 180, 20), rng.uniform(-90, 90, 20)
    field = harmonics(azimuth_deg, elevation_deg)[..., None]
    for turn_deg in (-170.0, -3.3, 42.0, 400.0):
        np.testing.assert_allclose(
            rotate(field, np.radians(turn_deg))[..., 0],
            harmonics(azimuth_deg + turn_deg, elevation_deg),
            atol=1e-10,
        )


def test_two_turns_are_one_by_their_sum(rng):
    field = rng.standard_normal((49, 10))
    np.testing.assert_allclose(
        rotate(rotate(field, 0.4), 1.9), rotate(field, 2.3), atol=1e-12
    )


def test_a_full_turn_returns_to_the_start(rng):
    field = rng.standard_normal((2, 49, 10))
    np.testing.assert_allclose(rotate(field, 2 * np.pi), field, atol=1e-12)


def test_turning_keeps_the_energy_of_each_degree(rng):
    field = rng.standard_normal((49, 10))
    turned = rotate(field, rng.uniform(-9, 9, 10))
    for degree in range(ORDER + 1):
        of_degree = slice(degree**2, n_channels(degree))
        np.testing.assert_allclose(
            np.sum(turned[of_degree] ** 2, axis=0),
            np.sum(field[of_degree] ** 2, axis=0),
        )


def test_each_sample_has_an_angle_of_its_own(rng):
    field, angles = rng.standard_normal((49, 5)), rng.uniform(-4, 4, 5)
    turned = rotate(field, angles)
    for n, angle in enumerate(angles):
        np.testing.assert_allclose(turned[:, n], rotate(field, angle)[:, n], atol=1e-12)


def test_parity_interpolates_between_tenths_of_a_degree(rng):
    field = rng.standard_normal((49, 1))
    between, on_grid = np.radians(-33.35), np.radians(12.3)
    off = np.abs(rotate(field, between, parity=True) - rotate(field, between))
    assert 1e-7 < np.max(off) < 2e-5 * np.linalg.norm(field)
    np.testing.assert_allclose(
        rotate(field, on_grid, parity=True), rotate(field, on_grid), atol=1e-10
    )


def test_turning_a_field_over_twice_brings_it_back_and_leaves_ahead_ahead(rng):
    field = rng.standard_normal((49, 4))
    np.testing.assert_array_equal(half_turn_about_x(half_turn_about_x(field)), field)
    ahead = harmonics(0, 0)[:, None]
    np.testing.assert_allclose(half_turn_about_x(ahead), ahead, atol=1e-12)


def test_a_signal_that_lies_on_its_side_is_explained():
    with pytest.raises(ValueError, match=r"1, 4, 9, \.\.\. channels, got \(1000, 49\)"):
        rotate(np.zeros((1000, 49)), 0.1)
    with pytest.raises(ValueError, match="Time is the last axis"):
        order_of(np.zeros(49))


def test_a_negative_order_is_refused():
    with pytest.raises(ValueError, match="order from 0 to 60, a whole number, got -1"):
        harmonics(0, 0, order=-1)


@pytest.mark.parametrize("order", [61, 1.5])
def test_an_order_that_cannot_be_is_refused(order):
    with pytest.raises(ValueError, match="order from 0 to 60, a whole number"):
        harmonics(0, order=order)


def test_the_highest_order_is_finite():
    assert np.all(np.isfinite(harmonics([0.0, 77.0], [90.0, -33.0], order=60)))


@pytest.mark.parametrize("angle", [np.nan, np.ones(50), np.ones((1, 100))])
def test_angles_that_do_not_fit_the_samples_are_refused(angle):
    with pytest.raises(ValueError, match="one for each of the 100 samples"):
        rotate(np.ones((4, 100)), angle)


def test_a_direction_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="finite azimuths"):
        harmonics(np.nan)
