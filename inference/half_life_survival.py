"""Survival curves of the groups of events in a half-life regression."""

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.sampling import SAMPLE_DIMS, thin_evenly
from models.dims import COVARIATE, DAY, EVENT_DATE, EVENT_TENOR
from models.half_life_inputs import HalfLifeInputs

FloatArray = NDArray[np.float64]


def group_survival(
    posterior: xr.Dataset, inputs: HalfLifeInputs, num_draws: int
) -> xr.Dataset:
    """Share of the events of each type and tenor that are still open, by day.

    What the model predicts for the events in the data, at their covariates and dates:
    the counterpart of a Kaplan-Meier curve of the same events. An event type's share of
    an outcome is its weight.

    Parameters
    ----------
    posterior : (chain, draw, ...) xr.Dataset
        Draws of a duration model.
    inputs : HalfLifeInputs
        Its data.
    num_draws : int
        Draws to use, evenly thinned.

    Returns
    -------
    xr.Dataset
        ``survival`` (sample, event_tenor, day), single precision, and ``num_outcomes``
        (event_tenor,), weights of the outcomes added up.
    """
    draws = thinned_samples(posterior, num_draws)
    cumulative = cumulative_baseline(draws)
    ratio = np.exp(log_hazard_ratio(draws, inputs))
    weight = inputs.mix_weight[inputs.mix]
    total = weight.sum(axis=0)
    share = np.empty((len(ratio), len(total), cumulative.shape[1]), np.float32)
    for day in range(cumulative.shape[1]):
        still_open = np.exp(-ratio * cumulative[:, day, None])
        share[:, :, day] = still_open @ weight / total
    return xr.Dataset(
        {
            "survival": (("sample", EVENT_TENOR, DAY), share),
            "num_outcomes": ((EVENT_TENOR,), total),
        },
        coords={
            EVENT_TENOR: inputs.event_tenors,
            DAY: posterior[DAY].to_numpy(),
        },
    )


def thinned_samples(posterior: xr.Dataset, num_draws: int) -> xr.Dataset:
    """Draws of all chains in one dimension ``sample``, evenly thinned."""
    return thin_evenly(posterior, num_draws).stack(sample=SAMPLE_DIMS)


def cumulative_baseline(draws: xr.Dataset) -> FloatArray:
    """Cumulative baseline hazard at the end of each day, (sample, day)."""
    log_hazard = draws["baseline_log_hazard"].transpose("sample", DAY).to_numpy()
    cumulative: FloatArray = np.cumsum(np.exp(log_hazard), axis=1)
    return cumulative


def log_hazard_ratio(draws: xr.Dataset, inputs: HalfLifeInputs) -> FloatArray:
    """Log hazard ratio of every outcome, (sample, outcome).

    Parameters
    ----------
    draws : (sample, ...) xr.Dataset
        Draws of the effects that the model has.
    inputs : HalfLifeInputs
        Its data.
    """
    effects = draws["event_tenor_effect"].transpose("sample", EVENT_TENOR).to_numpy()
    total: FloatArray = (effects @ inputs.mix_weight.T)[:, inputs.mix]
    if "coefficient" in draws:
        coefficient = draws["coefficient"].transpose("sample", COVARIATE).to_numpy()
        total = total + coefficient @ inputs.standardized.T
    if "date_effect" in draws:
        of_date = draws["date_effect"].transpose("sample", EVENT_DATE).to_numpy()
        total = total + of_date[:, inputs.date]
    return total
