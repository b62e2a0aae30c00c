"""Whether a dollar of cash DV01 presses more than one of futures."""

import pandas as pd

from analysis.estimates import summarise_draws
from analysis.every_model.findings import joined
from analysis.fit import Fit
from analysis.page.columns import bounds, chance, only_with, rounded, words
from analysis.page.exhibit import Exhibit
from analysis.page.table import INTERVAL_NOTE
from analysis.price_pressure.estimates import (
    cash_minus_futures,
    informed,
    inventory_markets,
    tidy_estimates,
)
from data.price_pressure.published import published_counterpart


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
        probability_cash_exceeds_futures, published_difference, variant, diagnostics.
    """
    summary = summarise_draws(cash_minus_futures(fit.posterior)).to_dataframe()
    published = fit.beside(published_counterpart(fit.variant))
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
    by_market = by_market.reindex(columns=["cash", "futures"])
    difference = frame["tenor_years"].map(by_market["cash"] - by_market["futures"])
    return fit.marked(frame.assign(published_difference=difference))


def cash_against_futures_sentence(fit: Fit, frame: pd.DataFrame) -> str:
    """Where cash DV01 presses more than futures DV01; empty if the data do not say."""
    known = informed(fit, tidy_estimates(fit.posterior, ["price_pressure"]))
    frame = frame[frame["tenor_years"].map(known["tenor_years"].value_counts()) == 2]
    if frame.empty:
        return ""
    more = frame[frame["lower_95"] > 0]
    less = frame[frame["upper_95"] < 0]
    open_ = frame.drop(index=[*more.index, *less.index])
    parts = [
        f"{words} at {joined([f'{tenor}' for tenor in rows['tenor_years']])} years"
        for words, rows in (("more", more), ("less", less))
        if len(rows)
    ]
    stated = f"A dollar of cash DV01 presses {joined(parts)} than one of futures"
    pairs = open_[["tenor_years", "probability_cash_exceeds_futures"]]
    probabilities = joined(
        [f"{tenor} years {value:.2f}" for tenor, value in pairs.itertuples(index=False)]
    )
    unsettled = f"not settled, probability that cash presses more: {probabilities}"
    if not parts:
        return f"Whether cash DV01 presses more than futures DV01 is {unsettled}."
    return f"{stated}; {unsettled}." if len(open_) else f"{stated}."


CASH_AGAINST_FUTURES = Exhibit(
    name="table_cash_exceeds_futures",
    caption="Price pressure of cash minus that of futures by bucket, {fit.variant} "
    "variant ({fit.span}), bp per USD million of DV01, from joint posterior "
    "draws{fit.published:; the paper's column is the difference of its two estimates}. "
    f"{INTERVAL_NOTE}",
    frame=cash_against_futures,
    columns=(
        words("Bucket", lambda frame: frame["tenor_years"].astype(str) + "y"),
        rounded("Mean difference", "mean", 2),
        rounded("SD", "sd", 2),
        bounds(2),
        chance("P(cash > futures)", "probability_cash_exceeds_futures"),
        *only_with("published_difference", rounded("Paper", "published_difference", 2)),
    ),
    sentences=lambda fit, frame: [cash_against_futures_sentence(fit, frame)],
    shown=lambda fit: {"cash", "futures"} <= inventory_markets(fit),
)
