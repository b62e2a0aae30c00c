"""Published estimates of Mixon and Tuzun (2018), keyed as the model's variables are.

`data/published/README.md` names paper, table and units.
"""

from dataclasses import dataclass

import pandas as pd

from data.published import published_estimates

KEYS = ["parameter", "factor", "market", "tenor_years"]
"""What identifies one coefficient, here and in `analysis.estimates`."""


@dataclass(frozen=True)
class Counterpart:
    """The published table that a variant is set beside.

    Attributes
    ----------
    table : str
        Roman numeral of the table in the paper.
    caveat : str
        What differs between the two, one sentence; empty when nothing does.
    market_in_paper : dict of str to str
        Which published market stands beside each of the variant's, where they differ.
    """

    table: str
    caveat: str
    market_in_paper: dict[str, str]


COUNTERPARTS = {
    "net-inventory": Counterpart("III", "", {}),
    "cash-futures-inventory": Counterpart("IV", "", {}),
    "net-order-flow": Counterpart("V", "", {}),
    "cash-futures-order-flow": Counterpart("VII", "", {}),
    "cash-inventory": Counterpart(
        "III",
        "The paper has no cash-only table: the published column is its net (cash plus "
        "futures) inventory, the nearest it offers, and not the same quantity.",
        {"cash": "net"},
    ),
}
"""The published table of each of the paper's variants."""

OTHER_ERRORS = (
    "The paper takes what the curve leaves of yields for noise of a week; here it "
    "lasts, so the published column answers the same question by another model."
)


def counterpart_of(variant: str) -> Counterpart:
    """Published table nearest to a variant, and how far from it.

    Variants that the paper has in no form are set beside its net inventory.
    """
    if variant in COUNTERPARTS:
        return COUNTERPARTS[variant]
    base, _, _ = variant.partition("-persistent-errors")
    nearest = COUNTERPARTS.get(base, COUNTERPARTS["cash-inventory"])
    caveat = f"{nearest.caveat} {OTHER_ERRORS}".strip()
    return Counterpart(nearest.table, caveat, nearest.market_in_paper)


def _printed(**keys: str) -> pd.DataFrame:
    return published_estimates("mixon_tuzun", **keys)


def published_summary_statistics() -> pd.DataFrame:
    """Table I: columns statistic, tenor_years, variable, value."""
    columns = {"term": "statistic", "tenor_years": "tenor_years"}
    columns |= {"parameter": "variable", "estimate": "value"}
    return _printed(table="I")[list(columns)].rename(columns=columns)


def published_hedging_regressions() -> pd.DataFrame:
    """Table II: futures on cash exposure, one row a panel (levels, changes) and factor.

    Returns
    -------
    DataFrame
        Columns intercept, intercept_se, slope_on_cash, slope_on_cash_se, observations,
        adjusted_r2_pct; index (panel, factor).
    """
    frame = _printed(table="II").rename(columns={"model": "panel"})
    keys = ["panel", "factor"]
    values = frame.pivot_table("estimate", keys, "parameter", sort=False)
    errors = frame.pivot_table("standard_error", keys, "parameter", sort=False)
    return values.join(errors.add_suffix("_se"))


def published_order_flow_responses() -> pd.DataFrame:
    """Yield changes after a one-standard-deviation order flow (text and Figure 4).

    Returns
    -------
    DataFrame
        Columns market, order_flow_tenor_years, shock_size_busd, tenor_years,
        yield_change_bp, variant.
    """
    flow = ["model", "market", "term"]
    sizes = _printed(parameter="shock_size_busd").set_index(flow)["estimate"]
    frame = _printed(parameter="yield_change_bp").rename(
        columns={"estimate": "yield_change_bp"}
    )
    frame = frame.join(sizes.rename("shock_size_busd"), on=flow)
    return frame.assign(
        order_flow_tenor_years=frame["term"].str.removesuffix("y").astype(int),
        variant=frame["model"],
    )[
        [
            *("market", "order_flow_tenor_years", "shock_size_busd"),
            *("tenor_years", "yield_change_bp", "variant"),
        ]
    ]


def published_coefficients(table: str) -> pd.DataFrame:
    """Coefficients of one of Tables III, IV, V and VII.

    Parameters
    ----------
    table : str
        Roman numeral.

    Returns
    -------
    DataFrame
        Columns :data:`KEYS`, estimate, t_value, standard_error. The standard error is
        the estimate over its t-value, and missing where the printed estimate is zero.
        Parameters carry the model's names (price_pressure, price_discovery,
        persistence).
    """
    frame = _printed(table=table).query("parameter != 'aic'").reset_index(drop=True)
    error = frame["estimate"] / frame["t_value"]
    return frame[[*KEYS, "estimate", "t_value"]].assign(
        standard_error=error.where(frame["estimate"] != 0)
    )


def published_counterpart(variant: str) -> pd.DataFrame:
    """Key the published coefficients by the markets of a variant.

    Parameters
    ----------
    variant : str
        Any variant; see :func:`counterpart_of`.

    Returns
    -------
    DataFrame
        As :func:`published_coefficients`, with the market renamed to the variant's.
    """
    counterpart = counterpart_of(variant)
    ours = {theirs: mine for mine, theirs in counterpart.market_in_paper.items()}
    frame = published_coefficients(counterpart.table)
    return frame.assign(market=frame["market"].replace(ours))


def published_variance_ratios() -> pd.DataFrame:
    """Table VI: columns factor, market, tenor_years, variance_ratio_pct."""
    frame = _printed(table="VI").rename(columns={"estimate": "variance_ratio_pct"})
    return frame[["factor", "market", "tenor_years", "variance_ratio_pct"]]


def published_aic() -> pd.Series:
    """Akaike information criterion by variant (Tables III, IV, V, VII)."""
    return _printed(parameter="aic").set_index("model")["estimate"]
