import numpy as np
import pytest
import xarray as xr

from inference.diagnostics import largest_incidental_r_hat
from inference.imputation import (
    BETWEEN,
    MISSING_INFORMATION,
    WITHIN,
    by_imputation,
    centred_by_imputation,
    imputation_variances,
    pooled_chains,
)

# Variances of a few thousand numbers, computed twice.
EXACT = 1e-12

MEANS = np.array([0.0, 1.0, 5.0])


def parts(num_chains=2, num_draws=400):
    rng = np.random.default_rng(1)
    return [
        xr.Dataset(
            {"x": (("chain", "draw"), mean + rng.normal(size=(num_chains, num_draws)))}
        )
        for mean in MEANS
    ]


def test_pooled_chains_keep_their_imputation():
    pooled = pooled_chains(parts())

    assert pooled["chain"].to_numpy().tolist() == list(range(6))
    assert pooled["imputation"].to_numpy().tolist() == [0, 0, 1, 1, 2, 2]
    for part, original in zip(by_imputation(pooled), parts(), strict=True):
        np.testing.assert_array_equal(part["x"], original["x"])


def test_draws_of_one_data_set_are_one_part():
    (draws,) = parts()[:1]

    assert by_imputation(draws) == [draws]
    assert centred_by_imputation(draws) is draws


def test_variances_add_up_by_rubins_rules():
    originals = parts()

    found = imputation_variances(pooled_chains(originals))["x"]

    means = [float(part["x"].mean()) for part in originals]
    within = np.mean([float(part["x"].var()) for part in originals])
    between = np.var(means, ddof=1)
    share = (4 / 3 * between) / (within + 4 / 3 * between)
    assert found.sel(statistic=WITHIN) == pytest.approx(within, rel=EXACT)
    assert found.sel(statistic=BETWEEN) == pytest.approx(between, rel=EXACT)
    assert found.sel(statistic=MISSING_INFORMATION) == pytest.approx(share, rel=EXACT)


def test_centring_takes_each_imputations_mean_away():
    centred = centred_by_imputation(pooled_chains(parts()))

    for part in by_imputation(centred):
        assert float(part["x"].mean()) == pytest.approx(0.0, abs=1e-9)


def test_imputations_that_differ_are_no_failure_to_converge():
    pooled = pooled_chains(parts()).expand_dims(date=2)

    worst = largest_incidental_r_hat(pooled, ["date"])

    assert worst["x"] < 1.02


def test_chains_that_differ_within_an_imputation_are():
    originals = parts()
    originals[2]["x"][1] += 3.0
    pooled = pooled_chains(originals).expand_dims(date=2)

    assert largest_incidental_r_hat(pooled, ["date"])["x"] > 1.5
    assert largest_incidental_r_hat(pooled, ["week"]) == {}
