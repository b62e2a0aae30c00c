r"""Covariates that some outcomes lack, drawn with everything else.

A missing share is not zero, and leaving its outcome out wastes the half-life. Each
covariate that is incomplete follows a normal regression on the complete ones and on the
incomplete ones before it,

.. math::

    x_{ik} = \mu_{k t(i)} + \sum_{j < k} \gamma_{kj} x_{ij} + \sigma_k \epsilon_{ik},

a joint normal distribution of what is incomplete given what is not, in factors
(Ibrahim, Lipsitz and Chen 1999, doi 10.1111/1467-9868.00173). Known cells inform its
parameters; missing cells are unknowns of the posterior, so that what the half-lives say
of them counts, and their uncertainty ends in the coefficients. That a cell is missing
may depend on all that is known, not on its own value.

================  ======================  ==================  =====================
symbol            name in code            shape               unit
================  ======================  ==================  =====================
mu                missing_level           (incomplete, tenor)  sd of the covariate
gamma             missing_slope           (missing_slope,)     sd over sd
sigma             missing_sd              (incomplete,)        sd of the covariate
x, missing cells  missing_covariate       (missing_cell,)      sd of the covariate
================  ======================  ==================  =====================
"""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.graph.basic import Variable

from data.dims import INCOMPLETE, MISSING_CELL, MISSING_SLOPE, TENOR
from models.half_life.inputs import HalfLifeInputs

LEVEL_SD, SLOPE_SD = 1.0, 0.5
"""Covariates have a standard deviation of one over all tenors together."""

POSITION = "missing_position"
"""Data variable: 0 for a known cell, else one more than the place of a missing one."""

OF_TENOR = "tenor_of_outcome"


def missing_coords(inputs: HalfLifeInputs) -> dict[str, Any]:
    """Coordinates of the variables of this module; none where nothing is missing."""
    if not inputs.incomplete:
        return {}
    return {
        INCOMPLETE: list(inputs.incomplete),
        TENOR: _tenors(inputs),
        MISSING_SLOPE: [
            f"{name} on {other}"
            for name in inputs.incomplete
            for other in _predictors(inputs, name)
        ],
        MISSING_CELL: missing_cells(inputs),
    }


def missing_cells(inputs: HalfLifeInputs) -> list[str]:
    """Labels of the missing cells, covariate by covariate."""
    labels = inputs.outcomes.index.to_numpy()
    names = list(inputs.covariates.index)
    return [
        f"{name}: {label}"
        for name in inputs.incomplete
        for label in labels[np.isnan(inputs.standardized[:, names.index(name)])]
    ]


def missing_arrays(inputs: HalfLifeInputs) -> dict[str, Any]:
    """Data variables of this module by name; none where nothing is missing."""
    if not inputs.incomplete:
        return {}
    names = list(inputs.covariates.index)
    is_missing = np.isnan(
        inputs.standardized[:, [names.index(name) for name in inputs.incomplete]]
    ).T
    position = np.where(is_missing, np.cumsum(is_missing).reshape(is_missing.shape), 0)
    of_tenor = np.searchsorted(_tenors(inputs), inputs.outcomes["tenor"])
    return {POSITION: position, OF_TENOR: of_tenor}


def with_missing_drawn(inputs: HalfLifeInputs, known: Variable) -> Variable:
    """Covariates whose missing cells are unknowns of the model.

    Parameters
    ----------
    inputs : HalfLifeInputs
    known : (covariate, outcome) Variable
        0 where missing.

    Returns
    -------
    (covariate, outcome) Variable
    """
    if not inputs.incomplete:
        return known
    level = pm.Normal("missing_level", 0.0, LEVEL_SD, dims=(INCOMPLETE, TENOR))
    slope = pm.Normal("missing_slope", 0.0, SLOPE_SD, dims=MISSING_SLOPE)
    sd = pm.HalfNormal("missing_sd", 1.0, dims=INCOMPLETE)
    scaled = pm.Normal("missing_covariate_scaled", dims=MISSING_CELL)
    arrays = missing_arrays(inputs)
    position = pm.Data(POSITION, arrays[POSITION])
    of_tenor = pm.Data(OF_TENOR, arrays[OF_TENOR])
    # Position 0 is that of a known cell, which draws nothing.
    error = pt.concatenate([[0.0], scaled])[position]
    is_missing = pt.gt(position, 0)
    names = list(inputs.covariates.index)
    columns = {name: known[k] for k, name in enumerate(names)}
    density: Any = 0.0
    used = 0
    for k, name in enumerate(inputs.incomplete):
        mean = level[k][of_tenor]
        for other in _predictors(inputs, name):
            mean += slope[used] * columns[other]
            used += 1
        drawn = mean + sd[k] * error[k]
        residual = (columns[name] - mean) / sd[k]
        terms = pt.switch(is_missing[k], 0.0, -0.5 * residual**2 - pt.log(sd[k]))
        density += terms.sum()
        columns[name] = pt.switch(is_missing[k], drawn, columns[name])
    pm.Potential("known_covariates", density)
    cells = [
        columns[name][np.flatnonzero(arrays[POSITION][k])]
        for k, name in enumerate(inputs.incomplete)
    ]
    pm.Deterministic("missing_covariate", pt.concatenate(cells), dims=MISSING_CELL)
    return pt.stack([columns[name] for name in names])


def _predictors(inputs: HalfLifeInputs, name: str) -> list[str]:
    """Complete covariates and the incomplete ones before this."""
    complete = [x for x in inputs.covariates.index if x not in inputs.incomplete]
    return [*complete, *inputs.incomplete[: inputs.incomplete.index(name)]]


def _tenors(inputs: HalfLifeInputs) -> list[int]:
    return sorted({int(tenor) for tenor in inputs.outcomes["tenor"]})
