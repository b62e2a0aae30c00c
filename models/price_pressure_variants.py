"""The specifications of Mixon & Tuzun (2018), as data."""

from dataclasses import dataclass

from data.columns import FACTORS, TENOR_YEARS


@dataclass(frozen=True)
class OrderFlowTerm:
    """One coefficient of Lambda: a factor that one order flow may move.

    Parameters
    ----------
    factor : str
        level, slope or curvature.
    market : str
        cash, futures or net.
    tenor : int
        Maturity bucket of the order flow, years.
    """

    factor: str
    market: str
    tenor: int

    @property
    def label(self) -> str:
        """Coordinate of the coefficient, such as ``level:cash:10``."""
        return f"{self.factor}:{self.market}:{self.tenor}"


@dataclass(frozen=True)
class Variant:
    """Which inventories press on yields and which order flows move the factors.

    Parameters
    ----------
    name : str
        Name on the command line.
    inventory_markets : tuple of str
        Markets with a price-pressure coefficient of their own in every bucket.
    order_flow_terms : tuple of OrderFlowTerm
        Non-zero entries of Lambda.
    """

    name: str
    inventory_markets: tuple[str, ...]
    order_flow_terms: tuple[OrderFlowTerm, ...] = ()


def _terms(factor: str, *flows: tuple[str, int]) -> tuple[OrderFlowTerm, ...]:
    return tuple(OrderFlowTerm(factor, market, tenor) for market, tenor in flows)


_EVERY_NET_FLOW = tuple(("net", tenor) for tenor in TENOR_YEARS)

VARIANTS = {
    variant.name: variant
    for variant in (
        # What the public data since 2001 can support: futures positions by kind of
        # trader start in 2006.
        Variant("cash-inventory", ("cash",)),
        Variant("net-inventory", ("net",)),  # Table III
        Variant("cash-futures-inventory", ("cash", "futures")),  # Table IV
        Variant(  # Table V
            "net-order-flow",
            ("cash", "futures"),
            _terms("level", *_EVERY_NET_FLOW) + _terms("slope", *_EVERY_NET_FLOW),
        ),
        Variant(  # Table VII
            "cash-futures-order-flow",
            ("cash", "futures"),
            _terms(
                "level",
                ("net", 2),
                ("net", 5),
                ("cash", 10),
                ("futures", 10),
                ("net", 20),
            )
            + _terms(
                "slope",
                ("net", 2),
                ("cash", 5),
                ("futures", 5),
                ("cash", 10),
                ("futures", 10),
                ("net", 20),
            ),
        ),
    )
}
"""Every specification by name."""


def order_flow_columns(variant: Variant) -> dict[str, list[int]]:
    """Positions among a variant's terms of those that move each factor."""
    return {
        factor: [
            i
            for i, term in enumerate(variant.order_flow_terms)
            if term.factor == factor
        ]
        for factor in FACTORS
    }
