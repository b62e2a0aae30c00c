"""Tables III to VII: posteriors of each variant beside the published estimates."""

import pandas as pd

from analysis.estimates import (
    cash_minus_futures,
    order_flow_term_keys,
    summarise_draws,
    tidy_estimates,
    variance_ratio_pct,
)
from analysis.fits import Fit
from analysis.tables import (
    NOT_AVAILABLE,
    Table,
    interval,
    number,
    numbers,
    probability,
    without_repeats,
)
from data.published import (
    COUNTERPARTS,
    KEYS,
    published_counterpart,
    published_variance_ratios,
)

REPORTED = ["price_pressure", "price_discovery", "persistence"]
"""What the paper's tables hold, in their order."""

PARAMETER_WORDS = {
    "price_pressure": "price pressure (bp per USD million of DV01)",
    "price_discovery": "price discovery (bp per USD billion)",
    "persistence": "persistence (per week)",
    "half_life_weeks": "half-life (weeks)",
    "factor_mean_bp": "factor mean (bp)",
    "factor_innovation_sd_bp": "factor innovation sd (bp a week)",
    "yield_noise_sd_bp": "yield noise sd (bp)",
    "decay_per_month": "decay delta (per month)",
}
"""Parameter -> words and unit."""

STATE_PARAMETERS = [name for name in PARAMETER_WORDS if name not in REPORTED]

SHOWN_PARAMETERS = [name for name in PARAMETER_WORDS if name != "half_life_weeks"]
"""For figures of every parameter: a half-life is a persistence said otherwise."""

DECIMALS = {
    "price_pressure": 2,
    "price_discovery": 2,
    "persistence": 4,
    "half_life_weeks": 0,
    "decay_per_month": 4,
}
INTERVAL_NOTE = "Intervals are equal-tailed 95% credible intervals."


def estimates_beside_published(fit: Fit) -> pd.DataFrame:
    """Coefficients of a fit, with the published estimate and t-value.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    DataFrame
        Columns :data:`data.published.KEYS`, mean, sd, lower_95, upper_95,
        probability_positive, estimate, t_value, standard_error, published_inside
        (whether the published estimate lies in the interval), variant, diagnostics.
    """
    ours = tidy_estimates(fit.posterior, REPORTED)
    frame = ours.merge(published_counterpart(fit.variant), on=KEYS, how="left")
    inside = frame["estimate"].between(frame["lower_95"], frame["upper_95"])
    return frame.assign(
        published_inside=inside.where(frame["estimate"].notna()),
        variant=fit.variant,
        diagnostics=fit.verdict,
    )


def parameter_name(parameter: str) -> str:
    """Words for a parameter without its unit, as "price pressure"."""
    return PARAMETER_WORDS[parameter].partition(" (")[0]


def term_label(label: str) -> str:
    """Words for the label of an order-flow term; any other label as it is.

    Examples
    --------
    >>> term_label("slope:cash:5")
    'slope on 5y cash'
    """
    if ":" not in label:
        return label
    factor, market, tenor = label.split(":")
    return f"{factor} on {tenor}y {market}"


def coefficient_label(row: pd.Series) -> str:
    """Words for the keys of a row: "10y cash", "slope on 5y cash", "level"."""
    bucket = f"{row['tenor_years']}y {row['market']}" if row["market"] else ""
    if row["tenor_years"] and not row["market"]:
        bucket = f"{row['tenor_years']}y"
    return " on ".join(part for part in (row["factor"], bucket) if part) or "scalar"


def _by_parameter(frame: pd.DataFrame, column: str) -> list[str]:
    pairs = zip(frame[column], frame["parameter"], strict=True)
    return [number(value, DECIMALS.get(name, 1)) for value, name in pairs]


def _intervals(frame: pd.DataFrame) -> list[str]:
    ends = zip(
        _by_parameter(frame, "lower_95"), _by_parameter(frame, "upper_95"), strict=True
    )
    return [f"[{low}, {high}]" for low, high in ends]


