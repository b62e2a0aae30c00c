r"""Factors with correlated innovations, for a filter whose innovations are independent.

A factor vector with one persistence, ``f_t - mu = phi (f_{t-1} - mu) + w_t`` and
``w ~ N(0, S)``, is ``f = R x`` of independent states x with the same persistence, where
R is the unit lower triangle of the Cholesky factor of S:

.. math:: S = L L', \quad R = L \, \mathrm{diag}(L)^{-1}, \quad
    x_t - R^{-1} \mu = \phi (x_{t-1} - R^{-1} \mu) + \mathrm{diag}(L) \, u_t .

The correlations come from partial correlations, each free in (-1, 1) whatever the
others are (Lewandowski, Kurowicka & Joe 2009, doi 10.1016/j.jmva.2009.04.008).
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.basic import Variable

from data.dims import FACTOR_PAIR


def pairs_of(factors: tuple[str, ...]) -> list[str]:
    """Labels such as ``level:slope`` of every pair of factors."""
    return [":".join(pair) for pair in combinations(factors, 2)]


@dataclass(frozen=True)
class Rotation:
    """From independent states to factors and back.

    Parameters
    ----------
    triangle : tuple of tuples
        Row i holds the i entries of R below the diagonal.
    state_sd : tuple of scalars
        Diagonal of L: innovation deviations of the independent states.
    """

    triangle: tuple[tuple[Any, ...], ...]
    state_sd: tuple[Any, ...]

    @property
    def state_variance(self) -> Variable:
        """Innovation variances of the independent states, (factor,)."""
        return pt.stack([sd**2 for sd in self.state_sd])

    def loading(self, loading: Any) -> Variable:
        """Loadings of series on the states from those on the factors, (N, factor)."""
        size = len(self.state_sd)
        columns = [
            loading[:, k]
            + sum(loading[:, i] * self.triangle[i][k] for i in range(k + 1, size))
            for k in range(size)
        ]
        return pt.stack(columns, axis=1)

    def states_of(self, factors: list[Any]) -> list[Any]:
        """Solve R x = f for x, one entry a factor, each of any shape."""
        states: list[Any] = []
        for i, factor in enumerate(factors):
            rest = sum(self.triangle[i][k] * states[k] for k in range(i))
            states.append(factor - rest)
        return states

    def matrix(self) -> Variable:
        """R itself, (factor, factor)."""
        size = len(self.state_sd)
        rows = [
            pt.stack([*self.triangle[i], 1.0, *[0.0] * (size - i - 1)])
            for i in range(size)
        ]
        return pt.stack(rows)


def correlated_innovations(
    innovation_sd: Any, factors: tuple[str, ...], partial_sd: float
) -> Rotation:
    """Add correlations of the factors' innovations to the model on the stack.

    Adds ``factor_partial_correlation_score`` (factor_pair), whose hyperbolic tangents
    are the partial correlations, and ``factor_innovation_correlation`` (factor_pair).

    Parameters
    ----------
    innovation_sd : (factor,) tensor
        Standard deviations of the innovations.
    factors : tuple of str
        Names.
    partial_sd : float
        Prior deviation of the scores.
    """
    size = len(factors)
    score = pm.Normal(
        "factor_partial_correlation_score", 0, partial_sd, dims=FACTOR_PAIR
    )
    partial = pt.tanh(score)
    position = {pair: i for i, pair in enumerate(combinations(range(size), 2))}
    rows: list[list[Any]] = []
    for i in range(size):
        left: Any = 1.0
        row = []
        for k in range(i):
            share = partial[position[k, i]]
            row.append(share * pt.sqrt(left))
            left = left * (1 - share**2)
        rows.append([*row, pt.sqrt(left) if i else 1.0])
    correlations = [
        sum(rows[i][m] * rows[k][m] for m in range(i + 1))
        for i, k in combinations(range(size), 2)
    ]
    pm.Deterministic(
        "factor_innovation_correlation", pt.stack(correlations), dims=FACTOR_PAIR
    )
    state_sd = [innovation_sd[i] * rows[i][i] for i in range(size)]
    triangle = tuple(
        tuple(innovation_sd[i] * rows[i][k] / state_sd[k] for k in range(i))
        for i in range(size)
    )
    return Rotation(triangle, tuple(state_sd))
