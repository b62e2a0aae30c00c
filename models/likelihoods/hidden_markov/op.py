"""The hidden Markov likelihood as a PyTensor Op with an analytic gradient.

`hidden_markov_log_likelihood` puts the compiled passes of
`models.likelihoods.hidden_markov.passes` into a PyTensor graph.
"""

from typing import Any

import pytensor.tensor as pt
from pytensor.graph.basic import Variable

from models.likelihoods.compiled.source_version import source_version
from models.likelihoods.hidden_markov.passes import forward_backward
from models.likelihoods.two_pass import Array, Passes, two_pass_op

CACHE_VERSION = source_version(__name__)


def hidden_markov_passes(num_states: int) -> Passes:
    """Describe the passes of `models.likelihoods.hidden_markov.passes`."""
    K = num_states
    run = forward_backward(K)
    return Passes(
        name="hidden_markov",
        inputs={
            "log_emission": Array(shape=(K, "T"), is_reread=False),
            "initial_probability": Array(shape=(K,), is_reread=False),
            "transition_intercept": Array(shape=(K, K - 1), is_reread=False),
            "transition_slope": Array(shape=(K, K - 1), is_reread=False),
            "transition_covariate": Array(shape=("T",), has_gradient=False),
        },
        outputs={
            "log_likelihood": Array(shape=("T",), is_reread=False),
            "transition": Array(shape=(K, K, "T"), has_gradient=False),
            "filtered": Array(shape=(K, "T"), has_gradient=False),
            "update": Array(shape=(K, "T"), has_gradient=False),
        },
        forward=run.forward,
        backward=run.backward,
        version=CACHE_VERSION,
    )


def hidden_markov_log_likelihood(
    log_emission: Any,
    initial_probability: Any,
    transition_intercept: Any,
    transition_slope: Any,
    transition_covariate: Any,
) -> Variable:
    """One-step-ahead log predictive density of each day.

    Parameters
    ----------
    log_emission : (time, K)
        Log density of the day's data in each state; a row of zeros where there are
        none. K must be known when the graph is built.
    initial_probability : (K,)
        Distribution of the first state, which sums to one.
    transition_intercept, transition_slope : (K, K - 1)
        Row i, column j - 1: the log odds of moving from state i to state j, j counted
        from zero, against moving to state 0; at a covariate of zero, and their change
        per unit of it. A slope of zero makes the transition matrix constant.
    transition_covariate : (time,)
        Enters the transition from its own day to the next; its last value is not used
        but must be finite. Not differentiated.

    Returns
    -------
    (time,) tensor
        Their sum is the log likelihood. -inf on every day where one is impossible.

    Raises
    ------
    ValueError
        If the number of states is unknown or below two.
    """
    log_emission = pt.as_tensor_variable(log_emission)
    num_states = log_emission.type.shape[1]
    if num_states is None or num_states < 2:
        raise ValueError(
            "log_emission must have a static number of columns, at least 2; got shape "
            f"{log_emission.type.shape}. Use pytensor.tensor.specify_shape."
        )
    return two_pass_op(hidden_markov_passes, num_states)(
        # Time comes last inside; two transpositions in a row cost nothing.
        log_emission.T,
        initial_probability,
        transition_intercept,
        transition_slope,
        transition_covariate,
    )[0]
