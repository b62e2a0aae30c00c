"""How much a run will take, told from the model before it is sampled."""

import math
from typing import Any

import pymc as pm

from data.commands.memory import require_memory
from inference.settings import SamplerSettings

BYTES_OF_A_NUMBER = 8

COPIES = 3
"""Of the draws, while a trace is put together and judged."""


def require_memory_for(
    model: pm.Model,
    settings: SamplerSettings,
    *,
    num_imputations: int = 1,
    density_draws: int | None = None,
) -> float:
    """Refuse a run whose draws are more than memory holds.

    Parameters
    ----------
    model : pm.Model
        Unsampled model.
    settings : SamplerSettings
        Of the run, or of each imputation's.
    num_imputations : int
    density_draws : int, optional
        As of `inference.sampling.sample_posterior`.

    Returns
    -------
    float
        Bytes that the draws take once.

    Raises
    ------
    DataError
        Before anything is sampled.
    """
    draws = settings.chains * settings.draws * num_imputations
    elements = sum(_elements(model, v) for v in model.free_RVs + model.deterministics)
    observed = sum(_elements(model, v) for v in model.observed_RVs)
    densities = min(draws, density_draws or draws) * observed
    predictive = (settings.prior_draws + settings.predictive_draws) * observed
    num_bytes = BYTES_OF_A_NUMBER * (draws * elements + densities + predictive)
    require_memory(
        COPIES * num_bytes,
        f"a trace of {draws:,} draws of {elements:,} numbers and of the log densities "
        f"of {observed:,} observations",
        "Take fewer --draws or --chains, or a shorter panel.",
    )
    return float(num_bytes)


def _elements(model: pm.Model, variable: Any) -> int:
    """Size of a variable by its dimensions, or by its static shape; 1 where unknown."""
    dims = model.named_vars_to_dims.get(variable.name)
    if dims is not None:
        lengths = (len(model.coords[dim] or ()) for dim in dims if dim in model.coords)
        return math.prod(lengths)
    return math.prod(length or 1 for length in variable.type.shape)
