"""The kernels of the discount curve against arithmetic of fifty digits."""

import numpy as np
import pytest

from data.errors import DataError
from data.market.kernel_ridge.kernel import kernel, slope_covariance, slope_kernel

mpmath = pytest.importorskip("mpmath", reason="mpmath is not installed")

YEARS = np.array([1, 2, 30, 91, 365, 3650, 3700, 10950]) / 365
ALPHAS = (1e-3, 0.01, 0.05, 0.2)
DELTAS = (0.0, 1e-4, 0.3, 0.99, 1.0)


def _textbook(x, y, alpha, delta):
    """Filipović, Pelger & Ye (2022), the closed forms as printed."""
    mp = mpmath
    x, y, a, d = (mp.mpf(float(each)) for each in (x, y, alpha, delta))
    small, large = min(x, y), max(x, y)
    if d == 1:
        return (1 - mp.exp(-a * small)) / a if a else small
    if d == 0:
        return (
            -small / a**2 * mp.exp(-a * small)
            + 2 / a**3 * (1 - mp.exp(-a * small))
            - small / a**2 * mp.exp(-a * large)
        )
    if a == 0:
        rho = mp.sqrt(d / (1 - d))
        return small / d - mp.exp(-rho * large) * mp.sinh(rho * small) / (d * rho)
    root = mp.sqrt(a**2 + 4 * d / (1 - d))
    one, two = (a - root) / 2, (a + root) / 2
    return (
        -a / (d * two**2) * (1 - mp.exp(-two * x) - mp.exp(-two * y))
        + (1 - mp.exp(-a * small)) / (a * d)
        + (
            (one / two) ** 2 * mp.exp(-two * (x + y))
            - mp.exp(-one * small - two * large)
        )
        / (d * root)
    )


@pytest.mark.parametrize("delta", DELTAS)
@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_kernel_has_eleven_correct_digits(alpha, delta):
    ours = kernel(YEARS[:, None], YEARS, alpha, delta)
    with mpmath.workdps(50):
        for i, x in enumerate(YEARS):
            for j, y in enumerate(YEARS[: i + 1]):
                exact = _textbook(x, y, alpha, delta)
                assert abs(float(ours[i, j] / exact - 1)) < 1e-11
    np.testing.assert_array_equal(ours, ours.T)


@pytest.mark.parametrize("delta", [0.3, 1.0])
def test_without_decay_it_is_the_smith_wilson_kernel(delta):
    ours = kernel(YEARS[:, None], YEARS, 0.0, delta)
    with mpmath.workdps(50):
        exact = [[float(_textbook(x, y, 0.0, delta)) for y in YEARS] for x in YEARS]
    np.testing.assert_allclose(ours, exact, rtol=1e-11)


@pytest.mark.parametrize("delta", [0.0, 0.3, 1.0])
def test_slopes_are_the_derivatives_of_the_kernel(delta):
    step = 1e-5
    x, y = np.array([0.3, 2.0, 7.0])[:, None], np.array([0.5, 1.9, 9.0, 25.0])
    up, down = (kernel(x + h, y, 0.05, delta) for h in (step, -step))
    slope = slope_covariance(x, y, 0.05, delta)
    np.testing.assert_allclose(slope, (up - down) / (2 * step), rtol=1e-7, atol=1e-9)
    if delta < 1:
        up, down = (slope_covariance(x, y + h, 0.05, delta) for h in (step, -step))
        np.testing.assert_allclose(
            slope_kernel(x, y, 0.05, delta),
            (up - down) / (2 * step),
            rtol=1e-7,
            atol=1e-9,  # rounding of the difference
        )


@pytest.mark.parametrize(
    ("alpha", "delta"),
    [(0.0, 0.0), (1e-4, 0.0), (0.05, -0.1), (0.05, 1.1), (np.inf, 0.0), (np.nan, 0.5)],
)
def test_a_kernel_that_cannot_be_computed_is_refused(alpha, delta):
    with pytest.raises(DataError, match=r"alpha|delta"):
        kernel(1.0, 2.0, alpha, delta)


def test_white_noise_slopes_have_no_variance():
    with pytest.raises(DataError, match="white noise"):
        slope_kernel(1.0, 2.0, 0.05, 1.0)
