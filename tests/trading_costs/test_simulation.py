from dataclasses import replace

import numpy as np
import pytest

from data.errors import DataError
from data.trading_costs.panel import trading_costs_panel_from_frame
from models.trading_costs.scenarios import SCENARIOS, scenario
from models.trading_costs.simulation import simulate_trading_costs, size_effect


@pytest.mark.parametrize("name", list(SCENARIOS))
def test_every_scenario_is_a_panel(name: str) -> None:
    truth = replace(scenario(name), securities=20, days=40)
    frame = simulate_trading_costs(1, truth).frame
    panel = trading_costs_panel_from_frame(frame, name).frame
    assert (panel["observation"] == "quote").any()
    assert frame.equals(simulate_trading_costs(1, truth).frame)


def test_errors_have_the_variance_that_the_panel_states() -> None:
    frame = simulate_trading_costs(2).frame
    for kind in ("trade", "quote"):
        rows = frame[frame["observation"] == kind]
        score = rows["simulated_error_bp"] / rows["error_sd_bp"]
        # Errors between two quotes are dependent: a wide margin for 40,000 of them.
        assert score.std() == pytest.approx(1.0, abs=0.03)
        assert abs(score.mean()) < 0.03


def test_spreads_are_of_the_published_size() -> None:
    frame = simulate_trading_costs(1).frame
    trades = frame[frame["segment"] == "customer"]
    volume_bin = np.searchsorted([1, 5, 10, 25, 50], trades["volume_musd"], "right")
    effective = 2 * trades["deviation_bp"].abs()
    day = trades["time"].dt.normalize()
    cells = effective.groupby([trades["security"], day, volume_bin]).median()
    # Table 1 A of Sokolinskiy (2025); one draw of securities moves quantiles by a
    # fifth.
    assert cells.quantile([0.5, 0.95]).to_numpy() == pytest.approx(
        [0.37, 6.22], rel=0.25
    )
    assert trades["indicative_spread_bp"].quantile(
        [0.5, 0.95]
    ).to_numpy() == pytest.approx([0.68, 4.16], rel=0.25)


def test_signed_deviations_have_the_mean_cost_times_the_takers_excess() -> None:
    truth = replace(scenario("faithful"), trades_a_day=6.0)
    frame = simulate_trading_costs(3, truth).frame
    rows = frame[(frame["segment"] == "customer") & ~frame["is_retail"]]
    sign = np.where(rows["side"] == "buy", 1, -1)
    signed = (sign * rows["deviation_bp"]).mean()
    expected = (2 * 0.92 - 1) * rows["simulated_cost_bp"].mean()
    assert signed == pytest.approx(expected, rel=0.03)


def test_noise_alone_moves_absolute_deviations_with_the_benchmark() -> None:
    truth = replace(scenario("noise-only"), trades_a_day=4.0)
    frame = simulate_trading_costs(4, truth).frame
    rows = frame[(frame["segment"] == "customer") & ~frame["is_retail"]]
    is_bad = rows["benchmark_illiquidity"] > 1
    is_good = rows["benchmark_illiquidity"] < -1
    # By maturity: short issues, whose errors are the largest, trade at any time.
    is_long = rows["maturity_years"] > 2
    absolute = rows["deviation_bp"].abs()
    ratio = absolute[is_bad & is_long].mean() / absolute[is_good & is_long].mean()
    assert ratio > 1.15


def test_size_costs_more_from_five_to_fifty_million() -> None:
    volume = np.array([0.1, 5.0, 50.0, 500.0])
    np.testing.assert_allclose(size_effect(volume, 0.3), [0.0, 0.0, 0.3, 0.3])


def test_unknown_scenario_is_refused() -> None:
    with pytest.raises(DataError, match="no scenario 'calm'"):
        scenario("calm")
