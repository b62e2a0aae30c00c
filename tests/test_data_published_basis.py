import numpy as np
import pandas as pd
import pytest

from data.published_basis import (
    published_decomposition,
    published_half_lives,
    published_parameters,
    published_variance_shares,
)


def test_half_life_is_that_of_the_persistence() -> None:
    found = published_decomposition([2, 5, 10, 20])
    np.testing.assert_allclose(
        found["half_life_days"], -np.log(2) / np.log(found["persistence"]), rtol=1e-6
    )


def test_deviations_of_all_but_twenty_years_have_no_innovations() -> None:
    found = published_decomposition([2, 5, 10, 20])["deviation_innovation_sd_bp"]
    assert (found.sel(tenor=[2, 5, 10]) < 1e-3).all()
    assert found.sel(tenor=20).item() == pytest.approx(1.4625, abs=1e-4)


def test_tenor_that_was_not_published_is_missing() -> None:
    found = published_decomposition([5, 7])
    assert found.to_dataframe().isna().all(axis=1).tolist() == [False, True]


def test_shares_add_up_and_agree_with_the_variances() -> None:
    table = published_variance_shares()
    total = table["structural_mean"] + table["deviation"]
    assert table["tenor"].tolist() == [2, 5, 10, 20]
    np.testing.assert_allclose(table["deviation_share"], table["deviation"] / total)
    share = published_decomposition([20])["structural_share_pct"].item()
    assert share == pytest.approx(68.74, abs=0.01)


def test_tables_are_complete() -> None:
    counts = published_parameters().groupby(["model", "tenor"]).size()
    assert counts.loc["state_space"].tolist() == [5] * 4
    lengths = published_half_lives().set_index(["model", "tenor"])["half_life_days"]
    expected = published_decomposition([2, 5, 10, 20])["half_life_days"].to_series()
    pd.testing.assert_series_equal(
        lengths.loc["State-space deviation"], expected, check_names=False
    )
