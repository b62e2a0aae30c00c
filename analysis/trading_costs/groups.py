"""Spreads of groups of trades, and how far fair values were off."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.fit import Fit
from analysis.page.columns import rounded, words
from analysis.page.exhibit import Exhibit
from analysis.page.table import number


def spreads_by_group(fit: Fit) -> pd.DataFrame:
    """Medians by group.

    Returns
    -------
    DataFrame
        Columns label, rows, effective_bp, indicative_bp, improvement_bp, noise_bp,
        folded (the latter over the effective), variant, diagnostics.
    """
    frame = fit.group("spreads_by_group").to_dataframe().reset_index()
    return fit.marked(frame.assign(folded=frame["noise_bp"] / frame["effective_bp"]))


def _improvement(_: Fit, frame: pd.DataFrame) -> Iterable[str]:
    medians = frame.set_index("label")["improvement_bp"]
    ends = [f"years since issue: {x}" for x in ("low", "high")]
    if not set(ends) <= set(medians.index):
        return
    young, old = (number(medians[x], 2) for x in ends)
    yield (
        f"The indicative spread is {young} bp above the effective one in the median of "
        f"the youngest third of the rows, and {old} bp in that of the oldest."
    )


SPREADS_BY_GROUP = Exhibit(
    name="table_spreads_by_group",
    caption="Medians over groups of the rows of {fit.name} ({fit.span}), basis points "
    "of yield. Price improvement: indicative less effective spread of a row. Error "
    "alone: the effective spread there would be at no cost; its share is of the median "
    "effective spread. Low, middle and high are thirds of the rows.",
    frame=spreads_by_group,
    columns=(
        words("Group", "label"),
        words("Rows", lambda frame: frame["rows"].map("{:,.0f}".format)),
        rounded("Effective", "effective_bp", 2),
        rounded("Indicative", "indicative_bp", 2),
        rounded("Price improvement", "improvement_bp", 2),
        rounded("Error alone", "noise_bp", 2),
        rounded("Its share", "folded", 2),
    ),
    sentences=_improvement,
    shown=lambda fit: fit.has("spreads_by_group"),
)


def fair_value_coverage(fit: Fit) -> pd.DataFrame:
    """Errors of forecasts of indicative mids, beside what is said of them."""
    return fit.marked(fit.group("fair_value").to_dataframe().reset_index())


def _coverage(_: Fit, frame: pd.DataFrame) -> Iterable[str]:
    every = frame[frame["label"] == "all"].iloc[0]
    yield (
        f"Of {every['quotes']:,.0f} forecasts of the next indicative mid, "
        f"{every['inside_95']:.0%} lie in the 95% interval of their stated error, and "
        f"{every['inside_50']:.0%} in the 50% one."
    )
    worst = frame.loc[np.abs(frame["inside_95"] - 0.95).idxmax()]
    if abs(worst["inside_95"] - 0.95) > 0.05:
        yield (
            f"Those of the group {worst['label']} are {worst['inside_95']:.0%}: its "
            "weights are off, and so are its errors in the response joint."
        )


FAIR_VALUE_COVERAGE = Exhibit(
    name="table_fair_value_coverage",
    caption="Error of the fair value as a forecast of the next indicative mid, in the "
    "panel of {fit.name}, basis points of yield, beside the standard deviation that "
    "the panel states, and the shares inside its normal intervals.",
    frame=fair_value_coverage,
    columns=(
        words("Maturity", "label"),
        words("Quotes", lambda frame: frame["quotes"].map("{:,.0f}".format)),
        rounded("Median absolute", "median_absolute_bp", 2),
        rounded("Root mean square", "rms_bp", 2),
        rounded("Stated SD", "stated_sd_bp", 2),
        rounded("Inside 50%", "inside_50", 2),
        rounded("Inside 95%", "inside_95", 2),
    ),
    sentences=_coverage,
    shown=lambda fit: fit.has("fair_value"),
)

OF_GROUPS = (SPREADS_BY_GROUP, FAIR_VALUE_COVERAGE)