def _coefficient_table(stem: str, fit: Fit) -> Table:
    """Build the common layout of Tables III, IV, V and VII."""
    frame = estimates_beside_published(fit)
    counterpart = COUNTERPARTS[fit.variant]
    sign = probability(frame["probability_positive"])
    inside = frame["published_inside"].map({True: "yes", False: "no"})
    display = pd.DataFrame(
        {
            "Parameter": without_repeats(frame["parameter"].map(PARAMETER_WORDS)),
            "Of": frame.apply(coefficient_label, axis=1),
            "Mean": _by_parameter(frame, "mean"),
            "SD": _by_parameter(frame, "sd"),
            "95% interval": _intervals(frame),
            "P(> 0)": sign.where(frame["parameter"] != "persistence", ""),
            "Paper": _by_parameter(frame, "estimate"),
            "t-value": numbers(frame["t_value"], 2),
            "Paper inside": inside.fillna(NOT_AVAILABLE),
        }
    )
    caption = (
        f"Posterior of the {fit.variant} variant ({fit.span}) beside Table "
        f"{counterpart.table} of the paper. {INTERVAL_NOTE} Paper inside: whether the "
        "published estimate lies in the interval."
    )
    caption += f" {counterpart.caveat}" if counterpart.caveat else ""
    return Table(stem, caption, frame, display, fit.warning, fit.name)


def table_3_net_inventory(fit: Fit) -> Table:
    """Table III: price pressure of net inventory."""
    return _coefficient_table("table_3_net_inventory", fit)


def table_4_cash_futures_inventory(fit: Fit) -> Table:
    """Table IV: price pressure of cash and of futures inventory."""
    return _coefficient_table("table_4_cash_futures_inventory", fit)


def table_5_net_order_flow(fit: Fit) -> Table:
    """Table V: price discovery of net order flow in level and slope."""
    return _coefficient_table("table_5_net_order_flow", fit)


def table_7_cash_futures_order_flow(fit: Fit) -> Table:
    """Table VII: price discovery of cash and of futures order flow."""
    return _coefficient_table("table_7_cash_futures_order_flow", fit)


def table_cash_inventory(fit: Fit) -> Table:
    """Price pressure of cash inventory alone, which public data since 2001 hold."""
    return _coefficient_table("table_cash_inventory", fit)


COEFFICIENT_TABLES = {
    "net-inventory": table_3_net_inventory,
    "cash-futures-inventory": table_4_cash_futures_inventory,
    "net-order-flow": table_5_net_order_flow,
    "cash-futures-order-flow": table_7_cash_futures_order_flow,
    "cash-inventory": table_cash_inventory,
}
"""Variant -> its table."""


def table_factor_dynamics(fit: Fit) -> Table:
    """Half-lives, means and deviations: what the paper's tables leave out."""
    frame = tidy_estimates(fit.posterior, STATE_PARAMETERS)
    frame = frame.drop(columns="probability_positive").assign(
        variant=fit.variant, diagnostics=fit.verdict
    )
    display = pd.DataFrame(
        {
            "Parameter": without_repeats(frame["parameter"].map(PARAMETER_WORDS)),
            "Of": frame.apply(coefficient_label, axis=1),
            "Mean": _by_parameter(frame, "mean"),
            "SD": _by_parameter(frame, "sd"),
            "95% interval": _intervals(frame),
        }
    )
    caption = (
        f"Factor dynamics and yield noise of the {fit.variant} variant ({fit.span}); "
        f"not printed in the paper. {INTERVAL_NOTE}"
    )
    return Table(
        "table_factor_dynamics", caption, frame, display, fit.warning, fit.name
    )


