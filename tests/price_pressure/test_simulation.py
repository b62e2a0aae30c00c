"""The simulated twin: Table I's moments, and yields that obey the equations."""

from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal

from data.price_pressure.panel import (
    panel_from_frame,
    read_price_pressure_panel,
    write_panel,
)
from data.price_pressure.published import (
    published_coefficients,
    published_summary_statistics,
)
from models.price_pressure.simulation import (
    NUM_WEEKS,
    PricePressureTruth,
    published_truth,
    simulate_positions,
    simulate_price_pressure,
    simulate_yields,
)
from models.price_pressure.variants import VARIANTS
from tests.price_pressure.systems import (
    YIELDS,
    discovery_of,
    loading_of,
    pressure_of,
)

ROUNDING = 1e-9
"""Relative; the same sums in another order."""

NUM_SEEDS, WEEKS_A_SEED = 8, 5_000
STANDARD_ERRORS = 4
"""Of some forty comparisons one exceeds four standard errors with 0.3 percent."""

every_variant = pytest.mark.parametrize("variant", VARIANTS)
every_bucket = pytest.mark.parametrize("tenor", [2, 5, 10, 20])
every_position = pytest.mark.parametrize(
    "column",
    [f"inventory_{m}_{t}y_busd" for m in ("cash", "futures") for t in (2, 5, 10, 20)],
)


@cache
def positions() -> list[pd.DataFrame]:
    """Long samples: forty-six times the paper's."""
    return [
        simulate_positions(WEEKS_A_SEED, np.random.default_rng(seed))
        for seed in range(NUM_SEEDS)
    ]


def table_1(statistic: str, column: str) -> float:
    """A published number, by the name of the panel's column."""
    kind, market, bucket, unit = column.rsplit("_", 3)
    table = published_summary_statistics()
    row = table.query(
        "statistic == @statistic and tenor_years == @tenor and variable == @variable",
        local_dict={
            "statistic": statistic,
            "tenor": int(bucket.removesuffix("y")),
            "variable": f"{kind}_{market}_{unit}",
        },
    )
    return float(row["value"].item())


def effective_size(correlation: float) -> float:
    """How many independent draws tell as much about a mean as the simulated weeks.

    For an AR(1): the number of weeks times (1 - rho) / (1 + rho). Of squares, whose
    autocorrelations are the squared ones, the same with rho squared.
    """
    return NUM_SEEDS * WEEKS_A_SEED * (1 - correlation) / (1 + correlation)


def without_noise(variant: str) -> PricePressureTruth:
    truth = published_truth(VARIANTS[variant])
    return replace(
        truth,
        factor_innovation_sd_bp=np.zeros(3),
        yield_noise_sd_bp=np.zeros(4),
    )


@every_position
def test_inventories_have_the_mean_of_table_one(column: str) -> None:
    sd = table_1("std", column)
    size = effective_size(table_1("autocorrelation_lag1", column))
    assert_allclose(
        np.mean([sample[column].mean() for sample in positions()]),
        table_1("mean", column),
        atol=STANDARD_ERRORS * sd / np.sqrt(size),
    )


@every_position
def test_inventories_have_the_standard_deviation_of_table_one(column: str) -> None:
    size = effective_size(table_1("autocorrelation_lag1", column) ** 2)
    mean = table_1("mean", column)
    second = [((sample[column] - mean) ** 2).mean() for sample in positions()]
    assert_allclose(
        np.sqrt(np.mean(second)) / table_1("std", column),
        1,
        atol=STANDARD_ERRORS / np.sqrt(2 * size),
    )


@every_position
def test_inventories_have_the_autocorrelation_of_table_one(column: str) -> None:
    correlation = table_1("autocorrelation_lag1", column)
    error = np.sqrt((1 - correlation**2) / (NUM_SEEDS * WEEKS_A_SEED))
    bias = (1 + 3 * correlation) / WEEKS_A_SEED  # Kendall (1954)
    assert_allclose(
        np.mean([sample[column].autocorr() for sample in positions()]),
        correlation,
        atol=STANDARD_ERRORS * error + bias,
    )


@every_bucket
def test_net_inventories_vary_as_in_table_one(tenor: int) -> None:
    """What sets the correlation of cash and futures."""
    cash, futures, net = (
        f"inventory_{m}_{tenor}y_busd" for m in ("cash", "futures", "net")
    )
    mean = table_1("mean", cash) + table_1("mean", futures)
    size = effective_size(table_1("autocorrelation_lag1", cash) ** 2)
    second = [((p[cash] + p[futures] - mean) ** 2).mean() for p in positions()]
    assert_allclose(
        np.sqrt(np.mean(second)) / table_1("std", net),
        1,
        atol=STANDARD_ERRORS / np.sqrt(2 * size),
    )


