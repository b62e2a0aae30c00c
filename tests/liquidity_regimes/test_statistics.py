"""Statistics that replicated and observed price impact are compared by."""

import numpy as np
import pytest
import xarray as xr

from inference.liquidity_regimes.statistics import (
    PRICE_IMPACT_CHECK,
    change_quantiles,
    price_impact_autocorrelation,
    price_impact_quantiles,
    spike_share,
)
from tests.liquidity_regimes.traces import random_fit


@pytest.fixture
def impact() -> xr.DataArray:
    rng = np.random.default_rng(3)
    values = np.exp(np.convolve(rng.normal(0, 0.5, 409), np.ones(10) / 3, "valid"))
    return xr.DataArray(values, dims="day")


def test_distribution_is_measured_to_its_largest_value(impact: xr.DataArray) -> None:
    found = price_impact_quantiles(impact)
    assert found.sel(label="largest").item() == impact.max().item()
    assert found.sel(label="95%").item() == np.quantile(impact, 0.95)


def test_autocorrelation_is_that_of_pairs_at_the_lag(impact: xr.DataArray) -> None:
    found = price_impact_autocorrelation(impact).sel(label="5").item()
    values = impact.to_numpy()
    assert found == pytest.approx(np.corrcoef(values[5:], values[:-5])[0, 1])


def test_spikes_are_days_above_multiples_of_the_median(impact: xr.DataArray) -> None:
    found = spike_share(impact).sel(label="2×").item()
    values = impact.to_numpy()
    assert found == pytest.approx(100 * (values > 2 * np.median(values)).mean())


def test_spikes_are_counted_among_the_days_observed() -> None:
    impact = xr.DataArray([1.0, 1.0, 1.0, np.nan, np.nan, 9.0], dims="day")
    assert spike_share(impact).sel(label="3×").item() == 25.0


def test_changes_are_measured_by_size(impact: xr.DataArray) -> None:
    for one in (impact, -impact):
        found = change_quantiles(one).sel(label="largest").item()
        assert found == np.abs(np.diff(impact)).max()


@pytest.mark.parametrize("title", PRICE_IMPACT_CHECK.statistics)
def test_missing_day_does_not_spoil_a_statistic(
    impact: xr.DataArray, title: str
) -> None:
    statistic = PRICE_IMPACT_CHECK.statistics[title]
    whole = statistic(impact)
    impact[7] = np.nan
    found = statistic(impact)
    assert np.isfinite(found).all()
    # One day of four hundred: far less than the differences that matter.
    np.testing.assert_allclose(found, whole, rtol=0.1, atol=0.05)


@pytest.mark.parametrize("title", PRICE_IMPACT_CHECK.statistics)
def test_each_security_has_its_own_labels(impact: xr.DataArray, title: str) -> None:
    statistic = PRICE_IMPACT_CHECK.statistics[title]
    both = xr.concat([impact, 2 * impact], dim="security").assign_coords(
        security=["2y", "10y"]
    )
    found, alone = statistic(both), statistic(impact)
    labels = [str(label) for label in alone["label"].to_numpy()]
    expected = [f"{security} {label}" for security in ("2y", "10y") for label in labels]
    assert found["label"].to_numpy().tolist() == expected
    np.testing.assert_allclose(found[: len(labels)], alone)


def test_statistics_of_a_trace_are_complete() -> None:
    frame = random_fit().replicated_statistics
    assert set(frame["statistic"]) == set(PRICE_IMPACT_CHECK.statistics)
    assert frame.notna().all(axis=None)
