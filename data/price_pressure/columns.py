"""Names, units and labels shared by every step of the price-pressure pipeline.

A panel file holds one row a date and one column a series; the column name carries the
kind, the market, the tenor and the unit: ``dv01_cash_10y_musd``.
"""

import re
from collections.abc import Iterable

from data.dims import DATE_COLUMN
from data.files.panel_file import NEEDED, Columns

MARKETS = ("cash", "futures")
"""Where a dealer holds the exposure."""

MARKETS_AND_NET = ("cash", "futures", "net")
"""The two markets and their sum."""

FACTORS = ("level", "slope", "curvature")
"""Latent Nelson-Siegel factors, in the order of the state vector."""


YIELD_COLUMN = re.compile(r"yield_([1-9][0-9]?)y_bp")
"""A name that `yield_column` gives."""


def tenors_of(columns: Iterable[str]) -> tuple[int, ...]:
    """Tenors whose yields are among the columns of a panel, years, shortest first."""
    found = (YIELD_COLUMN.fullmatch(name) for name in columns)
    return tuple(sorted({int(match[1]) for match in found if match}))


def yield_column(tenor: int | str) -> str:
    """Zero-coupon yield of one tenor (years), basis points, continuously compounded."""
    return f"yield_{tenor}y_bp"


def inventory_column(market: str, tenor: int | str) -> str:
    """Dealer inventory of one bucket at market value, USD billion."""
    return f"inventory_{market}_{tenor}y_busd"


def dv01_column(market: str, tenor: int | str) -> str:
    """Dealer inventory of one bucket as dollar value of a basis point, USD million."""
    return f"dv01_{market}_{tenor}y_musd"


def order_flow_column(market: str, tenor: int | str) -> str:
    """Non-dealer order flow, USD billion a week: minus the change of inventory."""
    return f"order_flow_{market}_{tenor}y_busd"


def order_flow_surprise_column(market: str, tenor: int | str) -> str:
    """Residual of an AR(1) fitted to the order flow, USD billion a week."""
    return f"order_flow_surprise_{market}_{tenor}y_busd"


def exposure_column(market: str, factor: str) -> str:
    """Dealer inventory's dollar exposure to 1 bp of one factor, USD million."""
    return f"exposure_{market}_{factor}_musd"


FUTURES_NEEDED_BY = (
    "`net-inventory`, `cash-futures-inventory`, `net-order-flow`, "
    "`cash-futures-order-flow`"
)

LAYOUT = (
    Columns(
        (DATE_COLUMN,), "`YYYY-MM-DD`; a row a week, a trading day or a month", NEEDED
    ),
    Columns(
        (yield_column("N"),),
        "zero-coupon yield, continuously compounded, basis points; any four or more "
        "tenors, 1 to 99 years",
        NEEDED,
    ),
    Columns(
        (dv01_column("cash", "N"),),
        "dealers' inventory as dollar value of a basis point, USD million, long "
        "positive",
        "every variant with inventory",
    ),
    Columns(
        (dv01_column("futures", "N"),),
        "the same of futures, USD million, long positive",
        FUTURES_NEEDED_BY,
    ),
    Columns(
        (order_flow_surprise_column("net", "N"),),
        "order flow less its AR(1) prediction, USD billion a week, positive when "
        "customers buy",
        "`net-order-flow`, `cash-futures-order-flow`",
    ),
    Columns(
        tuple(order_flow_surprise_column(market, "N") for market in MARKETS),
        "the same of one market, USD billion a week",
        "`cash-futures-order-flow`",
    ),
    Columns(
        tuple(inventory_column(market, "N") for market in MARKETS),
        "dealers' inventory at market value, USD billion",
        "summary table and figure 1",
    ),
    Columns(
        tuple(order_flow_column(market, "N") for market in MARKETS_AND_NET),
        "order flow, minus the change of inventory, USD billion a week",
        "summary table",
    ),
    Columns(
        tuple(
            exposure_column(market, factor) for market in MARKETS for factor in FACTORS
        ),
        "inventory's exposure to 1 bp of the factor, USD million",
        "table II and figure 2",
    ),
)
"""N stands for a tenor, years: one column each."""
