"""Changing components to test with, and their density by slow code."""

from typing import Any

import numpy as np
from scipy.stats import multivariate_normal

from data.arrays import FloatArray

System = dict[str, Any]


def random_components(
    num_dates: int, num_series: int, num_components: int, seed: int = 3
) -> System:
    """Observations and parameters; some cells are missing, some variances zero."""
    rng = np.random.default_rng(seed)
    shape = num_dates, num_series, num_components
    is_observed = (rng.uniform(size=shape[:2]) < 0.8).astype(float)
    variance = rng.gamma(2.0, 1.0, shape)
    # Such as that of an event's shock on days without events.
    variance[rng.uniform(size=shape[:2]) < 0.6, -1] = 0.0
    return {
        "observation": rng.normal(0.0, 3.0, shape[:2]),
        "is_observed": is_observed,
        "persistence": rng.uniform(0.2, 1.0, shape),
        "innovation_variance": variance,
        "noise_variance": rng.gamma(2.0, 0.5, num_series),
        "initial_mean": rng.normal(0.0, 1.0, shape[1:]),
        "initial_variance": rng.gamma(2.0, 2.0, shape[1:]),
    }


def joint_moments(system: System, series: int) -> tuple[FloatArray, FloatArray]:
    """Mean and covariance of all dates of one series, from its shocks.

    A shock of one date reaches a later one by the product of the persistences between.
    """
    phi = system["persistence"][:, series]
    q = system["innovation_variance"][:, series]
    num_dates, num_components = phi.shape
    mean = np.zeros(num_dates)
    covariance = system["noise_variance"][series] * np.eye(num_dates)
    for k in range(num_components):
        reach = np.array(
            [
                [
                    np.prod(phi[s + 1 : t + 1, k]) if s <= t else 0.0
                    for s in range(num_dates)
                ]
                for t in range(num_dates)
            ]
        )
        shocks = np.concatenate(
            [system["initial_variance"][series, k : k + 1], q[1:, k]]
        )
        mean += reach[:, 0] * system["initial_mean"][series, k]
        covariance += reach @ np.diag(shocks) @ reach.T
    return mean, covariance


def dense_log_density(system: System) -> float:
    """Log density of every observed cell, from one normal a series."""
    total = 0.0
    for series in range(system["observation"].shape[1]):
        mean, covariance = joint_moments(system, series)
        seen = system["is_observed"][:, series] > 0
        total += multivariate_normal(mean[seen], covariance[np.ix_(seen, seen)]).logpdf(
            system["observation"][seen, series]
        )
    return total


def dense_innovations(system: System) -> FloatArray:
    """Standardised innovations, (time, series); 0 where not observed.

    The inverse of the Cholesky factor of the joint covariance takes from each date what
    earlier ones tell.
    """
    result = np.zeros(system["observation"].shape)
    for series in range(result.shape[1]):
        mean, covariance = joint_moments(system, series)
        seen = system["is_observed"][:, series] > 0
        factor = np.linalg.cholesky(covariance[np.ix_(seen, seen)])
        away = system["observation"][seen, series] - mean[seen]
        result[seen, series] = np.linalg.solve(factor, away)
    return result
