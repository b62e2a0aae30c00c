"""Hidden Markov chains for tests, and their densities without any of our recursions."""

from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from data.arrays import FloatArray


class Chain(NamedTuple):
    """Inputs of `hidden_markov_log_likelihood`; ``log_emission`` is (time, K)."""

    log_emission: FloatArray
    initial: FloatArray
    intercept: FloatArray
    slope: FloatArray
    covariate: FloatArray

    @property
    def transition(self) -> FloatArray:
        """(time, K, K), written out from the definition, one number at a time."""
        num_days, num_states = self.log_emission.shape
        result = np.ones((num_days, num_states, num_states))
        for t, i, j in product(
            range(num_days), range(num_states), range(1, num_states)
        ):
            odds = self.intercept[i, j - 1] + self.slope[i, j - 1] * self.covariate[t]
            result[t, i, j] = np.exp(odds)
        return result / result.sum(axis=2, keepdims=True)


def random_chain(rng: np.random.Generator, num_days: int, num_states: int = 3) -> Chain:
    """Every parameter at work; probabilities neither all alike nor close to zero."""
    odds = (num_states, num_states - 1)
    return Chain(
        log_emission=2 * rng.normal(size=(num_days, num_states)) - 3,
        initial=rng.dirichlet(np.ones(num_states)),
        intercept=rng.normal(size=odds),
        slope=rng.normal(size=odds),
        covariate=rng.normal(size=num_days),
    )


class Enumeration(NamedTuple):
    """Sums over all paths of the states."""

    log_likelihood: FloatArray
    smoothed: FloatArray
    pairs: FloatArray
    best_path: NDArray[np.int64]
    path_probability: dict[tuple[int, ...], float]


def enumerate_paths(chain: Chain) -> Enumeration:
    """Add up the joint density of data and states over every path, from the definition.

    ``pairs`` is (time - 1, K, K), the probability of each pair of neighbouring states
    given all data.
    """
    num_days, num_states = chain.log_emission.shape
    transition, emission = chain.transition, np.exp(chain.log_emission)
    until = np.zeros(num_days)
    weights = {}
    for path in product(range(num_states), repeat=num_days):
        density = chain.initial[path[0]] * emission[0, path[0]]
        # Leading days of the paths that stay in state 0 from then on stand for all.
        if not any(path[1:]):
            until[0] += density
        for t in range(1, num_days):
            density *= transition[t - 1, path[t - 1], path[t]] * emission[t, path[t]]
            if not any(path[t + 1 :]):
                until[t] += density
        weights[path] = density
    total = sum(weights.values())
    smoothed = np.zeros((num_days, num_states))
    pairs = np.zeros((num_days - 1, num_states, num_states))
    for path, weight in weights.items():
        for t, state in enumerate(path):
            smoothed[t, state] += weight / total
        for t in range(num_days - 1):
            pairs[t, path[t], path[t + 1]] += weight / total
    return Enumeration(
        log_likelihood=np.diff(np.log(until), prepend=0.0),
        smoothed=smoothed,
        pairs=pairs,
        best_path=np.array(max(weights, key=weights.__getitem__)),
        path_probability={path: weight / total for path, weight in weights.items()},
    )


def log_space(chain: Chain) -> tuple[FloatArray, FloatArray]:
    """Log density of each day and smoothed probabilities, in logarithms throughout."""
    num_days, num_states = chain.log_emission.shape
    odds = chain.intercept + chain.slope * chain.covariate[:, None, None]
    odds = np.concatenate([np.zeros((num_days, num_states, 1)), odds], axis=2)
    transition = odds - logsumexp(odds, axis=2, keepdims=True)
    with np.errstate(divide="ignore"):
        alpha = np.log(chain.initial) + chain.log_emission[0]
    ahead, behind = [alpha], [np.zeros(num_states)]
    for t in range(1, num_days):
        alpha = logsumexp(alpha[:, None] + transition[t - 1], axis=0)
        alpha = alpha + chain.log_emission[t]
        ahead.append(alpha)
    for t in range(num_days - 1, 0, -1):
        beta = chain.log_emission[t] + behind[-1]
        behind.append(logsumexp(transition[t - 1] + beta, axis=1))
    joint = np.array(ahead) + np.array(behind[::-1])
    smoothed = np.exp(joint - logsumexp(joint, axis=1, keepdims=True))
    return np.diff(logsumexp(ahead, axis=1), prepend=0.0), smoothed
