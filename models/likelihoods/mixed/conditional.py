"""Effects of a Gaussian mixed model given its variances: exact, no chain needed."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import solve_triangular

from data.arrays import FloatArray
from models.likelihoods.mixed.factor import factored
from models.likelihoods.mixed.op import forward
from models.likelihoods.mixed.statistics import (
    MixedStatistics,
    Rows,
    TotalStatistics,
    only_group,
    total,
)


class Variances(NamedTuple):
    """Variances of a mixed model at one draw.

    Attributes
    ----------
    residual_sd : float
    group_scale : (q, q) float
        Lower triangular.
    crossed_scale : (r, r) float
        Lower triangular; (0, 0) without crossed groups.
    """

    residual_sd: float
    group_scale: FloatArray
    crossed_scale: FloatArray


class Effects(NamedTuple):
    """Coefficients (p,), and effects of groups (g, q) and crossed groups (c, r)."""

    coefficient: FloatArray
    group: FloatArray
    crossed: FloatArray


def log_marginal(
    totals: TotalStatistics, prior_precision: FloatArray, variances: Variances
) -> float:
    """Log density of the rows, effects and coefficients integrated out (nats)."""
    variance, scale, crossed, reduced = _for_passes(totals, variances)
    found = forward(variance, scale, crossed, prior_precision, *reduced.arrays)
    return float(found[0][0])


@dataclass(frozen=True)
class Conditional:
    """Normal distribution of all effects at one draw of the variances.

    Attributes
    ----------
    totals : TotalStatistics
    variances : Variances
    mean : (p + g q,) float
        Of coefficients and effects of groups, the latter in units of their scale.
    root : (p + g q, p + g q) float
        Lower triangular factor of their precision.
    rows, right, roots
        Crossed groups given those, see `models.likelihoods.mixed.factor`.
    is_crossed : bool
        Whether crossed groups were eliminated, or else the groups.
    """

    totals: TotalStatistics
    variances: Variances
    mean: FloatArray
    root: FloatArray
    rows: FloatArray
    right: FloatArray
    roots: FloatArray
    is_crossed: bool

    def draw(self, rng: np.random.Generator) -> Effects:
        """Draw all effects, in the units of the response."""
        noise = rng.standard_normal(len(self.mean))
        dense = self.mean + solve_triangular(self.root, noise, lower=True, trans=1)
        return self._effects(dense, rng.standard_normal(len(self.right)))

    def expected(self) -> Effects:
        """Mean of all effects, in the units of the response."""
        return self._effects(self.mean, np.zeros(len(self.right)))

    def coefficient_sd(self) -> FloatArray:
        """Standard deviation of each coefficient, (p,)."""
        inverse = solve_triangular(self.root, np.eye(len(self.root)), lower=True)
        p = len(self.totals.y_fixed)
        return np.asarray(np.sqrt(np.square(inverse[:, :p]).sum(axis=0)))

    def _effects(self, dense: FloatArray, noise: FloatArray) -> Effects:
        left = (self.right - self.rows @ dense + noise).reshape(self.roots.shape[:2])
        inverse = np.linalg.inv(self.roots)
        eliminated = np.einsum("tba,tb->ta", inverse, left)
        p = len(self.totals.y_fixed)
        if not self.is_crossed:
            group = eliminated @ self.variances.group_scale.T
            return Effects(dense[:p], group, np.zeros((0, 0)))
        scaled = dense[p:].reshape(self.totals.y_group.shape)
        return Effects(
            dense[:p],
            scaled @ self.variances.group_scale.T,
            eliminated @ self.variances.crossed_scale.T,
        )

    def left_out_log_density(self, rows: Rows) -> FloatArray:
        """Log density of each row given all others, (row,), nats.

        Parameters
        ----------
        rows : Rows
            Among those of the statistics.
        """
        effects, leverage = self.expected(), self._leverage(rows)
        fitted = rows.fixed @ effects.coefficient
        fitted += (rows.slope * effects.group[rows.group]).sum(axis=1)
        if self.is_crossed:
            fitted += (rows.crossed_slope * effects.crossed[rows.crossed]).sum(axis=1)
        variance = self.variances.residual_sd**2 / rows.weight
        kept = 1 - leverage / variance
        # Without the row its mean is further off, and less certain.
        error, spread = (rows.response - fitted) / kept, variance / kept
        return -0.5 * (np.log(2 * np.pi * spread) + error**2 / spread)

    def _leverage(self, rows: Rows) -> FloatArray:
        """Variance of the mean of each row, its own response included."""
        inverse = solve_triangular(self.root, np.eye(len(self.root)), lower=True)
        p, number = rows.fixed.shape[1], len(rows.response)
        if self.is_crossed:
            code, slope = rows.crossed, rows.crossed_slope
            slope = slope @ self.variances.crossed_scale
            scaled = rows.slope @ self.variances.group_scale
        else:
            code, slope = rows.group, rows.slope @ self.variances.group_scale
            scaled = np.zeros((number, 0))
        whitening = np.linalg.inv(self.roots)
        own = np.einsum("jab,jb->ja", whitening[code], slope)
        r, q = self.roots.shape[1], scaled.shape[1]
        spread = (self.rows @ inverse.T).reshape(len(self.roots), r, -1)
        score = rows.fixed @ inverse[:, :p].T
        for a in range(q):
            column = p + rows.group * q + a
            score += scaled[:, a : a + 1] * inverse.T[column]
        score -= np.einsum("ja,jad->jd", own, spread[code])
        return np.square(score).sum(axis=1) + np.square(own).sum(axis=1)


def conditional(
    totals: TotalStatistics, prior_precision: FloatArray, variances: Variances
) -> Conditional:
    """Distribution of all effects given the rows and the variances.

    Raises
    ------
    ValueError
        Regressors span each other, and the prior does not tell them apart.
    """
    variance, scale, crossed, reduced = _for_passes(totals, variances)
    arrays = reduced.arrays
    found = factored(
        variance[0], scale, crossed, prior_precision, *arrays[1:7], *arrays[7:10]
    )
    is_positive, root, right, rows, crossed_right, roots, _ = found
    if not is_positive:
        raise ValueError("the precision of the effects is singular")
    half = solve_triangular(root, right, lower=True)
    return Conditional(
        totals,
        variances,
        solve_triangular(root, half, lower=True, trans=1),
        root,
        rows,
        crossed_right,
        roots,
        bool(len(totals.y_crossed)),
    )


def left_out_group_log_density(
    statistics: MixedStatistics, prior_precision: FloatArray, variances: Variances
) -> FloatArray:
    """Log density of each group's rows given all others', (group,), nats.

    The rows of a group that none has seen: its effect is one of the population's.
    """
    every = log_marginal(total(statistics), prior_precision, variances)
    return np.array(
        [
            every
            - log_marginal(
                total(statistics, without_group=i), prior_precision, variances
            )
            for i in range(statistics.size.shape[1])
        ]
    )


def left_out_block_log_density(
    statistics: MixedStatistics, prior_precision: FloatArray, variances: Variances
) -> FloatArray:
    """Log density of each block's rows given all others', (block,), nats."""
    every = log_marginal(total(statistics), prior_precision, variances)
    return np.array(
        [
            every
            - log_marginal(
                total(statistics, without_block=i), prior_precision, variances
            )
            for i in range(statistics.size.shape[0])
        ]
    )


def _for_passes(
    totals: TotalStatistics, variances: Variances
) -> tuple[FloatArray, FloatArray, FloatArray, TotalStatistics]:
    variance = np.array([variances.residual_sd**2])
    if len(totals.y_crossed):
        scales = variances.group_scale, variances.crossed_scale
        reduced = totals
    else:
        scales = np.eye(1), variances.group_scale
        reduced = only_group(totals)
    contiguous = TotalStatistics(*map(np.ascontiguousarray, reduced.arrays))
    group, crossed = map(np.ascontiguousarray, scales)
    return variance, group, crossed, contiguous
