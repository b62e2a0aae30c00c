"""The published tables, and what the paper's own text says about them."""

import pytest

from data.liquidity_regimes.published import (
    published_liquidity_regimes,
    published_threshold_regression,
)

SAMPLE_DAYS = 2_440

PRINTED_DECIMALS = 0.002
"""Three printed decimals, added up."""


def test_table_one_has_slopes_that_rise_with_volatility() -> None:
    table = published_threshold_regression()["estimate"]
    assert table[["beta_1", "beta_2", "beta_3"]].tolist() == [0.097, 0.137, 0.196]
    assert table[["threshold_1", "threshold_2"]].tolist() == [93.882, 146.806]


@pytest.mark.parametrize("model", ["I", "II", "III", "IV"])
def test_rows_of_table_two_add_up_to_one(model: str) -> None:
    table = published_liquidity_regimes("constant", model)["estimate"]
    for origin in "123":
        row = table.loc["transition_probability", origin]
        assert row.index.tolist() == ["1", "2", "3"]
        assert row.sum() == pytest.approx(1, abs=PRINTED_DECIMALS)


@pytest.mark.parametrize("transition", ["constant", "depth"])
@pytest.mark.parametrize(
    ("model", "covariates"),
    [
        ("I", ["V"]),
        ("II", ["V", "VV"]),
        ("III", ["V", "CS"]),
        ("IV", ["V", "VV", "CS"]),
    ],
)
def test_every_state_has_a_slope_on_every_covariate_of_the_model(
    transition: str, model: str, covariates: list[str]
) -> None:
    table = published_liquidity_regimes(transition, model)
    for state in "123":
        slopes = table.loc["price_impact_slope", state]
        assert sorted(slopes.index) == sorted(covariates)
        assert not slopes.isna().any().any()
        assert table["estimate"]["noise_sd", state, ""] > 0


@pytest.mark.parametrize("transition", ["constant", "depth"])
@pytest.mark.parametrize("model", ["I", "II", "III", "IV"])
def test_states_run_from_the_least_liquid(transition: str, model: str) -> None:
    table = published_liquidity_regimes(transition, model)["estimate"]
    slopes = [table["price_impact_slope", state, "V"] for state in "123"]
    assert slopes == sorted(slopes, reverse=True)


def test_depth_slopes_of_model_four_fall_as_liquidity_rises() -> None:
    """Stated below Table 3: gamma_1j > gamma_2j > gamma_3j."""
    slope = published_liquidity_regimes("depth", "IV")["estimate"][
        "transition_depth_slope"
    ]
    for destination in "23":
        by_origin = [slope[origin, destination] for origin in "123"]
        assert by_origin == sorted(by_origin, reverse=True)
    assert slope["1", "3"] == 4.696
    assert slope["3", "2"] == -0.029


def test_numbers_that_are_not_legible_are_missing() -> None:
    table = published_liquidity_regimes("depth", "II")
    assert table.loc[("transition_intercept", "1", "3")].isna().tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize("transition", ["constant", "depth"])
@pytest.mark.parametrize("model", ["I", "II", "III", "IV"])
def test_the_noise_needs_no_more_days_than_there_were(
    transition: str, model: str
) -> None:
    """As standard deviations; as variances every model would need four times as many.

    An estimated standard deviation has a standard error of at least itself over the
    root of twice the number of days.
    """
    noise = published_liquidity_regimes(transition, model).loc["noise_sd"]
    ratio = noise["estimate"] / noise["standard_error"]
    days = (ratio**2 / 2).sum()
    assert 950 < days < 1_400
    assert 4 * days > SAMPLE_DAYS