@every_position
def test_order_flows_vary_as_in_table_one(column: str) -> None:
    """Not an input of the simulation: it follows from sd and autocorrelation.

    Those are printed with three digits, which leaves 1 - rho uncertain by up to four
    percent, and AR(1) inventories are an approximation; ten percent covers both.
    """
    flow = column.replace("inventory", "order_flow")
    sd = np.mean([sample[flow].std() for sample in positions()])
    assert_allclose(sd, table_1("std", flow), rtol=0.1)


def test_order_flow_is_minus_the_change_of_inventory() -> None:
    sample = positions()[0]
    for market in ("cash", "futures"):
        change = sample[f"inventory_{market}_5y_busd"].diff().iloc[1:]
        flow = sample[f"order_flow_{market}_5y_busd"].iloc[1:]
        assert_allclose(flow, -change, atol=ROUNDING)
    total = sample["order_flow_cash_5y_busd"] + sample["order_flow_futures_5y_busd"]
    assert_allclose(sample["order_flow_net_5y_busd"], total, atol=ROUNDING)


def test_surprises_are_not_predicted_by_the_flow_before() -> None:
    sample = positions()[0]
    flow, surprise = (
        sample[f"{kind}_net_10y_busd"] for kind in ("order_flow", "order_flow_surprise")
    )
    # Zero but for the one week before the panel that the regression also used.
    assert abs(surprise.corr(flow.shift())) < 10 / WEEKS_A_SEED
    assert abs(surprise.corr(flow)) > 0.9
    assert not surprise.isna().any(), "the first week already has one"


@pytest.mark.parametrize(
    ("tenor", "maturity_years"), [(2, 1.5), (5, 4.5), (10, 8.5), (20, 20.5)]
)
def test_positions_have_the_duration_of_a_par_bond(
    tenor: int, maturity_years: float
) -> None:
    """Closed form at a par yield y, compounded twice a year, of n years to maturity.

    Modified duration is (1 - (1 + y / 2) ** (-2 n)) / y; the mean yield of Table I.
    """
    table = published_summary_statistics().set_index(
        ["statistic", "tenor_years", "variable"]
    )["value"]
    level = table["mean", tenor, "yield_pct"] / 100
    duration = (1 - (1 + level / 2) ** (-2 * maturity_years)) / level
    sample = positions()[0]
    for market in ("cash", "futures"):
        inventory = sample[f"inventory_{market}_{tenor}y_busd"]
        # USD billion times duration times 1e-4 is USD 1e5.
        assert_allclose(
            sample[f"dv01_{market}_{tenor}y_musd"], inventory * duration / 10, rtol=1e-6
        )


def test_level_exposure_is_the_fall_of_value_per_basis_point() -> None:
    """The level moves all zero yields alike, so its exposure is near the DV01.

    Near, because it is by continuously compounded yields: (1 + y / 2) times as much.
    """
    sample = positions()[0]
    for market in ("cash", "futures"):
        total = sum(sample[f"dv01_{market}_{t}y_musd"] for t in (2, 5, 10, 20))
        assert_allclose(
            sample[f"exposure_{market}_level_musd"].abs().mean(),
            total.abs().mean(),
            rtol=0.05,
        )
        assert abs(sample[f"exposure_{market}_level_musd"].corr(total)) > 0.999


@every_variant
def test_yields_without_noise_obey_the_equations(variant: str) -> None:
    sample = positions()[0].iloc[:300]
    truth = without_noise(variant)
    yields = simulate_yields(sample, VARIANTS[variant], truth, np.random.default_rng(1))
    moves = discovery_of(sample, VARIANTS[variant], truth)
    factors = np.tile(truth.factor_mean_bp, (300, 1))
    for lag in range(300):  # The moving-average form of equation (4).
        factors[lag:] += truth.persistence**lag * moves[: 300 - lag]
    pressure = pressure_of(sample, VARIANTS[variant], truth)
    expected = factors @ loading_of(0.0609).T + pressure
    assert list(yields.columns) == YIELDS
    assert_allclose(yields, expected, rtol=ROUNDING)


