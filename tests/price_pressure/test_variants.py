"""The specifications against the published tables."""

import pytest

from data.price_pressure.published import published_counterpart
from models.price_pressure.variants import (
    VARIANTS,
    OrderFlowTerm,
    Variant,
    order_flow_columns,
)

every_variant = pytest.mark.parametrize("name", VARIANTS)


def test_the_five_specifications_have_their_names() -> None:
    assert set(VARIANTS) == {
        "cash-inventory",
        "net-inventory",
        "cash-futures-inventory",
        "net-order-flow",
        "cash-futures-order-flow",
    }


@every_variant
def test_a_variant_is_found_under_its_own_name(name: str) -> None:
    assert VARIANTS[name].name == name


@every_variant
def test_a_variant_has_the_coefficients_of_its_table(name: str) -> None:
    variant, table = VARIANTS[name], published_counterpart(name)
    pressure = table[table["parameter"] == "price_pressure"]
    ours = {(m, t) for m in variant.inventory_markets for t in (2, 5, 10, 20)}
    assert ours == set(zip(pressure["market"], pressure["tenor_years"], strict=True))
    discovery = table[table["parameter"] == "price_discovery"]
    keys = discovery[["factor", "market", "tenor_years"]].itertuples(index=False)
    terms = [(t.factor, t.market, t.tenor) for t in variant.order_flow_terms]
    assert len(terms) == len(set(terms))
    assert set(terms) == {tuple(key) for key in keys}


@every_variant
def test_no_order_flow_moves_the_curvature(name: str) -> None:
    # Tables V and VII: order flow is allowed to move level and slope only.
    factors = {term.factor for term in VARIANTS[name].order_flow_terms}
    assert factors <= {"level", "slope"}


@every_variant
def test_labels_tell_the_coefficients_of_a_variant_apart(name: str) -> None:
    labels = [term.label for term in VARIANTS[name].order_flow_terms]
    assert len(set(labels)) == len(labels)


def test_a_label_names_factor_market_and_tenor() -> None:
    assert OrderFlowTerm("level", "cash", 10).label == "level:cash:10"


def test_each_factor_knows_the_positions_of_its_terms() -> None:
    columns = order_flow_columns(VARIANTS["cash-futures-order-flow"])
    assert columns == {
        "level": [0, 1, 2, 3, 4],
        "slope": [5, 6, 7, 8, 9, 10],
        "curvature": [],
    }


def test_positions_do_not_rely_on_the_order_of_the_terms() -> None:
    terms = OrderFlowTerm("slope", "net", 2), OrderFlowTerm("level", "net", 2)
    columns = order_flow_columns(Variant("mine", ("net",), terms))
    assert columns == {"level": [1], "slope": [0], "curvature": []}
