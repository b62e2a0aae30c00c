"""Coefficients and effects of the Gaussian responses, drawn exactly from the sds."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

from data.arrays import FloatArray
from data.dims import BIN, COEFFICIENT, DAY, EFFECT, SECURITY
from inference.sampling import SAMPLE_DIMS, thin_evenly
from inference.trading_costs.statistics import MEAN_RESPONSE
from models.likelihoods.mixed.conditional import (
    Effects,
    Variances,
    conditional,
    left_out_block_log_density,
    left_out_group_log_density,
)
from models.trading_costs.design import BIN_LABELS
from models.trading_costs.inputs import GaussianInputs

MONTH = "month"

LEFT_OUT_DRAWS = 100
"""Draws at which every security and every month are left out in turn."""

LEFT_OUT_DRAWS_CROSSED = 40
"""With effects of days a draw takes a hundred times as long."""


def variances_of(draws: xr.Dataset, inputs: GaussianInputs) -> Iterator[Variances]:
    """Variances at each draw, chain after chain."""
    stacked = draws.stack(sample=SAMPLE_DIMS).transpose("sample", ...)
    residual = stacked["residual_sd"].to_numpy()
    group = _scales(stacked, "security")
    crossed = (
        _scales(stacked, "day")
        if inputs.design.date_slopes
        else np.zeros((len(residual), 0, 0))
    )
    for sd, scale, of_days in zip(residual, group, crossed, strict=True):
        yield Variances(float(sd), scale, of_days)


def mean_variances(draws: xr.Dataset, inputs: GaussianInputs) -> Variances:
    """Variances at the mean of the draws."""
    mean = draws.mean(SAMPLE_DIMS).expand_dims(SAMPLE_DIMS)
    (variances,) = variances_of(mean, inputs)
    return variances


def _scales(stacked: xr.Dataset, name: str) -> FloatArray:
    if f"{name}_scale" in stacked:
        return stacked[f"{name}_scale"].to_numpy()
    return np.asarray(stacked[f"{name}_sd"].to_numpy()[:, None, None])


def draw_effects(
    inputs: GaussianInputs, draws: xr.Dataset, rng: np.random.Generator
) -> tuple[xr.Dataset, xr.Dataset, FloatArray]:
    """Draw all coefficients and effects at each draw of the variances.

    Parameters
    ----------
    inputs : GaussianInputs
    draws : (chain, draw) xr.Dataset
        Of the variances.
    rng : numpy.random.Generator

    Returns
    -------
    effects : (chain, draw, ...) xr.Dataset
        ``coefficient`` and ``security_effect``.
    days : (day, effect) xr.Dataset
        ``mean`` and ``sd`` of the effects of days; empty without any.
    means : (chain, draw, bin) array
        Mean response of each bin in replicated rows, NaN where a bin has none.
    """
    design, totals = inputs.design, inputs.totals
    coefficients, groups, means = [], [], []
    first: Any = 0.0
    second: Any = 0.0
    number = 0
    for variances in variances_of(draws, inputs):
        at = conditional(totals, inputs.prior_precision, variances)
        drawn = at.draw(rng)
        coefficients.append(drawn.coefficient)
        groups.append(drawn.group)
        means.append(_replicated_means(inputs, drawn, variances, rng))
        first, second = first + drawn.crossed, second + drawn.crossed**2
        number += 1
    shape = tuple(draws.sizes[dim] for dim in SAMPLE_DIMS)
    effects = _effects_of(inputs, draws, coefficients, groups)
    days = xr.Dataset()
    if design.date_slopes:
        mean = first / number
        spread = np.sqrt(np.maximum(second / number - mean**2, 0.0))
        names = {DAY: design.levels.dates, EFFECT: design.date_slopes}
        days = xr.Dataset(
            {"mean": ((DAY, EFFECT), mean), "sd": ((DAY, EFFECT), spread)}, names
        )
    return effects, days, np.reshape(means, (*shape, len(BIN_LABELS)))


def prior_effects(
    inputs: GaussianInputs, draws: xr.Dataset, rng: np.random.Generator
) -> tuple[xr.Dataset, FloatArray]:
    """Draw coefficients and effects from their prior, and mean responses of bins.

    Returns
    -------
    effects, means
        As of `draw_effects`.
    """
    totals = inputs.totals
    coefficients, groups, means = [], [], []
    sd = inputs.prior_precision**-0.5
    for variances in variances_of(draws, inputs):
        effects = Effects(
            sd * rng.standard_normal(len(sd)),
            rng.standard_normal(totals.y_group.shape) @ variances.group_scale.T,
            rng.standard_normal(totals.y_crossed.shape) @ variances.crossed_scale.T
            if len(totals.y_crossed)
            else np.zeros((0, 0)),
        )
        coefficients.append(effects.coefficient)
        groups.append(effects.group)
        means.append(_replicated_means(inputs, effects, variances, rng))
    shape = tuple(draws.sizes[dim] for dim in SAMPLE_DIMS)
    return (
        _effects_of(inputs, draws, coefficients, groups),
        np.reshape(means, (*shape, len(BIN_LABELS))),
    )


def _effects_of(
    inputs: GaussianInputs,
    draws: xr.Dataset,
    coefficients: list[FloatArray],
    groups: list[FloatArray],
) -> xr.Dataset:
    """Draws of coefficients and effects of securities under their names."""
    design = inputs.design
    shape = tuple(draws.sizes[dim] for dim in SAMPLE_DIMS)
    coords = {
        COEFFICIENT: design.names,
        SECURITY: design.levels.securities,
        EFFECT: design.slopes,
        "chain": draws["chain"],
        "draw": draws["draw"],
    }
    drawn = {
        "coefficient": ((*SAMPLE_DIMS, COEFFICIENT), coefficients),
        "security_effect": ((*SAMPLE_DIMS, SECURITY, EFFECT), groups),
    }
    return xr.Dataset(
        {
            name: (dims, np.reshape(values, (*shape, *np.shape(values[0]))))
            for name, (dims, values) in drawn.items()
        },
        coords,
    )


def observed_means(inputs: GaussianInputs) -> FloatArray:
    """Weighted mean response of each bin, (bin,); NaN where it has no row."""
    sums = inputs.statistics.bin_fixed
    with np.errstate(invalid="ignore"):
        return np.asarray(sums[:, -2] / sums[:, -1])


def _replicated_means(
    inputs: GaussianInputs,
    effects: Effects,
    variances: Variances,
    rng: np.random.Generator,
) -> FloatArray:
    statistics = inputs.statistics
    sums, weight = statistics.bin_fixed[:, :-2], statistics.bin_fixed[:, -1]
    total = sums @ effects.coefficient
    total += np.einsum("kgq,gq->k", statistics.bin_group, effects.group)
    if effects.crossed.size:
        total += np.einsum("kcr,cr->k", statistics.bin_crossed, effects.crossed)
    noise = variances.residual_sd * np.sqrt(weight) * rng.standard_normal(len(weight))
    with np.errstate(invalid="ignore"):
        return np.asarray((total + noise) / weight)


def mean_responses(means: FloatArray, draws: xr.Dataset) -> xr.Dataset:
    """Mean responses of bins as a group of predictive draws."""
    dims = (*SAMPLE_DIMS, BIN)
    coords = {BIN: list(BIN_LABELS), "chain": draws["chain"], "draw": draws["draw"]}
    return xr.Dataset({MEAN_RESPONSE: (dims, means.astype(np.float32))}, coords)


def left_out(inputs: GaussianInputs, draws: xr.Dataset) -> xr.Dataset:
    """Log densities of each security's and each month's rows given all others.

    Parameters
    ----------
    inputs : GaussianInputs
    draws : (chain, draw) xr.Dataset
        Of the variances; thinned here.

    Returns
    -------
    (chain, draw, ...) xr.Dataset
        ``security_log_density`` and ``month_log_density`` (nats). Importance weights of
        their inverses make them predictive densities: the variances were drawn given
        all rows.
    """
    design = inputs.design
    number = LEFT_OUT_DRAWS_CROSSED if design.date_slopes else LEFT_OUT_DRAWS
    thinned = thin_evenly(draws, number)
    shape = tuple(thinned.sizes[dim] for dim in SAMPLE_DIMS)
    securities, months = [], []
    for variances in variances_of(thinned, inputs):
        about = inputs.statistics, inputs.prior_precision, variances
        securities.append(left_out_group_log_density(*about))
        months.append(left_out_block_log_density(*about))
    return xr.Dataset(
        {
            "security_log_density": (
                (*SAMPLE_DIMS, SECURITY),
                np.reshape(securities, (*shape, -1)),
            ),
            "month_log_density": (
                (*SAMPLE_DIMS, MONTH),
                np.reshape(months, (*shape, -1)),
            ),
        },
        {
            SECURITY: design.levels.securities,
            MONTH: design.months,
            "chain": thinned["chain"],
            "draw": thinned["draw"],
        },
    )


def pointwise_log_density(inputs: GaussianInputs, draws: xr.Dataset) -> FloatArray:
    """Log density of each row given all others, (sample, row), nats.

    Row by row in order of time: as many numbers as rows times draws, so thin the draws.
    """
    design = inputs.design
    rows = [design.rows(frame) for frame in design.observations.batches()]
    found = []
    for variances in variances_of(draws, inputs):
        at = conditional(inputs.totals, inputs.prior_precision, variances)
        parts = [at.left_out_log_density(batch) for batch in rows]
        found.append(np.concatenate(parts))
    return np.stack(found)
