"""Local troughs of market depth."""

import numpy as np
import pandas as pd

from analysis.liquidity_regimes.episodes import (
    APART_DAYS,
    BEFORE_DAYS,
    around_trough,
    depth_troughs,
)


def _depth(falls: dict[int, float], num_days: int = 900) -> pd.Series:
    """Depth of 100 that falls to a fraction on given days and recovers in 20 days."""
    depth = np.full(num_days, 100.0)
    for day, fraction in falls.items():
        depth[day : day + 20] *= np.linspace(fraction, 1, 20)[: num_days - day]
    days = pd.bdate_range("2014-04-01", periods=num_days)
    return pd.Series(depth, index=days)


def test_sharpest_falls_are_found_in_order_of_time() -> None:
    depth = _depth({200: 0.4, 500: 0.2, 800: 0.6})
    found = depth_troughs(depth, 2)
    assert found.index.tolist() == [depth.index[200], depth.index[500]]
    np.testing.assert_allclose(found, [0.4, 0.2])


def test_two_troughs_of_one_episode_count_once() -> None:
    depth = _depth({300: 0.3, 300 + APART_DAYS // 2: 0.4})
    found = depth_troughs(depth)
    assert found.index.tolist() == [depth.index[300]]


def test_fall_is_measured_against_the_depth_before() -> None:
    depth = _depth({200: 0.5, 700: 0.5})
    depth.iloc[450:] /= 10
    found = depth_troughs(depth)
    assert depth.index[200] in found.index
    assert depth.index[700] in found.index


def test_usual_depth_is_that_of_the_quarter_before_the_day() -> None:
    depth = _depth({200: 0.4})
    depth *= np.exp(np.random.default_rng(2).normal(0, 0.1, len(depth)))
    found = depth_troughs(depth, 1)
    at = depth.index.get_loc(found.index[0])
    usual = np.median(depth.iloc[at - BEFORE_DAYS : at])
    assert found.iloc[0] == depth.iloc[at] / usual


def test_window_starts_from_the_median_of_the_quarter_before_it() -> None:
    depth = _depth({200: 0.4})
    depth *= np.exp(np.random.default_rng(2).normal(0, 0.1, len(depth)))
    window = around_trough(depth, depth.index[200], 10, 30)
    usual = np.median(depth.iloc[190 - BEFORE_DAYS : 190])
    assert window[0] == depth.iloc[200] / usual


def test_window_is_in_multiples_of_the_usual_level() -> None:
    depth = _depth({200: 0.4})
    window = around_trough(depth, depth.index[200], 10, 30)
    assert window.index.tolist() == list(range(-10, 31))
    assert window[-1] == 1
    np.testing.assert_allclose(window[0], 0.4)


def test_window_ends_with_the_sample() -> None:
    depth = _depth({890: 0.4})
    assert around_trough(depth, depth.index[890], 10, 40).index[-1] == 9
