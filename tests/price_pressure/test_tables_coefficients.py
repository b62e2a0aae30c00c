"""Tables III to VII."""

import pytest

from analysis.fit import Fit
from analysis.page.exhibit import Exhibit, of_fit
from analysis.page.table import Table
from analysis.price_pressure.cash_and_futures import CASH_AGAINST_FUTURES
from analysis.price_pressure.discovery import VARIANCE_RATIO
from analysis.price_pressure.dynamics import FACTOR_DYNAMICS
from analysis.price_pressure.pressure import (
    COEFFICIENT_TABLES,
    coefficients_of,
    estimates_beside_published,
)
from data.price_pressure.published import KEYS, published_counterpart
from tests.price_pressure.traces import random_fit


def _table(exhibit: Exhibit, fit: Fit) -> Table:
    (shown,) = of_fit([exhibit], fit)
    assert isinstance(shown.item, Table)
    return shown.item


def _coefficients(fit: Fit) -> Table:
    return _table(coefficients_of(fit), fit)


@pytest.mark.parametrize("variant", COEFFICIENT_TABLES)
def test_every_published_coefficient_stands_beside_a_posterior(variant: str) -> None:
    fit = random_fit(variant)
    frame = estimates_beside_published(fit).set_index(KEYS)
    for row in published_counterpart(variant).itertuples():
        key = (row.parameter, row.factor, row.market, row.tenor_years)
        assert frame.loc[key, "estimate"] == row.estimate
    assert frame["estimate"].notna().all()


@pytest.mark.parametrize("variant", COEFFICIENT_TABLES)
def test_table_has_the_number_that_it_has_in_the_paper(variant: str) -> None:
    table = _coefficients(random_fit(variant))
    assert table.stem == COEFFICIENT_TABLES[variant]
    assert list(table.display["P(> 0)"][-3:]) == ["", "", ""]


def test_published_estimate_inside_the_interval_is_said_so() -> None:
    frame = estimates_beside_published(random_fit("cash-futures-inventory"))
    inside = frame["estimate"].between(frame["lower_95"], frame["upper_95"])
    assert (frame["published_inside"] == inside).all()


def test_caveat_of_the_cash_only_variant_is_in_the_caption() -> None:
    table = _coefficients(random_fit("cash-inventory"))
    assert "no cash-only table" in table.caption
    assert "Table III" in table.caption


def test_failed_fit_is_marked_in_every_form_of_the_table() -> None:
    fit = random_fit("net-inventory", failures=("R-hat of x is 1.4",))
    table = _coefficients(fit)
    assert table.warning.startswith("DIAGNOSTICS FAILED (net-inventory, 1 check)")
    assert "DIAGNOSTICS FAILED" in table.to_latex()
    assert (table.frame["diagnostics"] == "FAILED").all()


def test_variance_ratios_stand_beside_table_six() -> None:
    frame = _table(VARIANCE_RATIO, random_fit("net-order-flow")).frame
    row = frame.query("factor == 'slope' and tenor_years == 10")
    assert row["published"].item() == 6.71
    assert (frame["lower_95"] >= 0).all()


def test_ratios_of_split_order_flow_have_no_published_counterpart() -> None:
    frame = _table(VARIANCE_RATIO, random_fit("cash-futures-order-flow")).frame
    assert frame.loc[frame["market"] != "net", "published"].isna().all()
    assert frame.loc[frame["market"] == "net", "published"].notna().all()


def test_probability_that_cash_exceeds_futures_by_bucket() -> None:
    frame = _table(CASH_AGAINST_FUTURES, random_fit("cash-futures-inventory")).frame
    two_year = frame.set_index("tenor_years").loc[2]
    assert two_year["published_difference"] == pytest.approx(0.84 + 0.73)
    assert two_year["probability_cash_exceeds_futures"] == 1.0


def test_factor_dynamics_name_unit_and_factor() -> None:
    display = _table(FACTOR_DYNAMICS, random_fit("net-inventory")).display
    assert "half-life (weeks)" in set(display["Parameter"])
    assert {"level", "slope", "curvature", "2y"} <= set(display["Of"])