def variance_ratios(fit: Fit) -> pd.DataFrame:
    """Variance ratios of a fit's order-flow terms, beside Table VI.

    Parameters
    ----------
    fit : Fit
        Of a variant with order flow.

    Returns
    -------
    DataFrame
        Columns factor, market, tenor_years, mean, sd, lower_95, upper_95 (per cent),
        published.
    """
    surprise = fit.group("constant_data")["order_flow_surprise_busd"]
    draws = variance_ratio_pct(fit.posterior, surprise)
    summary = summarise_draws(draws).to_dataframe()
    keys = order_flow_term_keys(summary.index.to_numpy())
    frame = pd.concat([keys, summary], axis=1).drop(columns="probability_positive")
    published = published_variance_ratios().rename(
        columns={"variance_ratio_pct": "published"}
    )
    return frame.merge(published, on=["factor", "market", "tenor_years"], how="left")


def table_6_variance_ratio(fit: Fit) -> Table:
    """Table VI: variation of a factor due to order flow over its own innovation."""
    ratios = variance_ratios(fit)
    frame = ratios.assign(variant=fit.variant, diagnostics=fit.verdict)
    display = pd.DataFrame(
        {
            "Factor": frame["factor"],
            "Order flow": frame["tenor_years"].astype(str) + "y " + frame["market"],
            "Mean (%)": numbers(frame["mean"], 2),
            "SD": numbers(frame["sd"], 2),
            "95% interval": interval(frame["lower_95"], frame["upper_95"], 2),
            "Paper (%)": numbers(frame["published"], 2),
        }
    )
    caption = (
        f"Variance of each factor due to order flow relative to the variance of its "
        f"innovation, {fit.variant} variant ({fit.span}), per cent, beside Table VI "
        f"of the paper (net order flow). {INTERVAL_NOTE} The ratio cannot be negative: "
        "an interval that starts near zero says that the data allow for no effect."
    )
    return Table(
        "table_6_variance_ratio", caption, frame, display, fit.warning, fit.name
    )


def cash_against_futures(fit: Fit) -> pd.DataFrame:
    """Difference pi_cash - pi_futures by bucket.

    Parameters
    ----------
    fit : Fit
        Of a variant with cash and futures inventory.

    Returns
    -------
    DataFrame
        Columns tenor_years, mean, sd, lower_95, upper_95 (bp per USD million),
        probability_cash_exceeds_futures, published_difference.
    """
    summary = summarise_draws(cash_minus_futures(fit.posterior)).to_dataframe()
    published = published_counterpart(fit.variant)
    published = published[published["parameter"] == "price_pressure"]
    by_market = published.pivot_table(
        index="tenor_years", columns="market", values="estimate"
    )
    frame = summary.reset_index().rename(
        columns={
            "tenor": "tenor_years",
            "probability_positive": "probability_cash_exceeds_futures",
        }
    )
    difference = by_market["cash"] - by_market["futures"]
    return frame.assign(published_difference=frame["tenor_years"].map(difference))


def table_cash_exceeds_futures(fit: Fit) -> Table:
    """Probability that a dollar of cash DV01 presses more than one of futures."""
    frame = cash_against_futures(fit).assign(
        variant=fit.variant, diagnostics=fit.verdict
    )
    display = pd.DataFrame(
        {
            "Bucket": frame["tenor_years"].astype(str) + "y",
            "Mean difference": numbers(frame["mean"], 2),
            "SD": numbers(frame["sd"], 2),
            "95% interval": interval(frame["lower_95"], frame["upper_95"], 2),
            "P(cash > futures)": probability(frame["probability_cash_exceeds_futures"]),
            "Paper": numbers(frame["published_difference"], 2),
        }
    )
    caption = (
        f"Price pressure of cash minus that of futures by bucket, {fit.variant} "
        f"variant ({fit.span}), bp per USD million of DV01, from joint "
        "posterior draws; the paper's column is the difference of its two estimates. "
        f"{INTERVAL_NOTE}"
    )
    return Table(
        "table_cash_exceeds_futures", caption, frame, display, fit.warning, fit.name
    )
