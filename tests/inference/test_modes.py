"""Masses of modes against densities whose integrals are known."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from data.arrays import FloatArray
from inference.sampling.modes import climb, modes_of_mass

DIFFERENCES = 1e-5
"""Relative error of a determinant by central differences of step 1e-4."""


def normal_peaks(
    weights: list[float], means: list[list[float]], sds: list[list[float]]
):
    """Log density and gradient of a sum of normal peaks with correlated axes."""
    rotation = np.array([[0.8, -0.6], [0.6, 0.8]])
    covariances = [rotation @ np.diag(np.square(sd)) @ rotation.T for sd in sds]
    peaks = [
        multivariate_normal(mean, covariance)
        for mean, covariance in zip(means, covariances, strict=True)
    ]
    precisions = [np.linalg.inv(covariance) for covariance in covariances]

    def log_density(x: FloatArray) -> tuple[float, FloatArray]:
        density = [w * peak.pdf(x) for w, peak in zip(weights, peaks, strict=True)]
        slopes = [
            d * precision @ (np.array(mean) - x)
            for d, precision, mean in zip(density, precisions, means, strict=True)
        ]
        total = sum(density)
        return float(np.log(total)), sum(slopes) / total

    return log_density


def test_mass_of_one_normal_peak_is_its_integral() -> None:
    density = normal_peaks([0.02], [[1.0, -2.0]], [[0.5, 3.0]])
    found = modes_of_mass(density, np.array([[0.0, 0.0], [2.0, 1.0]]))
    mass = np.exp(found["log_density"] + found["log_volume"]).item()
    assert mass == pytest.approx(0.02, rel=DIFFERENCES)
    assert found["num_starts"].values.tolist() == [2]
    np.testing.assert_allclose(found["point"][0], [1.0, -2.0], atol=1e-3)


def test_a_low_and_wide_peak_outweighs_a_high_and_narrow_one() -> None:
    density = normal_peaks([0.1, 0.9], [[0, 0], [30, 30]], [[0.1, 0.1], [2.0, 3.0]])
    found = modes_of_mass(density, np.array([[0.1, 0.0], [28.0, 31.0]]))
    assert found["log_density"][0] > found["log_density"][1] + 3
    np.testing.assert_allclose(found["mode_mass"], [0.1, 0.9], rtol=DIFFERENCES)


def test_a_ridge_is_no_peak() -> None:
    def ridge(x: FloatArray) -> tuple[float, FloatArray]:
        return -0.5 * x[0] ** 2, np.array([-x[0], 0.0])

    found = modes_of_mass(ridge, np.array([[1.0, 1.0]]))
    assert np.isnan(found["mode_mass"]).all()


def test_a_ridge_beside_a_peak_leaves_the_peak_its_mass() -> None:
    peak = normal_peaks([1.0], [[0.0, 0.0]], [[1.0, 1.0]])

    def density(x: FloatArray) -> tuple[float, FloatArray]:
        if x[0] > 50:
            return -30.0, np.zeros(2)
        return peak(x)

    found = modes_of_mass(density, np.array([[0.5, 0.5], [60.0, 0.0]]))
    assert found["mode_mass"][0] == 1.0
    assert np.isnan(found["mode_mass"][1])


def test_a_search_does_not_leave_for_where_the_density_is_no_number() -> None:
    def half(x: FloatArray) -> tuple[float, FloatArray]:
        with np.errstate(invalid="ignore", divide="ignore"):
            return float(np.log(x[0]) - x[0]), 1 / x - 1

    result = climb(half, np.array([0.05]))
    assert result.x == pytest.approx(1.0, abs=1e-3)
