"""Read yields off a published curve at maturities between the published ones."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LONGEST_EXTENSION_YEARS = 1.0
"""How far beyond its longest published maturity a curve is held level."""

_UNUSED_DECAY = 0.0


def interpolated_yields(curve: pd.DataFrame, maturities_years: Floats) -> Floats:
    """Interpolate each row's curve linearly in maturity.

    Below the shortest published maturity of a row the curve is level; so it is up to
    `LONGEST_EXTENSION_YEARS` beyond the longest. Further out the result is NaN.

    Parameters
    ----------
    curve : DataFrame
        One row a week, columns maturities in years, NaN where not published.
    maturities_years : ndarray, shape (week, point)
        Where to read each week's curve.

    Returns
    -------
    ndarray, shape (week, point)
        In the unit of `curve`.
    """
    known = curve.columns.to_numpy(dtype=np.float64)
    order = np.argsort(known)
    values = curve.to_numpy(dtype=np.float64)[:, order]
    read = np.full(maturities_years.shape, np.nan)
    for week, row in enumerate(values):
        published = ~np.isnan(row)
        if published.any():
            at, maturities = maturities_years[week], known[order][published]
            near = at <= maturities[-1] + LONGEST_EXTENSION_YEARS
            read[week] = np.where(
                near, np.interp(at, maturities, row[published]), np.nan
            )
    return read


def svensson_yields(parameters: pd.DataFrame, maturities_years: Floats) -> Floats:
    """Zero-coupon yields of Svensson's curve, continuously compounded.

    Gürkaynak, Sack & Wright (2007), equation (22). Where the second hump is not in use
    (before 1980 the publisher gives no positive TAU2) it is left out.

    Parameters
    ----------
    parameters : DataFrame
        One row a week: BETA0 to BETA3 in percent, TAU1 and TAU2 in years.
    maturities_years : ndarray, shape (week, point)
        Above 0.

    Returns
    -------
    ndarray, shape (week, point)
        Percent.
    """

    def column(name: str) -> Floats:
        return parameters[name].to_numpy(dtype=np.float64)[:, None]

    first = maturities_years / column("TAU1")
    mean_decay = -np.expm1(-first) / first
    yields = column("BETA0") + column("BETA1") * mean_decay
    yields = yields + column("BETA2") * (mean_decay - np.exp(-first))
    in_use = column("TAU2") > _UNUSED_DECAY
    second = maturities_years / np.where(in_use, column("TAU2"), 1.0)
    hump = column("BETA3") * (-np.expm1(-second) / second - np.exp(-second))
    return np.asarray(yields + np.where(in_use, hump, 0.0))
