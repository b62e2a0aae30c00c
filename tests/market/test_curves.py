import numpy as np
import pandas as pd

from data.market.curves import interpolated_yields, svensson_yields

ROUNDING = 1e-12  # double precision, a handful of operations
# The publisher rounds yields to 4 decimals of a percent.
PUBLISHED_ROUNDING = 1e-4


def test_yields_between_published_maturities_lie_on_the_straight_line() -> None:
    curve = pd.DataFrame([[1.0, 2.0, 5.0]], columns=[1.0, 3.0, 7.0])
    read = interpolated_yields(curve, np.array([[1.5, 4.0, 7.0]]))
    np.testing.assert_allclose(read, [[1.25, 2.75, 5.0]], rtol=ROUNDING)


def test_columns_may_stand_in_any_order() -> None:
    curve = pd.DataFrame([[5.0, 1.0, 2.0]], columns=[7.0, 1.0, 3.0])
    np.testing.assert_allclose(
        interpolated_yields(curve, np.array([[1.5]])), [[1.25]], rtol=ROUNDING
    )


def test_missing_maturity_is_bridged_by_its_neighbours() -> None:
    curve = pd.DataFrame([[4.0, np.nan, 6.0]], columns=[10.0, 20.0, 30.0])
    read = interpolated_yields(curve, np.array([[20.5]]))
    np.testing.assert_allclose(read, [[5.05]], rtol=ROUNDING)


def test_curve_is_level_up_to_a_year_beyond_its_ends_and_missing_further_out() -> None:
    curve = pd.DataFrame([[1.0, 4.0, np.nan]], columns=[1.0, 20.0, 30.0])
    read = interpolated_yields(curve, np.array([[0.5, 20.5, 21.0, 21.5]]))
    np.testing.assert_array_equal(read, [[1.0, 4.0, 4.0, np.nan]])


def test_week_without_a_curve_has_no_yield() -> None:
    curve = pd.DataFrame([[np.nan, np.nan], [1.0, 2.0]], columns=[1.0, 2.0])
    read = interpolated_yields(curve, np.array([[1.5], [1.5]]))
    np.testing.assert_array_equal(read, [[np.nan], [1.5]])


def test_svensson_curve_gives_the_published_yields(shared) -> None:
    published = pd.read_parquet(
        shared / "data/gsw/svensson_parameters_2022_2025.parquet"
    )
    days = published.dropna(subset=["BETA0", "SVENY30"]).iloc[::100]
    names = ["SVENY01", "SVENY02", "SVENY10", "SVENY30"]
    at = np.tile([1.0, 2.0, 10.0, 30.0], (len(days), 1))
    np.testing.assert_allclose(
        svensson_yields(days, at), days[names], atol=PUBLISHED_ROUNDING
    )


def test_curve_without_its_second_hump_is_that_of_nelson_and_siegel() -> None:
    names = ["BETA0", "BETA1", "BETA2", "BETA3", "TAU1", "TAU2"]
    parameters = pd.DataFrame(
        [[4.0, -1.0, 2.0, 0.0, 1.5, np.nan], [4.0, -1.0, 2.0, 0.0, 1.5, -999.99]],
        columns=names,
    )
    decay = np.exp(-2.0)
    expected = 4 - (1 - decay) / 2 + 2 * ((1 - decay) / 2 - decay)
    read = svensson_yields(parameters, np.array([[3.0], [3.0]]))
    np.testing.assert_allclose(read, [[expected]] * 2, rtol=ROUNDING)
