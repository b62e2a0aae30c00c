"""Tables I and II."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.fit import Fit
from analysis.page.exhibit import Exhibit, of_subject
from analysis.page.table import Table
from analysis.price_pressure.data import SUMMARY_STATISTICS, summary_statistics
from analysis.price_pressure.hedging_regression import HEDGING
from tests.price_pressure.traces import random_fit


def _table(exhibit: Exhibit, fit: Fit) -> Table:
    (shown,) = of_subject([exhibit], fit)
    assert isinstance(shown.item, Table)
    return shown.item


def _without_futures() -> Fit:
    fit = random_fit("cash-inventory")
    tree = fit.tree.copy()
    panel = tree["panel"].to_dataset()
    for name in panel.data_vars:
        if "market" in panel[name].dims:
            panel[name] = panel[name].where(panel["market"] == "cash")
    tree["panel"] = panel
    return replace(fit, tree=tree)


def test_yields_are_set_beside_the_paper_in_per_cent() -> None:
    panel = random_fit("net-inventory").panel
    frame = summary_statistics(panel).set_index(
        ["statistic", "tenor_years", "variable"]
    )
    row = frame.loc[("mean", 10, "yield_pct")]
    expected = panel["yield_bp"].sel(tenor=10).mean().item() / 100
    assert row["value"] == pytest.approx(expected)
    assert row["published"] == 3.51


def test_every_published_statistic_has_a_counterpart() -> None:
    frame = summary_statistics(random_fit("net-inventory").panel)
    assert len(frame) == 4 * 4 * 7
    assert frame.notna().all(axis=None)


def test_missing_futures_are_named_in_table_one() -> None:
    table = _table(SUMMARY_STATISTICS, _without_futures())
    assert "Not in this panel (n/a): inventory futures, inventory net" in table.caption
    ours = table.display[table.display[""] == "here"]
    assert (ours["Inventory futures"] == "n/a").all()
    assert (ours["Inventory cash"] != "n/a").all()


def test_series_of_part_of_the_weeks_is_named_in_table_one() -> None:
    fit = random_fit("cash-inventory")
    tree = fit.tree.copy()
    panel = tree["panel"].to_dataset().copy(deep=True)
    panel["inventory_busd"][:20, 1] = np.nan
    tree["panel"] = panel
    caption = _table(SUMMARY_STATISTICS, replace(fit, tree=tree)).caption
    assert "Observed in part of the 60 weeks only" in caption
    assert "inventory futures 40 weeks" in caption
    assert "part of" not in _table(SUMMARY_STATISTICS, fit).caption


def test_table_two_has_levels_and_changes_of_each_factor_beside_the_paper() -> None:
    frame = _table(HEDGING, random_fit("net-inventory")).frame
    assert len(frame) == 2 * 3 * 3
    slope = frame.query("quantity == 'slope on cash' and panel == 'levels'")
    assert slope["published"].tolist() == [-0.55, -2.74, -0.63]
    # The made-up futures offset 0.55 of the cash exposure plus noise.
    assert (slope["mean"] < 0).all()
    changes = frame[frame["panel"] == "first_differences"]
    assert (changes["num_observations"] == 59).all()


def test_table_two_says_that_futures_are_missing() -> None:
    table = _table(HEDGING, _without_futures())
    assert "not in this panel" in table.caption
    assert table.frame.empty
    assert "not available" in table.to_latex()


def test_table_two_gives_the_same_numbers_again() -> None:
    fit = random_fit("net-inventory")
    first, second = (_table(HEDGING, fit).frame["mean"] for _ in range(2))
    np.testing.assert_array_equal(first, second)
