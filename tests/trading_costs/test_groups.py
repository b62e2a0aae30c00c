"""Spreads of groups, fair values' errors, folding, and costs compared by venue."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from analysis.fit import Fit
from analysis.page.exhibit import of_fit
from analysis.trading_costs.comparisons import (
    OF_COMPARISONS,
    by_other_segment,
    by_venue,
)
from analysis.trading_costs.description import TRADING_COSTS
from analysis.trading_costs.section import OF_A_FIT
from data.dims import COEFFICIENT
from data.trading_costs.panel import trading_costs_panel_from_frame
from inference.checks.diagnostics import RunDiagnostics
from inference.checks.verdict import Verdict
from inference.trading_costs.folding import error_alone
from inference.trading_costs.spreads import (
    fair_value_coverage,
    sample_spreads,
    spreads_by_group,
)
from inference.trading_costs.thresholds import by_threshold
from models.likelihoods.mixed.conditional import Variances, conditional
from models.likelihoods.mixed.statistics import total
from models.trading_costs.inputs import select_inputs
from models.trading_costs.observations import Observations, with_regressors
from models.trading_costs.scenarios import scenario
from models.trading_costs.simulation import simulate_trading_costs
from models.trading_costs.specification import (
    TradingCostsPriors,
    TradingCostsSpecification,
)
from tests.trading_costs.cost_traces import random_costs_tree, small_market


def _observations(response: str, frame: pd.DataFrame | None = None) -> Observations:
    specification = TradingCostsSpecification(formula="bias", response=response)
    used = small_market().frame if frame is None else frame
    return Observations(used, specification, "x")


def test_groups_of_rows_have_their_medians() -> None:
    observations = _observations("signed")
    found = spreads_by_group(sample_spreads(observations, 1), observations.levels)
    rows = observations.frame()
    edges = observations.levels.benchmark_terciles
    high = rows["benchmark_illiquidity"] > edges[1]
    group = found.sel(label="benchmark illiquidity: high")
    assert group["rows"] == high.sum()
    effective = rows["response"].abs()
    assert float(group["effective_bp"]) == pytest.approx(effective[high].median())
    improvement = (rows["indicative_spread_bp"] - effective)[high]
    assert float(group["improvement_bp"]) == pytest.approx(improvement.median())


def test_coverage_of_forecasts_is_that_of_their_stated_errors() -> None:
    frame = small_market().frame.copy()
    quotes = frame["observation"] == "quote"
    score = np.random.default_rng(1).standard_normal(quotes.sum())
    frame.loc[quotes, "deviation_bp"] = 2 * score * frame.loc[quotes, "error_sd_bp"]
    found = fair_value_coverage(_observations("signed", frame)).sel(label="all")
    assert float(found["inside_95"]) == pytest.approx(
        np.mean(np.abs(score) < 0.98), abs=1e-3
    )
    ratio = found["rms_bp"] / found["stated_sd_bp"]
    # Errors twice as large as stated.
    assert float(ratio) == pytest.approx(2.0, rel=0.15)


def test_error_alone_is_the_regression_of_trades_that_cost_nothing() -> None:
    truth = replace(
        scenario("noise-only"), cost_bp=1e-6, securities=20, days=60, trades_a_day=8.0
    )
    frame = simulate_trading_costs(5, truth).frame
    # Below two years errors are of another size, and one residual sd is too few.
    long = frame[frame["maturity_years"] > 2]
    panel = trading_costs_panel_from_frame(long, "x")
    specification = TradingCostsSpecification(formula="benchmark", response="absolute")
    inputs = select_inputs(panel, specification, TradingCostsPriors())
    sds = {"residual_sd": 0.4, "security_sd": 0.2}
    posterior = xr.Dataset(
        {name: (("chain", "draw"), [[sd]]) for name, sd in sds.items()},
        {"chain": [0], "draw": [0]},
    )
    at = conditional(
        inputs.totals,
        inputs.prior_precision,
        Variances(0.4, np.full((1, 1), 0.2), np.zeros((0, 0))),
    )
    found = error_alone(inputs, posterior)["coefficient"]
    rng = np.random.default_rng(1)
    draws = np.array([at.draw(rng).coefficient for _ in range(200)])
    apart = (found.to_numpy() - draws.mean(axis=0)) / draws.std(axis=0)
    # Both have the noise of one draw of errors: a difference of two.
    assert np.abs(apart).max() < 4 * np.sqrt(2)
    slope = float(found.sel({COEFFICIENT: "illiquidity"}))
    assert slope > 5 * draws.std(axis=0)[2]


def test_a_filter_leaves_the_regression_of_the_trades_that_it_keeps() -> None:
    frame = small_market().frame
    specification = TradingCostsSpecification(formula="benchmark", response="absolute")
    priors = TradingCostsPriors()
    inputs = select_inputs(small_market(), specification, priors)
    posterior = xr.Dataset(
        {
            name: (("chain", "draw"), [[sd]])
            for name, sd in {"residual_sd": 0.4, "security_sd": 0.2}.items()
        },
        {"chain": [0], "draw": [0]},
    )
    found = by_threshold(inputs, posterior)
    limit = frame["indicative_spread_bp"] / 2
    is_kept = frame["forecast_error_bp"].abs() <= limit
    kept = frame[is_kept | (frame["observation"] == "quote")]
    levels = inputs.design.levels
    rows = Observations(kept, specification, "x").frame()
    # Centred as the regression of all rows is.
    rows = with_regressors(rows, levels, "absolute")
    totals = total(inputs.design.statistics([rows]))
    variances = Variances(0.4, np.full((1, 1), 0.2), np.zeros((0, 0)))
    at = conditional(totals, inputs.prior_precision, variances)
    one = found.sel(half_spreads=1.0)
    assert float(one["rows"]) == len(rows)
    np.testing.assert_allclose(one["mean"], at.expected().coefficient, rtol=1e-9)
    rng = np.random.default_rng(1)
    drawn = np.array([at.draw(rng).coefficient for _ in range(4000)])
    # Four thousand draws: an sd is known to 1%, a fifth of the margin.
    np.testing.assert_allclose(one["sd"], drawn.std(axis=0), rtol=0.05)


def _fit(formula: str, response: str) -> Fit:
    tree = random_costs_tree(response, formula)
    names = [f"coefficient[{x}]" for x in tree["panel"][COEFFICIENT].to_numpy()]
    diagnostics = pd.DataFrame({"information": ""}, index=names)
    run = RunDiagnostics(0, (0.9, 1.0, 1.1, 1.0), 0)
    return Fit(formula, tree, diagnostics, run, Verdict(), TRADING_COSTS)


def test_venues_differ_by_their_columns() -> None:
    fit = _fit("venue", "signed")
    frame = by_venue(fit)
    spread = frame.pivot_table(index="label", columns="of", values="mean")
    np.testing.assert_allclose(
        spread["difference"], spread["ATS"] - spread["elsewhere"], atol=1e-9
    )
    draws = fit.posterior["coefficient"].mean(("chain", "draw"))
    # At the median spread, what is left are the column ats and that of the bin.
    own = draws.sel({COEFFICIENT: "ats"}) + draws.sel(
        {COEFFICIENT: "volume_bin[5-10]:ats"}
    )
    assert float(own) == pytest.approx(
        spread.loc["face 5-10 million", "difference"], abs=1e-9
    )


def test_segments_differ_by_the_others_spread() -> None:
    fit = _fit("segments", "signed")
    frame = by_other_segment(fit).set_index("of")
    quartiles = fit.group("spreads")["other_bp"].sel(quantile=["25%", "75%"])
    slope = fit.posterior["coefficient"].sel({COEFFICIENT: "other_spread"}).mean()
    assert frame.loc["difference", "mean"] == pytest.approx(
        (slope * quartiles.diff("quantile")).item(), abs=1e-9
    )


@pytest.mark.parametrize(
    ("formula", "response", "table"),
    [
        ("venue", "absolute", "table_cost_by_venue"),
        ("retail", "absolute", "table_cost_of_retail"),
        ("segments", "signed", "table_cost_by_segment"),
        ("spread + simulated_error_bp", "signed", None),
    ],
)
def test_every_formula_is_reported(
    formula: str, response: str, table: str | None
) -> None:
    shown = of_fit(OF_A_FIT, _fit(formula, response))
    told = {exhibit.name for exhibit in OF_COMPARISONS}
    names = {each.name for each in shown}
    assert told & names == ({table} if table else set())
    for each in shown:
        assert all(isinstance(sentence, str) for sentence in each.sentences())
    # Of a formula that asks for what no trade says, only what needs no trade is shown.
    assert ("figure_effective_by_indicative" in names) == (table is not None)
