"""Whether forecasts of the liquidity state come true, where the truth is known.

In a simulation the state behind each day is known, so the forecast that a fit makes a
day ahead can be scored: among days on which it gave state 1 a probability of 30%, the
market should be in state 1 on 30%.
"""

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.fit import Fit
from analysis.liquidity_regimes.transitions import FIRST_STATE
from data.errors import DataError

NUM_BINS = 10


def has_known_states(fit: Fit) -> bool:
    """Whether the fit's states are those that the panel was simulated with.

    They are where one state was common to all of the fit's securities, and the fit has
    as many as there were: of two or four states, the first is not that of three.
    """
    return num_simulated_states(fit) == fit.posterior.sizes["state"]


def num_simulated_states(fit: Fit) -> int | None:
    """Number of states that the panel was simulated with.

    Parameters
    ----------
    fit : Fit
        Of the liquidity-regimes model.

    Returns
    -------
    int or None
        The most liquid state that was met; None where the panel was not simulated, or
        with one state of each security.
    """
    if "simulated_state" not in fit.panel:
        return None
    state = fit.panel["simulated_state"]
    is_common = bool((state == state.isel(security=0)).all())
    return int(state.max()) if is_common else None


def known_first_state(fit: Fit) -> NDArray[np.bool_]:
    """Whether the market was in the low-liquidity state, by day; simulations only."""
    state = fit.panel["simulated_state"].isel(security=0).to_numpy()
    found: NDArray[np.bool_] = state.astype(int) == int(FIRST_STATE)
    return found


def state_forecast(fit: Fit) -> xr.DataArray:
    """Probability of the low-liquidity state, forecast a day ahead.

    Parameters
    ----------
    fit : Fit
        Of the liquidity-regimes model.

    Returns
    -------
    (day,) float

    Raises
    ------
    DataError
        If the trace was written before forecasts were stored.
    """
    regimes = fit.group("regimes")
    if "predicted_probability" not in regimes:
        raise DataError(
            f"{fit.name}: the trace was written by an older version, which stored no "
            "forecasts of the state",
            "Fit the model again.",
        )
    return regimes["predicted_probability"].sel(state=FIRST_STATE)


def brier_score(probability: ArrayLike, occurred: ArrayLike) -> float:
    """Mean squared distance of forecasts from what happened (Brier 1950).

    Returns
    -------
    float
        0 for certainty that came true; the smaller the better.
    """
    distance = np.asarray(probability, float) - np.asarray(occurred, float)
    return float((distance**2).mean())


def reliability(
    probability: ArrayLike, occurred: ArrayLike, num_bins: int = NUM_BINS
) -> pd.DataFrame:
    """How often what was forecast happened, by forecast probability.

    Parameters
    ----------
    probability : (time,) float
    occurred : (time,) bool
    num_bins : int
        Of equal width over [0, 1].

    Returns
    -------
    DataFrame
        One row a bin that holds days: num_days, forecast (mean probability), observed
        (share of days on which it happened), lower_95 and upper_95 (of that share were
        the forecasts right, binomial at the mean forecast).

    Notes
    -----
    Days are correlated through the states, but forecast errors one day ahead of a
    right model are not.
    """
    values = np.asarray(probability, dtype=float)
    bins = np.minimum((values * num_bins).astype(int), num_bins - 1)
    frame = pd.DataFrame({"bin": bins, "forecast": values, "observed": occurred})
    frame["observed"] = frame["observed"].astype(float)
    grouped = frame.groupby("bin")
    table = grouped.mean().assign(num_days=grouped.size())
    expected = stats.binom(table["num_days"], table["forecast"])
    return table.assign(
        lower_95=expected.ppf(0.025) / table["num_days"],
        upper_95=expected.ppf(0.975) / table["num_days"],
    ).reset_index(drop=True)


def state_forecast_scores(fit: Fit) -> pd.DataFrame:
    """Brier score of the forecast of state 1, beside forecasts that know less or more.

    Parameters
    ----------
    fit : Fit
        Of a simulated panel.

    Returns
    -------
    DataFrame
        Columns forecast (words), brier_score, and skill: 1 minus the score over that of
        the share of days in state 1.

    Raises
    ------
    DataError
        As :func:`state_forecast`.
    """
    happened = known_first_state(fit)
    first = fit.group("regimes").sel(state=FIRST_STATE)
    share = np.full(len(happened), happened.mean())
    forecasts: dict[str, ArrayLike] = {
        "share of days in state 1": share,
        "one day ahead": state_forecast(fit),
        "given data of the day": first["filtered_probability"],
        "given all data": first["smoothed_probability"],
    }
    frame = pd.DataFrame(
        {
            "forecast": list(forecasts),
            "brier_score": [brier_score(p, happened) for p in forecasts.values()],
        }
    )
    return frame.assign(skill=1 - frame["brier_score"] / frame["brier_score"].iloc[0])