def test_noise_has_its_standard_deviations_and_no_memory() -> None:
    variant = VARIANTS["cash-inventory"]
    noise_sd = published_truth(variant).yield_noise_sd_bp
    sample = positions()[0]
    silent = without_noise("cash-inventory")
    noisy = replace(silent, yield_noise_sd_bp=noise_sd)
    noise = simulate_yields(
        sample, variant, noisy, np.random.default_rng(2)
    ) - simulate_yields(sample, variant, silent, np.random.default_rng(2))
    error = STANDARD_ERRORS / np.sqrt(WEEKS_A_SEED)
    assert_allclose(noise.std() / noise_sd, 1, atol=error / np.sqrt(2))
    assert_allclose(noise.corr(), np.eye(4), atol=error)
    assert_allclose([noise[name].autocorr() for name in noise], 0, atol=error)


def test_factor_innovations_have_their_standard_deviations_and_no_memory() -> None:
    variant = VARIANTS["cash-inventory"]
    truth = published_truth(variant)
    sample = positions()[0]
    yields = simulate_yields(
        sample,
        variant,
        replace(truth, yield_noise_sd_bp=np.zeros(4)),
        np.random.default_rng(3),
    )
    efficient = yields.to_numpy() - pressure_of(sample, variant, truth)
    loading = loading_of(0.0609)
    factors, misfit, *_ = np.linalg.lstsq(loading, efficient.T)
    assert_allclose(misfit, 0, atol=1e-12)
    deviation = factors.T - truth.factor_mean_bp
    innovation = pd.DataFrame(deviation[1:] - truth.persistence * deviation[:-1])
    error = STANDARD_ERRORS / np.sqrt(WEEKS_A_SEED)
    assert_allclose(
        innovation.std() / truth.factor_innovation_sd_bp, 1, atol=error / np.sqrt(2)
    )
    assert_allclose(innovation.corr(), np.eye(3), atol=error)
    assert_allclose([innovation[k].autocorr() for k in range(3)], 0, atol=error)


@every_variant
def test_every_variant_makes_a_panel_that_passes_validation(variant: str) -> None:
    frame = simulate_price_pressure(variant, seed=1)
    dataset = panel_from_frame(frame, "twin").dataset
    assert dataset.sizes["week"] == NUM_WEEKS == 872
    assert dataset["week"].to_numpy()[0] == np.datetime64("2001-07-11")
    for name, values in dataset.items():
        stocks = (
            values.sel(market=["cash", "futures"]) if name != "yield_bp" else values
        )
        assert np.isfinite(stocks).all(), name


def test_a_panel_is_the_same_after_writing_and_reading(tmp_path) -> None:
    frame = simulate_price_pressure("net-order-flow", seed=2, num_weeks=60)
    write_panel(frame, tmp_path / "twin.parquet")
    read = read_price_pressure_panel(tmp_path / "twin.parquet")
    assert read.dataset.equals(panel_from_frame(frame, "twin").dataset)


def test_a_seed_determines_the_panel() -> None:
    first, again, other = (
        simulate_price_pressure("net-order-flow", seed, num_weeks=60)
        for seed in (5, 5, 6)
    )
    assert_frame_equal(first, again)
    assert not np.isclose(first[YIELDS], other[YIELDS]).any()


def test_variants_of_one_seed_share_their_positions() -> None:
    inventory, flow = (
        simulate_price_pressure(variant, 5, num_weeks=60)
        for variant in ("net-inventory", "net-order-flow")
    )
    assert_frame_equal(inventory.drop(columns=YIELDS), flow.drop(columns=YIELDS))


def test_the_truth_is_the_published_table() -> None:
    truth = published_truth(VARIANTS["cash-futures-order-flow"])
    assert_allclose(truth.price_pressure[0], [1.05, 0.31, 0.59, 0.41], rtol=0)
    assert_allclose(truth.price_pressure[1], [-0.42, 0.31, 0.49, 0.34], rtol=0)
    assert_allclose(truth.persistence, [0.9999, 0.995, 0.998], rtol=0)
    level, slope = truth.price_discovery[:5], truth.price_discovery[5:]
    assert_allclose(level, [-0.07, -0.06, -0.02, -0.32, -0.07], rtol=0)
    assert_allclose(slope, [0.18, -0.53, -0.2, 0.02, 0.53, 0.13], rtol=0)


def test_cash_inventory_takes_the_net_coefficients_of_table_three() -> None:
    truth = published_truth(VARIANTS["cash-inventory"])
    table = published_coefficients("III").query("parameter == 'price_pressure'")
    assert_allclose(truth.price_pressure, [table["estimate"]], rtol=0)
    assert truth.price_discovery.size == 0
