"""Statistics of the observed data beside their replicated distribution."""

from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.estimates import TAIL, stacked
from analysis.fits import Fit

REMEMBERED = 16
"""Findings, a table and a figure ask for the same comparison of a fit."""


@lru_cache(maxsize=REMEMBERED)
def compare_statistics(fit: Fit, group: str) -> pd.DataFrame:
    """Every statistic of the observed data beside its replicated distribution.

    Parameters
    ----------
    fit : Fit
        Its description names the variable and the statistics.
    group : {"prior_predictive", "posterior_predictive"}

    Returns
    -------
    DataFrame
        Columns statistic, label, observed, lower_95, lower_50, median, upper_50,
        upper_95 (of the replications) and probability_above: the share of
        replications at or above the observed value.

    Notes
    -----
    What was not observed is masked in the replications as in the data.
    """
    check = fit.description.predictive_check
    observed = fit.group("observed_data")[check.variable]
    seen = (
        fit.group("constant_data")[check.observed_mask] > 0
        if check.observed_mask
        else np.isfinite(observed)
    )
    observed = observed.where(seen)
    replicated = stacked(fit.group(group)[check.variable]).astype(float).where(seen)
    levels = [TAIL, 0.25, 0.5, 0.75, 1 - TAIL]
    names = ["lower_95", "lower_50", "median", "upper_50", "upper_95"]
    frames = []
    for title, compute in check.statistics.items():
        actual, drawn = compute(observed), compute(replicated)
        # NaN either in every replication (nothing observed) or in none.
        bounds = drawn.quantile(levels, "sample", skipna=False)
        bounds = bounds.assign_coords(quantile=names)
        frame = bounds.transpose("label", "quantile").to_pandas()
        frame.insert(0, "observed", actual.to_series())
        frame["probability_above"] = (drawn >= actual).mean("sample").to_series()
        frames.append(frame.rename_axis("label").reset_index().assign(statistic=title))
    return pd.concat(frames, ignore_index=True)[
        ["statistic", "label", "observed", *names, "probability_above"]
    ]
