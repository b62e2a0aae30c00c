"""Regression of futures on cash exposures under the reference prior, in closed form.

Question: how much of a dealer's cash exposure is offset in futures (Table II of Mixon
and Tuzun 2018)? With the prior p(alpha, beta, sigma^2) proportional to 1/sigma^2 the
posterior is known exactly, so the draws are independent and need no diagnostics:

    sigma^2 | y        ~ (n - 2) s^2 / chi^2_{n-2}                              (1)
    (alpha, beta) | .. ~ N(least squares estimate, sigma^2 (X'X)^{-1})          (2)

(Gelman et al. 2013, Bayesian Data Analysis, 3rd edition, section 14.2.)
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from analysis.estimates import CREDIBLE_MASS, TAIL
from analysis.every_model.autocorrelation import lag_one_autocorrelation
from analysis.fit import Fit
from analysis.page.exhibit import Exhibit
from analysis.page.table import interval, number, numbers, without_repeats
from data.arrays import FloatArray, is_constant
from data.price_pressure.columns import FACTORS
from data.price_pressure.published import published_hedging_regressions

REGRESSION_SEED = 20180918
"""Any fixed number: the same panel gives the same table."""

NUM_DRAWS = 20_000
"""Monte Carlo error of an interval's end below 2% of the posterior deviation."""


@dataclass(frozen=True)
class RegressionPosterior:
    """Independent draws from the posterior of a straight line.

    Attributes
    ----------
    intercept, slope : (sample,) float
        Intercept in the unit of y; slope in units of y per unit of x.
    adjusted_r2 : (sample,) float
        1 - sigma^2 / (sample variance of y): at sigma^2 = s^2 this is the adjusted
        R-squared of least squares, so its posterior is what a table of adjusted
        R-squared can be set beside. It may be slightly negative.
    residual_autocorrelation : float
        Lag-1 autocorrelation of the least-squares residuals: far from zero, the
        intervals, which take the errors as independent, are too narrow.
    num_observations : int
    """

    intercept: FloatArray
    slope: FloatArray
    adjusted_r2: FloatArray
    residual_autocorrelation: float
    num_observations: int


def regression_posterior(
    x: FloatArray, y: FloatArray, rng: np.random.Generator, num_draws: int = NUM_DRAWS
) -> RegressionPosterior:
    """Draw from the posterior of y = alpha + beta x + error, reference prior.

    Parameters
    ----------
    x, y : (time,) float
        Rows where either is NaN are left out.
    rng : Generator
    num_draws : int

    Raises
    ------
    ValueError
        If fewer than four complete rows are left or x does not vary in them.

    Notes
    -----
    Equations (1) and (2) of the module docstring.
    """
    complete = np.isfinite(x) & np.isfinite(y)
    x, y = x[complete], y[complete]
    n = len(x)
    if n < 4 or is_constant(x):
        raise ValueError(f"regression needs 4 rows in which x varies; got {n} rows")
    design = np.column_stack([np.ones(n), x])
    estimate, *_ = np.linalg.lstsq(design, y, rcond=None)
    residual = y - design @ estimate
    degrees = n - 2
    variance = residual @ residual / rng.chisquare(degrees, num_draws)
    root = np.linalg.cholesky(np.linalg.inv(design.T @ design))
    noise = rng.standard_normal((num_draws, 2)) @ root.T
    draws = estimate + np.sqrt(variance)[:, None] * noise
    return RegressionPosterior(
        intercept=draws[:, 0],
        slope=draws[:, 1],
        adjusted_r2=1 - variance / np.var(y, ddof=1),
        residual_autocorrelation=lag_one_autocorrelation(residual),
        num_observations=n,
    )


def hedging_regressions(
    panel: xr.Dataset,
) -> dict[tuple[str, str], RegressionPosterior]:
    """Posterior of futures on cash exposure by panel (levels, changes) and factor.

    Parameters
    ----------
    panel : Dataset
        With exposure_musd (week, market, factor), USD million per basis point.

    Returns
    -------
    dict
        Keys as in :func:`published_hedging_regressions`; only regressions with enough
        observations to run.
    """
    rng = np.random.default_rng(REGRESSION_SEED)
    results: dict[tuple[str, str], RegressionPosterior] = {}
    for name, transform in (("levels", np.asarray), ("first_differences", np.diff)):
        for factor in FACTORS:
            exposure = panel["exposure_musd"].sel(factor=factor)
            cash = transform(exposure.sel(market="cash").to_numpy())
            futures = transform(exposure.sel(market="futures").to_numpy())
            if (np.isfinite(cash) & np.isfinite(futures)).sum() >= 4:
                results[name, factor] = regression_posterior(cash, futures, rng)
    return results


