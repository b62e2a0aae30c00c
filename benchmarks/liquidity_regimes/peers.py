"""Peers (a) and (b) of the liquidity regimes.

The first are the forward recursion as a PyTensor `scan`, for nutpie's JAX backend: they
take the arguments of `models.likelihoods.hidden_markov.op.hidden_markov_log_likelihood`
and return the same quantity. The second is pymc-extras' marginalised Markov chain: it
takes the place of the whole distribution. Either way the benchmark samples the same
PyMC model, priors included.
"""

from collections.abc import Sequence
from typing import Any

import pymc as pm
import pytensor
import pytensor.tensor as pt

STATE_PATH = "state_path"
"""Discrete variable of peer (b), summed out."""


def scaled_scan_log_likelihood(
    log_emission: Any, initial: Any, intercept: Any, slope: Any, covariate: Any
) -> pt.TensorVariable:
    """Probabilities, scaled to one every day; exponentials outside the recursion."""
    largest = log_emission.max(axis=1)
    emission = pt.exp(log_emission - largest[:, None])
    transition = pt.exp(_log_transition(intercept, slope, covariate))

    def day(emission_t: Any, before: Any, filtered: Any) -> Any:
        joint = (filtered[:, None] * before).sum(axis=0) * emission_t
        size = joint.sum()
        return joint / size, pt.log(size)

    joint = initial * emission[0]
    _, later = pytensor.scan(
        day,
        sequences=[emission[1:], transition],
        outputs_info=[joint / joint.sum(), None],
        return_updates=False,
    )
    return pt.concatenate([pt.log(joint.sum())[None], later]) + largest


def log_space_scan_log_likelihood(
    log_emission: Any, initial: Any, intercept: Any, slope: Any, covariate: Any
) -> pt.TensorVariable:
    """Logarithms throughout: the textbook's recursion."""

    def day(emission_t: Any, before: Any, joint: Any) -> Any:
        return pt.logsumexp(joint[:, None] + before, axis=0) + emission_t

    first = pt.log(initial) + log_emission[0]
    later = pytensor.scan(
        day,
        sequences=[log_emission[1:], _log_transition(intercept, slope, covariate)],
        outputs_info=[first],
        return_updates=False,
    )
    joint = pt.concatenate([first[None], later])
    until = pt.logsumexp(joint, axis=1)
    return pt.diff(pt.concatenate([pt.zeros(1), until]))


def marginalised_chain(
    name: str,
    *,
    covariates: Any,
    slope: Any,
    noise_sd: Any,
    initial: Any,
    transition_intercept: Any,
    transition_slope: Any,
    transition_covariate: Any,
    observed: Any,
    dims: Sequence[str],
    is_observed: Any,
    degrees_of_freedom: Any,
) -> pt.TensorVariable:
    """Stand in for `HiddenMarkovRegression`, on one series without gaps.

    The path of the states is a variable `STATE_PATH` of the model, for
    `sum_over_paths` to sum out.
    """
    # Imported here: the other peers run where pymc-extras is not installed.
    from pymc_extras.distributions import DiscreteMarkovChain

    log_transition = _log_transition(
        transition_intercept, transition_slope, transition_covariate
    )
    state = DiscreteMarkovChain(
        STATE_PATH,
        P=pt.exp(log_transition),
        init_dist=pm.Categorical.dist(p=initial),
        time_varying_P=True,
        shape=(covariates.get_value().shape[0],),
    )
    mean = (covariates[:, None, :] * slope).sum(axis=-1)
    return pm.Normal(
        name,
        mu=_of_state(state, [mean[:, k] for k in range(slope.type.shape[0])]),
        sigma=_of_state(state, [noise_sd[k] for k in range(slope.type.shape[0])]),
        observed=observed,
        dims=dims,
    )


def sum_over_paths(model: pm.Model) -> pm.Model:
    """Finish a model built with `marginalised_chain`."""
    from pymc_extras import marginalize

    return marginalize(model, [STATE_PATH])


def _of_state(state: Any, values: list[Any]) -> Any:
    """Pick the state's value, element by element, as `marginalize` asks for."""
    picked = values[-1]
    for k, value in reversed(list(enumerate(values[:-1]))):
        picked = pt.where(pt.eq(state, k), value, picked)
    return picked


def _log_transition(intercept: Any, slope: Any, covariate: Any) -> Any:
    """(time - 1, K, K), from each day but the last."""
    odds = intercept + slope * covariate[:-1, None, None]
    odds = pt.concatenate([pt.zeros_like(odds[:, :, :1]), odds], axis=2)
    return odds - pt.logsumexp(odds, axis=2, keepdims=True)
