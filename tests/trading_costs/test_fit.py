import numpy as np
import pytest

from data.errors import DataError
from data.trading_costs.panel import TradingCostsPanel, trading_costs_panel_from_frame
from inference.families import score
from inference.fitting import fit
from inference.settings import SamplerSettings
from inference.trading_costs.effects import pointwise_log_density
from inference.trading_costs.prepare import prepare_trading_costs
from inference.trading_costs.traced import TRADING_COSTS
from models.trading_costs.inputs import GaussianInputs, select_inputs
from models.trading_costs.scenarios import TradingCostsParameters
from models.trading_costs.simulation import simulate_trading_costs
from models.trading_costs.specification import (
    TradingCostsPriors,
    TradingCostsSpecification,
)

SMALL = TradingCostsParameters(securities=8, days=45, trades_a_day=2.0)
SETTINGS = SamplerSettings(
    seed=1, draws=100, tune=150, chains=2, prior_draws=20, predictive_draws=20
)


def _panel() -> TradingCostsPanel:
    frame = simulate_trading_costs(1, SMALL).frame
    return trading_costs_panel_from_frame(frame, "twin")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The effective sample size")
@pytest.mark.parametrize(
    "response", ["absolute", "signed", pytest.param("joint", marks=pytest.mark.long)]
)
def test_trace_keeps_its_promises(response: str) -> None:
    panel = _panel()
    specification = TradingCostsSpecification(formula="benchmark", response=response)
    prepared = prepare_trading_costs(panel, specification)
    trace = fit(prepared, SETTINGS, progressbar=False)
    assert TRADING_COSTS.holds.broken_promises(trace) == []
    assert TRADING_COSTS.holds.unpromised(trace) == []
    posterior = trace["posterior"].to_dataset()
    assert np.isfinite(posterior["coefficient"]).all()
    if response == "joint":
        with pytest.raises(DataError, match="no densities of left-out months"):
            score(trace)
        return
    result = score(trace)
    assert np.isfinite(result["elpd"]).all()
    assert result["security_elpd"].sizes["security"] == SMALL.securities
    inputs = select_inputs(panel, specification, TradingCostsPriors())
    assert isinstance(inputs, GaussianInputs)
    few = posterior[[x for x in posterior if str(x).endswith("_sd")]].isel(
        chain=[0], draw=[0, 50]
    )
    densities = pointwise_log_density(inputs, few)
    assert densities.shape == (2, inputs.design.levels.number)
