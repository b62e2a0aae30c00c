"""Tables I and II: the data themselves, before any model of the yields."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import xarray as xr

from analysis.estimates import CREDIBLE_MASS, TAIL
from analysis.fits import Fit
from analysis.hedging_regression import (
    RegressionPosterior,
    lag_one_autocorrelation,
    regression_posterior,
)
from analysis.tables import (
    NOT_AVAILABLE,
    Table,
    interval,
    number,
    numbers,
    without_repeats,
)
from data.columns import FACTORS, MARKETS_AND_NET, TENOR_YEARS
from data.published import (
    published_hedging_regressions,
    published_summary_statistics,
)

REGRESSION_SEED = 20180918
"""Any fixed number: the same panel gives the same table."""

Statistic = Callable[[pd.Series], float]


def _autocorrelation(series: pd.Series) -> float:
    return lag_one_autocorrelation(series.to_numpy())


STATISTICS: dict[str, tuple[str, Statistic, int]] = {
    "mean": ("Mean", pd.Series.mean, 2),
    "median": ("Median", pd.Series.median, 2),
    "std": ("Standard deviation", pd.Series.std, 2),
    "autocorrelation_lag1": ("Lag-1 autocorrelation", _autocorrelation, 3),
}
"""Name in the published file -> heading, function of a series, decimals."""

HEADINGS = {
    "yield_pct": "Yield (%)",
    "inventory_cash_busd": "Inventory cash",
    "inventory_futures_busd": "Inventory futures",
    "inventory_net_busd": "Inventory net",
    "order_flow_cash_busd": "Order flow cash",
    "order_flow_futures_busd": "Order flow futures",
    "order_flow_net_busd": "Order flow net",
}


def _series_of_table_one(panel: xr.Dataset) -> dict[tuple[str, int], pd.Series]:
    """Each series of Table I by variable (its published name) and tenor."""
    series = {}
    for tenor in TENOR_YEARS:
        yields = panel["yield_bp"].sel(tenor=tenor)
        series["yield_pct", tenor] = pd.Series(yields.to_numpy() / 100)
        for kind in ("inventory", "order_flow"):
            for market in MARKETS_AND_NET:
                values = panel[f"{kind}_busd"].sel(tenor=tenor, market=market)
                name = f"{kind}_{market}_busd"
                series[name, tenor] = pd.Series(values.to_numpy())
    return series


def summary_statistics(panel: xr.Dataset) -> pd.DataFrame:
    """Statistics of Table I beside the published ones.

    Parameters
    ----------
    panel : Dataset
        Group `panel` of a trace.

    Returns
    -------
    DataFrame
        Columns statistic, tenor_years, variable, value, published. Units as in the
        last part of the variable's name; NaN where the panel lacks the series.
    """
    rows = [
        (statistic, tenor, variable, compute(series))
        for statistic, (_, compute, _) in STATISTICS.items()
        for (variable, tenor), series in _series_of_table_one(panel).items()
    ]
    keys = ["statistic", "tenor_years", "variable"]
    ours = pd.DataFrame(rows, columns=[*keys, "value"])
    theirs = published_summary_statistics().rename(columns={"value": "published"})
    return ours.merge(theirs, on=keys, how="left")


def table_1_summary_statistics(fit: Fit) -> Table:
    """Table I: mean, median, deviation and autocorrelation beside the paper's.

    Parameters
    ----------
    fit : Fit
        Only its panel is used.

    Returns
    -------
    Table
    """
    frame = summary_statistics(fit.panel)
    rows = []
    for (statistic, tenor), group in frame.groupby(
        ["statistic", "tenor_years"], sort=False
    ):
        heading, _, decimals = STATISTICS[str(statistic)]
        by_variable = group.set_index("variable")
        for source, column in (("here", "value"), ("paper", "published")):
            values = by_variable[column].reindex(list(HEADINGS))
            cells = dict(zip(HEADINGS.values(), numbers(values, decimals), strict=True))
            rows.append(
                {"Statistic": heading, "Bucket": f"{tenor}y", "": source} | cells
            )
    caption = (
        f"Summary statistics of weekly data ({fit.span}), beside Table I of the paper "
        "(872 weeks, 2001-07-05 to 2018-04-18). Inventories in USD billion at market "
        "value, order flow in USD billion a week (minus the weekly change of "
        "inventory). The autocorrelation is the coefficient on the lagged value in an "
        "AR(1) regression." + _absence_note(frame) + _shortness_note(fit.panel)
    )
    display = pd.DataFrame(rows)
    for label in ("Statistic", "Bucket"):
        display[label] = without_repeats(display[label])
    return Table("table_1_summary_statistics", caption, frame, display)


def _absence_note(frame: pd.DataFrame) -> str:
    absent = frame.groupby("variable")["value"].apply(lambda v: v.isna().all())
    names = [HEADINGS[name].lower() for name in HEADINGS if absent[name]]
    if not names:
        return ""
    return f" Not in this panel ({NOT_AVAILABLE}): {', '.join(names)}."


def _shortness_note(panel: xr.Dataset) -> str:
    """Name the series that are observed in part of the weeks only."""
    length = panel.sizes["week"]
    observed: dict[str, int] = {}
    for (name, _), series in _series_of_table_one(panel).items():
        observed[name] = max(observed.get(name, 0), int(series.notna().sum()))
    # An order flow lacks the first week and its successor to a gap by construction.
    short = [
        f"{HEADINGS[name].lower()} {count:,}"
        for name, count in observed.items()
        if 0 < count < 0.95 * length
    ]
    if not short:
        return ""
    return (
        f" Observed in part of the {length:,} weeks only, so not the paper's sample: "
        f"{', '.join(short)} weeks."
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
    name: str, factor: str, posterior: RegressionPosterior
) -> list[dict[str, object]]:
    """One row a quantity of one regression, beside the published number."""
    published = published_hedging_regressions().to_dict("index")[name, factor]
    published["none"] = np.nan
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
            "published": published[theirs],
            "published_se": published[error],
            "num_observations": posterior.num_observations,
            "residual_autocorrelation": posterior.residual_autocorrelation,
        }
        for quantity, (draws, theirs, error) in columns.items()
    ]


def table_2_hedging_regression(fit: Fit) -> Table:
    """Table II: futures on cash exposure by factor, levels and weekly changes.

    Parameters
    ----------
    fit : Fit
        Only its panel is used.

    Returns
    -------
    Table
        Without rows, and saying so, where the panel has no futures exposures.
    """
    results = hedging_regressions(fit.panel)
    rows = [
        row
        for (name, factor), posterior in results.items()
        for row in _regression_rows(name, factor, posterior)
    ]
    stem = "table_2_hedging_regression"
    if not rows:
        caption = (
            f"Futures exposures are not in this panel ({fit.span}): the regression of "
            "futures on cash exposures (Table II of the paper) cannot be run."
        )
        display = pd.DataFrame({"Regression": ["not available: no futures positions"]})
        return Table(stem, caption, pd.DataFrame(columns=["panel", "factor"]), display)
    frame = pd.DataFrame(rows)
    caption = (
        "Dealers' futures exposure regressed on their cash exposure to the same factor "
        f"({fit.span}), both in USD million per basis point; exact posterior under "
        "the reference prior, beside least squares in Table II of the paper (standard "
        f"error in brackets). Intervals are equal-tailed {CREDIBLE_MASS:.0%}. They "
        "take the errors as independent, as the paper does: where the "
        "autocorrelation of the residuals is far from zero they are too narrow."
    )
    return Table(stem, caption, frame, _regression_display(frame))


def _regression_display(frame: pd.DataFrame) -> pd.DataFrame:
    decimals = frame["quantity"].eq("adjusted R2 (%)").map({True: 1, False: 2})

    def text(column: str) -> list[str]:
        pairs = zip(frame[column], decimals, strict=True)
        return [number(value, places) for value, places in pairs]

    spread = interval(frame["lower_95"], frame["upper_95"], 2)
    error = frame["published_se"].map(
        lambda value: f" ({number(value, 2)})" if np.isfinite(value) else ""
    )
    published = [a + b for a, b in zip(text("published"), error, strict=True)]
    return pd.DataFrame(
        {
            "Panel": without_repeats(frame["panel"].str.replace("_", " ")),
            "Factor": without_repeats(frame["factor"]),
            "Quantity": frame["quantity"].str.replace("R2", "R²"),
            "Mean": text("mean"),
            "SD": numbers(frame["sd"], 2),
            "95% interval": spread,
            "Paper (se)": published,
            "Residual autocorrelation": numbers(frame["residual_autocorrelation"], 2),
            "Weeks": frame["num_observations"].map("{:,}".format),
        }
    )
