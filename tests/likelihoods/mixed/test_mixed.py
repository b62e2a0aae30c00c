from itertools import product

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
import statsmodels.api as sm

from models.likelihoods.mixed.conditional import (
    Variances,
    conditional,
    left_out_block_log_density,
    left_out_group_log_density,
    log_marginal,
)
from models.likelihoods.mixed.distribution import GaussianMixed, response_statistics
from models.likelihoods.mixed.op import forward, mixed_op
from models.likelihoods.mixed.statistics import Lengths, Rows, gather, total
from tests.likelihoods.mixed_rows import Example, covariance, dense_log_density, example

SHAPES = [(1, 0), (2, 0), (1, 1), (2, 1), (1, 2), (2, 2)]


def _parameters(found: Example) -> list[np.ndarray]:
    v = found.variances
    return [np.array([v.residual_sd**2]), v.group_scale, v.crossed_scale]


@pytest.mark.parametrize(("slopes", "crossed"), SHAPES)
def test_density_is_that_of_the_dense_normal(slopes: int, crossed: int) -> None:
    found = example(slopes=slopes, crossed_slopes=crossed)
    expected = dense_log_density(found.rows, found.variances, found.prior)
    marginal = log_marginal(total(found.statistics), found.prior, found.variances)
    assert marginal == pytest.approx(expected, rel=1e-12, abs=1e-10)


@pytest.mark.parametrize(("slopes", "crossed"), [(1, 1), (2, 2)])
def test_gradient_is_that_of_finite_differences(slopes: int, crossed: int) -> None:
    found = example(slopes=slopes, crossed_slopes=crossed)
    data = found.prior, *total(found.statistics).arrays
    data = tuple(map(np.ascontiguousarray, data))
    at = _parameters(found)
    gradients = forward(*at, *data)[1:]
    step = 1e-5
    for i, (value, gradient) in enumerate(zip(at, gradients, strict=True)):
        for where in product(*map(range, value.shape)):
            if len(where) == 2 and where[1] > where[0]:
                continue
            ends = []
            for sign in (1, -1):
                moved = [x.copy() for x in at]
                moved[i][where] += sign * step
                ends.append(forward(*moved, *data)[0][0])
            slope = (ends[0] - ends[1]) / (2 * step)
            assert gradient[where] == pytest.approx(slope, rel=1e-6, abs=1e-6)


def test_restricted_likelihood_is_that_of_statsmodels() -> None:
    rows = example(crossed_slopes=0).rows._replace(weight=np.ones(150))
    # With spread between the groups, so that the optimum lies inside.
    rows = rows._replace(response=rows.response + 0.5 * (rows.group - 2.5))
    statistics = gather([rows], Lengths(fixed=3, groups=6, blocks=3, bins=4))
    fitted = sm.MixedLM(rows.response, rows.fixed, groups=rows.group).fit()
    at = Variances(
        float(np.sqrt(fitted.scale)), np.sqrt(fitted.cov_re), np.zeros((0, 0))
    )
    restricted = log_marginal(total(statistics), np.zeros(3), at)
    assert restricted == pytest.approx(fitted.llf, abs=1e-8)


@pytest.mark.parametrize(("slopes", "crossed"), [(1, 0), (2, 1)])
def test_left_out_densities_are_those_of_the_dense_normal(
    slopes: int, crossed: int
) -> None:
    found = example(slopes=slopes, crossed_slopes=crossed)
    rows, variances, prior = found.rows, found.variances, found.prior
    every = dense_log_density(rows, variances, prior)

    def left_out(kept: np.ndarray) -> float:
        remaining = Rows(*(x[kept] for x in rows))
        return every - dense_log_density(remaining, variances, prior)

    groups = left_out_group_log_density(found.statistics, prior, variances)
    blocks = left_out_block_log_density(found.statistics, prior, variances)
    expected = [left_out(rows.group != i) for i in range(6)]
    np.testing.assert_allclose(groups, expected, rtol=1e-9, atol=1e-9)
    expected = [left_out(rows.block != i) for i in range(3)]
    np.testing.assert_allclose(blocks, expected, rtol=1e-9, atol=1e-9)
    at = conditional(total(found.statistics), prior, variances)
    pointwise = at.left_out_log_density(rows)
    index = np.arange(len(rows.response))
    for j in (0, 17, 149):
        assert pointwise[j] == pytest.approx(left_out(index != j), abs=1e-9)


