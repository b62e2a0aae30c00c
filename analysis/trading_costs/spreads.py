"""Effective beside indicative spreads, and how much of them errors explain."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.fit import Fit
from analysis.page.columns import only_with, rounded, words
from analysis.page.exhibit import Exhibit
from analysis.page.table import number

PAPER = {
    ("effective", "50%"): 0.37,
    ("indicative", "50%"): 0.68,
    ("effective", "95%"): 6.22,
    ("indicative", "95%"): 4.16,
}
"""Table 1 A of Sokolinskiy (2025), basis points of yield, as quoted second hand."""

WORDS = {
    "effective": "effective spread, twice the absolute deviation",
    "indicative": "indicative spread",
    "improvement": "price improvement, indicative minus effective",
    "noise": "twice the absolute error of the fair value alone",
}


def spread_quantiles(fit: Fit) -> pd.DataFrame:
    """Quantiles over the rows of a regression.

    Returns
    -------
    DataFrame
        Columns spread, quantile, value and published (basis points), variant,
        diagnostics.
    """
    spreads = fit.group("spreads").drop_vars("other_bp", errors="ignore")
    frame = spreads.to_dataframe().reset_index()
    tidy = frame.melt("quantile", var_name="name", value_name="value")
    tidy["spread"] = tidy["name"].str.removesuffix("_bp")
    pairs = zip(tidy["spread"], tidy["quantile"], strict=True)
    known = {} if fit.simulated else PAPER
    tidy["published"] = [known.get(pair, float("nan")) for pair in pairs]
    return fit.marked(tidy.drop(columns="name"))


def folded_share(frame: pd.DataFrame) -> float:
    """Median of the error alone over that of the effective spread; NaN if unknown."""
    median = frame[frame["quantile"] == "50%"].set_index("spread")["value"]
    return float(median["noise"] / median["effective"])


def _sentences(fit: Fit, frame: pd.DataFrame) -> Iterable[str]:
    share = folded_share(frame)
    if not np.isfinite(share):
        yield (
            "The panel does not say how exact its fair values are, so that the share "
            "of the effective spread that is error alone is not known."
        )
        return
    median = frame[frame["quantile"] == "50%"].set_index("spread")["value"]
    yield (
        f"The median effective spread is {number(median['effective'], 2)} bp. Errors "
        "of the fair value alone, at no cost at all, would make it "
        f"{number(median['noise'], 2)} bp: {share:.0%} of it."
    )


SPREADS = Exhibit(
    name="table_1_spreads",
    caption="Quantiles of spreads over the rows of {fit.name} ({fit.span}), basis "
    "points of yield{fit.published:, beside Table 1 A of the paper (2018 to 2024, }"
    "{fit.published:101,978 cells)}. "
    "Error alone: what twice the absolute deviation would be at no cost, from the "
    "known standard deviations of the fair value's errors.",
    frame=spread_quantiles,
    columns=(
        words("Spread", lambda frame: frame["spread"].map(WORDS)),
        words("Quantile", "quantile"),
        rounded("Here", "value", 2),
        *only_with("published", rounded("Paper", "published", 2)),
    ),
    sentences=_sentences,
)
