"""What follows the data of a state space, from the joint normal of all its cells."""

import numpy as np
import xarray as xr

from inference.states.kalman import StateSpace
from tests.inference.test_states_kalman import dense_states

STANDARD_ERRORS = 5.0
"""Of a mean or a standard deviation over the paths; some sixteen cells of each."""


def ahead_by_joint_normal(
    system: StateSpace, num_ahead: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean and sd (ahead, series) of the last dates given the observed cells before."""
    mean, covariance = dense_states(system)
    T, N = system.observation.shape
    design = np.kron(np.eye(T), system.loading)
    centre = design @ mean + system.observation_input.ravel()
    cells = design @ covariance @ design.T
    cells += np.diag(np.tile(system.observation_variance, T))
    ahead = np.arange(T * N) >= (T - num_ahead) * N
    known = ~ahead & (system.is_observed.ravel() > 0)
    gain = np.linalg.solve(cells[np.ix_(known, known)], cells[np.ix_(known, ahead)])
    gap = system.observation.ravel()[known] - centre[known]
    left = cells[np.ix_(ahead, ahead)] - cells[np.ix_(ahead, known)] @ gain
    shape = num_ahead, N
    return (
        (centre[ahead] + gap @ gain).reshape(shape),
        np.sqrt(np.diag(left)).reshape(shape),
    )


def require_distribution(draws: xr.DataArray, mean: np.ndarray, sd: np.ndarray) -> None:
    """Fail unless paths (sample, ...) have the mean and standard deviation (...)."""
    number = draws.sizes["sample"]
    error = (draws.mean("sample").to_numpy() - mean) / sd
    assert np.abs(error).max() < STANDARD_ERRORS * number**-0.5
    ratio = draws.std("sample").to_numpy() / sd
    assert np.abs(ratio - 1).max() < STANDARD_ERRORS * (2 * number) ** -0.5
