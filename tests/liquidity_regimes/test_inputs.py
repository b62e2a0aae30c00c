import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.liquidity_regimes.panel import liquidity_panel_from_frame
from models.liquidity_regimes.inputs import LiquidityRegimesInputs, select_inputs
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from tests.liquidity_regimes.models import NUM_DAYS, twin, twin_frame

SURPRISE = "volatility_of_volatility_surprise_bp"


def inputs_from(frame: pd.DataFrame, **arguments: str) -> LiquidityRegimesInputs:
    return select_inputs(
        liquidity_panel_from_frame(frame, "panel.csv"),
        LiquidityRegimesSpecification(**arguments),
    )


def test_days_before_and_after_all_securities_are_there_are_left_out() -> None:
    frame = twin_frame(2)
    days = sorted(frame["date"].unique())
    is_late = (frame["security"] == "5y") & frame["date"].isin(days[:10] + days[-5:])
    inputs = inputs_from(frame[~is_late], security="market-wide")
    assert inputs.dataset["day"].to_numpy().tolist() == [
        np.datetime64(day, "ns").astype(int) for day in days[10:-5]
    ]
    whole = inputs_from(frame, security="market-wide")
    np.testing.assert_array_equal(inputs.covariates, whole.covariates[10:-5])
    np.testing.assert_array_equal(inputs.depth_musd, whole.depth_musd[10:-5])


def test_too_few_days_with_all_securities_are_refused() -> None:
    frame = twin_frame(2)
    days = sorted(frame["date"].unique())
    is_late = (frame["security"] == "5y") & frame["date"].isin(days[:200])
    is_early = (frame["security"] == "2y") & frame["date"].isin(days[400:])
    with pytest.raises(DataError, match="200 days on which every security is there"):
        inputs_from(frame[~is_late & ~is_early], security="market-wide")


def test_a_covariate_that_the_panel_lacks_is_named_with_its_remedy() -> None:
    frame = twin_frame().drop(columns=SURPRISE)
    with pytest.raises(DataError, match=f"{SURPRISE} is missing or empty"):
        inputs_from(frame)


def test_a_missing_price_impact_is_masked() -> None:
    frame = twin_frame().copy()
    frame.loc[[7, 8], "price_impact"] = np.nan
    inputs = inputs_from(frame)
    assert inputs.is_observed[:, 0].sum() == NUM_DAYS - 2
    assert (inputs.price_impact[[7, 8], 0] == 0.0).all()


def test_units_are_those_of_a_regression_through_the_origin() -> None:
    frame = twin_frame().copy()
    frame.loc[[7, 8], "price_impact"] = np.nan
    inputs = inputs_from(frame)
    seen = frame.dropna(subset="price_impact")
    volatility = seen["volatility_bp"].to_numpy()[:, None]
    slope, *_ = np.linalg.lstsq(volatility, seen["price_impact"].to_numpy())
    assert inputs.slope_unit == pytest.approx(slope)
    residual = seen["price_impact"].to_numpy() - volatility @ slope
    assert inputs.noise_unit[0] == pytest.approx(residual.std())


def test_a_market_wide_model_takes_the_average_depth_of_all_securities() -> None:
    specification = LiquidityRegimesSpecification(security="market-wide")
    inputs = select_inputs(twin(2), specification)
    depth = twin(2).dataset["depth_musd"].mean("security").to_numpy()
    np.testing.assert_allclose(inputs.depth_musd, depth)
    assert inputs.price_impact.shape == (NUM_DAYS, 2)


def test_standardized_depth_has_mean_zero_and_variance_one() -> None:
    depth = inputs_from(twin_frame()).standardized_depth
    assert depth.mean() == pytest.approx(0.0, abs=1e-12)
    assert depth.std() == pytest.approx(1.0)


def test_price_impact_that_falls_with_volatility_is_refused() -> None:
    frame = twin_frame().assign(price_impact=lambda x: -x["price_impact"])
    with pytest.raises(DataError, match="does not rise with volatility"):
        inputs_from(frame)
