"""What the answer to the paper's question hangs on: one row a fit and coefficient."""

from collections.abc import Callable, Sequence

import pandas as pd

from analysis.estimates import summarise_draws
from analysis.fit import Fit
from analysis.page.columns import bounds, chance, once, rounded, words
from analysis.page.exhibit import Exhibit
from analysis.page.table import INTERVAL_NOTE


def economic_size(fit: Fit) -> pd.DataFrame:
    """Coefficients of price pressure, and what a usual inventory moves by them.

    Parameters
    ----------
    fit : Fit
        Of a variant with inventory.

    Returns
    -------
    DataFrame
        One row a market and tenor: ``market``, ``tenor``, ``mean``, ``lower_95``,
        ``upper_95`` (bp per USD million of DV01), ``probability_positive``,
        ``inventory_sd_musd`` (of the inventory over the sample) and ``moved_bp``, its
        product with the mean: the yield move that goes with one standard deviation,
        with the ends ``moved_lower_95`` and ``moved_upper_95`` of its interval.
    """
    pressure = fit.posterior["price_pressure"]
    inventory = fit.group("constant_data")["inventory_dv01_musd"]
    spread = inventory.std(fit.description.time_dim, ddof=1)
    summary = summarise_draws(pressure).assign(inventory_sd_musd=spread)
    frame = summary.to_dataframe().reset_index()
    frame = frame.rename(columns={"inventory_market": "market"})
    usual = frame["inventory_sd_musd"]
    return frame.assign(
        moved_bp=frame["mean"] * usual,
        moved_lower_95=frame["lower_95"] * usual,
        moved_upper_95=frame["upper_95"] * usual,
    )


def what_the_conclusion_hangs_on(fits: Sequence[Fit]) -> pd.DataFrame:
    """`economic_size` of every fit, with its variant, sample, decay and verdict."""
    return pd.concat(
        [
            economic_size(fit).assign(
                fit=fit.name,
                variant=fit.variant,
                sample=fit.span,
                decay=decay_words(fit),
                verdict=fit.verdict,
            )
            for fit in fits
        ],
        ignore_index=True,
    )


def decay_words(fit: Fit) -> str:
    """Whether delta was sampled, or the value at which it was held."""
    if "decay_per_month" in fit.posterior:
        return "sampled"
    return f"{fit.tree.attrs.get('priors', {}).get('decay_per_month', 0.0609):g}"


def _once_a_fit(name: str) -> Callable[[pd.DataFrame], pd.Series]:
    """Words of each fit's first row."""
    return lambda frame: frame[name].mask(frame["fit"] == frame["fit"].shift(), "")


WHAT_THE_CONCLUSION_HANGS_ON = Exhibit(
    name="table_what_the_conclusion_hangs_on",
    caption="What the conclusion hangs on: price pressure, bp per USD million of DV01, "
    "by fit, and the move of a yield that goes with one standard deviation of the "
    "inventory over the sample. A sign that only some of the rows support is a "
    "property of the model, not of the market; rows whose verdict is not passed "
    f"say nothing. {INTERVAL_NOTE}",
    frame=what_the_conclusion_hangs_on,
    columns=(
        once("Fit", "fit"),
        once("Variant", "variant"),
        words("Sample", _once_a_fit("sample")),
        words("Decay", _once_a_fit("decay")),
        words("Of", lambda frame: frame["tenor"].astype(str) + "y " + frame["market"]),
        rounded("Mean", "mean", 3),
        bounds(3),
        chance("P(> 0)", "probability_positive"),
        rounded("One sd moves (bp)", "moved_bp", 2),
        words("Verdict", _once_a_fit("verdict")),
    ),
)
