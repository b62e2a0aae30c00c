"""Statistics that replicated and observed yields are compared by."""

import numpy as np
import pytest
import xarray as xr

from inference.price_pressure.statistics import (
    STATISTICS,
    butterfly_change_sd_bp,
    change_correlation,
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


def test_comovement_is_measured_between_tenors(yields: xr.DataArray) -> None:
    two, five, ten = (_change(yields, tenor) for tenor in (2, 5, 10))
    correlation = change_correlation(yields).sel(label="2y–5y").item()
    assert correlation == pytest.approx(np.corrcoef(two, five)[0, 1], rel=ROUNDING)
    butterfly = butterfly_change_sd_bp(yields).sel(label="2y–5y–10y").item()
    expected = (2 * five - two - ten).std(ddof=1)
    assert butterfly == pytest.approx(expected, rel=ROUNDING)


@pytest.mark.parametrize("title", STATISTICS)
def test_a_missing_week_does_not_spoil_a_statistic(
    yields: xr.DataArray, title: str
) -> None:
    yields[7] = np.nan
    assert np.isfinite(STATISTICS[title](yields)).all()
