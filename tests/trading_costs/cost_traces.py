"""Traces of trading-cost regressions with made-up variances, for tests of layout."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import xarray as xr

from data.dims import STATISTIC
from data.trading_costs.panel import TradingCostsPanel, trading_costs_panel_from_frame
from inference.trading_costs.prepare import prepare_trading_costs
from models.trading_costs.model import STATISTICS
from models.trading_costs.scenarios import FAITHFUL, scenario
from models.trading_costs.simulation import simulate_trading_costs
from models.trading_costs.specification import TradingCostsSpecification
from tests.traces import sample_statistics

CHAINS, DRAWS, PRIOR_DRAWS = 4, 60, 50


@lru_cache
def small_market() -> TradingCostsPanel:
    """Twelve securities on forty days."""
    truth = replace(scenario(FAITHFUL), securities=12, days=40, trades_a_day=3.0)
    return trading_costs_panel_from_frame(simulate_trading_costs(1, truth).frame, "x")


@lru_cache
def random_costs_tree(response: str, formula: str = "bias") -> xr.DataTree:
    """A trace of a Gaussian response: coefficients are drawn given made-up spreads."""
    rng = np.random.default_rng(9)
    specification = TradingCostsSpecification(formula=formula, response=response)
    prepared = prepare_trading_costs(small_market(), specification)
    spreads = {"residual_sd": 0.5, "security_sd": 0.1, "day_sd": 0.05}
    names = [x for x in spreads if x in prepared.model.named_vars]

    def draws(chains: int, number: int) -> xr.Dataset:
        return xr.Dataset(
            {
                name: (
                    ("chain", "draw"),
                    spreads[name] * np.exp(rng.normal(0, 0.1, (chains, number))),
                )
                for name in names
            },
            {"chain": np.arange(chains), "draw": np.arange(number)},
        )

    posterior = draws(CHAINS, DRAWS)
    density = rng.normal(-900, 1, (CHAINS, DRAWS))
    starts = {
        "log_density": ("start", np.zeros(CHAINS)),
        "kind": ("start", ["chain"] * CHAINS),
    }
    tree = xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "prior": draws(1, PRIOR_DRAWS),
            "sample_stats": sample_statistics(rng.normal(0, 4, (CHAINS, DRAWS))),
            "log_likelihood": xr.Dataset(
                {STATISTICS: (("chain", "draw"), density)}, posterior.coords
            ),
            "log_prior": posterior[["security_sd"]],
            "observed_data": xr.Dataset({STATISTICS: (STATISTIC, np.zeros(3))}),
            "starts": xr.Dataset(starts),
            "panel": prepared.used,
        }
    )
    for name, group in prepared.derive(prepared.model, tree, 40, 1).items():
        tree[name] = group
    tree.attrs.update(prepared.description, diagnostics="passed")
    return tree
