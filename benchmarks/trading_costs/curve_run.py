"""Measure the kernel ridge curve and the fair values made of it."""

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from rich.console import Console

from benchmarks.results import Keep
from benchmarks.targets import Results, Target
from benchmarks.trading_costs.curve_peers import PEERS, Bonds
from data.arrays import FloatArray, IntArray
from data.market.kernel_ridge.curve import duration_weights, kernel_ridge_curve
from data.market.treasury_terms import cash_flow_table
from data.trading_costs.benchmark import CurveSettings, benchmark_of
from data.trading_costs.fair_value import fair_values, hedges_of
from data.trading_costs.quote_measures import measured, payments_of
from data.trading_costs.quote_panel import typed_quotes
from models.trading_costs.quote_simulation import simulate_quotes

OURS = "ours, workbench"
REPEATS = 5
DATES = 250
SEED = 5
NUM_OLD = 118

FAIR_VALUES_S = 5.0
FULL_SIZE = 10_000_000
FROZEN_BP = 0.005
MOVE_BP = 10.0


def benchmark_curve(
    sizes: list[int], num_days: int, console: Console, keep: Keep
) -> Results:
    """Measure fits and fair values, ours and peers'.

    Parameters
    ----------
    sizes : list of int
        Numbers of fair values.
    num_days : int
        Of the simulated market.
    console : Console
        Shows progress.
    keep : callable
        See `benchmarks.results.Keep`.
    """
    results: Results = {}
    simulated = simulate_quotes(
        SEED, num_days, securities=NUM_OLD, minutes=5, noise_bp=0.5
    )
    quotes = measured(typed_quotes(simulated, "simulated"))
    last = quotes[quotes["time"] == quotes["time"].max()].sort_values("maturity_date")
    paid, settled = payments_of(last)
    table, days = cash_flow_table(paid, settled[0])
    price, duration = last["dirty_mid"].to_numpy(), last["duration_years"].to_numpy()
    weights = duration_weights(price, duration)
    on_the_run = (last["vintage"] == 0).to_numpy()

    def fit_all() -> float:
        curve = kernel_ridge_curve(table, days, price, weights)
        off = 1e4 * (curve.fitted - price) / last["dollar_duration"].to_numpy()
        return float(np.sqrt(np.mean(off**2)))

    def fit_seven() -> None:
        kernel_ridge_curve(
            table[on_the_run], days, price[on_the_run], weights[on_the_run]
        )

    def fit_dates() -> None:
        kernel_ridge_curve(
            table[on_the_run],
            days,
            np.tile(price[on_the_run], (DATES, 1)),
            np.tile(weights[on_the_run], (DATES, 1)),
        )

    results[OURS, f"fit of {len(last)} bonds, ms"] = 1e3 * _seconds(fit_all)
    results[OURS, f"yield error of {len(last)} bonds, rms bp"] = fit_all()
    results[OURS, "fit of the 7 on the run, ms"] = 1e3 * _seconds(fit_seven)
    results[OURS, f"{DATES} fits of the 7 in one call, ms"] = 1e3 * _seconds(fit_dates)
    curve = kernel_ridge_curve(table, days, price, weights)
    zero_years = np.linspace(0.5, 29.0, 60)
    bonds = Bonds(last, settled[0], zero_years, curve.log_yield(365 * zero_years))
    for name, peer in PEERS.items():
        try:
            fit = peer(bonds)
        except ImportError:
            console.print(f"{name}: not installed, left out")
            continue
        results[name, f"fit of {len(last)} bonds, ms"] = 1e3 * _seconds(fit)
        results[name, f"yield error of {len(last)} bonds, rms bp"] = fit()
    keep(results)

    benchmark = benchmark_of(quotes, CurveSettings(), "simulated")
    old = quotes[~quotes["is_benchmark"]].reset_index(drop=True)
    hedges = hedges_of(old, benchmark)
    for size in sizes:
        console.print(f"{size:,} fair values")
        securities, moments = simulated_moments(quotes, size)
        wall, cpu = time.perf_counter(), time.process_time()
        fair_values(old, benchmark, hedges, securities, moments)
        results[OURS, f"{size} fair values, wall s"] = time.perf_counter() - wall
        results[OURS, f"{size} fair values, cpu s"] = time.process_time() - cpu
        keep(results)
    for shape, off in _frozen_against_refit(table, days, price, last).items():
        results[OURS, f"frozen weights against refit, {shape}, largest bp"] = off
    return results


def simulated_moments(quotes: pd.DataFrame, count: int) -> tuple[pd.Series, np.ndarray]:
    """Securities (categorical) and moments of trades in the old issues."""
    rng = np.random.default_rng(SEED)
    old = quotes.loc[~quotes["is_benchmark"], "security"].unique()
    days = quotes["time"].dt.normalize().unique().to_numpy()
    codes = rng.integers(0, len(old), count)
    seconds = rng.integers(9 * 3600, 17 * 3600, count).astype("timedelta64[s]")
    times = (days[rng.integers(0, len(days), count)] + seconds).astype("datetime64[us]")
    return pd.Series(pd.Categorical.from_codes(codes, old)), np.sort(times)


def _frozen_against_refit(
    table: FloatArray,
    days: IntArray,
    price: FloatArray,
    quotes: pd.DataFrame,
) -> dict[str, float]:
    """Largest difference of a fair value when yields move by `MOVE_BP`."""
    on = (quotes["vintage"] == 0).to_numpy()
    years = quotes["maturity_years"].to_numpy()
    inside = ~on & (years < years[on].max()) & (years > years[on].min())
    dollars = quotes["dollar_duration"].to_numpy()
    durations = dollars / price
    weights = duration_weights(price[on], durations[on])
    curve = kernel_ridge_curve(table[on], days, price[on], weights)
    hedge = curve.hedge(table[inside], days)
    found = {}
    for shape, move in {
        "parallel": np.ones(on.sum()),
        "slope": np.linspace(0, 1, on.sum()),
        "hump": np.exp(-((years[on] - 5) ** 2) / 8),
    }.items():
        moved = price[on] - MOVE_BP * 1e-4 * move * dollars[on]
        frozen = hedge.constant + hedge.weights @ moved
        refit = kernel_ridge_curve(
            table[on], days, moved, duration_weights(moved, durations[on])
        ).price(table[inside], days)
        found[shape] = float(np.abs(1e4 * (frozen - refit) / dollars[inside]).max())
    return found


def curve_targets(results: Results) -> list[Target]:
    """Compare with the aims; skip what was not measured."""
    targets = []
    seconds = results.get((OURS, f"{FULL_SIZE} fair values, cpu s"))
    if seconds is not None:
        targets.append(
            Target(
                f"{FULL_SIZE:,} fair values, join included, processor seconds",
                FAIR_VALUES_S,
                seconds,
                seconds <= FAIR_VALUES_S,
            )
        )
    frozen = [value for (_, name), value in results.items() if "frozen" in name]
    if frozen:
        worst = max(frozen)
        targets.append(
            Target(
                f"frozen weights against refit after {MOVE_BP:g} bp, largest bp",
                FROZEN_BP,
                worst,
                worst <= FROZEN_BP,
            )
        )
    return targets


def _seconds(task: Callable[[], object]) -> float:
    """Shortest processor time of some runs."""
    found = []
    for _ in range(REPEATS):
        start = time.process_time()
        task()
        found.append(time.process_time() - start)
    return min(found)
