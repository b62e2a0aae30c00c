"""The verdict on the public panel: the paper's variant does not fit, another does."""

from pathlib import Path

import pytest

from data.price_pressure.panel import PricePressurePanel, panel_from_frame
from inference.checks.verdict import check
from inference.fitting import fit
from inference.price_pressure.checks import CHECKS
from inference.price_pressure.prepare import prepare_price_pressure
from inference.settings import SamplerSettings
from tests.price_pressure.raw_folder import build_real_panel


@pytest.fixture(scope="module")
def panel(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> PricePressurePanel:
    frame = build_real_panel(shared, tmp_path_factory.mktemp("real"))
    return panel_from_frame(frame, "real")


@pytest.mark.slow
def test_the_papers_variant_is_refused_by_the_data(panel: PricePressurePanel) -> None:
    prepared = prepare_price_pressure(panel, "cash-inventory")
    trace = fit(prepared, SamplerSettings(seed=1, draws=500), progressbar=False)
    verdict = check(trace, CHECKS).verdict
    assert not verdict.sampler
    assert verdict.data
    assert "-persistent-errors" in verdict.data_remedy


@pytest.mark.long
def test_persistent_errors_and_moving_volatility_fit(panel: PricePressurePanel) -> None:
    prepared = prepare_price_pressure(panel, "cash-inventory-persistent-errors")
    settings = SamplerSettings(seed=1, tune=500, draws=800)
    trace = fit(prepared, settings, progressbar=False)
    assert check(trace, CHECKS).verdict.failures == ()
    pit = trace["one_step_ahead"]["pit"]
    assert pit.shape == (876, 4)