@pytest.mark.parametrize("crossed", [0, 1])
def test_effects_are_drawn_from_their_conditional_normal(crossed: int) -> None:
    found = example(slopes=2, crossed_slopes=crossed)
    rows, prior = found.rows, found.prior
    at = conditional(total(found.statistics), prior, found.variances)
    spread = covariance(rows, found.variances, prior)
    cross = np.diag(1 / prior) @ rows.fixed.T
    mean = cross @ np.linalg.solve(spread, rows.response)
    np.testing.assert_allclose(at.expected().coefficient, mean, rtol=1e-10)
    group = found.variances.group_scale @ found.variances.group_scale.T
    first = group @ (rows.slope * (rows.group == 2)[:, None]).T
    effect = first @ np.linalg.solve(spread, rows.response)
    np.testing.assert_allclose(at.expected().group[2], effect, rtol=1e-9)
    rng = np.random.default_rng(3)
    draws = [at.draw(rng) for _ in range(4000)]
    coefficients = np.array([x.coefficient for x in draws])
    posterior = np.diag(1 / prior) - cross @ np.linalg.solve(spread, cross.T)
    # Four standard errors of a variance estimated from 4,000 draws.
    np.testing.assert_allclose(
        np.cov(coefficients.T).diagonal(), posterior.diagonal(), rtol=4 * 0.0224
    )
    sd = np.sqrt((group - first @ np.linalg.solve(spread, first.T)).diagonal())
    effects = np.array([x.group[2] for x in draws])
    np.testing.assert_allclose(effects.std(axis=0), sd, rtol=4 * 0.0112)


def test_variance_beyond_all_measure_has_no_density_and_no_error() -> None:
    found = example()
    data = found.prior, *map(np.ascontiguousarray, total(found.statistics).arrays)
    for variance, scale in ((0.0, 1.0), (np.inf, 1.0), (1.0, np.nan), (np.nan, 1.0)):
        at = np.array([variance]), np.full((1, 1), scale), np.eye(1)
        assert forward(*at, *data)[0][0] == -np.inf
    tiny = forward(np.ones(1), np.full((1, 1), 1e-150), np.eye(1), *data)
    assert np.isfinite(tiny[0][0])
    assert abs(tiny[2][0, 0] * 1e-150) < 1e-9


def test_jax_gives_the_same_density_and_gradient() -> None:
    found = example(slopes=2, crossed_slopes=1)
    sd, scale, crossed = pt.dscalar(), pt.dmatrix(), pt.dmatrix()
    data = found.prior, *total(found.statistics).arrays
    density = mixed_op()(pt.atleast_1d(sd) ** 2, scale, crossed, *data)[0][0]
    wanted = [density, *pt.grad(density, [sd, scale, crossed])]
    at = found.variances.residual_sd, *found.variances[1:]
    numba = pytensor.function([sd, scale, crossed], wanted, mode="NUMBA")(*at)
    jax = pytensor.function([sd, scale, crossed], wanted, mode="JAX")(*at)
    for ours, theirs in zip(numba, jax, strict=True):
        found_both = (np.tril(np.atleast_2d(x)) for x in (theirs, ours))
        np.testing.assert_allclose(*found_both, rtol=1e-8)


@pytest.mark.parametrize("crossed", [0, 1])
def test_simulated_statistics_have_the_moments_of_the_rows(crossed: int) -> None:
    found = example(slopes=1, crossed_slopes=crossed, prior=1.0)
    totals, variances = total(found.statistics), found.variances
    size = len(response_statistics(totals))
    with pm.Model(coords={"statistic": np.arange(size)}) as model:
        GaussianMixed(
            "statistics",
            residual_sd=variances.residual_sd,
            group_scale=variances.group_scale,
            crossed_scale=variances.crossed_scale if crossed else None,
            prior_precision=found.prior,
            totals=totals,
            dims="statistic",
        )
        drawn = pm.draw(model["statistics"], 2000, random_seed=1, mode="FAST_COMPILE")
    density = float(model.compile_logp()({}))
    expected = dense_log_density(found.rows, variances, found.prior)
    assert density == pytest.approx(expected, abs=1e-9)
    rows = found.rows
    spread = covariance(rows, variances, found.prior)
    weighted = rows.fixed * rows.weight[:, None]
    np.testing.assert_allclose(
        drawn[:, :3].var(axis=0), (weighted.T @ spread @ weighted).diagonal(), rtol=0.1
    )
    np.testing.assert_allclose(
        drawn[:, -1].mean(), (rows.weight * spread.diagonal()).sum(), rtol=0.1
    )
