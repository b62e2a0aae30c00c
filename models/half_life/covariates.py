"""Covariates of the half-life regression: transformed, standardised and judged."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from data.arrays import NOTHING_VARIES, FloatArray
from data.errors import DataError
from data.half_life.checks import SHARES

LOGARITHM = "logarithm"
AS_IT_IS = "as it is"

DEVIATION_SIZE = "deviation_size_bp"
"""Absolute deviation on the event day, averaged over imputations: a covariate that the
panel has without naming it. A large deviation of an estimated path is in part noise,
and comes back for that reason alone (regression to the mean), so that whatever goes
with the size gets an effect where the size does not enter."""

TRANSFORMATIONS = {
    "dealer_hhi": AS_IT_IS,
    "principal_share": AS_IT_IS,
    "ats_share": AS_IT_IS,
    "total_volume_usd": LOGARITHM,
    "trade_count": LOGARITHM,
    "dealer_count": LOGARITHM,
    "bid_ask_spread": AS_IT_IS,
    "liquidity_hhi": AS_IT_IS,
    "issue_concentration_top5": AS_IT_IS,
    "outstanding": LOGARITHM,
    DEVIATION_SIZE: LOGARITHM,
}
"""What is done to a covariate before it is standardised: amounts and counts spread over
orders of magnitude, so a doubling counts the same wherever it starts; shares,
concentrations and spreads enter as they are."""

CONSTANT = "constant"
PLACEHOLDER = "only ever 0 or 1, an indicator or placeholder and no share"
COLLINEAR = "exactly collinear with the others"
NEARLY_COLLINEAR = "nearly collinear with the others"

MAXIMUM_VARIANCE_INFLATION = 10.0
"""Above this a coefficient is called nearly collinear: nine tenths of the covariate's
variance is that of the others. Marquardt (1970, doi 10.2307/1267205)."""

EXACT = 1e-8
"""Share of a covariate's variance that the others may leave over by rounding alone."""


def transform(values: pd.DataFrame, source: str) -> FloatArray:
    """Transform covariates as `TRANSFORMATIONS` says.

    Parameters
    ----------
    values : (row, covariate) DataFrame
        Columns of the panel, in its units; NaN where missing.
    source : str
        Name of the panel in errors.

    Returns
    -------
    (row, covariate) array

    Raises
    ------
    DataError
        If a covariate that enters as a logarithm is not positive somewhere.
    """
    columns = [_transformed(values[name], source) for name in values.columns]
    return np.stack(columns, axis=1) if columns else np.empty((len(values), 0))


def standardize(transformed: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Centre each column and divide it by its standard deviation, missing cells apart.

    A constant column becomes 0 throughout, with scale 1: its coefficient then drops
    out of the likelihood and keeps its prior.

    Returns
    -------
    standardized : (row, covariate) array
    center, scale : (covariate,) array
        Mean and standard deviation of the transformed covariate.
    """
    center = np.nanmean(transformed, axis=0)
    scale = np.nanstd(transformed, axis=0)
    low, high = np.nanmin(transformed, axis=0), np.nanmax(transformed, axis=0)
    size = np.maximum(np.abs(low), np.abs(high))
    constant = high - low <= NOTHING_VARIES * size
    center = np.where(constant, low, center)
    scale = np.where(constant, 1.0, scale)
    standardized = (transformed - center) / scale
    # Rounding is no variation: exactly 0, or it would pass for a combination of others.
    standardized[:, constant] *= 0.0
    return standardized, center, scale


def covariate_report(
    names: Sequence[str],
    cells: pd.DataFrame,
    standardized: FloatArray,
    other_columns: FloatArray,
) -> pd.DataFrame:
    """Judge which covariates the data can tell apart, before anything is sampled.

    Parameters
    ----------
    names : sequence of str
        The covariates.
    cells : (event, covariate) DataFrame
        In the units of the panel, before events of one outcome are averaged.
    standardized : (row, covariate) array
        Transformed and standardised; NaN where missing.
    other_columns : (row, column) array
        All else that enters the regression, such as indicators of the event type by
        tenor; spans the constant.

    Returns
    -------
    DataFrame
        Index ``covariate``; ``transformation``, ``variance_inflation`` (infinite where
        exactly collinear, NaN where constant) and ``finding``, words or empty.
    """
    complete = ~np.isnan(standardized).any(axis=1)
    if complete.sum() <= standardized.shape[1] + other_columns.shape[1]:
        # Too few to judge by: missing cells count as average.
        complete = np.full(len(complete), True)
    inflation = variance_inflation(
        np.nan_to_num(standardized[complete]), other_columns[complete]
    )
    findings = [
        _finding(name, cells[name].dropna().to_numpy(), factor)
        for name, factor in zip(names, inflation, strict=True)
    ]
    return pd.DataFrame(
        {
            "transformation": [TRANSFORMATIONS[name] for name in names],
            "variance_inflation": inflation,
            "finding": findings,
        },
        index=pd.Index(list(names), name="covariate"),
    )


def variance_inflation(
    standardized: FloatArray, other_columns: FloatArray
) -> FloatArray:
    """Variance of each covariate over what all other columns leave of it.

    Parameters
    ----------
    standardized : (row, covariate) array
        Of variance 1, or 0 where constant.
    other_columns : (row, column) array
        See `covariate_report`.

    Returns
    -------
    (covariate,) array
        1 for a covariate unrelated to all others, infinite for an exact combination of
        them, NaN for a constant one.
    """
    columns = np.hstack([standardized, other_columns])
    gram = columns.T @ columns / max(len(columns), 1)
    factors = np.full(standardized.shape[1], np.nan)
    for k in range(standardized.shape[1]):
        if gram[k, k] == 0.0:
            continue
        others = np.arange(len(gram)) != k
        cross = gram[others, k]
        explained = cross @ np.linalg.pinv(gram[np.ix_(others, others)], EXACT) @ cross
        left = gram[k, k] - explained
        factors[k] = np.inf if left < EXACT else gram[k, k] / left
    return factors


def _transformed(column: pd.Series, source: str) -> FloatArray:
    values = column.to_numpy(dtype=np.float64)
    if TRANSFORMATIONS[str(column.name)] == AS_IT_IS:
        return values
    if (values <= 0.0).any():
        raise DataError(
            f"{source}: column {column.name} is {values.min():g} in places, and enters "
            "as a logarithm",
            "leave the cell empty where nothing was traded or outstanding.",
        )
    return np.log(values)


def _finding(name: str, values: FloatArray, inflation: float) -> str:
    if np.isnan(inflation):
        return CONSTANT
    found = []
    if name in SHARES and np.isin(values, (0.0, 1.0)).all():
        found.append(PLACEHOLDER)
    if np.isinf(inflation):
        found.append(COLLINEAR)
    elif inflation > MAXIMUM_VARIANCE_INFLATION:
        found.append(NEARLY_COLLINEAR)
    return "; ".join(found)
