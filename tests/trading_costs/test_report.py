"""What a trade will cost, and what the report says of trading-cost regressions."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from typer.testing import CliRunner

from analysis.__main__ import app
from analysis.fit import Fit
from analysis.page.exhibit import of_fit
from analysis.report import load_fit
from analysis.trading_costs.coefficients import BY_RESPONSE, COEFFICIENTS, disagreement
from analysis.trading_costs.cost import Trade, trading_cost
from analysis.trading_costs.figures import OF_FIGURES
from analysis.trading_costs.section import trading_costs_section
from analysis.trading_costs.spreads import SPREADS, folded_share
from data.dims import COEFFICIENT
from data.errors import DataError
from inference.fitting import fit
from inference.settings import SamplerSettings
from inference.store import write_trace
from inference.trading_costs.prepare import prepare_trading_costs
from models.trading_costs.specification import TradingCostsSpecification
from tests.trading_costs.cost_traces import small_market

SETTINGS = SamplerSettings(seed=1, draws=100, tune=150, chains=2, prior_draws=200)

TRADE = Trade(
    volume_musd=50,
    indicative_spread_bp=0.9,
    age_years=2,
    maturity_years=8,
    dollar_duration=700,
)


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Short fits of one small simulated panel."""
    folder = tmp_path_factory.mktemp("costs")
    written = {}
    for response in ("absolute", "signed"):
        specification = TradingCostsSpecification(formula="bias", response=response)
        prepared = prepare_trading_costs(small_market(), specification)
        path = folder / f"{response}.nc"
        write_trace(fit(prepared, SETTINGS, progressbar=False), path)
        written[response] = path
    return written


@pytest.fixture(scope="module")
def fits(traces: dict[str, Path]) -> dict[str, Fit]:
    return {name: load_fit(path) for name, path in traces.items()}


def _by_hand(tree: xr.DataTree, trade: Trade) -> np.ndarray:
    """Expected signed effective spread of a trade in an average security, by a sum."""
    told = tree["panel"].attrs
    spread = trade.indicative_spread_bp - told["spread_center"]
    age = trade.age_years - told["seasoning_center"]
    bad = trade.benchmark_illiquidity
    columns = {
        "Intercept": 1.0,
        "spread": spread,
        "seasoning": age,
        "illiquidity": bad,
        "spread:seasoning": spread * age,
        "spread:illiquidity": spread * bad,
    }
    draws = tree["posterior"]["coefficient"]
    return sum(
        draws.sel({COEFFICIENT: name}).to_numpy().ravel() * value
        for name, value in columns.items()
    )


@pytest.mark.long
def test_the_cost_in_a_known_security_is_that_of_its_regression(
    fits: dict[str, Fit],
) -> None:
    tree = fits["absolute"].tree
    security = str(tree["panel"]["security"].to_numpy()[0])
    trade = replace(TRADE, security=security, benchmark_illiquidity=0.5)
    cost = trading_cost(tree, trade)
    effect = tree["posterior"]["security_effect"].sel(security=security)
    expected = _by_hand(tree, trade) + effect.to_numpy().ravel()
    assert np.allclose(cost["effective_spread_bp"], expected, rtol=1e-9)
    # 700 per 100 of face moves by 0.07 a basis point; 50 million are 500,000 times 100.
    usd = cost["cost_bp"] * 0.07 * 500_000
    assert np.allclose(cost["cost_usd"], usd, rtol=1e-9)


@pytest.mark.long
def test_a_security_that_was_never_seen_is_less_certain(fits: dict[str, Fit]) -> None:
    tree = fits["absolute"].tree
    counts = tree["panel"]["rows_by_security"]
    known = str(counts["security"].to_numpy()[np.argmax(counts.to_numpy())])
    own = trading_cost(tree, replace(TRADE, security=known))["cost_bp"]
    new = trading_cost(tree, TRADE)["cost_bp"]
    assert float(new.std()) > float(own.std())


@pytest.mark.long
def test_a_security_of_no_panel_is_refused_by_name(fits: dict[str, Fit]) -> None:
    with pytest.raises(DataError, match="no security 'XYZ'"):
        trading_cost(fits["signed"].tree, replace(TRADE, security="XYZ"))


@pytest.mark.parametrize("name", ["volume_musd", "dollar_duration"])
def test_a_trade_of_nothing_is_refused(name: str) -> None:
    with pytest.raises(DataError, match=name):
        replace(TRADE, **{name: 0.0})


@pytest.mark.long
def test_the_command_prints_the_cost(traces: dict[str, Path]) -> None:
    result = CliRunner().invoke(
        app,
        [
            "trading-cost",
            str(traces["absolute"]),
            *("--volume", "50", "--indicative-spread", "0.9", "--age", "2"),
            *("--maturity", "8", "--dollar-duration", "700"),
        ],
    )
    assert "cost of the trade, USD" in result.output
    assert "Errors of the fair value are in it" in result.output


@pytest.mark.long
def test_every_exhibit_of_a_fit_is_made(fits: dict[str, Fit]) -> None:
    section = trading_costs_section(list(fits.values()))
    stems = {item.stem for block in section.blocks for item in block.items}
    assert {COEFFICIENTS.name, BY_RESPONSE.name, SPREADS.name} <= stems
    for exhibit in OF_FIGURES:
        for shown in of_fit([exhibit], fits["signed"]):
            shown.item.drawn()


@pytest.mark.long
def test_the_share_of_the_spread_that_is_error_is_told(fits: dict[str, Fit]) -> None:
    (shown,) = of_fit([SPREADS], fits["absolute"])
    share = folded_share(shown.item.frame)
    assert 0.0 < share < 1.5
    assert f"{share:.0%} of it" in " ".join(shown.sentences())


@pytest.mark.long
def test_responses_that_disagree_of_a_sign_are_named(fits: dict[str, Fit]) -> None:
    both = [fits["absolute"], fits["signed"]]
    assert BY_RESPONSE.frame is not None
    frame = BY_RESPONSE.frame(both)
    is_spread = frame["term"] == "spread"
    is_signed = frame["variant"] == "signed"
    frame.loc[is_spread & is_signed, ["lower_95", "upper_95"]] = (-1.0, 1.0)
    frame.loc[is_spread & ~is_signed, ["lower_95", "upper_95"]] = (0.5, 1.0)
    (sentence,) = [x for x in disagreement(both, frame) if "signed" in x]
    assert "spread" in sentence
