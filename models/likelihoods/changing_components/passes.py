r"""Density of series whose components decay and are shaken differently at every date.

Each of N series is a sum of K independent first-order autoregressions and white noise:

.. math::

    y_t &= \sum_k a_{kt} + \varepsilon_t, \quad \varepsilon_t \sim N(0, h) \quad (1) \\
    a_{kt} &= \phi_{kt} a_{k,t-1} + \omega_{kt}, \quad \omega_{kt} \sim N(0, q_{kt})
    \quad (2) \\
    a_{k1} &\sim N(m_k, p_k) \quad (3)

======  ====================  ============  ========================================
symbol  name in code          shape         meaning
======  ====================  ============  ========================================
y       observation           (time, N)     measured series
s       is_observed           (time, N)     1 where y is measured, else 0
phi     persistence           (time, N, K)  share of the date before; first row unused
q       innovation_variance   (time, N, K)  may be 0; first row unused
h       noise_variance        (N,)          variance of the measurement noise
m       initial_mean          (N, K)        mean of the components on the first date
p       initial_variance      (N, K)        and their variance
======  ====================  ============  ========================================

Because persistence and variance change there is no steady state to wait for, as
`models.likelihoods.kalman.filter` does: the whole filter runs at each date, for one
series after the other, its loops over components written out. The gradient is the
adjoint of these steps; means and covariances after a date are computed again from those
before it.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from models.likelihoods.changing_components.arrays import (
    Components,
    ComponentsGradient,
    Predicted,
)
from models.likelihoods.changing_components.backward import backward_pass
from models.likelihoods.changing_components.forward import forward_pass
from models.likelihoods.compiled.separate_passes import separate_pass

NUM_INPUTS = len(Components._fields)


class ChangingPasses(NamedTuple):
    """The two passes for one number of components."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]


@cache
def changing_passes(num_components: int) -> ChangingPasses:
    """Make the two passes, which are compiled when first called.

    Parameters
    ----------
    num_components : int
        K, at least 1; a constant to the compiler.

    Returns
    -------
    ChangingPasses
        ``forward(*fields of Components)`` returns the fields of `Predicted`;
        ``backward(weight, standardized_bar, *fields of Components, *fields of
        Predicted)`` returns the fields of `ComponentsGradient`, `weight` and
        `standardized_bar` (time, N) being the cotangents of ``log_density`` and
        ``standardized_innovation``. All arrays are contiguous;
        `models.likelihoods.changing_components.op.described_passes` looks at them
        first.
    """
    run_forward = separate_pass(forward_pass, num_components)
    run_backward = separate_pass(backward_pass, num_components)

    @njit
    def forward(*inputs):
        given = Components(*inputs)
        T, N, K = given.persistence.shape
        found = Predicted(
            np.empty((T, N)),
            np.empty((T, N)),
            np.empty((T, N, K)),
            np.empty((T, N, K, K)),
            np.empty((T, N)),
            np.empty((T, N)),
        )
        run_forward(T, N, given, found)
        return found

    @njit
    def backward(weight, standardized_bar, *inputs_and_found):
        given = Components(*inputs_and_found[:NUM_INPUTS])
        found = Predicted(*inputs_and_found[NUM_INPUTS:])
        T, N, K = given.persistence.shape
        gradient = ComponentsGradient(
            np.zeros((T, N)),
            np.zeros((T, N, K)),
            np.zeros((T, N, K)),
            np.zeros(N),
            np.zeros((N, K)),
            np.zeros((N, K)),
        )
        run_backward(T, N, weight, standardized_bar, given, found, gradient)
        return gradient

    return ChangingPasses(forward, backward)
