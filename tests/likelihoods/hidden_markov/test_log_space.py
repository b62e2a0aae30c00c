"""Transitions out of the range of a double, against arithmetic with 60 digits."""

from decimal import Decimal, localcontext

import numpy as np
import pytest
from numpy.testing import assert_allclose

from models.likelihoods.hidden_markov.log_space import LARGEST_LOG_ODDS
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.transitions import departures
from tests.likelihoods.hidden_chains import random_chain
from tests.likelihoods.hidden_markov.test_passes import run_backward, run_forward

DIGITS = 60
STEP = Decimal("1e-20")
"""Of a central difference: its error is of order 1e-40, and 20 digits remain."""

NUM_DAYS = 40


def densities(chain, direction, step):
    """Log densities of the days by the definition, moved a step along a direction.

    A sum over all paths, day by day, of probabilities that are never zero.
    """
    moved = {}
    for name, value in chain._asdict().items():
        along = direction.get(name, np.zeros_like(value))
        exact = [
            Decimal(float(x)) + step * Decimal(float(d))
            for x, d in zip(value.ravel(), along.ravel(), strict=True)
        ]
        moved[name] = np.array(exact, dtype=object).reshape(value.shape)
    K = len(chain.initial)
    weight, total_before, found = None, Decimal(1), []
    for t in range(len(chain.covariate)):
        if t == 0:
            ahead = list(moved["initial"])
        else:
            ahead = [Decimal(0)] * K
            for i in range(K):
                odds = (
                    moved["intercept"][i]
                    + moved["slope"][i] * moved["covariate"][t - 1]
                )
                odds = [Decimal(1), *(x.exp() for x in odds)]
                for j in range(K):
                    ahead[j] += weight[i] * odds[j] / sum(odds)
        weight = [ahead[j] * moved["log_emission"][t, j].exp() for j in range(K)]
        total = sum(weight)
        found.append((total / total_before).ln())
        total_before = total
    return found


def chain_at(times, seed):
    """Transitions drawn from the prior's tails, data that several states explain."""
    rng = np.random.default_rng(seed)
    priors, K = LiquidityRegimesPriors(), 3
    chain = random_chain(rng, NUM_DAYS, K)
    drawn = {}
    for name in ("departure_log_odds", "departure_depth_slope"):
        prior = getattr(priors, name)
        shock = rng.standard_t(prior.degrees_of_freedom, (K, K - 1))
        against_staying = np.zeros((K, K))
        np.put_along_axis(
            against_staying,
            departures(K),
            prior.centre + times * prior.scale * shock,
            axis=1,
        )
        drawn[name] = against_staying[:, 1:] - against_staying[:, :1]
    return chain._replace(
        intercept=drawn["departure_log_odds"],
        slope=drawn["departure_depth_slope"],
        log_emission=rng.choice([0.0, -40.0, -900.0], size=(NUM_DAYS, K)),
    )


@pytest.mark.parametrize("times", [3, 6, 10, 100])
def test_density_and_gradient_are_those_of_many_digits(times):
    """Under weights of either sign, along random directions of each input."""
    num_beyond = 0
    for seed in range(3):
        chain = chain_at(times, seed)
        rng = np.random.default_rng(seed)
        odds = chain.intercept + chain.slope * chain.covariate[:, None, None]
        num_beyond += np.ptp(odds, axis=2).max() > LARGEST_LOG_ODDS
        weight = rng.normal(size=NUM_DAYS)
        result = run_forward(chain)
        gradient = run_backward(chain, weight, result)
        with localcontext() as context:
            context.prec, context.Emin, context.Emax = DIGITS, -(10**9), 10**9
            expected = [float(x) for x in densities(chain, {}, Decimal(0))]
            assert_allclose(result.log_likelihood, expected, rtol=1e-11, atol=1e-11)
            names = ("log_emission", "initial", "intercept", "slope")
            for name, found in zip(names, gradient, strict=True):
                along = rng.normal(size=getattr(chain, name).shape)
                above, below = (
                    densities(chain, {name: along}, step) for step in (STEP, -STEP)
                )
                change = sum(
                    Decimal(float(w)) * (a - b)
                    for w, a, b in zip(weight, above, below, strict=True)
                ) / (2 * STEP)
                terms = (found.T if name == "log_emission" else found) * along
                assert_allclose(
                    terms.sum(),
                    float(change),
                    atol=1e-9 * max(1.0, np.abs(terms).sum()),
                    rtol=0,
                    err_msg=f"{name}, seed {seed}",
                )
    assert (num_beyond > 0) == (times >= 100)
