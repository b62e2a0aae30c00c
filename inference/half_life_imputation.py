"""Sample a half-life regression given every imputation of the half-lives."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pymc as pm
import xarray as xr
from pymc.model.transform.conditioning import remove_value_transforms

from inference.compilation import compile_for_nutpie
from inference.imputation import imputation_variances, pooled_chains
from inference.memory import keep_freed_memory
from inference.sampling import (
    SAMPLE_DIMS,
    common_statistics,
    draw_predictive,
    draw_prior,
    sample_compiled,
    thin_evenly,
)
from inference.settings import SamplerSettings
from models.dims import EVENT_DATE
from models.half_life import OBSERVED

Trees = dict[str, list[xr.Dataset]]


def sample_imputations(
    model: pm.Model,
    imputations: Sequence[dict[str, Any]],
    settings: SamplerSettings,
    advance: Callable[[], None] = lambda: None,
) -> xr.DataTree:
    """Sample the posterior given each imputation, compiled once, and pool the draws.

    Parameters
    ----------
    model : pm.Model
        Half-life regression of the first imputation.
    imputations : sequence of dict
        Several; name of a data variable of the model -> its values.
    settings : SamplerSettings
        Of each imputation. nutpie runs whatever sampler they name: it takes other data
        without compiling again.
    advance : callable
        Called after each imputation.

    Returns
    -------
    xr.DataTree
        Groups as of `inference.sampling.sample_posterior`, chains of all imputations
        side by side with coordinate ``imputation``; ``log_likelihood`` is summed over
        the outcomes, whose values differ between imputations. Group ``imputation``:
        see `inference.imputation.imputation_variances`.
    """
    start = time.perf_counter()
    keep_freed_memory()
    compiled = compile_for_nutpie(model)
    densities = _log_densities(model)
    groups: Trees = {}
    for imputation, data in enumerate(imputations):
        seed = settings.seed + imputation
        tree = sample_compiled(compiled.with_data(**data), replace(settings, seed=seed))
        posterior = tree["posterior"].to_dataset()
        pm.set_data(data, model=model)
        found = {
            "posterior": posterior,
            "sample_stats": common_statistics(
                tree["sample_stats"].to_dataset(), settings.max_tree_depth
            ),
            **densities(data, posterior),
            "posterior_predictive": draw_predictive(
                model,
                thin_evenly(posterior, settings.predictive_draws // len(imputations)),
                seed,
            ),
        }
        for name, group in found.items():
            groups.setdefault(name, []).append(group)
        advance()
    pooled = {name: pooled_chains(parts) for name, parts in groups.items()}
    trace = xr.DataTree.from_dict(pooled)
    pm.set_data(imputations[0], model=model)
    for name, group in draw_prior(model, settings.prior_draws, settings.seed).items():
        trace[name] = group
    variances = pooled["posterior"].drop_dims(EVENT_DATE, errors="ignore")
    trace["imputation"] = imputation_variances(variances)
    trace.attrs["wall_time_by_step_s"] = {
        "compile_and_sample": time.perf_counter() - start
    }
    return trace


def _log_densities(
    model: pm.Model,
) -> Callable[[dict[str, Any], xr.Dataset], dict[str, xr.Dataset]]:
    """Compile once what `pm.compute_log_likelihood` compiles for every data set."""
    untransformed = remove_value_transforms(model)
    names = [variable.name for variable in untransformed.value_vars]
    evaluate = untransformed.compile_fn(
        [
            untransformed.observedlogp,
            *untransformed.logp(vars=untransformed.free_RVs, sum=False),
        ],
        inputs=untransformed.value_vars,
        on_unused_input="ignore",
    )
    priors = [variable.name for variable in untransformed.free_RVs]

    def log_densities(
        data: dict[str, Any], posterior: xr.Dataset
    ) -> dict[str, xr.Dataset]:
        pm.set_data(data, model=untransformed)
        stacked = posterior[names].stack(sample=SAMPLE_DIMS).transpose("sample", ...)
        columns = [stacked[name].to_numpy() for name in names]
        values = [
            evaluate(dict(zip(names, point, strict=True)))
            for point in zip(*columns, strict=True)
        ]
        shape = tuple(posterior.sizes[dim] for dim in SAMPLE_DIMS)
        likelihood, *prior = (
            np.reshape([np.sum(value) for value in column], shape)
            for column in zip(*values, strict=True)
        )
        return {
            "log_likelihood": xr.Dataset({OBSERVED: (SAMPLE_DIMS, likelihood)}),
            "log_prior": xr.Dataset(
                {
                    name: (SAMPLE_DIMS, value)
                    for name, value in zip(priors, prior, strict=True)
                }
            ),
        }

    return log_densities
