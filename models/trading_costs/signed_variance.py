r"""Variance of a signed deviation, given what is known of its trade.

Twice a cost, in the customer's direction, plus twice the error of the fair value:

.. math::

    \mathrm{Var}\, y = \kappa\, m^2 + 4 v, \qquad
    m = \max(a + b\, q + c\, L, m_0)

with q the indicative spread, L benchmark illiquidity and v the known variance of the
error. Costs of any distribution whose scale is its mean have a variance proportional to
the square of the mean of y; exponential ones with takers' share :math:`\pi` have
:math:`\kappa = 2 / (2\pi - 1)^2 - 1`. Weights by the error alone would call trades at
wide spreads as exact as those at narrow ones, and slopes in the spread too certain.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import pandas as pd

from data.arrays import FloatArray

REGRESSORS = ("indicative_spread_bp", "benchmark_illiquidity")

SMALLEST_MEAN = 0.1
"""Of a mean in the average one: costs are not negative."""

SMALLEST_RATIO = 0.2
ROUNDS = 3
"""Of weights and what follows from them; the first alone gets most of it."""


@dataclass(frozen=True)
class SignedVariance:
    """Parameters of the variance, learnt from moments of all rows.

    Attributes
    ----------
    coefficient : (3,) float
        Of 1, indicative spread (bp) and benchmark illiquidity in the mean, bp.
    floor : float
        Least mean, bp.
    ratio : float
        Variance over squared mean of what is not error of the fair value.
    own : float
        Variance of a row of weight 1, squared bp: the usual one without any error.
    """

    coefficient: FloatArray
    floor: float
    ratio: float
    own: float

    def weight(self, frame: pd.DataFrame) -> FloatArray:
        """Of rows: their variance is the own one over it."""
        columns = frame[list(REGRESSORS)].to_numpy(np.float64)
        mean = np.maximum(
            self.coefficient[0] + columns @ self.coefficient[1:], self.floor
        )
        error = frame["error_sd_bp"].to_numpy(np.float64)
        return np.asarray(self.own / (self.ratio * mean**2 + 4 * error**2))


def signed_variance(
    rows: duckdb.DuckDBPyConnection, response_variance: float
) -> SignedVariance:
    """Learn the variance from the view ``rows_`` of signed deviations.

    Iterated moments: a weighted regression of the response on `REGRESSORS`, and the
    weighted mean of its squares less the errors' in that of the squared means.

    Parameters
    ----------
    rows : DuckDBPyConnection
        Every row has ``error_sd_bp``.
    response_variance : float
        Squared bp, where the search begins.
    """
    found = SignedVariance(
        np.array([np.sqrt(response_variance), 0.0, 0.0]), 0.0, 1.0, response_variance
    )
    for _ in range(ROUNDS):
        found = _next(rows, found)
    return found


def _next(rows: duckdb.DuckDBPyConnection, last: SignedVariance) -> SignedVariance:
    mean, error = _mean_sql(last), "4 * error_sd_bp * error_sd_bp"
    weight = f"1.0 / ({last.ratio!r} * {mean} * {mean} + {error})"
    columns = ["1", *REGRESSORS]
    pairs = [(a, b) for i, a in enumerate(columns) for b in columns[: i + 1]]
    sums = [f"sum(w * {a} * {b})" for a, b in pairs]
    sums += [f"sum(w * response * {a})" for a in columns]
    weighted = rows.view("rows_").project(f"*, {weight} as w")
    answer = _totals(weighted, sums)
    gram = np.zeros((3, 3))
    gram[np.tril_indices(3)] = answer[: len(pairs)]
    gram = gram + np.tril(gram, -1).T
    # Where a regressor is constant, its share goes to the constant.
    coefficient = np.linalg.lstsq(gram, answer[len(pairs) :], rcond=1e-10)[0]
    usual = float(gram[0] @ coefficient / gram[0, 0])
    floor = max(SMALLEST_MEAN * usual, 1e-3 * np.sqrt(last.own))
    refined = SignedVariance(coefficient, floor, last.ratio, last.own)
    mean = _mean_sql(refined)
    squares, means, number = _totals(
        weighted,
        [
            f"sum(w * w * (response * response - {error}))",
            f"sum(w * w * {mean} * {mean})",
            "sum(w * w)",
        ],
    )
    ratio = float(max(squares / means - 1.0, SMALLEST_RATIO))
    return SignedVariance(coefficient, floor, ratio, ratio * means / number)


def _mean_sql(variance: SignedVariance) -> str:
    constant, *slopes = map(float, variance.coefficient)
    terms = [f"{b!r} * {name}" for b, name in zip(slopes, REGRESSORS, strict=True)]
    return f"greatest({constant!r} + {' + '.join(terms)}, {float(variance.floor)!r})"


def _totals(rows: duckdb.DuckDBPyRelation, sums: list[str]) -> FloatArray:
    return np.array(rows.aggregate(", ".join(sums)).fetchall()[0], np.float64)
