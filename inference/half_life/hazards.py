"""Hazards of every outcome at draws of a half-life regression."""

import numpy as np
import xarray as xr

from data.arrays import FloatArray
from data.dims import COVARIATE, DAY, EVENT_DATE, EVENT_TENOR, MISSING_CELL
from inference.sampling import SAMPLE_DIMS, thin_evenly
from models.half_life.inputs import HalfLifeInputs


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
        total = total + coefficient @ inputs.known.T
    if inputs.incomplete:
        total = total + _of_missing_cells(draws, inputs)
    if "date_effect" in draws:
        of_date = draws["date_effect"].transpose("sample", EVENT_DATE).to_numpy()
        total = total + of_date[:, inputs.date]
    return total


def _of_missing_cells(draws: xr.Dataset, inputs: HalfLifeInputs) -> FloatArray:
    """What covariates add where they are drawn, (sample, outcome)."""
    names = list(inputs.covariates.index)
    drawn = draws["missing_covariate"].transpose("sample", MISSING_CELL).to_numpy()
    total = np.zeros((len(drawn), len(inputs.outcomes)))
    start = 0
    for name in inputs.incomplete:
        rows = np.flatnonzero(np.isnan(inputs.standardized[:, names.index(name)]))
        coefficient = draws["coefficient"].sel(covariate=name).to_numpy()
        cells = drawn[:, start : start + len(rows)]
        total[:, rows] += coefficient[:, None] * cells
        start += len(rows)
    return total
