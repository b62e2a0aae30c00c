"""Names, units and labels shared by every step of the price-pressure pipeline.

A panel file holds one row a date and one column a series; the column name carries the
kind, the market, the tenor and the unit: ``dv01_cash_10y_musd``.
"""

TENOR_YEARS = (2, 5, 10, 20)
"""Maturity buckets, named by the zero-coupon tenor (years) they are paired with."""

TENOR_MONTHS = (24, 60, 120, 240)
"""The same tenors in months, the unit of the decay parameter delta."""

MARKETS = ("cash", "futures")
"""Where a dealer holds the exposure."""

MARKETS_AND_NET = ("cash", "futures", "net")
"""The two markets and their sum."""

FACTORS = ("level", "slope", "curvature")
"""Latent Nelson-Siegel factors, in the order of the state vector."""

DATE_COLUMN = "date"


def yield_column(tenor: int) -> str:
    """Zero-coupon yield of one tenor (years), basis points, continuously compounded."""
    return f"yield_{tenor}y_bp"


def inventory_column(market: str, tenor: int) -> str:
    """Dealer inventory of one bucket at market value, USD billion."""
    return f"inventory_{market}_{tenor}y_busd"


def dv01_column(market: str, tenor: int) -> str:
    """Dealer inventory of one bucket as dollar value of a basis point, USD million."""
    return f"dv01_{market}_{tenor}y_musd"


def order_flow_column(market: str, tenor: int) -> str:
    """Non-dealer order flow, USD billion a week: minus the change of inventory."""
    return f"order_flow_{market}_{tenor}y_busd"


def order_flow_surprise_column(market: str, tenor: int) -> str:
    """Residual of an AR(1) fitted to the order flow, USD billion a week."""
    return f"order_flow_surprise_{market}_{tenor}y_busd"


def exposure_column(market: str, factor: str) -> str:
    """Dealer inventory's dollar exposure to 1 bp of one factor, USD million."""
    return f"exposure_{market}_{factor}_musd"
