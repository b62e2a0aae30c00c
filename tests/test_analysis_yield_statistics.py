"""Statistics that replicated and observed yields are compared by."""

import numpy as np
import pytest
import xarray as xr
from scipy import stats

from analysis.yield_statistics import (
    STATISTICS,
    butterfly_change_sd_bp,
    change_autocorrelation,
    change_correlation,
    change_excess_kurtosis,
    change_sd_bp,
    range_bp,
)

ROUNDING = 1e-10
"""The same arithmetic in another order."""


@pytest.fixture
def yields() -> xr.DataArray:
    rng = np.random.default_rng(3)
    walk = rng.normal(0, 10, (50, 4)).cumsum(axis=0)
    return xr.DataArray(walk, dims=("week", "tenor"), coords={"tenor": [2, 5, 10, 20]})


def _change(yields: xr.DataArray, tenor: int) -> np.ndarray:
    return np.diff(yields.sel(tenor=tenor).to_numpy())


def test_changes_are_measured_by_deviation_kurtosis_and_range(
    yields: xr.DataArray,
) -> None:
    change = _change(yields, 10)
    sd = change_sd_bp(yields).sel(label="10y").item()
    kurtosis = change_excess_kurtosis(yields).sel(label="10y").item()
    assert sd == pytest.approx(change.std(ddof=1), rel=ROUNDING)
    assert kurtosis == pytest.approx(stats.kurtosis(change), rel=ROUNDING)
    assert range_bp(yields).sel(label="2y").item() == np.ptp(
        yields.sel(tenor=2).to_numpy()
    )


def test_comovement_is_measured_between_tenors(yields: xr.DataArray) -> None:
    two, five, ten = (_change(yields, tenor) for tenor in (2, 5, 10))
    correlation = change_correlation(yields).sel(label="2y–5y").item()
    assert correlation == pytest.approx(np.corrcoef(two, five)[0, 1], rel=ROUNDING)
    butterfly = butterfly_change_sd_bp(yields).sel(label="2y–5y–10y").item()
    expected = (2 * five - two - ten).std(ddof=1)
    assert butterfly == pytest.approx(expected, rel=ROUNDING)


def test_autocorrelation_is_between_successive_changes(yields: xr.DataArray) -> None:
    change = _change(yields, 5)
    actual = change_autocorrelation(yields).sel(label="5y").item()
    expected = np.corrcoef(change[1:], change[:-1])[0, 1]
    assert actual == pytest.approx(expected, rel=ROUNDING)


@pytest.mark.parametrize("title", STATISTICS)
def test_a_missing_week_does_not_spoil_a_statistic(
    yields: xr.DataArray, title: str
) -> None:
    yields[7] = np.nan
    assert np.isfinite(STATISTICS[title](yields)).all()
