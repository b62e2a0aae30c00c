"""Rows of a Gaussian mixed model as one observed variable of a PyMC model."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.basic import Variable

from data.arrays import FloatArray
from models.likelihoods.mixed.op import mixed_op
from models.likelihoods.mixed.statistics import TotalStatistics, only_group

NOTHING = 1e-9
"""Of a variance, as a share: what is less is rounding."""


def GaussianMixed(  # noqa: N802
    name: str,
    *,
    residual_sd: Any,
    group_scale: Any,
    crossed_scale: Any,
    prior_precision: FloatArray,
    totals: TotalStatistics,
    dims: str,
) -> Variable:
    """Add the rows behind some statistics to the model on the context stack.

    Parameters
    ----------
    name : str
        Name of the observed variable.
    residual_sd : scalar tensor
        Of a row of weight 1.
    group_scale : (q, q) tensor
        Lower triangular; times its transpose, the covariance of a group's effects.
    crossed_scale : (r, r) tensor or None
        The same of crossed groups; None without any.
    prior_precision : (p,) float
        Of the coefficients, normal around 0 and integrated out; 0 is flat.
    totals : TotalStatistics
        Of the rows.
    dims : str
        Name of the dimension of the statistics: sums of response times regressor by
        coefficient, group and crossed group, and the sum of squares.

    Returns
    -------
    TensorVariable
        The observed statistics that hold the response, with one log density: that of
        all rows, given their regressors.
    """
    value = response_statistics(totals)
    is_crossed = crossed_scale is not None
    scales = [group_scale, crossed_scale] if is_crossed else [np.eye(1), group_scale]
    reduced = totals if is_crossed else only_group(totals)
    sizes = [len(totals.y_fixed), totals.y_group.size]
    data = [
        pm.Data(key, array)
        for key, array in regressor_data(totals, prior_precision, is_crossed).items()
    ]

    def log_density(value: Variable, sd: Variable, *others: Variable) -> Variable:
        *scales, _ = others
        y_fixed, y_group = value[: sizes[0]], value[sizes[0] : sum(sizes)]
        y_crossed, y_y = value[sum(sizes) : -1], value[-1:]
        if not is_crossed:
            y_crossed, y_group = y_group, pt.zeros(0)
        given = (
            y_fixed,
            y_group.reshape(reduced.y_group.shape),
            y_crossed.reshape(reduced.y_crossed.shape),
            y_y,
        )
        return mixed_op()(pt.atleast_1d(sd) ** 2, *scales, *data, *given)[0][0]

    return pm.CustomDist(
        name,
        residual_sd,
        *scales,
        # PyTensor has the length of a draw from that of a parameter.
        np.zeros(len(value)),
        logp=log_density,
        random=_simulator(totals, prior_precision, is_crossed),
        signature="(),(q,q),(r,r),(s)->(s)",
        class_name="GaussianMixed",
        observed=pm.Data(f"{name}_observed", value, dims=dims),
        dims=dims,
    )


def regressor_data(
    totals: TotalStatistics, prior_precision: FloatArray, is_crossed: bool
) -> dict[str, FloatArray]:
    """Data variables of `GaussianMixed` that do not hold the response, by name."""
    reduced = totals if is_crossed else only_group(totals)
    names = [field.name for field in fields(reduced)][:7]
    arrays = zip(names, reduced.arrays[:7], strict=True)
    return {"prior_precision": prior_precision} | {
        f"products_{name}": np.ascontiguousarray(array) for name, array in arrays
    }


def response_statistics(totals: TotalStatistics) -> FloatArray:
    """What of the statistics holds the response, (statistic,)."""
    parts = totals.y_fixed, totals.y_group, totals.y_crossed, totals.y_y
    return np.concatenate([x.ravel() for x in parts])


def _simulator(
    totals: TotalStatistics, prior_precision: FloatArray, is_crossed: bool
) -> Callable[..., FloatArray]:
    """Draw statistics of a response, whose regressors are those of the rows."""

    @cache
    def products() -> tuple[FloatArray, FloatArray]:
        every = all_products(totals)
        # Singular where regressors span each other, as groups span the intercept.
        values, vectors = np.linalg.eigh(every)
        return every, vectors * np.sqrt(values.clip(min=0.0))

    def simulate(
        *parameters: FloatArray, rng: np.random.Generator, size: Any = None
    ) -> FloatArray:
        given, *scales, _ = parameters
        sd = float(np.ravel(given)[0])
        scales = [np.reshape(x, np.shape(x)[-2:]) for x in scales]
        group, crossed = scales if is_crossed else (scales[1], np.eye(1))
        every, root = products()
        with np.errstate(divide="ignore"):
            spread = 1 / np.sqrt(prior_precision)
        coefficient = np.where(prior_precision > 0, spread, 0.0) * rng.standard_normal(
            len(spread)
        )
        shape, crossed_shape = totals.y_group.shape, totals.y_crossed.shape
        effect = rng.standard_normal(shape) @ group.T
        further = rng.standard_normal(crossed_shape) @ (
            crossed.T if crossed_shape[0] else np.eye(crossed_shape[1])
        )
        effects = np.concatenate([coefficient, effect.ravel(), further.ravel()])
        noise = sd * (root @ rng.standard_normal(len(root)))
        rank = int((np.square(root).sum(axis=0) > NOTHING * np.trace(every)).sum())
        free = max(int(totals.size[0]) - rank, 0)
        # Of the noise, the part within the regressors and that outside of them.
        within = _squared_within(root, noise)
        outside = sd**2 * rng.chisquare(free) if free else 0.0
        moments = every @ effects
        square = effects @ moments + 2 * effects @ noise + within + outside
        return np.append(moments + noise, square)

    return simulate


def _squared_within(root: FloatArray, noise: FloatArray) -> float:
    scale = np.square(root).sum(axis=0)
    is_there = scale > NOTHING * scale.max()
    score = noise @ root[:, is_there] / scale[is_there]
    return float(score @ score)


def all_products(totals: TotalStatistics) -> FloatArray:
    """Products of all regressors with each other, effects' included."""
    p, (g, q) = len(totals.y_fixed), totals.y_group.shape
    c, r = totals.y_crossed.shape
    size = p + g * q + c * r
    every = np.zeros((size, size))
    every[:p, :p] = totals.fixed
    every[p : p + g * q, :p] = totals.group_fixed.reshape(g * q, p)
    every[p + g * q :, :p] = totals.crossed_fixed.reshape(c * r, p)
    every[p + g * q :, p : p + g * q] = totals.crossed_group.reshape(c * r, g * q)
    every = every + np.tril(every, -1).T
    every[:p, :p] = totals.fixed
    for start, blocks in ((p, totals.group_group), (p + g * q, totals.crossed_crossed)):
        for i, block in enumerate(blocks):
            rows = slice(start + i * len(block), start + (i + 1) * len(block))
            every[rows, rows] = block
    return every
