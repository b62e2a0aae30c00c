import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.half_life.checks import COVARIATES
from models.half_life.covariates import (
    COLLINEAR,
    CONSTANT,
    DEVIATION_SIZE,
    NEARLY_COLLINEAR,
    PLACEHOLDER,
    TRANSFORMATIONS,
    covariate_report,
    standardize,
    transform,
    variance_inflation,
)

# Means and variances of a few hundred numbers.
EXACT = 1e-12
# A Gram matrix squares the condition of its columns.
GRAM = 1e-6

NUM_ROWS = 300
INTERCEPT = np.ones((NUM_ROWS, 1))


def table(seed=1):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "dealer_hhi": rng.uniform(0.1, 0.9, NUM_ROWS),
            "ats_share": rng.uniform(0.0, 1.0, NUM_ROWS),
            "total_volume_usd": np.exp(rng.normal(14, 1, NUM_ROWS)),
        }
    )


def report(values, others=INTERCEPT):
    standardized = standardize(transform(values, "panel.csv"))[0]
    return covariate_report(list(values.columns), values, standardized, others)


def test_every_covariate_of_a_panel_has_a_transformation():
    assert set(TRANSFORMATIONS) == {*COVARIATES, DEVIATION_SIZE}


def test_amounts_enter_as_logarithms_and_shares_as_they_are():
    values = table()

    transformed = transform(values, "panel.csv")

    np.testing.assert_array_equal(transformed[:, 1], values["ats_share"])
    np.testing.assert_array_equal(transformed[:, 2], np.log(values["total_volume_usd"]))


def test_an_amount_of_zero_is_refused_by_name():
    values = table().assign(total_volume_usd=0.0)

    with pytest.raises(DataError, match=r"panel\.csv: column total_volume_usd is 0"):
        transform(values, "panel.csv")


def test_standardized_columns_have_mean_zero_and_standard_deviation_one():
    standardized, center, scale = standardize(transform(table(), "panel.csv"))

    np.testing.assert_allclose(standardized.mean(axis=0), 0.0, atol=EXACT)
    np.testing.assert_allclose(standardized.std(axis=0), 1.0, rtol=EXACT)
    np.testing.assert_allclose(
        standardized * scale + center, transform(table(), "panel.csv"), rtol=EXACT
    )


def test_a_constant_column_is_kept_as_zeros_and_named():
    for rounding in (0.0, 1e-17, 1e-13):
        noise = rounding * np.random.default_rng(1).standard_normal(NUM_ROWS)
        values = table().assign(dealer_hhi=0.1 + 0.2 + noise)

        standardized = standardize(transform(values, "panel.csv"))[0]

        assert (standardized[:, 0] == 0.0).all()
        assert report(values).loc["dealer_hhi", "finding"] == CONSTANT


def test_variance_inflation_is_that_of_regressions_on_the_other_columns():
    values = table()
    values["dealer_hhi"] = 0.5 * values["ats_share"] + 0.2 * values["dealer_hhi"]
    standardized = standardize(transform(values, "panel.csv"))[0]

    factors = variance_inflation(standardized, INTERCEPT)

    for k in range(3):
        others = np.delete(standardized, k, axis=1)
        fitted = others @ np.linalg.lstsq(others, standardized[:, k])[0]
        expected = 1 / (1 - fitted.var())
        assert factors[k] == pytest.approx(expected, rel=GRAM)


def test_exact_combinations_are_named():
    values = table()
    values["principal_share"] = 1.0 - values["ats_share"]

    findings = report(values)["finding"]

    assert findings["principal_share"] == COLLINEAR
    assert findings["ats_share"] == COLLINEAR
    assert findings["dealer_hhi"] == ""


def test_a_covariate_that_only_tells_groups_apart_is_named():
    group = np.arange(NUM_ROWS) % 3
    values = table().assign(ats_share=0.2 * group)

    findings = report(values, np.eye(3)[group])["finding"]

    assert findings["ats_share"] == COLLINEAR


def test_near_collinearity_is_told_from_the_exact_one():
    values = table()
    noise = np.random.default_rng(2).normal(0, 0.01, NUM_ROWS)
    values["principal_share"] = (1.0 - values["ats_share"] + noise).clip(0, 1)

    assert report(values).loc["ats_share", "finding"] == NEARLY_COLLINEAR


def test_a_share_of_only_zero_and_one_is_called_a_placeholder():
    values = table()
    values["ats_share"] = (values["ats_share"] > 0.5).astype(float)

    assert report(values).loc["ats_share", "finding"] == PLACEHOLDER
