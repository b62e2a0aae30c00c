"""Published estimates of Mixon and Tuzun (2018), keyed as the model's variables are.

The numbers are package data; `published/README.md` names paper, table and units.
"""

from dataclasses import dataclass
from importlib import resources

import pandas as pd

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
"""The published table of each variant."""


def _read(name: str) -> pd.DataFrame:
    with (resources.files("data") / "published" / name).open() as file:
        return pd.read_csv(file)


def published_summary_statistics() -> pd.DataFrame:
    """Table I: columns statistic, tenor_years, variable, value."""
    return _read("mixon_tuzun_table_1.csv")


def published_hedging_regressions() -> pd.DataFrame:
    """Table II: futures on cash exposure, one row a panel (levels, changes) and factor.

    Returns
    -------
    DataFrame
        Columns intercept, intercept_se, slope_on_cash, slope_on_cash_se, observations,
        adjusted_r2_pct; index (panel, factor).
    """
    return _read("mixon_tuzun_table_2.csv").set_index(["panel", "factor"])


def published_order_flow_responses() -> pd.DataFrame:
    """Yield changes after a one-standard-deviation order flow (text and Figure 4).

    Returns
    -------
    DataFrame
        Columns market, order_flow_tenor_years, shock_size_busd, tenor_years,
        yield_change_bp, variant. Statements that hold for a range of tenors are left
        out: they are no points on a curve.
    """
    frame = _read("mixon_tuzun_order_flow_shocks.csv").dropna(subset="tenor_years")
    parts = frame["shock"].str.extract(r"^(?P<market>[a-z]+)_(?P<tenor>\d+)y$")
    variant = parts["market"].map(
        {
            "net": "net-order-flow",
            "cash": "cash-futures-order-flow",
            "futures": "cash-futures-order-flow",
        }
    )
    return frame.assign(
        market=parts["market"],
        order_flow_tenor_years=parts["tenor"].astype(int),
        tenor_years=frame["tenor_years"].astype(int),
        variant=variant,
    ).drop(columns=["shock", "source"])


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
        persistence); keys that do not apply hold "" or 0.
    """
    frame = _read("mixon_tuzun_tables_3_to_7.csv")
    frame = frame[frame["table"] == table]
    frame = frame[frame["block"].isin(["price_pressure", "price_discovery", "state"])]
    names = {"state": "persistence"}
    factor = frame["parameter"].str.extract(r"_(level|slope|curvature)$")[0]
    error = frame["estimate"] / frame["t_value"]
    return pd.DataFrame(
        {
            "parameter": frame["block"].replace(names),
            "factor": factor.fillna(""),
            "market": frame["market"].fillna(""),
            "tenor_years": frame["tenor_years"].fillna(0).astype(int),
            "estimate": frame["estimate"],
            "t_value": frame["t_value"],
            "standard_error": error.where(frame["estimate"] != 0),
        }
    ).reset_index(drop=True)


def published_counterpart(variant: str) -> pd.DataFrame:
    """Key the published coefficients by the markets of a variant.

    Parameters
    ----------
    variant : str
        A key of :data:`COUNTERPARTS`.

    Returns
    -------
    DataFrame
        As :func:`published_coefficients`, with the market renamed to the variant's.
    """
    counterpart = COUNTERPARTS[variant]
    ours = {theirs: mine for mine, theirs in counterpart.market_in_paper.items()}
    frame = published_coefficients(counterpart.table)
    return frame.assign(market=frame["market"].replace(ours))


def published_variance_ratios() -> pd.DataFrame:
    """Table VI: columns factor, market, tenor_years, variance_ratio_pct."""
    frame = _read("mixon_tuzun_tables_3_to_7.csv").query(
        "block == 'variation_ratio_pct'"
    )
    return pd.DataFrame(
        {
            "factor": frame["parameter"],
            "market": frame["market"],
            "tenor_years": frame["tenor_years"].astype(int),
            "variance_ratio_pct": frame["estimate"],
        }
    ).reset_index(drop=True)


def published_aic() -> pd.Series:
    """Akaike information criterion by variant (Tables III, IV, V, VII)."""
    frame = _read("mixon_tuzun_tables_3_to_7.csv").query("parameter == 'aic'")
    by_table = frame.set_index("table")["estimate"]
    exact = {v: c.table for v, c in COUNTERPARTS.items() if not c.caveat}
    return pd.Series({variant: by_table[table] for variant, table in exact.items()})
