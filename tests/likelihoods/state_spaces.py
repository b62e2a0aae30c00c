"""Random state-space systems and a slow, independent likelihood for them."""

from typing import Any

import numpy as np
from scipy.linalg import solve_triangular

from data.arrays import FloatArray

System = dict[str, FloatArray]

INPUT_NAMES = (
    "observation",
    "is_observed",
    "loading",
    "persistence",
    "state_variance",
    "observation_variance",
    "initial_mean",
    "initial_variance",
    "state_input",
    "observation_input",
)


def random_system(
    rng: np.random.Generator,
    num_dates: int,
    num_series: int,
    num_factors: int,
    *,
    persistence: Any = None,
    missing_share: float = 0.0,
) -> System:
    """A system with every input at work; cells missing at random where asked for."""
    shape = num_dates, num_series
    drawn = rng.uniform(0.3, 0.95, num_factors)
    return {
        "observation": rng.normal(size=shape),
        "is_observed": (rng.uniform(size=shape) >= missing_share).astype(float),
        "loading": rng.normal(size=(num_series, num_factors)),
        "persistence": drawn
        if persistence is None
        else np.broadcast_to(persistence, num_factors).astype(float),
        "state_variance": rng.uniform(0.5, 2, num_factors),
        "observation_variance": rng.uniform(0.5, 2, num_series),
        "initial_mean": rng.normal(size=num_factors),
        "initial_variance": rng.uniform(1, 9, num_factors),
        "state_input": rng.normal(size=(num_dates, num_factors)),
        "observation_input": rng.normal(size=shape),
    }


def dense_log_likelihood(system: System) -> FloatArray:
    """Log density of each date given earlier ones, from the joint normal of all cells.

    Written from the definition of the model: no recursion over conditional moments.
    """
    mean, covariance, value = dense_moments(system)
    factor = np.linalg.cholesky(covariance)
    # The leading blocks of the factor are those of the leading cells' covariances, so
    # each cell's term is its log density given the cells before.
    white = solve_triangular(factor, value - mean, lower=True)
    cells = -0.5 * (np.log(2 * np.pi) + white**2) - np.log(np.diag(factor))
    joint = np.concatenate([[0.0], np.cumsum(cells)])
    ends = np.cumsum(system["is_observed"].sum(axis=1).astype(int))
    return np.diff(joint[ends], prepend=0.0)


def dense_moments(system: System) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean, covariance and value of the observed cells, date by date."""
    phi, Z = system["persistence"], system["loading"]
    T, K = system["state_input"].shape
    mean = np.empty((T, K))
    covariance = np.zeros((T, K, T, K))
    mean[0] = system["initial_mean"]
    covariance[0, :, 0, :] = np.diag(system["initial_variance"])
    for t in range(1, T):
        mean[t] = phi * mean[t - 1] + system["state_input"][t]
        for u in range(t):
            covariance[t, :, u, :] = phi[:, None] * covariance[t - 1, :, u, :]
            covariance[u, :, t, :] = covariance[t, :, u, :].T
        variance = np.outer(phi, phi) * covariance[t - 1, :, t - 1, :]
        covariance[t, :, t, :] = variance + np.diag(system["state_variance"])
    cells = np.einsum("ik,tkul,jl->tiuj", Z, covariance, Z)
    cells = cells.reshape(cells.shape[0] * cells.shape[1], -1)
    cells += np.diag(np.tile(system["observation_variance"], T))
    seen = system["is_observed"].ravel() > 0
    expected = (mean @ Z.T + system["observation_input"]).ravel()
    value = system["observation"].ravel()
    return expected[seen], cells[np.ix_(seen, seen)], value[seen]
