r"""Log density of regressions given the state, and its gradient, compiled by numba.

.. math::

    L_{kt} = \sum_n s_{nt} \bigl(c_k - \log \sigma_{kn} + f(r_{knt}; \nu_k)\bigr), \quad
    r_{knt} = \bigl(y_{nt} - \sum_p \beta_{knp} x_{pt}\bigr) / \sigma_{kn}

with f the logarithm of the standard normal or Student-t density less its constant c.

======  ==================  ==============  ==========================================
symbol  name in code        shape           meaning
======  ==================  ==============  ==========================================
y       observation         (series, time)  measured series
s       is_observed         (series, time)  1 where y is measured, else 0
x       covariates          (time, P)       regressors
beta    slope               (K, series, P)  effect of each covariate in each state
sigma   noise_sd            (K, series)     scale of the noise
nu      degrees_of_freedom  (K,)            of Student-t noise; else not used
c       log_constant        (K,)            what f leaves out
======  ==================  ==============  ==========================================
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numba.cpython.unsafe.tuple import tuple_setitem

from models.likelihoods.compiled.elementary import logarithm
from models.likelihoods.compiled.floating_point import jit, sums

NORMAL = "normal"
STUDENT_T = "student-t"


class EmissionPasses(NamedTuple):
    """The density and its gradient compiled for one number of covariates."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]


@cache
def emission_passes(noise: str, num_covariates: int) -> EmissionPasses:
    """Compile the passes.

    Parameters
    ----------
    noise : str
        `NORMAL` or `STUDENT_T`.
    num_covariates : int
        P, a constant to the compiler.

    Returns
    -------
    EmissionPasses
        ``forward(observation, is_observed, covariates, slope, noise_sd,
        degrees_of_freedom, log_constant)`` returns L (K, time) and r (K, series, time);
        ``backward(L_bar, r, *inputs of forward)`` returns the gradient
        with respect to the last four.
    """
    density, *derivatives = _normal() if noise == NORMAL else _student_t()
    return EmissionPasses(
        _forward(num_covariates, density), _backward(num_covariates, *derivatives)
    )


def _normal() -> tuple[Callable[..., Any], ...]:
    """Log density, its derivative by r, and the sum of that by nu."""

    @jit
    def density(r, nu):
        return -0.5 * r * r

    @jit
    def slope(r, nu):
        return -r

    @jit
    def sum_by_degrees(L_bar, r, s, nu):
        return 0.0

    return density, slope, sum_by_degrees


def _student_t() -> tuple[Callable[..., Any], ...]:
    """As `_normal`."""

    @jit
    def density(r, nu):
        return -0.5 * (nu + 1.0) * logarithm(1.0 + r * r / nu)

    @jit
    def slope(r, nu):
        return -(nu + 1.0) * r / (nu + r * r)

    @sums
    def sum_by_degrees(L_bar, r, s, nu):
        total = 0.0
        for t in range(r.shape[0]):
            share = (nu + 1.0) / nu * r[t] * r[t] / (nu + r[t] * r[t])
            part = 0.5 * L_bar[t] * (share - logarithm(1.0 + r[t] * r[t] / nu))
            total += part if s[t] != 0.0 and L_bar[t] != 0.0 else 0.0
        return total

    return density, slope, sum_by_degrees


def _forward(P: int, density: Callable[..., Any]) -> Callable[..., Any]:
    zeros = (0.0,) * P

    @jit
    def add_series(y, s, x, beta, sigma, nu, c, is_first, L, r):
        slope = zeros
        for p in range(P):
            slope = tuple_setitem(slope, p, beta[p])
        precision, constant = 1.0 / sigma, c - np.log(sigma)
        for t in range(y.shape[0]):
            error = y[t]
            for p in range(P):
                error -= slope[p] * x[t * P + p]
            r[t] = error * precision if s[t] != 0.0 else 0.0
            term = constant + density(r[t], nu) if s[t] != 0.0 else 0.0
            L[t] = term if is_first else L[t] + term

    @jit
    def forward(y, s, x, beta, sigma, nu, c):
        K, N, T = beta.shape[0], y.shape[0], y.shape[1]
        L, r = np.empty((K, T)), np.empty((K, N, T))
        # Indexed by one number: the compiler cannot see that a row has P entries.
        x = x.ravel()
        for k in range(K):
            for n in range(N):
                add_series(
                    y[n],
                    s[n],
                    x,
                    beta[k, n],
                    sigma[k, n],
                    nu[k],
                    c[k],
                    n == 0,
                    L[k],
                    r[k, n],
                )
        return L, r

    return forward


def _backward(
    P: int, slope: Callable[..., Any], sum_by_degrees: Callable[..., Any]
) -> Callable[..., Any]:
    zeros = (0.0,) * P

    @sums
    def sum_series(L_bar, r, s, x, nu):
        """Sums of the gradient by r: as it is, times each x and times r."""
        by_slope, by_scale, weight = zeros, 0.0, 0.0
        for t in range(r.shape[0]):
            # Zero also where r is infinite, as when the data are impossible.
            used = s[t] != 0.0 and L_bar[t] != 0.0
            r_bar = L_bar[t] * slope(r[t], nu) if used else 0.0
            for p in range(P):
                total = by_slope[p] + r_bar * x[t * P + p]
                by_slope = tuple_setitem(by_slope, p, total)
            by_scale += r_bar * r[t] if used else 0.0
            weight += L_bar[t] * s[t]
        return by_slope, by_scale, weight

    @jit
    def backward(L_bar, y, s, x, beta, sigma, nu, c, r):
        K, N, _ = r.shape
        beta_bar, sigma_bar = np.empty((K, N, P)), np.empty((K, N))
        nu_bar, c_bar = np.zeros(K), np.zeros(K)
        x = x.ravel()
        for k in range(K):
            for n in range(N):
                by_slope, by_scale, weight = sum_series(
                    L_bar[k], r[k, n], s[n], x, nu[k]
                )
                precision = 1.0 / sigma[k, n] if sigma[k, n] > 0.0 else 0.0
                for p in range(P):
                    beta_bar[k, n, p] = -precision * by_slope[p]
                scale = by_scale + weight
                sigma_bar[k, n] = -precision * scale if precision > 0.0 else 0.0
                nu_bar[k] += sum_by_degrees(L_bar[k], r[k, n], s[n], nu[k])
                c_bar[k] += weight
        return beta_bar, sigma_bar, nu_bar, c_bar

    return backward
