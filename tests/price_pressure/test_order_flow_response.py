"""Response of the yield curve to an order flow."""

import numpy as np
import pytest
import xarray as xr

from analysis.fit import Fit
from analysis.price_pressure.description import PRICE_PRESSURE
from analysis.price_pressure.order_flow_response import (
    order_flow_response_bp,
    order_flow_shock_busd,
    responding_markets,
)
from data.price_pressure.published import (
    published_coefficients,
    published_order_flow_responses,
)
from inference.checks.diagnostics import RunDiagnostics
from inference.checks.verdict import Verdict
from tests.price_pressure.traces import diagnostics_frame, random_fit, random_tree

PRINTED = 0.1
"""The paper's coefficients and responses carry rounding of 0.005 times a shock of up to
9.4, and 0.05, respectively."""


def _fit(name: str, tree: xr.DataTree) -> Fit:
    run = RunDiagnostics(0, (1.0,), 0)
    return Fit(name, tree, diagnostics_frame(tree), run, Verdict(), PRICE_PRESSURE)


def _fit_at_published(variant: str, table: str, shocks: dict[tuple, float]) -> Fit:
    """A fit whose every draw is the published estimate and whose flows have its sd."""
    tree = random_tree(variant)
    posterior = tree["posterior"].to_dataset()
    published = published_coefficients(table)
    published = published[published["parameter"] == "price_discovery"]
    for row in published.itertuples():
        label = f"{row.factor}:{row.market}:{row.tenor_years}"
        posterior["price_discovery"].loc[{"order_flow_term": label}] = row.estimate
    tree["posterior"] = posterior
    flow = tree["panel"]["order_flow_busd"]
    for (market, tenor), size in shocks.items():
        here = flow.sel(market=market, tenor=tenor)
        flow.loc[{"market": market, "tenor": tenor}] = here * size / here.std(ddof=1)
    return _fit(variant, tree)


@pytest.mark.parametrize(
    ("variant", "table"),
    [("net-order-flow", "V"), ("cash-futures-order-flow", "VII")],
)
def test_published_coefficients_give_the_published_responses(
    variant: str, table: str
) -> None:
    published = published_order_flow_responses().query("variant == @variant")
    keys = zip(published["market"], published["order_flow_tenor_years"], strict=True)
    shocks = dict(zip(keys, published["shock_size_busd"], strict=True))
    fit = _fit_at_published(variant, table, shocks)
    for row in published.itertuples():
        response = order_flow_response_bp(fit, row.market, row.order_flow_tenor_years)
        at = response.sel(maturity_years=row.tenor_years)
        assert at.mean().item() == pytest.approx(row.yield_change_bp, abs=PRINTED)


def test_only_split_buckets_tell_cash_from_futures() -> None:
    fit = random_fit("cash-futures-order-flow")
    assert responding_markets(fit, 2) == ["net"]
    assert responding_markets(fit, 10) == ["cash", "futures"]


def test_shock_is_that_of_the_surprise_where_the_raw_flow_is_missing() -> None:
    tree = random_tree("net-order-flow")
    panel = tree["panel"].to_dataset()
    panel["order_flow_busd"] = panel["order_flow_busd"] * np.nan
    tree["panel"] = panel
    fit = _fit("x", tree)
    surprise = panel["order_flow_surprise_busd"].sel(market="net", tenor=5)
    expected = surprise.std(ddof=1).item()
    assert order_flow_shock_busd(fit, "net", 5) == pytest.approx(expected)


def test_sampled_decay_moves_the_loadings_draw_by_draw() -> None:
    tree = random_tree("net-order-flow")
    posterior = tree["posterior"].to_dataset()
    shape = posterior["price_discovery"].shape[:2]
    decay = np.where(np.arange(shape[1]) % 2, 0.03, 0.09) * np.ones(shape)
    posterior["decay_per_month"] = (("chain", "draw"), decay)
    posterior["price_discovery"] = xr.ones_like(posterior["price_discovery"])
    tree["posterior"] = posterior
    fit = _fit("x", tree)
    response = order_flow_response_bp(fit, "net", 5).sel(maturity_years=10)
    shock = order_flow_shock_busd(fit, "net", 5)
    slope = [(1 - np.exp(-d * 120)) / (d * 120) for d in (0.09, 0.03)]
    actual = np.sort(np.unique(response.round(9)))
    expected = np.sort([shock * (1 + value) for value in slope])
    np.testing.assert_allclose(actual, expected, rtol=1e-8)
