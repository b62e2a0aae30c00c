"""The largest of many R-hats, of chains that agree and of those that do not."""

import arviz as az
import numpy as np
import pytest
import xarray as xr
from scipy.signal import lfilter

from inference.sampling.incidental import (
    MAXIMUM_INCIDENTAL_R_HAT,
    incidental_convergence,
    incidental_limits,
    largest_incidental_r_hat,
)
from inference.sampling.r_hat import FALSE_ALARM, largest_r_hat_by_chance


def chains(persistence, num_elements, shape, seed):
    noise = np.random.default_rng(seed).normal(size=(*shape[:1], num_elements, 300))
    walks = lfilter([1.0], [1.0, -persistence], noise, axis=-1)[..., -shape[1] :]
    return xr.Dataset({"x": (("chain", "date", "draw"), walks)}).transpose(
        "chain", "draw", "date"
    )


@pytest.mark.long
@pytest.mark.parametrize("persistence", [0.0, 0.5])
def test_the_largest_of_many_stays_below_its_limit_as_often_as_it_should(persistence):
    number, families, shape = 500, 40, (2, 150)
    effective = 300 * (1 - persistence) / (1 + persistence)
    limit = largest_r_hat_by_chance(number, 2, effective)

    draws = chains(persistence, number * families, shape, 1)
    r_hat = az.rhat(draws)["x"].to_numpy().reshape(families, number)

    # Of 40 families 0.4 should pass it; three or more do with a probability of 1%.
    assert (r_hat.max(axis=1) > limit).sum() < 3
    # No limit that nothing reaches: the largest of all comes near.
    assert r_hat.max() - 1 > 0.6 * (limit - 1)
    assert FALSE_ALARM == 0.01


def test_more_looks_and_fewer_draws_allow_more():
    base = largest_r_hat_by_chance(1000, 2, 100)

    assert largest_r_hat_by_chance(10_000, 2, 100) > base
    assert largest_r_hat_by_chance(1000, 2, 50) > base
    assert largest_r_hat_by_chance(1, 4, 100_000) < 1.001


def test_effects_of_several_imputations_are_judged_by_what_chance_allows():
    imputations = [chains(0.5, 200, (2, 150), seed) for seed in range(12)]
    parts = [incidental_convergence(draws, ["date"]) for draws in imputations]

    largest, allowed = incidental_limits(parts, 2)

    each = [largest_incidental_r_hat(draws, ["date"])["x"] for draws in imputations]
    assert largest["x"] == max(each)
    assert MAXIMUM_INCIDENTAL_R_HAT < largest["x"] < allowed["x"] < 1.3

    imputations[7]["x"][1] += 1.0
    parts[7] = incidental_convergence(imputations[7], ["date"])
    largest, again = incidental_limits(parts, 2)
    # Chains that disagree have few effective draws, and must not excuse themselves.
    assert largest["x"] > again["x"]
    assert again["x"] == pytest.approx(allowed["x"], rel=0.01)


def test_parameters_without_such_a_dimension_are_not_incidental():
    draws = chains(0.0, 5, (2, 150), 1)

    assert largest_incidental_r_hat(draws, ["week"]) == {}
    assert not incidental_convergence(draws, ["week"]).data_vars