def _regression_rows(
    fit: Fit, name: str, factor: str, posterior: RegressionPosterior
) -> list[dict[str, object]]:
    """One row a quantity of one regression, beside the published number."""
    theirs = fit.beside(published_hedging_regressions())
    published = theirs.assign(none=np.nan).to_dict("index").get((name, factor), {})
    columns = {
        "intercept": (posterior.intercept, "intercept", "intercept_se"),
        "slope on cash": (posterior.slope, "slope_on_cash", "slope_on_cash_se"),
        "adjusted R2 (%)": (100 * posterior.adjusted_r2, "adjusted_r2_pct", "none"),
    }
    return [
        {
            "panel": name,
            "factor": factor,
            "quantity": quantity,
            "mean": draws.mean(),
            "sd": draws.std(ddof=1),
            "lower_95": np.quantile(draws, TAIL),
            "upper_95": np.quantile(draws, 1 - TAIL),
            "published": published.get(place, np.nan),
            "published_se": published.get(error, np.nan),
            "num_observations": posterior.num_observations,
            "residual_autocorrelation": posterior.residual_autocorrelation,
        }
        for quantity, (draws, place, error) in columns.items()
    ]


def _frame(fit: Fit) -> pd.DataFrame:
    """Without rows where the panel has no futures exposures."""
    rows = [
        row
        for (name, factor), posterior in hedging_regressions(fit.panel).items()
        for row in _regression_rows(fit, name, factor, posterior)
    ]
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=["panel", "factor"])


def _caption(fit: Fit, frame: pd.DataFrame) -> str:
    if frame.empty:
        return (
            f"Futures exposures are not in this panel ({fit.span}): the regression of "
            "futures on cash exposures (Table II of the paper) cannot be run."
        )
    return (
        "Dealers' futures exposure regressed on their cash exposure to the same factor "
        f"({fit.span}), both in USD million per basis point; exact posterior under "
        f"the reference prior{fit.published:, beside least squares in Table II of the }"
        f"{fit.published:paper (standard error in brackets)}. Intervals are "
        f"equal-tailed {CREDIBLE_MASS:.0%}. They take the errors as independent"
        f"{fit.published:, as do those of the paper}: where the autocorrelation of the "
        "residuals is far from zero they are too narrow."
    )


def _laid_out(_: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    if frame.empty:
        return pd.DataFrame({"Regression": ["not available: no futures positions"]})
    decimals = frame["quantity"].eq("adjusted R2 (%)").map({True: 1, False: 2})

    def text(column: str) -> list[str]:
        pairs = zip(frame[column], decimals, strict=True)
        return [number(value, places) for value, places in pairs]

    spread = interval(frame["lower_95"], frame["upper_95"], 2)
    error = frame["published_se"].map(
        lambda value: f" ({number(value, 2)})" if np.isfinite(value) else ""
    )
    published = [a + b for a, b in zip(text("published"), error, strict=True)]
    has_published = frame["published"].notna().any()
    return pd.DataFrame(
        {
            "Panel": without_repeats(frame["panel"].str.replace("_", " ")),
            "Factor": without_repeats(frame["factor"]),
            "Quantity": frame["quantity"].str.replace("R2", "R²"),
            "Mean": text("mean"),
            "SD": numbers(frame["sd"], 2),
            "95% interval": spread,
            **({"Paper (se)": published} if has_published else {}),
            "Residual autocorrelation": numbers(frame["residual_autocorrelation"], 2),
            "Weeks": frame["num_observations"].map("{:,}".format),
        }
    )


HEDGING = Exhibit(
    name="table_2_hedging_regression",
    caption=_caption,
    frame=_frame,
    columns=_laid_out,
)
