"""The score-driven state space as a PyMC distribution."""

from functools import cache

import numpy as np
import pymc as pm
from numpy.testing import assert_allclose
from scipy.stats import kstest
from scipy.stats import t as student_t

from models.likelihoods.kalman.distribution import LinearGaussianStateSpace
from models.likelihoods.score_driven.distribution import ScoreDrivenStateSpace
from models.likelihoods.score_driven.simulation import (
    simulate_innovations,
    simulate_observations,
)
from tests.likelihoods.score_driven_systems import (
    DYNAMICS,
    innovations_by_matrices,
    slow_log_likelihood,
    with_gaps,
)
from tests.likelihoods.state_spaces import System, random_system

NUM_DATES, NUM_SERIES = 20, 4

STEADY = 1e-8
"""Relative; converged covariances count as fixed."""

PYTHON = {"mode": "FAST_COMPILE"}
"""No compilation of the graph; the passes inside are compiled all the same."""

DIMS = ("week", "tenor")


def system(num_dates: int = NUM_DATES) -> System:
    result = random_system(np.random.default_rng(6), num_dates, NUM_SERIES, 3)
    result["is_observed"] = with_gaps(result["is_observed"])
    return result


def parameters(num_dates: int = NUM_DATES) -> System:
    return {k: x for k, x in system(num_dates).items() if k != "observation"}


@cache
def model() -> pm.Model:
    inputs = parameters()
    persistence = inputs.pop("persistence")
    with pm.Model(coords={"week": range(NUM_DATES), "tenor": list("abcd")}) as result:
        share = pm.Uniform("share")
        ScoreDrivenStateSpace(
            "y",
            observed=system()["observation"],
            persistence=share * persistence,
            dims=DIMS,
            **inputs,
            **DYNAMICS,
        )
    return result


def test_each_date_has_the_density_of_the_slow_filter() -> None:
    share = 0.7
    point = {"share_interval__": np.log(share / (1 - share))}
    density = model().compile_logp([model()["y"]], sum=False, **PYTHON)(point)[0]
    moved = system() | {"persistence": share * system()["persistence"]}
    assert_allclose(density, slow_log_likelihood(moved, **DYNAMICS), rtol=STEADY)


def test_prior_predictive_draws_fill_every_cell_and_are_reproducible() -> None:
    with model():
        first, second, other = (
            pm.sample_prior_predictive(3, random_seed=seed, compile_kwargs=PYTHON)[
                "prior_predictive"
            ]["y"].to_numpy()
            for seed in (5, 5, 6)
        )
    assert first.shape == (1, 3, NUM_DATES, NUM_SERIES)
    assert np.isfinite(first).all()
    assert_allclose(first, second, rtol=0)
    assert not np.isclose(first, other).any()


def test_posterior_predictive_draws_take_the_parameters_of_the_draw() -> None:
    with model():
        trace = pm.sample_prior_predictive(2, random_seed=1, compile_kwargs=PYTHON)
        draws = pm.sample_posterior_predictive(
            trace["prior"], random_seed=1, compile_kwargs=PYTHON, progressbar=False
        )["posterior_predictive"]["y"]
    assert draws.shape == (1, 2, NUM_DATES, NUM_SERIES)
    assert np.isfinite(draws).all()


def test_simulated_observations_have_the_innovations_they_were_made_from() -> None:
    """Filtered by matrices, a simulated path gives its innovations back."""
    seen = system()["is_observed"] > 0
    made = simulate_innovations(
        system()["is_observed"], **DYNAMICS, rng=np.random.default_rng(3)
    )
    path = simulate_observations(
        **parameters(), **DYNAMICS, rng=np.random.default_rng(3)
    )
    for t, (v, factor) in enumerate(
        innovations_by_matrices(system() | {"observation": path})
    ):
        assert_allclose(np.linalg.solve(factor, v), made[t, seen[t]], rtol=STEADY)


def test_simulated_innovations_are_student_t_given_the_past() -> None:
    """Each first cell of a date, over its scale, against the t distribution.

    A p-value under one in a thousand would be an accident of that probability.
    """
    num_dates = 3_000
    is_observed = with_gaps(np.ones((num_dates, 3)))[:, [0, 2]]
    z = simulate_innovations(is_observed, **DYNAMICS, rng=np.random.default_rng(7))
    p, a, phi, kappa, nu = DYNAMICS.values()
    G, log_scale = np.eye(2), 0.0
    first = np.empty(num_dates)
    for t in range(num_dates):
        seen = is_observed[t] > 0
        first[t] = z[t, 0] / np.exp(log_scale) / np.sqrt(G[0, 0])
        e = z[t] / np.exp(log_scale) * seen
        M = np.where(np.outer(~seen, ~seen), G, 0.0)
        log_scale *= phi
        if n := seen.sum():
            q = e[seen] @ np.linalg.inv(G[np.ix_(seen, seen)]) @ e[seen]
            w = (nu + n) / (nu + q)
            M = M + w * np.outer(e, e)
            log_scale += kappa * (w * q / n - 1)
        G = (1 - p) * np.eye(2) + (p - a) * G + a * M
    assert kstest(first, student_t(nu).cdf).pvalue > 1e-3


def test_the_parameters_that_simulated_are_the_likeliest_nearby() -> None:
    """Of a long path the log density is highest near the truth in each parameter.

    The distances are about five standard errors, from the curvature of the density.
    """
    num_dates = 1_500
    given = parameters(num_dates)
    path = simulate_observations(**given, **DYNAMICS, rng=np.random.default_rng(11))
    made = given | {"observation": path}

    def total(**changed: float) -> float:
        return float(slow_log_likelihood(made, **(DYNAMICS | changed)).sum())

    truth = total()
    for name, low, high in (
        ("covariance_persistence", 0.75, 0.97),
        ("covariance_reaction", 0.1, 0.45),
        ("scale_persistence", 0.3, 0.98),
        ("scale_reaction", 0.1, 0.6),
        ("degrees_of_freedom", 3.5, 14.0),
    ):
        assert truth > total(**{name: low}), name
        assert truth > total(**{name: high}), name


def test_without_reactions_it_is_the_linear_gaussian_state_space() -> None:
    """Of 1e7 degrees of freedom the t differs from the normal by some q^2 / nu."""
    inputs = parameters() | {"observed": system()["observation"], "dims": DIMS}
    still = {"covariance_reaction": 0.0, "scale_reaction": 0.0}
    still["degrees_of_freedom"] = 1e7
    coords = {"week": range(NUM_DATES), "tenor": list("abcd")}
    with pm.Model(coords=coords) as normal:
        LinearGaussianStateSpace("y", **inputs)
    with pm.Model(coords=coords) as ours:
        ScoreDrivenStateSpace("y", **inputs, **(DYNAMICS | still))
    densities = (
        x.compile_logp([x["y"]], sum=False, **PYTHON)({})[0] for x in (normal, ours)
    )
    assert_allclose(*densities, atol=1e-5)
