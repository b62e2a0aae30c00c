import numpy as np
import pytest

from data.half_life.published import published_decomposition
from data.published import published_estimates


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
    printed = published_estimates("tips_treasury_basis", table="variances")
    table = printed.pivot_table("estimate", "tenor_years", "parameter")
    total = table["level_variance"] + table["deviation_variance"]
    assert table.index.tolist() == [2, 5, 10, 20]
    np.testing.assert_allclose(
        table["deviation_share"], table["deviation_variance"] / total
    )
    share = published_decomposition([20])["structural_share_pct"].item()
    assert share == pytest.approx(68.74, abs=0.01)
