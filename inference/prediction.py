"""Leave-future-out log score: how well a model predicts each date from the past alone.

Bürkner, Gabry & Vehtari (2020, doi 10.1080/00949655.2020.1783262): the model is fitted
to the dates before a cut, carried forward a date at a time by Pareto-smoothed
importance sampling, and fitted again where the smoothing becomes unreliable.
"""

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple, cast

import arviz as az
import numpy as np
import pymc as pm
import xarray as xr
from numpy.typing import NDArray

from data.errors import DataError
from inference.compilation import compile_for_nutpie
from inference.diagnostics import MAXIMUM_INCIDENTAL_R_HAT
from inference.optimum import PosteriorModeSearch, unconstrained_point
from inference.preparation import Past
from inference.sampling import sample_compiled
from inference.settings import SamplerSettings

PARETO_K_THRESHOLD = 0.7
"""Above this the importance weights are unreliable and the model is fitted again:
Vehtari, Simpson, Gelman, Yao & Gabry (2024, arXiv:1507.02646)."""

DRAWS_OF_A_FIT = 2200
"""Over all chains: the fewest at which importance sampling bears that threshold, which
falls with fewer (1 - 1 / log10 of the draws, the same paper)."""

TUNE_OF_A_FIT = 400
"""Chains that start at the mode have adapted by then."""

START_DISPLACEMENT = 1e-3
"""Of the chains' start from the mode, on the unconstrained scale: nutpie takes its
first scales from the gradient and refuses one that is exactly zero."""

MINIMUM_TRAINING_DATES = 20
"""Fewer dates leave the first posteriors to the priors."""


def leave_future_out(
    model: pm.Model,
    trace: xr.DataTree,
    mask_name: str,
    first_date: int,
    settings: SamplerSettings,
    past: Callable[[int], Past] | None = None,
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
        Settings of each fit, of which it takes no more than 2,200 draws over all chains
        and 400 adaptation iterations of each. The fits run nutpie whatever sampler
        they name, because it takes other data without compiling again.
    past : callable, optional
        Maps a number of dates to what else the model takes from them, so that a fit
        to them knows nothing of later ones.

    Returns
    -------
    (time,) xr.Dataset
        ``elpd`` (nats) and ``pareto_k`` (NaN where the model was fitted to exactly the
        dates before). Attributes ``elpd_sum``, ``num_fits``, ``pareto_k_threshold``,
        ``max_r_hat`` and ``num_divergences`` over the fits, and ``reliable``: 0 when
        more than half of the dates needed their own fit, or chains of one disagreed.

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
    fits = _FitsOfThePast(model, mask_name, str(time_dim), settings, past)
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
            "num_fits": len(fits.r_hat),
            "pareto_k_threshold": PARETO_K_THRESHOLD,
            "max_r_hat": max(fits.r_hat),
            "num_divergences": fits.num_divergences,
            "reliable": int(
                not score.warning and max(fits.r_hat) <= MAXIMUM_INCIDENTAL_R_HAT
            ),
        },
    )


class _Training(NamedTuple):
    """Data variables with the dates from one on hidden, and points to start from."""

    data: dict[str, NDArray[np.float64]]
    past: Past


class _FitsOfThePast(az.SamplingWrapper):
    """Fits of one model to its first dates, compiled once.

    ArviZ asks through four methods: hide dates, sample, wrap the draws, and evaluate
    the hidden dates at the draws.

    Attributes
    ----------
    r_hat : list of float
        Largest of each fit so far.
    num_divergences : int
        Over the fits so far.
    """

    def __init__(
        self,
        model: pm.Model,
        mask_name: str,
        time_dim: str,
        settings: SamplerSettings,
        past: Callable[[int], Past] | None,
    ) -> None:
        super().__init__(model)
        self.r_hat: list[float] = []
        self.num_divergences = 0
        self._mask_name = mask_name
        self._time_dim = time_dim
        self._settings = replace(
            settings,
            draws=min(settings.draws, math.ceil(DRAWS_OF_A_FIT / settings.chains)),
            tune=min(settings.tune, TUNE_OF_A_FIT),
        )
        self._past = past or (lambda _: Past({}, ()))
        self._search = PosteriorModeSearch(model)
        self._compiled = compile_for_nutpie(
            model, var_names=[variable.name for variable in model.free_RVs]
        )

    def sel_observations(
        self, idx: NDArray[np.int64]
    ) -> tuple[_Training, tuple[NDArray[np.int64], Past]]:
        """Hide the dates `idx`, the last ones, and all that they tell."""
        mask = np.array(self.model[self._mask_name].get_value())
        mask[idx] = 0.0
        past = self._past(int(idx[0]))
        return _Training({self._mask_name: mask, **past.data}, past), (idx, past)

    def sample(self, modified_observed_data: _Training) -> xr.DataTree:
        """Posterior given what is not hidden."""
        settings = self._settings
        start = self._start_given(modified_observed_data)
        compiled = self._compiled.with_data(**modified_observed_data.data)
        fit = sample_compiled(
            replace(compiled, initial_point_func=lambda _: start), settings
        )
        r_hat = az.rhat(fit["posterior"].to_dataset())
        self.r_hat.append(float(r_hat.to_array().max()))
        self.num_divergences += int(fit["sample_stats"]["diverging"].sum())
        return fit

    def _start_given(self, training: _Training) -> NDArray[np.float64]:
        """Next to the highest mode with dates hidden, on the unconstrained scale."""
        with _data_set_to(self.model, training.data):
            mode = self._search(self._settings.seed, starts=training.past.starts).mode
        values = {v.name: mode[v.name].to_numpy() for v in self.model.free_RVs}
        point = unconstrained_point(self.model, values)
        rng = np.random.default_rng(self._settings.seed)
        return point + START_DISPLACEMENT * rng.standard_normal(point.size)

    def get_inference_data(self, fitted_model: xr.DataTree) -> xr.DataTree:
        """Return the draws as they are."""
        return fitted_model

    def log_likelihood__i(
        self, excluded_obs: tuple[NDArray[np.int64], Past], idata__i: xr.DataTree
    ) -> xr.DataArray:
        """Log density of the hidden dates at each draw."""
        hidden, past = excluded_obs
        with _data_set_to(self.model, past.data):
            densities: Any = pm.stats.compute_log_likelihood(
                idata__i,
                model=self.model,
                extend_inferencedata=False,
                progressbar=False,
            )
        (log_likelihood,) = densities.data_vars.values()
        return cast(xr.DataArray, log_likelihood.isel({self._time_dim: hidden}))


@contextmanager
def _data_set_to(
    model: pm.Model, data: Mapping[str, NDArray[np.float64]]
) -> Iterator[None]:
    """Give data variables other values for a while."""
    before = {name: np.array(model[name].get_value()) for name in data}
    try:
        for name, values in data.items():
            model.set_data(name, values)
        yield
    finally:
        for name, values in before.items():
            model.set_data(name, values)
