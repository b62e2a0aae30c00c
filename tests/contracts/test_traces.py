"""The trace is what inference and analysis share: both sides keep what is declared.

Made-up traces, on which the tests of analysis rest, hold nothing that is not promised;
real fits hold all of it. A variable that inference renames breaks the second, one that
only a made-up trace has the first.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
import xarray as xr

from analysis.families import MODEL_REPORTS
from data.half_life.basis_events_panel import basis_events_from_frame
from data.half_life.basis_panel import basis_panel_from_frame
from data.liquidity_regimes.panel import liquidity_panel_from_frame
from data.price_pressure.panel import panel_from_frame
from inference.families import MODELS
from inference.fitting import fit
from inference.settings import SamplerSettings
from inference.traced.layout import TraceLayout, joined
from inference.traced.prepared import PreparedModel
from models.half_life.basis_simulation import simulate_basis
from models.half_life.joint_simulation import simulate_joint_decay
from models.half_life.specification import (
    DISCRETE_WEIBULL,
    LINEAR,
    PROPORTIONAL_HAZARD,
)
from models.liquidity_regimes.simulation import SECURITIES, simulate_liquidity_regimes
from models.liquidity_regimes.specification import MARKET_WIDE
from models.price_pressure.persistent_errors_simulation import (
    simulate_persistent_errors,
)
from models.price_pressure.simulation import simulate_price_pressure
from models.price_pressure.variants import PERSISTENT_ERRORS_VARIANTS
from tests.half_life.basis_traces import random_basis_tree
from tests.half_life.frames import event_frame, event_panel, with_imputations
from tests.half_life.joint_traces import NAMES, random_joint_tree
from tests.half_life.traces import imputed_half_life_tree, random_half_life_tree
from tests.liquidity_regimes.traces import random_tree as random_regimes_tree
from tests.liquidity_regimes.traces import threshold_tree
from tests.price_pressure.traces import INVENTORY_MARKETS
from tests.price_pressure.traces import random_tree as random_price_pressure_tree
from tests.trading_costs.cost_traces import random_costs_tree, small_market
from tests.trading_costs.traces import curve_panel, random_curve_tree

FEW = SamplerSettings(
    seed=1, draws=60, tune=150, chains=2, prior_draws=50, predictive_draws=20
)

BY_SCORE = "leave_future_out"
"""Group that no fit writes; the tests of the command hold it to its layout."""

FAKES: dict[str, Callable[[], xr.DataTree]] = {
    **{
        variant: lambda variant=variant: random_price_pressure_tree(variant)
        for variant in INVENTORY_MARKETS
    },
    **{
        variant: lambda variant=variant: random_regimes_tree(variant)
        for variant in ("IV-depth", "II-constant")
    },
    "thresholds": threshold_tree,
    "basis": random_basis_tree,
    "joint": random_joint_tree,
    **{
        variant: lambda variant=variant: random_half_life_tree(variant)
        for variant in (PROPORTIONAL_HAZARD, DISCRETE_WEIBULL, LINEAR)
    },
    "imputed": lambda: imputed_half_life_tree(PROPORTIONAL_HAZARD),
    "yield-curve": random_curve_tree,
    **{
        f"costs-{response}": lambda response=response: random_costs_tree(response)
        for response in ("absolute", "signed")
    },
}


def prepared(model: str, panel: object, **options: object) -> PreparedModel:
    return MODELS[model].prepare(panel, **MODELS[model].specify(**options))


def regimes(num_days: int, securities: int, **options: object) -> PreparedModel:
    chosen = dict(list(SECURITIES.items())[:securities])
    frame = simulate_liquidity_regimes(1, num_days, securities=chosen)
    panel = liquidity_panel_from_frame(frame, "twin")
    return prepared("liquidity-regimes", panel, **options)


def price_pressure(variant: str, decay: str) -> PreparedModel:
    persistent = PERSISTENT_ERRORS_VARIANTS.get(variant)
    frame = (
        simulate_price_pressure(variant, 1, 60)
        if persistent is None
        else simulate_persistent_errors(persistent, 1, 60)
    )
    panel = panel_from_frame(frame, "twin")
    return prepared("price-pressure", panel, variant=variant, decay=decay)


def thresholds() -> PreparedModel:
    frame = simulate_liquidity_regimes(1, 300)
    panel = liquidity_panel_from_frame(frame, "twin")
    return prepared("threshold-regression", panel)


def basis() -> PreparedModel:
    panel = basis_panel_from_frame(simulate_basis(1, 120), "twin")
    return prepared("basis-decomposition", panel)


def joint() -> PreparedModel:
    panel = basis_events_from_frame(simulate_joint_decay(1, 120).frame, "twin")
    covariates = list(NAMES)
    return prepared("basis-events", panel, covariate=covariates)


def yield_curve() -> PreparedModel:
    return prepared("yield-curve", curve_panel())


def half_life(variant: str, imputations: int = 1) -> PreparedModel:
    frame = with_imputations(event_frame(num_events=200), imputations)
    panel = event_panel(frame.assign(failed_checks=1))
    return prepared("half-life", panel, variant=variant)


def missing_covariates() -> PreparedModel:
    frame = with_imputations(event_frame(num_events=200), 1).assign(failed_checks=1)
    frame.loc[::7, "ats_share"] = np.nan
    panel = event_panel(frame.assign(cleaning="wrds"))
    return prepared("half-life", panel, variant=PROPORTIONAL_HAZARD)


def costs(response: str, formula: str = "bias", **options: str) -> PreparedModel:
    return prepared(
        "trading-costs", small_market(), formula=formula, response=response, **options
    )


FITS: dict[str, Callable[[], PreparedModel]] = {
    "net-order-flow": lambda: price_pressure("net-order-flow", "sampled"),
    "cash-inventory-persistent-errors": lambda: price_pressure(
        "cash-inventory-persistent-errors", "sampled"
    ),
    "IV-depth": lambda: regimes(300, 1),
    "market-wide": lambda: regimes(
        300,
        2,
        covariates="I",
        transition="constant",
        noise="student-t",
        security=MARKET_WIDE,
    ),
    "thresholds": thresholds,
    "basis": basis,
    "joint": joint,
    DISCRETE_WEIBULL: lambda: half_life(DISCRETE_WEIBULL),
    LINEAR: lambda: half_life(LINEAR),
    "imputed": lambda: half_life(PROPORTIONAL_HAZARD, 2),
    "missing": missing_covariates,
    "yield-curve": yield_curve,
    "costs-absolute": lambda: costs("absolute", "segments"),
    "costs-signed": lambda: costs("signed"),
    "costs-joint": lambda: costs("joint", cost_shape="tailed"),
}


IN_EVERY_RUN = ("thresholds", "costs-signed")
"""One fit of a family, of what compiles fastest; the tests of the commands fit price
pressure in every run, `tests/inference/test_same_numbers.py` half-lives."""


@cache
def model_of(name: str) -> str:
    return str(FITS[name]().description["model"])


@cache
def fitted(name: str) -> xr.DataTree:
    return fit(FITS[name](), FEW, progressbar=False)


def layout_of(trace: xr.DataTree) -> TraceLayout:
    return MODELS[trace.attrs["model"]].holds


@pytest.mark.parametrize("name", FAKES)
def test_a_made_up_trace_holds_what_is_promised_and_no_more(name: str) -> None:
    trace = FAKES[name]()
    assert layout_of(trace).broken_promises(trace) == []
    assert layout_of(trace).unpromised(trace) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        name if name in IN_EVERY_RUN else pytest.param(name, marks=pytest.mark.long)
        for name in FITS
    ],
)
def test_a_fit_keeps_every_promise(name: str) -> None:
    trace = fitted(name)
    assert layout_of(trace).broken_promises(trace) == []


@pytest.mark.long
@pytest.mark.parametrize("model", MODELS)
def test_what_is_promised_of_some_traces_some_fit_holds(model: str) -> None:
    holding = {
        f"{group}/{variable}"
        for name in FITS
        if model_of(name) == model
        for group, node in fitted(name).children.items()
        for variable in node.data_vars
    }
    promised = {
        f"{group}/{variable}"
        for group, variables in MODELS[model].holds.sometimes.items()
        for variable in variables
        if group != BY_SCORE
    }
    assert promised - holding == set()


def test_every_model_has_a_made_up_trace() -> None:
    assert {make().attrs["model"] for make in FAKES.values()} == set(MODELS)


def test_every_model_has_a_fit() -> None:
    assert set(map(model_of, FITS)) == set(MODELS)


@pytest.mark.parametrize("model", MODEL_REPORTS)
def test_what_is_described_of_a_model_its_traces_promise(model: str) -> None:
    described, holds = MODEL_REPORTS[model].description, MODELS[model].holds
    promised = joined(holds.always, holds.sometimes)
    shown = set(described.shown_parameters)
    assert shown <= set(promised["posterior"])
    check = MODELS[model].checks.predictive
    for group in ("observed_data", "prior_predictive", "posterior_predictive"):
        assert check.variable in promised[group]
    assert not check.observed_mask or check.observed_mask in promised["constant_data"]
