"""Leave-future-out log score: how well a model predicts each date from the past alone.

Bürkner, Gabry & Vehtari (2020, doi 10.1080/00949655.2020.1783262): the model is fitted
to the dates before a cut, carried forward a date at a time by Pareto-smoothed
importance sampling, and fitted again where the smoothing becomes unreliable.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import arviz as az
import numpy as np
import nutpie
import pymc as pm
import xarray as xr
from numpy.typing import NDArray

from data.errors import DataError
from inference.compilation import compile_for_nutpie
from inference.optimum import PosteriorModeSearch, unconstrained_point
from inference.settings import SamplerSettings

PARETO_K_THRESHOLD = 0.7
"""Above this the importance weights are unreliable and the model is fitted again:
Vehtari, Simpson, Gelman, Yao & Gabry (2024, arXiv:1507.02646)."""

MINIMUM_TRAINING_DATES = 20
"""Fewer dates leave the first posteriors to the priors."""


def leave_future_out(
    model: pm.Model,
    trace: xr.DataTree,
    mask_name: str,
    first_date: int,
    settings: SamplerSettings,
    starts: Sequence[Mapping[str, NDArray[np.float64]]] = (),
) -> xr.Dataset:
    """Log predictive density of each date given all earlier dates.

    Every fit starts all chains at the highest posterior mode found for its dates, as
    `inference.fitting.fit` does.

    Parameters
    ----------
    model : pm.Model
        Model of the trace. Its data variable `mask_name` holds 1 where a cell counts
        and 0 where it does not, time first; setting dates to 0 hides them.
    trace : xr.DataTree
        Trace of the model with group ``log_likelihood``, one value a date.
    mask_name : str
        Name of the mask.
    first_date : int
        Position of the first date to be predicted.
    settings : SamplerSettings
        Settings of each fit. The fits run nutpie whatever sampler they name, because
        it takes other data without compiling again.
    starts : sequence of mappings
        Points from which each search for the mode sets out besides scattered ones.

    Returns
    -------
    (time,) xr.Dataset
        ``elpd`` (nats) and ``pareto_k`` (NaN where the model was fitted to exactly the
        dates before). Attributes ``elpd_sum``, ``num_fits``, ``pareto_k_threshold``
        and ``reliable``: 0 when more than half of the dates needed their own fit.

    Raises
    ------
    DataError
        If fewer than 20 dates come before `first_date`, or none from it on.
    """
    (log_likelihood,) = trace["log_likelihood"].data_vars.values()
    (time_dim,) = (dim for dim in log_likelihood.dims if dim not in ("chain", "draw"))
    num_dates = log_likelihood.sizes[time_dim]
    if not MINIMUM_TRAINING_DATES <= first_date < num_dates:
        raise DataError(
            f"the first date to predict is number {first_date} of {num_dates}",
            f"Choose one with at least {MINIMUM_TRAINING_DATES} dates before it.",
        )
    fits = _FitsOfThePast(model, mask_name, str(time_dim), settings, starts)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", UserWarning)
        score = az.lfo_cv(
            trace,
            fits,
            min_observations=first_date,
            forecast_horizon=1,
            time_dim=time_dim,
            pointwise=True,
            k_threshold=PARETO_K_THRESHOLD,
        )
    for warning in caught:
        if "refits" not in str(warning.message):
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    return xr.Dataset(
        {"elpd": score.elpd_i, "pareto_k": score.pareto_k},
        attrs={
            "elpd_sum": float(score.elpd),
            "num_fits": fits.num_fits,
            "pareto_k_threshold": PARETO_K_THRESHOLD,
            "reliable": int(not score.warning),
        },
    )


class _FitsOfThePast(az.SamplingWrapper):
    """Fits of one model to its first dates, compiled once.

    ArviZ asks through four methods: hide dates, sample, wrap the draws, and evaluate
    the hidden dates at the draws.
    """

    def __init__(
        self,
        model: pm.Model,
        mask_name: str,
        time_dim: str,
        settings: SamplerSettings,
        starts: Sequence[Mapping[str, NDArray[np.float64]]],
    ) -> None:
        super().__init__(model)
        self.num_fits = 0
        self._mask_name = mask_name
        self._time_dim = time_dim
        self._settings = settings
        self._starts = starts
        self._search = PosteriorModeSearch(model)
        self._mask = np.asarray(model[mask_name].get_value())
        self._compiled = compile_for_nutpie(
            model, var_names=[variable.name for variable in model.free_RVs]
        )

    def sel_observations(
        self, idx: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Mask with the dates `idx` hidden, and `idx` itself."""
        mask = self._mask.copy()
        mask[idx] = 0.0
        return mask, idx

    def sample(self, modified_observed_data: NDArray[np.float64]) -> xr.DataTree:
        """Posterior given what the mask leaves."""
        settings = self._settings
        self.num_fits += 1
        start = self._mode_given(modified_observed_data)
        compiled = self._compiled.with_data(**{self._mask_name: modified_observed_data})
        return cast(
            xr.DataTree,
            nutpie.sample(
                replace(compiled, initial_point_func=lambda _: start),
                draws=settings.draws,
                tune=settings.tune,
                chains=settings.chains,
                seed=settings.seed,
                target_accept=settings.target_accept,
                maxdepth=settings.max_tree_depth,
                save_warmup=False,
                progress_bar=False,
            ),
        )

    def _mode_given(self, mask: NDArray[np.float64]) -> NDArray[np.float64]:
        """Highest mode found with some dates hidden, on the unconstrained scale."""
        self.model.set_data(self._mask_name, mask)
        try:
            mode = self._search(self._settings.seed, starts=self._starts).mode
        finally:
            self.model.set_data(self._mask_name, self._mask)
        values = {v.name: mode[v.name].to_numpy() for v in self.model.free_RVs}
        return unconstrained_point(self.model, values)

    def get_inference_data(self, fitted_model: xr.DataTree) -> xr.DataTree:
        """Return the draws as they are."""
        return fitted_model

    def log_likelihood__i(
        self, excluded_obs: NDArray[np.int64], idata__i: xr.DataTree
    ) -> xr.DataArray:
        """Log density of the hidden dates at each draw."""
        densities: Any = pm.stats.compute_log_likelihood(
            idata__i, model=self.model, extend_inferencedata=False, progressbar=False
        )
        (log_likelihood,) = densities.data_vars.values()
        return cast(xr.DataArray, log_likelihood.isel({self._time_dim: excluded_obs}))
