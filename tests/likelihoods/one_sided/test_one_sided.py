import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest

from models.likelihoods.one_sided.moments import tail_moments
from models.likelihoods.one_sided.op import (
    LOG_WEIGHTS,
    NODES,
    one_sided_op,
    single_pass,
    tailed_pass,
)

NO_TAIL = np.zeros(1)


def convolved(deviation, cost, sd, up, second):  # type: ignore[no-untyped-def]
    """Log density by quadrature of the convolution itself."""
    parts = [
        np.log(share) + _one_direction(sign * deviation, cost, sd, second)
        for sign, share in ((1.0, up), (-1.0, 1.0 - up))
    ]
    return np.logaddexp(*parts)


def _one_direction(x, cost, sd, second):  # type: ignore[no-untyped-def]
    scale = cost / (1 + second) / sd
    x = x / sd
    node, weight = np.polynomial.legendre.leggauss(60)
    # The integrand is log-concave: most of it lies around its peak, or at zero.
    peak = np.maximum(x - 1 / scale, 0.0)
    decay = np.maximum(1 / scale - x, 0.0)
    width = np.where(decay > 1, 45 / np.maximum(decay, 1.0), 12.0)
    low, high = np.maximum(peak - 12.0, 0.0), peak + width

    def height(h):  # type: ignore[no-untyped-def]
        return -h / scale[:, None] - 0.5 * (x[:, None] - h) ** 2

    reference = height(peak[:, None])
    total = np.zeros_like(x)
    panels = 24
    for k in range(panels):
        start = low + (high - low) * k / panels
        half = (high - low) / panels / 2
        h = start[:, None] + half[:, None] * (1 + node)
        density = 1 - second[:, None] + second[:, None] * h / scale[:, None]
        total += half * ((density * np.exp(height(h) - reference)) @ weight)
    constant = np.log(scale) + np.log(sd) + 0.5 * np.log(2 * np.pi)
    return np.log(total) + reference[:, 0] - constant


def _points(number: int, seed: int = 1):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    ratio = 10 ** rng.uniform(-3, 3, number)
    sd = 10 ** rng.uniform(-2, 1, number)
    cost = ratio * sd
    deviation = rng.normal(0, 3, number) * np.maximum(sd, cost * rng.random(number))
    up = rng.choice([0.92, 0.08, 0.5], number)
    return deviation, cost, sd, up


@pytest.mark.parametrize("second", [0.0, 0.35, 1.0])
def test_density_is_the_convolution_at_all_scales(second: float) -> None:
    deviation, cost, sd, up = _points(10_000)
    w = np.full(len(cost), second)
    expected = convolved(deviation, cost, sd, up, w)
    found = single_pass(np.log(cost), np.log(sd), up, w[:1], NO_TAIL, deviation)[0]
    # Of logs that are large, only the digits that a double has.
    error = np.abs(found - expected) / np.maximum(1.0, np.abs(expected))
    assert error.max() < 1e-10


def test_density_and_slopes_are_numbers_wherever_the_parameters_are() -> None:
    far = np.array([0.0, 1e-300, 1.0, -1.0, 1e6, -1e6])
    logs = np.array([-700.0, -30.0, 0.0, 30.0, 600.0])
    grid = np.meshgrid(far, logs, logs, [0.0, 0.5, 1.0], indexing="ij")
    deviation, cost, sd, up = (x.ravel() for x in grid)
    for second in (0.0, 0.5, 1.0):
        w = np.array([second])
        density, slopes, _ = single_pass(cost, sd, up, w, NO_TAIL, deviation)
        assert np.isfinite(density).all()
        assert np.isfinite(slopes).all()
    broken = single_pass(
        np.full(3, np.nan), np.zeros(3), np.full(3, 0.5), w, NO_TAIL, np.ones(3)
    )
    assert (broken[0] == -np.inf).all()


@pytest.mark.parametrize("has_tail", [False, True])
def test_gradient_is_that_of_finite_differences(has_tail: bool) -> None:
    rng = np.random.default_rng(2)
    number = 200
    deviation = rng.normal(0, 0.5, number)
    at = [
        rng.normal(-1.6, 0.5, number),
        rng.normal(-1.6, 0.5, number),
        rng.choice([0.9, 0.1, 0.5], number),
        np.array([0.3]),
        np.array([0.6]),
    ]
    evaluate = tailed_pass if has_tail else single_pass
    _, slopes, to_tail = evaluate(*at, deviation)
    gradients = [*slopes, to_tail] if has_tail else list(slopes)
    step = 1e-6
    for k, gradient in enumerate(gradients):
        ends = []
        for sign in (1, -1):
            moved = list(at)
            moved[k] = at[k] + sign * step
            ends.append(evaluate(*moved, deviation)[0])
        slope = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(gradient, slope, rtol=1e-6, atol=1e-7)


def test_tail_is_a_lognormal_scale_of_mean_one() -> None:
    rng = np.random.default_rng(3)
    deviation, number = rng.normal(0, 0.5, 50), 50
    cost, sd, up = np.full(number, -1.5), np.full(number, -1.7), np.full(number, 0.9)
    w, tail = np.array([0.2]), np.array([0.4])
    expected = [
        weight + single_pass(cost + 0.4 * x - 0.08, sd, up, w, NO_TAIL, deviation)[0]
        for x, weight in zip(NODES, LOG_WEIGHTS, strict=True)
    ]
    found = tailed_pass(cost, sd, up, w, tail, deviation)[0]
    np.testing.assert_allclose(found, np.logaddexp.reduce(expected), rtol=1e-12)
    assert np.exp(LOG_WEIGHTS) @ np.exp(0.4 * NODES - 0.08) == pytest.approx(
        1, abs=1e-7
    )


def test_folding_an_unknown_side_makes_up_and_down_alike() -> None:
    deviation, cost, sd, _ = _points(200)
    half = np.full(200, 0.5)
    at = np.log(cost), np.log(sd), half, np.array([0.3]), NO_TAIL
    np.testing.assert_array_equal(
        single_pass(*at, deviation)[0], single_pass(*at, -deviation)[0]
    )


def test_moments_keep_the_recurrence_where_it_is_stable() -> None:
    z = np.linspace(0.0, 30.0, 301)
    zero, one, two = tail_moments(z)
    np.testing.assert_allclose(one, 1 - z * zero, atol=1e-13)
    np.testing.assert_allclose(two, zero - z * one, atol=1e-13)


@pytest.mark.parametrize("has_tail", [False, True])
def test_jax_gives_the_same_density_and_gradient(has_tail: bool) -> None:
    deviation, cost, sd, up = _points(300)
    inputs = [pt.dvector(), pt.dvector(), pt.dvector(), pt.dvector(), pt.dvector()]
    density = one_sided_op(has_tail=has_tail)(*inputs, deviation)[0]
    of = inputs if has_tail else inputs[:4]
    wanted = [density, *pt.grad(density.sum(), of)]
    at = np.log(cost), np.log(sd), up, np.array([0.3]), np.array([0.5])
    options = {"on_unused_input": "ignore"}
    numba = pytensor.function(inputs, wanted, mode="NUMBA", **options)(*at)
    jax = pytensor.function(inputs, wanted, mode="JAX", **options)(*at)
    for ours, theirs in zip(numba, jax, strict=True):
        # Slopes of deviations of a thousand errors are differences of their squares.
        np.testing.assert_allclose(theirs, ours, rtol=1e-7, atol=1e-8)
