"""Sums over rows that a Gaussian mixed model needs, gathered in one pass.

Rows come in batches, in any order, so that they may be more than memory holds. The sums
are kept by group and by block (a month), which are then left out by subtraction.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numba import njit

from data.arrays import FloatArray, IntArray
from data.commands.memory import require_memory
from models.likelihoods.compiled.floating_point import ANY_ORDER

BYTES_OF_A_NUMBER = 8

COPIES = 2
"""Of the sums: those of all blocks, and of all but one."""

CROSSED_ABSENT = -1
"""Code of the crossed group where rows have none."""


class Rows(NamedTuple):
    """A batch of rows.

    Attributes
    ----------
    response : (row,) float
    fixed : (row, p) float
        Regressors of the coefficients.
    weight : (row,) float
        The residual variance is divided by it.
    group : (row,) int
        Code of the group.
    slope : (row, q) float
        Regressors of the group's effects, the first mostly 1.
    crossed : (row,) int
        Code of the crossed group.
    crossed_slope : (row, r) float
        Regressors of its effects; r is 0 where rows have none.
    block : (row,) int
        Code of the block that is left out as one.
    bins : (row, k) int
        Codes of bins, counted through over all k ways to sort rows into them.
    """

    response: FloatArray
    fixed: FloatArray
    weight: FloatArray
    group: IntArray
    slope: FloatArray
    crossed: IntArray
    crossed_slope: FloatArray
    block: IntArray
    bins: IntArray


@dataclass(frozen=True, kw_only=True)
class Lengths:
    """How many there are of what: coefficients, groups with their effects, ..."""

    fixed: int
    groups: int
    slopes: int = 1
    crossed: int = 0
    crossed_slopes: int = 0
    blocks: int = 1
    bins: int = 0


@dataclass(frozen=True)
class MixedStatistics:
    """Weighted sums of products; the column behind the last regressor is the response.

    Attributes
    ----------
    size : (block, group, 2) float
        Number of rows, and sum of their log weights.
    fixed : (block, group, p + 1, p + 1) float
        Products of regressors and response.
    group_fixed : (block, group, q, p + 1) float
        Products of the regressors of effects with those.
    group_group : (block, group, q, q) float
    crossed_block : (crossed,) int
        Block of each crossed group: it has one.
    crossed_fixed : (crossed, group, r, p + 1) float
        Products of the crossed groups' regressors, by the group of the row.
    crossed_group : (crossed, group, r, q) float
    crossed_crossed : (crossed, group, r, r) float
    bin_fixed : (bin, p + 2) float
        Sums over the rows of a bin: of regressors, response, and of the weights.
    bin_group : (bin, group, q) float
    bin_crossed : (bin, crossed, r) float
    """

    size: FloatArray
    fixed: FloatArray
    group_fixed: FloatArray
    group_group: FloatArray
    crossed_block: IntArray
    crossed_fixed: FloatArray
    crossed_group: FloatArray
    crossed_crossed: FloatArray
    bin_fixed: FloatArray
    bin_group: FloatArray
    bin_crossed: FloatArray


@dataclass(frozen=True)
class TotalStatistics:
    """What the likelihood takes, in the order of `models.likelihoods.mixed.op`."""

    size: FloatArray
    fixed: FloatArray
    group_fixed: FloatArray
    group_group: FloatArray
    crossed_fixed: FloatArray
    crossed_group: FloatArray
    crossed_crossed: FloatArray
    y_fixed: FloatArray
    y_group: FloatArray
    y_crossed: FloatArray
    y_y: FloatArray

    @property
    def arrays(self) -> tuple[FloatArray, ...]:
        """All of them, in order."""
        return tuple(getattr(self, field.name) for field in fields(self))


def gather(batches: Iterable[Rows], lengths: Lengths) -> MixedStatistics:
    """Add up the statistics of all batches.

    Parameters
    ----------
    batches : iterable of Rows
    lengths : Lengths
        Of the statistics; codes lie below them.

    Raises
    ------
    DataError
        They take more than memory holds; before any batch is asked for.
    """
    p, g, q = lengths.fixed, lengths.groups, lengths.slopes
    c, r, b, k = lengths.crossed, lengths.crossed_slopes, lengths.blocks, lengths.bins
    shapes: dict[str, tuple[int, ...]] = {
        "size": (b, g, 2),
        "fixed": (b, g, p + 1, p + 1),
        "group_fixed": (b, g, q, p + 1),
        "group_group": (b, g, q, q),
        "crossed_block": (c,),
        "crossed_fixed": (c, g, r, p + 1),
        "crossed_group": (c, g, r, q),
        "crossed_crossed": (c, g, r, r),
        "bin_fixed": (k, p + 2),
        "bin_group": (k, g, q),
        "bin_crossed": (k, c, r),
    }
    require_memory(
        COPIES * BYTES_OF_A_NUMBER * sum(map(math.prod, shapes.values())),
        f"a regression of {p:,} columns on {g:,} groups, {c:,} crossed ones and {b:,} "
        "blocks",
        "take a formula of fewer columns, or fewer securities, days or months.",
    )
    kinds = {"crossed_block": np.int64}
    sums = MixedStatistics(
        **{name: np.zeros(each, kinds.get(name)) for name, each in shapes.items()}
    )
    arrays = [getattr(sums, field.name) for field in fields(sums)]
    for rows in batches:
        _add(*map(np.ascontiguousarray, rows), *arrays)
    return sums


@njit(error_model="numpy", fastmath=ANY_ORDER, cache=True)
def _add(
    response,
    fixed,
    weight,
    group,
    slope,
    crossed,
    crossed_slope,
    block,
    bins,
    size,
    products,
    group_fixed,
    group_group,
    crossed_block,
    crossed_fixed,
    crossed_group,
    crossed_crossed,
    bin_fixed,
    bin_group,
    bin_crossed,
):
    n, p = fixed.shape
    q, r = slope.shape[1], crossed_slope.shape[1]
    row, weighted = np.empty(p + 1), np.empty(p + 1)
    # Row by row, each would be added to sums that lie far apart: the cells of a group
    # and block are filled one after another, in a buffer that stays in the cache.
    buffer = np.zeros((p + 1, p + 1))
    order = _by_group(group, size.shape[1])
    for k in range(n):
        j = order[k]
        w, g, b = weight[j], group[j], block[j]
        row[:p] = fixed[j]
        row[p] = response[j]
        for i in range(p + 1):
            weighted[i] = w * row[i]
        size[b, g, 0] += 1.0
        size[b, g, 1] += np.log(w)
        for i in range(p + 1):
            target, factor = buffer[i], weighted[i]
            for m in range(p + 1):
                target[m] += factor * row[m]
        following = order[k + 1] if k + 1 < n else j
        if k + 1 == n or group[following] != g or block[following] != b:
            products[b, g] += buffer
            buffer[:] = 0.0
        for a in range(q):
            target, factor = group_fixed[b, g, a], slope[j, a]
            for i in range(p + 1):
                target[i] += factor * weighted[i]
            for m in range(q):
                group_group[b, g, a, m] += w * slope[j, a] * slope[j, m]
        if r:
            t = crossed[j]
            crossed_block[t] = b
            for a in range(r):
                target, factor = crossed_fixed[t, g, a], crossed_slope[j, a]
                for i in range(p + 1):
                    target[i] += factor * weighted[i]
                for m in range(q):
                    crossed_group[t, g, a, m] += w * crossed_slope[j, a] * slope[j, m]
                for m in range(r):
                    crossed_crossed[t, g, a, m] += (
                        w * crossed_slope[j, a] * crossed_slope[j, m]
                    )
        for e in bins[j]:
            target = bin_fixed[e]
            for i in range(p + 1):
                target[i] += weighted[i]
            target[p + 1] += w
            for a in range(q):
                bin_group[e, g, a] += w * slope[j, a]
            for a in range(r):
                bin_crossed[e, crossed[j], a] += w * crossed_slope[j, a]


@njit(cache=True)
def _by_group(group, number):
    """Order of rows by group, and as they came within each."""
    start = np.zeros(number + 1, np.int64)
    for g in group:
        start[g + 1] += 1
    start = np.cumsum(start)
    order = np.empty(len(group), np.int64)
    for j in range(len(group)):
        order[start[group[j]]] = j
        start[group[j]] += 1
    return order


def total(
    statistics: MixedStatistics,
    *,
    without_group: int | None = None,
    without_block: int | None = None,
) -> TotalStatistics:
    """Statistics of all rows, or of all but a group's or a block's.

    Parameters
    ----------
    statistics : MixedStatistics
    without_group, without_block : int, optional
        Code of what is left out, at most one of them. What is left out keeps its
        place: an effect without rows integrates to 1.
    """
    s = statistics
    keep_block = np.ones(len(s.size))
    keep_group = np.ones(s.size.shape[1])
    if without_block is not None:
        keep_block[without_block] = 0.0
    if without_group is not None:
        keep_group[without_group] = 0.0
    by_cell = keep_block[:, None] * keep_group
    fixed = np.einsum("bg,bgij->ij", by_cell, s.fixed)
    p = fixed.shape[0] - 1
    group_fixed = np.einsum("bg,bgqi->gqi", by_cell, s.group_fixed)
    group_group = np.einsum("bg,bgqk->gqk", by_cell, s.group_group)
    keep_crossed = keep_block[s.crossed_block][:, None] * keep_group
    crossed_fixed = np.einsum("tg,tgri->tri", keep_crossed, s.crossed_fixed)
    crossed_group = s.crossed_group * keep_crossed[:, :, None, None]
    crossed_crossed = np.einsum("tg,tgrk->trk", keep_crossed, s.crossed_crossed)
    c, g, r, q = crossed_group.shape
    return TotalStatistics(
        size=np.einsum("bg,bgk->k", by_cell, s.size),
        fixed=fixed[:p, :p],
        group_fixed=group_fixed[..., :p],
        group_group=group_group,
        crossed_fixed=crossed_fixed[..., :p],
        crossed_group=crossed_group.transpose(0, 2, 1, 3).reshape(c, r, g * q),
        crossed_crossed=crossed_crossed,
        y_fixed=fixed[:p, p],
        y_group=group_fixed[..., p],
        y_crossed=crossed_fixed[..., p],
        y_y=fixed[p:, p],
    )


def only_group(totals: TotalStatistics) -> TotalStatistics:
    """The same statistics of a model without crossed groups, its groups eliminated.

    An effect of a group that no other crosses may be eliminated itself, which leaves
    nothing dense but the coefficients.
    """
    p, q = len(totals.y_fixed), totals.y_group.shape[1]
    if len(totals.y_crossed):
        raise ValueError("there are crossed groups")
    return replace(
        totals,
        group_fixed=np.zeros((0, 1, p)),
        group_group=np.zeros((0, 1, 1)),
        crossed_fixed=totals.group_fixed,
        crossed_group=np.zeros((len(totals.y_group), q, 0)),
        crossed_crossed=totals.group_group,
        y_group=np.zeros((0, 1)),
        y_crossed=totals.y_group,
    )
