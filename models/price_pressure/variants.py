"""Specifications as data: those of Mixon & Tuzun (2018), and those fit for markets."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from data.market.tenors import TENOR_YEARS
from data.price_pressure.columns import FACTORS


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
"""The paper's specifications by name."""

PERSISTENT_ERRORS = "-persistent-errors"
"""What the name of a variant ends in whose errors persist."""

InventoryForm = Literal["level", "lagged", "surprise"]
"""Inventory of the week, of the week before, or less its AR(1) prediction. Dealers
react to yields: a regression on the week's level has no defence against that."""


@dataclass(frozen=True)
class PersistentErrorsVariant(Variant):
    """A variant whose yields keep departures from the curve for weeks.

    See `models.price_pressure.persistent_errors`.

    Parameters
    ----------
    factors : {"nelson-siegel", "yields"}
        Level, slope and curvature with a persistent error a tenor; or each yield on its
        own without errors: the random walk and the autoregression that a model of the
        curve has to beat.
    persistence : {"estimated", "one"}
        Of the factors; one makes them random walks.
    volatility : {"score-driven", "constant"}
        Of innovations and errors.
    intercepts : {"by tenor", "none"}
        Constant departures from the Nelson-Siegel curve.
    inventory_form : {"level", "lagged", "surprise"}
        Which inventory presses on yields.
    """

    factors: Literal["nelson-siegel", "yields"] = "nelson-siegel"
    persistence: Literal["estimated", "one"] = "estimated"
    volatility: Literal["score-driven", "constant"] = "score-driven"
    intercepts: Literal["by tenor", "none"] = "by tenor"
    inventory_form: InventoryForm = "level"


def _in_every_factor(variant: Variant) -> tuple[OrderFlowTerm, ...]:
    flows = dict.fromkeys((t.market, t.tenor) for t in variant.order_flow_terms)
    return tuple(term for factor in FACTORS for term in _terms(factor, *flows))


_CASH_ORDER_FLOW = Variant(
    "cash-order-flow",
    ("cash",),
    _terms("level", *(("cash", tenor) for tenor in TENOR_YEARS)),
)

_CASH = "cash-inventory" + PERSISTENT_ERRORS

PERSISTENT_ERRORS_VARIANTS = {
    variant.name: variant
    for variant in (
        *(
            PersistentErrorsVariant(
                base.name + PERSISTENT_ERRORS,
                base.inventory_markets,
                _in_every_factor(base),
            )
            for base in (*VARIANTS.values(), _CASH_ORDER_FLOW)
        ),
        # What a conclusion from public data hangs on.
        PersistentErrorsVariant(
            f"{_CASH}-constant-volatility", ("cash",), volatility="constant"
        ),
        PersistentErrorsVariant(
            f"{_CASH}-without-intercepts", ("cash",), intercepts="none"
        ),
        PersistentErrorsVariant(f"{_CASH}-lagged", ("cash",), inventory_form="lagged"),
        PersistentErrorsVariant(
            f"{_CASH}-surprise", ("cash",), inventory_form="surprise"
        ),
        # What predictions have to beat.
        PersistentErrorsVariant("no-inventory" + PERSISTENT_ERRORS, ()),
        PersistentErrorsVariant(
            "autoregression", (), factors="yields", intercepts="none"
        ),
        PersistentErrorsVariant(
            "random-walk", (), factors="yields", persistence="one", intercepts="none"
        ),
    )
}
"""Those that fit the market, and those to set beside them, by name."""

EVERY_VARIANT: dict[str, Variant] = {**VARIANTS, **PERSISTENT_ERRORS_VARIANTS}
"""Every specification by name."""


def of_tenors[V: Variant](variant: V, tenors: Sequence[int]) -> V:
    """The variant with order flow of the tenors of a panel, where its errors persist.

    The paper's variants are of its four buckets alone.
    """
    if not isinstance(variant, PersistentErrorsVariant):
        return variant
    markets = dict.fromkeys(term.market for term in variant.order_flow_terms)
    if not markets or tuple(tenors) == TENOR_YEARS:
        return variant
    flows = [(market, tenor) for market in markets for tenor in tenors]
    terms = tuple(term for factor in FACTORS for term in _terms(factor, *flows))
    return replace(variant, order_flow_terms=terms)


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
