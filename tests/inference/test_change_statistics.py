"""Statistics of the changes of a series, by tenor."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from inference.checks.change_statistics import (
    change_autocorrelation,
    change_excess_kurtosis,
    change_sd,
    changes,
    travelled,
)

ROUNDING = 1e-10
"""The same arithmetic in another order."""

TENOR, LABEL = 10, "10y"


@pytest.fixture
def series() -> xr.DataArray:
    rng = np.random.default_rng(3)
    walk = rng.normal(0, 10, (50, 2)).cumsum(axis=0)
    return xr.DataArray(
        walk, dims=("day", "tenor"), coords={"tenor": [2, TENOR], "day": range(50)}
    )


@pytest.fixture
def change(series: xr.DataArray) -> np.ndarray:
    return np.diff(series.sel(tenor=TENOR).to_numpy())


def test_changes_are_measured_by_deviation_and_kurtosis(
    series: xr.DataArray, change: np.ndarray
) -> None:
    sd = change_sd(series, "day").sel(label=LABEL).item()
    kurtosis = change_excess_kurtosis(series, "day").sel(label=LABEL).item()
    assert sd == pytest.approx(change.std(ddof=1), rel=ROUNDING)
    assert kurtosis == pytest.approx(stats.kurtosis(change), rel=ROUNDING)


def test_autocorrelation_is_between_successive_changes(
    series: xr.DataArray, change: np.ndarray
) -> None:
    actual = change_autocorrelation(series, "day").sel(label=LABEL).item()
    expected = np.corrcoef(change[1:], change[:-1])[0, 1]
    assert actual == pytest.approx(expected, rel=ROUNDING)


def test_change_over_several_days_adds_up_those_between(
    series: xr.DataArray, change: np.ndarray
) -> None:
    long = changes(series, "day", 3).sel(tenor=TENOR).to_numpy()
    assert np.isnan(long[:3]).all()
    np.testing.assert_allclose(
        long[3:], change[:-2] + change[1:-1] + change[2:], rtol=0, atol=1e-9
    )


def test_series_travels_from_its_lowest_to_its_highest_value(
    series: xr.DataArray,
) -> None:
    expected = np.ptp(series.sel(tenor=TENOR).to_numpy())
    assert travelled(series, "day").sel(label=LABEL).item() == expected
