"""Paths of market depth from today, or from a day like those of the sample."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
import xarray as xr

from data.arrays import FloatArray
from inference.liquidity_regimes.depth_dynamics import estimate_depth_dynamics
from models.liquidity_regimes.depth_dynamics import (
    HISTORY_DAYS,
    DepthDynamics,
    simulate_depth_onwards,
)

NUM_PATHS = 100
"""A draw. An average over them is off by some 0.015, next to nothing in the interval
of a probability and nothing in the mean over the draws."""

NUM_DAYS_ALIKE = 60
"""A quarter of trading days: those of the sample whose depth was nearest."""

SEED = 0
"""Of the paths, so that a trace gives the same numbers again."""


class DepthPaths:
    """Paths of depth, one set for each posterior draw.

    Parameters
    ----------
    trace : DataTree
        Trace of the liquidity-regimes model.
    num_draws : int
        Posterior draws of the dynamics of depth.
    num_days : int
        Length of a path, today included.
    num_paths : int
        Paths a draw.
    """

    def __init__(
        self,
        trace: xr.DataTree,
        num_draws: int,
        num_days: int,
        num_paths: int = NUM_PATHS,
    ) -> None:
        data = trace["constant_data"]
        self._depth = data["depth_musd"].to_numpy()
        self._volatility = data["covariates_bp"].sel(covariate="V").to_numpy()
        self._state = trace["regimes"]["most_likely_path"].to_numpy().astype(str)
        self._num_draws, self._num_days = num_draws, num_days
        self._num_paths = num_paths

    @cached_property
    def dynamics(self) -> DepthDynamics:
        """Draws of how depth and volatility move."""
        return estimate_depth_dynamics(
            self._depth, self._volatility, self._num_draws, np.random.default_rng(SEED)
        )

    def from_today(self) -> xr.DataArray:
        """Paths after the last days of the sample, (day, sample, path), USD million."""
        last = len(self._depth) - 1
        return self._onwards(lambda _: np.full(self._shape, last), self._depth[last])

    def from_depth(self, depth_musd: float, state: str) -> xr.DataArray:
        """Paths from a depth and state of today.

        Depth and volatility have come there as they came on the days of the sample
        that were in the state, by the most likely path, and nearest in depth (all days
        where it was never met); the months before them are moved to the depth asked
        for.

        Returns
        -------
        (day, sample, path) DataArray
            USD million; the first day is today.
        """
        has_history = np.arange(len(self._depth)) >= HISTORY_DAYS - 1
        days = np.flatnonzero((self._state == state) & has_history)
        if not len(days):
            days = np.flatnonzero(has_history)
        distance = np.abs(np.log(self._depth[days] / depth_musd))
        alike = days[np.argsort(distance, kind="stable")[:NUM_DAYS_ALIKE]]
        return self._onwards(lambda rng: rng.choice(alike, self._shape), depth_musd)

    @property
    def _shape(self) -> tuple[int, int]:
        return self._num_draws, self._num_paths

    def _onwards(
        self, choose: Callable[[np.random.Generator], np.ndarray], depth_musd: float
    ) -> xr.DataArray:
        rng = np.random.default_rng(SEED)
        day = choose(rng) + np.arange(1 - HISTORY_DAYS, 1)[:, None, None]
        log_depth = np.log(self._depth)[day]
        log_depth += np.log(depth_musd) - log_depth[-1]
        paths = simulate_depth_onwards(
            self.dynamics,
            log_depth,
            np.log(self._volatility)[day],
            self._num_days - 1,
            rng,
        )
        today: FloatArray = np.full((1, *self._shape), depth_musd)
        return xr.DataArray(
            np.concatenate([today, paths]), dims=("day", "sample", "path")
        )
