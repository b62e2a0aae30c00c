"""Rows of small mixed models, and their density written out in full."""

from typing import NamedTuple

import numpy as np
from scipy.stats import multivariate_normal

from data.arrays import FloatArray
from models.likelihoods.mixed.conditional import Variances
from models.likelihoods.mixed.statistics import (
    Lengths,
    MixedStatistics,
    Rows,
    gather,
)

GROUPS, CROSSED = 6, 9


class Example(NamedTuple):
    rows: Rows
    statistics: MixedStatistics
    variances: Variances
    prior: FloatArray


def example(
    *, slopes: int = 1, crossed_slopes: int = 1, seed: int = 1, prior: float = 0.04
) -> Example:
    """A hundred and fifty rows in six groups, nine crossed ones and three blocks."""
    rng = np.random.default_rng(seed)
    n, p = 150, 3
    fixed = np.column_stack([np.ones(n), rng.normal(size=(n, p - 1))])
    slope = np.column_stack([np.ones(n), rng.normal(size=n)])
    crossed = np.sort(rng.integers(0, CROSSED, n))
    rows = Rows(
        response=rng.normal(size=n) + fixed @ np.array([1.0, -0.5, 2.0]),
        fixed=fixed,
        weight=rng.uniform(0.5, 2.0, n),
        group=rng.integers(0, GROUPS, n),
        slope=slope[:, :slopes],
        crossed=crossed,
        crossed_slope=np.column_stack([np.ones(n), fixed[:, 1]])[:, :crossed_slopes],
        block=crossed // 3,
        bins=np.stack([crossed % 2, 2 + (fixed[:, 1] > 0)], axis=1),
    )
    lengths = Lengths(
        fixed=p,
        groups=GROUPS,
        slopes=slopes,
        crossed=CROSSED if crossed_slopes else 0,
        crossed_slopes=crossed_slopes,
        blocks=3,
        bins=4,
    )
    parts = [Rows(*(x[k : k + 40] for x in rows)) for k in range(0, n, 40)]
    scale = np.array([[0.5, 0.0], [0.2, 0.3]])
    variances = Variances(
        0.8,
        scale[:slopes, :slopes],
        np.array([[0.4, 0.0], [-0.1, 0.25]])[:crossed_slopes, :crossed_slopes],
    )
    return Example(rows, gather(parts, lengths), variances, np.full(p, prior))


def covariance(rows: Rows, variances: Variances, prior: FloatArray) -> FloatArray:
    """Of all responses, coefficients and effects integrated out."""
    found = rows.fixed @ np.diag(1 / prior) @ rows.fixed.T
    found += np.diag(variances.residual_sd**2 / rows.weight)
    same = rows.group[:, None] == rows.group
    group = variances.group_scale @ variances.group_scale.T
    found += same * (rows.slope @ group @ rows.slope.T)
    if rows.crossed_slope.shape[1]:
        same = rows.crossed[:, None] == rows.crossed
        crossed = variances.crossed_scale @ variances.crossed_scale.T
        found += same * (rows.crossed_slope @ crossed @ rows.crossed_slope.T)
    return found


def dense_log_density(rows: Rows, variances: Variances, prior: FloatArray) -> float:
    mean = np.zeros(len(rows.response))
    spread = covariance(rows, variances, prior)
    return float(multivariate_normal(mean, spread).logpdf(rows.response))
