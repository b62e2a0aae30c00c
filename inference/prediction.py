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
from arviz_stats.base.array import array_stats
from numpy.typing import NDArray

from data.errors import DataError
from inference.checks.verdict import broken_draws
from inference.sampling import SAMPLE_DIMS, sample_compiled
from inference.sampling.compilation import compile_for_nutpie
from inference.sampling.incidental import MAXIMUM_INCIDENTAL_R_HAT
from inference.sampling.optimum import PosteriorModeSearch, unconstrained_point
from inference.settings import SamplerSettings
from inference.traced.prepared import Past, Predictions

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
    predict: Predictions | None = None,
    *,
    searches: bool = True,
    advance: Callable[[int], None] = lambda _: None,
) -> xr.Dataset:
    """Log predictive density of each date given all earlier dates.

    Every fit starts all chains at the highest posterior mode found for its dates, or
    scattered where the density has none, as `inference.fitting.fit` does.

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
    predict : callable, optional
        What each draw predicts of each date; see `inference.traced.prepared.Masking`.
    searches : bool
        Whether the density has a highest point to start from.
    advance : callable
        Called with numbers of dates that were predicted, fit by fit.

    Returns
    -------
    (time,) xr.Dataset
        ``elpd`` (nats) and ``pareto_k`` (NaN where the model was fitted to exactly the
        dates before); of `predict`, means over the draws given the dates before, such
        as ``pit``, the probability below the observed value. Attributes ``elpd_sum``,
        ``num_fits``, ``pareto_k_threshold``, ``max_r_hat`` and ``num_divergences`` over
        the fits, and ``reliable``: 0 when more than half of the dates needed their own
        fit, or chains of one disagreed.

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
    told = _Told(first_date, advance)
    fits = _FitsOfThePast(
        model,
        mask_name,
        str(time_dim),
        settings,
        past,
        predict,
        searches=searches,
        told=told,
    )
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
    told(num_dates)
    for warning in caught:
        if "refits" not in str(warning.message):
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
    return xr.Dataset(
        {"elpd": score.elpd_i, "pareto_k": score.pareto_k, **fits.predictions()},
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


class _Told:
    """Tells how many dates more are predicted, from how many there were before one."""

    def __init__(self, first_date: int, advance: Callable[[int], None]) -> None:
        self._before = first_date
        self._advance = advance

    def __call__(self, position: int) -> None:
        if position > self._before:
            self._advance(position - self._before)
            self._before = position


class _Training(NamedTuple):
    """Data variables with the dates from one on hidden, and points to start from."""

    data: dict[str, NDArray[np.float64]]
    past: Past


class _Carried(NamedTuple):
    """A fit that is carried forward, and what it says of dates that it has not seen.

    Attributes
    ----------
    first : int
        Position of the first of them.
    log_likelihood : (chain, draw, time) xr.DataArray
        Log density of each.
    ahead : (sample, time, ...) xr.Dataset
        Prediction of each given those before it.
    """

    first: int
    log_likelihood: xr.DataArray
    ahead: xr.Dataset


def _importance_weights(log_ratios: xr.DataArray) -> xr.DataArray:
    """Pareto-smoothed weights of the draws, (sample,), chain after chain."""
    flat = log_ratios.transpose(*SAMPLE_DIMS).to_numpy().ravel()
    # Without a date seen since the fit all draws weigh the same, and have no tail.
    if flat.any():
        flat, _ = array_stats.psislw(-flat)
    return xr.DataArray(np.exp(flat - flat.max()), dims="sample")


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
        predict: Predictions | None,
        *,
        searches: bool,
        told: Callable[[int], None],
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
        self._predict = predict
        self._told = told
        self._carried: _Carried | None = None
        self._predicted: list[xr.Dataset] = []
        self._search = PosteriorModeSearch(model) if searches else None
        self._compiled = compile_for_nutpie(
            model, var_names=[variable.name for variable in model.free_RVs]
        )

    def sel_observations(
        self, idx: NDArray[np.int64]
    ) -> tuple[_Training, tuple[NDArray[np.int64], Past]]:
        """Hide the dates `idx`, the last ones, and all that they tell."""
        self._close(int(idx[0]))
        self._told(int(idx[0]))
        mask = np.array(self.model[self._mask_name].get_value())
        mask[idx] = 0.0
        past = self._past(int(idx[0]))
        return _Training({self._mask_name: mask, **past.data}, past), (idx, past)

    def sample(self, modified_observed_data: _Training) -> xr.DataTree:
        """Posterior given what is not hidden."""
        settings = self._settings
        compiled = self._compiled.with_data(**modified_observed_data.data)
        if self._search is not None:
            start = self._start_given(self._search, modified_observed_data)
            compiled = replace(compiled, initial_point_func=lambda _: start)
        fit = sample_compiled(compiled, settings)
        posterior = fit["posterior"].to_dataset()
        # Ranks pass over a draw that is no number; such chains agree on nothing.
        r_hat = math.inf if broken_draws(posterior) else az.rhat(posterior).to_array()
        self.r_hat.append(float(np.max(r_hat)))
        self.num_divergences += int(fit["sample_stats"]["diverging"].sum())
        return fit

    def _start_given(
        self, search: PosteriorModeSearch, training: _Training
    ) -> NDArray[np.float64]:
        """Next to the highest mode with dates hidden, on the unconstrained scale."""
        with _data_set_to(self.model, training.data):
            mode = search(self._settings.seed, starts=training.past.starts).mode
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
            if self._predict:
                ahead = self._predict(self.model, idata__i["posterior"].to_dataset())
        (log_likelihood,) = densities.data_vars.values()
        of_hidden = cast(xr.DataArray, log_likelihood.isel({self._time_dim: hidden}))
        if self._predict:
            ahead = ahead.isel({self._time_dim: hidden}).astype(np.float32)
            self._carried = _Carried(int(hidden[0]), of_hidden, ahead)
        return of_hidden

    def predictions(self) -> dict[str, xr.DataArray]:
        """Predictions of every date that was scored, after all were."""
        self._close(None)
        if not self._predicted:
            return {}
        # Dates come from the trace, as those of the score do.
        found = xr.concat(self._predicted, self._time_dim).drop_vars(self._time_dim)
        return {str(name): values for name, values in found.items()}

    def _close(self, end: int | None) -> None:
        """Take the means of the fit at hand, up to the date that another begins at."""
        if self._carried is None:
            return
        first, log_likelihood, ahead = self._carried
        num_dates = ahead.sizes[self._time_dim] if end is None else end - first
        log_ratios = xr.zeros_like(log_likelihood.isel({self._time_dim: 0}, drop=True))
        for offset in range(num_dates):
            date = ahead.isel({self._time_dim: [offset]})
            weights = _importance_weights(log_ratios)
            self._predicted.append(date.weighted(weights).mean("sample"))
            log_ratios += log_likelihood.isel({self._time_dim: offset}, drop=True)
        self._carried = None


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
