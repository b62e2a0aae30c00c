"""Statistics of the observed data beside those of replicated data."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from inference.sampling import SAMPLE_DIMS

Statistic = Callable[[xr.DataArray], xr.DataArray]
"""From data (..., time, ...) to one number a label (..., label)."""

RELEVANT_SHARE = 0.1
"""Of a standard deviation or a quantile: a position's risk off by a tenth is within
what risk limits are rounded to."""

RELEVANT_CORRELATION = 0.1
"""An autocorrelation of 0.1 explains one per cent of the variance, and makes standard
errors that ignore it ten per cent too small."""

RELEVANT_EXCESS_KURTOSIS = 1.0
"""That of a Student t with ten degrees of freedom: moves of three standard deviations
are twice as frequent as those of a normal variable."""

RELEVANT_RANGE_SHARE = 0.25
"""Of how far a path travels, which one path tells only roughly."""

LEVELS = {
    "lower_95": 0.025,
    "lower_50": 0.25,
    "median": 0.5,
    "upper_50": 0.75,
    "upper_95": 0.975,
}
"""Quantiles of the replications, by the name of their column."""


@dataclass(frozen=True)
class PredictiveCheck:
    """What replicated data are compared with observed data by.

    Attributes
    ----------
    variable : str
        Observed variable, of groups observed_data and {prior, posterior}_predictive.
    subject : str
        Its name in captions, plural: "yields".
    statistics : mapping of str to callable
        Title with unit -> statistic of the variable.
    scale_statistics : collection of str
        Titles of positive statistics whose prior spans orders of magnitude.
    relevant_difference : mapping of str to float
        Title -> smallest difference between observed and replicated that matters to
        anyone who uses the model: a share of the replicated median for
        `scale_statistics`, else in the statistic's own unit.
    observed_mask : str
        Variable of constant_data that is positive where the data were observed; empty
        where the observed data themselves hold NaN.
    """

    variable: str
    subject: str
    statistics: Mapping[str, Statistic]
    scale_statistics: Collection[str]
    relevant_difference: Mapping[str, float]
    observed_mask: str = ""


def observed_cells(trace: xr.DataTree, check: PredictiveCheck) -> xr.DataArray:
    """Whether each cell of the observed variable was observed."""
    if check.observed_mask:
        return trace["constant_data"].to_dataset()[check.observed_mask] > 0
    observed = trace["observed_data"].to_dataset()[check.variable]
    return xr.ufuncs.isfinite(observed)


def compare_statistics(
    trace: xr.DataTree, check: PredictiveCheck, group: str
) -> pd.DataFrame:
    """Every statistic of the observed data beside its replicated distribution.

    Parameters
    ----------
    trace : xr.DataTree
        Trace with groups ``observed_data``, `group` and, where the check names a mask,
        ``constant_data``.
    check : PredictiveCheck
        Names the variable and the statistics.
    group : {"prior_predictive", "posterior_predictive"}
        Replicated data.

    Returns
    -------
    DataFrame
        Columns statistic, label, observed, those of `LEVELS` (of the replications) and
        probability_above: the share of replications at or above the observed value.

    Notes
    -----
    What was not observed is masked in the replications as in the data.
    """
    drawn = trace[group].to_dataset()[check.variable]
    # A model may hold its data in another order, but statistics follow the calendar.
    seen = observed_cells(trace, check).reindex_like(drawn)
    observed = trace["observed_data"].to_dataset()[check.variable]
    observed = observed.reindex_like(drawn).where(seen)
    replicated = drawn.stack(sample=SAMPLE_DIMS, create_index=False)  # noqa: PD013
    replicated = replicated.transpose(..., "sample").astype(np.float64).where(seen)
    frames = []
    for title, compute in check.statistics.items():
        actual, drawn = compute(observed), compute(replicated)
        # NaN either in every replication (nothing observed) or in none.
        bounds = drawn.quantile(list(LEVELS.values()), "sample", skipna=False)
        bounds = bounds.assign_coords(quantile=list(LEVELS))
        frame = bounds.transpose("label", "quantile").to_pandas()
        frame.insert(0, "observed", actual.to_series())
        frame["probability_above"] = (drawn >= actual).mean("sample").to_series()
        frames.append(frame.rename_axis("label").reset_index().assign(statistic=title))
    return pd.concat(frames, ignore_index=True)[
        ["statistic", "label", "observed", *LEVELS, "probability_above"]
    ]
