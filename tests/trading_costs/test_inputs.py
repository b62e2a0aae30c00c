from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.errors import DataError
from data.trading_costs.panel import (
    TradingCostsPanel,
    trading_costs_panel_from_frame,
    write_trading_costs_panel,
)
from models.likelihoods.mixed.statistics import total
from models.trading_costs.design import build_design
from models.trading_costs.inputs import GaussianInputs, JointInputs, select_inputs
from models.trading_costs.observations import Observations
from models.trading_costs.scenarios import TradingCostsParameters, scenario
from models.trading_costs.simulation import simulate_trading_costs
from models.trading_costs.specification import (
    FORMULAS,
    RESPONSES,
    TradingCostsPriors,
    TradingCostsSpecification,
)

SMALL = TradingCostsParameters(securities=12, days=45, trades_a_day=3.0)


@pytest.fixture(scope="module")
def panel() -> TradingCostsPanel:
    frame = simulate_trading_costs(1, SMALL).frame
    return trading_costs_panel_from_frame(frame, "twin")


def _inputs(
    panel: TradingCostsPanel, formula: str, response: str
) -> GaussianInputs | JointInputs:
    specification = TradingCostsSpecification(formula=formula, response=response)
    return select_inputs(panel, specification, TradingCostsPriors())


@pytest.mark.parametrize("response", list(RESPONSES))
@pytest.mark.parametrize("formula", list(FORMULAS))
def test_every_formula_has_a_design_for_every_response(
    panel: TradingCostsPanel, formula: str, response: str
) -> None:
    design = _inputs(panel, formula, response).design
    assert "spread" in design.names
    assert ("spread_mean" in design.names) == (response == "signed")
    assert bool(design.date_slopes) == (response != "absolute")


def test_absolute_cells_are_medians_of_twice_the_deviation(
    panel: TradingCostsPanel,
) -> None:
    specification = TradingCostsSpecification(formula="indicative", response="absolute")
    cells = Observations(panel.frame, specification, "twin").frame()
    trades = panel.frame[
        (panel.frame["segment"] == "customer") & ~panel.frame["is_retail"]
    ]
    edges = [1.0, 5.0, 10.0, 25.0, 50.0]
    bins = np.searchsorted(edges, trades["volume_musd"], side="right")
    expected = (2 * trades["deviation_bp"].abs()).groupby(
        [trades["security"], trades["date"], bins]
    )
    np.testing.assert_allclose(
        np.sort(cells["response"]), np.sort(expected.median()), rtol=1e-12
    )


def test_signed_rows_are_in_the_customers_direction(panel: TradingCostsPanel) -> None:
    specification = TradingCostsSpecification(formula="indicative", response="signed")
    rows = Observations(panel.frame, specification, "twin").frame()
    trades = panel.frame[
        (panel.frame["segment"] == "customer") & ~panel.frame["is_retail"]
    ]
    sign = np.where(trades["side"] == "buy", 1, -1)
    np.testing.assert_allclose(
        np.sort(rows["response"]), np.sort(2 * sign * trades["deviation_bp"])
    )


def test_weighted_signed_rows_have_one_variance_at_every_spread() -> None:
    truth = replace(
        scenario("faithful"), securities=60, trades_a_day=4.0, security_sd=0, day_sd=0
    )
    frame = simulate_trading_costs(3, replace(truth, link="identity")).frame
    frame = trading_costs_panel_from_frame(frame, "twin").frame
    specification = TradingCostsSpecification(formula="indicative", response="signed")
    observations = Observations(frame, specification, "twin")
    rows, variance = observations.frame(), observations.levels.variance
    assert variance is not None
    # Exponential costs, of which customers pay 92 in 100.
    assert variance.ratio == pytest.approx(2 / 0.84**2 - 1, rel=0.15)
    mean = (
        variance.coefficient[0] + variance.coefficient[1] * rows["indicative_spread_bp"]
    )
    score = (rows["response"] - mean) * np.sqrt(variance.weight(rows) / variance.own)
    wide = rows["indicative_spread_bp"] > rows["indicative_spread_bp"].quantile(0.8)
    assert score[wide].std() == pytest.approx(1.0, abs=0.1)
    assert score[~wide].std() == pytest.approx(1.0, abs=0.1)


def test_statistics_of_a_file_are_those_of_the_frame(
    panel: TradingCostsPanel, tmp_path: Path
) -> None:
    write_trading_costs_panel(panel.frame, tmp_path / "twin.parquet")
    specification = TradingCostsSpecification(formula="bias", response="signed")
    sources = panel.frame, tmp_path / "twin.parquet"
    found = [
        total(build_design(Observations(x, specification, "twin")).statistics())
        for x in sources
    ]
    for ours, theirs in zip(found[0].arrays, found[1].arrays, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_own_formula_has_slopes_by_security(panel: TradingCostsPanel) -> None:
    design = _inputs(
        panel, "spread * illiquidity + (1 + spread | security) + (1 | date)", "signed"
    ).design
    assert design.names == ["Intercept", "spread", "illiquidity", "spread:illiquidity"]
    assert design.slopes == ["Intercept", "spread"]
    assert design.date_slopes == ["Intercept"]


@pytest.mark.parametrize(
    ("formula", "response", "message"),
    [
        ("indicative", "squared", "no response 'squared'"),
        ("spread + (1 | dealer)", "signed", "effects by 'dealer'"),
        ("spread + colour", "signed", "formula 'spread [+] colour' cannot be used"),
        ("spread +", "signed", "cannot be used"),
    ],
)
def test_formula_that_cannot_be_used_is_refused(
    panel: TradingCostsPanel, formula: str, response: str, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        _inputs(panel, formula, response)


def test_panel_without_sides_has_no_signed_rows(panel: TradingCostsPanel) -> None:
    frame = panel.frame.assign(side="")
    bare = trading_costs_panel_from_frame(frame, "bare")
    with pytest.raises(DataError, match="bare: 0 rows of the response signed"):
        _inputs(bare, "indicative", "signed")
    joint = _inputs(bare, "indicative", "joint")
    assert any("side unknown of 100%" in note for note in joint.notes)


def test_deviations_that_are_all_one_number_are_refused(
    panel: TradingCostsPanel,
) -> None:
    price = 0.1 * panel.frame["dollar_duration"] / 1e4
    same = panel.frame.assign(deviation_bp=0.1, deviation_price=price)
    flat = trading_costs_panel_from_frame(same, "flat.csv")
    with pytest.raises(DataError, match=r"flat\.csv: the response absolute is 0\.2 in"):
        _inputs(flat, "indicative", "absolute")


def test_rounding_is_no_regressor(panel: TradingCostsPanel) -> None:
    noise = 1e-17 * np.random.default_rng(1).standard_normal(len(panel.frame))
    quiet = panel.frame.assign(benchmark_illiquidity=noise)
    inputs = _inputs(trading_costs_panel_from_frame(quiet, "quiet"), "bias", "signed")
    design = inputs.design
    at = design.names.index("illiquidity")
    assert design.column_sd[at] == 1.0
    assert any("the prior alone speaks" in note for note in inputs.notes)


@pytest.mark.parametrize("column", ["indicative_spread_bp", "maturity_years"])
def test_a_regressor_that_never_varies_is_refused(
    panel: TradingCostsPanel, column: str
) -> None:
    name = {"indicative_spread_bp": "spread"}.get(column, column)
    held = replace(panel, frame=panel.frame.assign(**{column: 0.9}))
    with pytest.raises(DataError, match=f"{name} of the formula never varies"):
        _inputs(held, f"{name} + illiquidity", "signed")
