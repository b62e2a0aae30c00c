"""A slow, independent likelihood of the state space with score-driven innovations."""

from collections.abc import Iterator

import numpy as np
from scipy.stats import multivariate_t

from data.arrays import FloatArray
from tests.likelihoods.state_spaces import System

DYNAMICS = {
    "covariance_persistence": 0.9,
    "covariance_reaction": 0.25,
    "scale_persistence": 0.8,
    "scale_reaction": 0.3,
    "degrees_of_freedom": 6.0,
}
"""Far from constant, so that every term counts."""


def with_gaps(is_observed: FloatArray) -> FloatArray:
    """Cells missing alone, together, for a while and for a whole date."""
    is_observed[3:7, 0] = 0
    is_observed[5, 2] = 0
    is_observed[9] = 0
    is_observed[12, 1:] = 0
    return is_observed


def innovations_by_matrices(system: System) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Observed innovations and the Cholesky factor of their covariance, by date.

    A filter of whole covariance matrices, every date for itself.
    """
    Z, phi = system["loading"], np.diag(system["persistence"])
    Q, H = np.diag(system["state_variance"]), np.diag(system["observation_variance"])
    a, P = system["initial_mean"], np.diag(system["initial_variance"])
    for t, (y, d) in enumerate(
        zip(system["observation"], system["observation_input"], strict=True)
    ):
        if t > 0:
            a, P = phi @ a + system["state_input"][t], phi @ P @ phi.T + Q
        seen = system["is_observed"][t] > 0
        seen_Z = Z[seen]
        v = (y - d)[seen] - seen_Z @ a
        F = seen_Z @ P @ seen_Z.T + H[np.ix_(seen, seen)]
        yield v, np.linalg.cholesky(F)
        gain = P @ seen_Z.T @ np.linalg.inv(F)
        a, P = a + gain @ v, P - gain @ F @ gain.T


def slow_log_density(
    innovation: list[FloatArray], is_observed: FloatArray, **dynamics: float
) -> FloatArray:
    """Equations (1) to (3) of `score_driven.passes`; innovations of observed cells."""
    p, a, phi, kappa, nu = dynamics.values()
    N = is_observed.shape[1]
    G, log_scale, densities = np.eye(N), 0.0, []
    for z, seen in zip(innovation, is_observed > 0, strict=True):
        M = np.where(~seen[:, None] & ~seen[None, :], G, 0.0)
        if n := seen.sum():
            scale = np.exp(2 * log_scale) * G[np.ix_(seen, seen)]
            densities.append(multivariate_t(shape=scale, df=nu).logpdf(z))
            q = z @ np.linalg.inv(scale) @ z
            w = (nu + n) / (nu + q)
            e = z / np.exp(log_scale)
            M[np.ix_(seen, seen)] = w * e[:, None] * e[None, :]
            log_scale = phi * log_scale + kappa * (w * q / n - 1)
        else:
            densities.append(0.0)
            log_scale = phi * log_scale
        G = (1 - p) * np.eye(N) + (p - a) * G + a * M
    return np.array(densities)


def slow_log_likelihood(system: System, **dynamics: float) -> FloatArray:
    """Log density of each date's observed cells given the earlier dates."""
    by_date = list(innovations_by_matrices(system))
    # The innovations one series after another, over their standard deviations.
    z = [np.linalg.solve(factor, v) for v, factor in by_date]
    jacobian = np.array([-np.log(np.diag(factor)).sum() for _, factor in by_date])
    return jacobian + slow_log_density(z, system["is_observed"], **dynamics)
