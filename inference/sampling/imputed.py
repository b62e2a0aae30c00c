"""Sample a model given every imputation of its data."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pymc as pm
import xarray as xr
from pymc.model.transform.conditioning import remove_value_transforms

from inference.sampling import (
    SAMPLE_DIMS,
    common_statistics,
    draw_predictive,
    draw_prior,
    sample_compiled,
    thin_evenly,
)
from inference.sampling.compilation import compile_for_nutpie
from inference.sampling.imputation import pooled_chains
from inference.sampling.incidental import (
    INCIDENTAL_DIMS,
    INCIDENTAL_R_HAT,
    LARGEST_INCIDENTAL_R_HAT,
    incidental_convergence,
    incidental_limits,
)
from inference.sampling.kept import KeptImputations
from inference.sampling.memory import keep_freed_memory
from inference.settings import SamplerSettings

LogDensities = Callable[[Mapping[str, Any], xr.Dataset], dict[str, xr.Dataset]]
"""Maps data and posterior draws to the groups of log densities."""

POOLED = (
    "posterior",
    "sample_stats",
    "log_likelihood",
    "log_prior",
    "posterior_predictive",
)
"""Groups whose chains are put side by side."""

INCIDENTAL = "incidental"
"""Group of one imputation that is not kept in a trace."""

DENSITY_DRAWS = 20_000
"""Draws over all imputations whose log densities are kept: enough for the sensitivities
that they serve, of which a thousand would do but for each imputation's own mean."""


def sample_imputations(
    model: pm.Model,
    imputations: Sequence[Mapping[str, Any]],
    settings: SamplerSettings,
    *,
    incidental_dims: Sequence[str] = (),
    kept: KeptImputations | None = None,
    advance: Callable[[], None] = lambda: None,
) -> xr.DataTree:
    """Sample the posterior given each imputation, compiled once, and pool the draws.

    Parameters
    ----------
    model : pm.Model
        Unsampled, of the first imputation; one variable is observed.
    imputations : sequence of mappings
        Several; name of a data variable of the model -> its values.
    settings : SamplerSettings
        Of each imputation. nutpie runs whatever sampler they name: it takes other data
        without compiling again.
    incidental_dims : sequence of str
        Dimensions of parameters that are judged together and left out of the result.
    kept : KeptImputations, optional
        Where imputations that are done are found, and kept.
    advance : callable
        Called after each imputation.

    Returns
    -------
    xr.DataTree
        Groups as of `inference.sampling.sample_posterior`, chains of all imputations
        side by side with coordinate ``imputation``; ``log_likelihood`` is summed over
        the observations, whose values differ between imputations, and like
        ``log_prior`` that of `DENSITY_DRAWS` in all. With `incidental_dims` the
        attributes of `inference.sampling.incidental`.
    """
    start = time.perf_counter()
    sampler = _ImputationSampler(model, settings, incidental_dims, len(imputations))
    parts = []
    for imputation, data in enumerate(imputations):
        found = kept.read(imputation) if kept else None
        if found is None:
            found = sampler(imputation, data)
            if kept:
                kept.write(imputation, found)
        parts.append(found)
        advance()
    trace = xr.DataTree.from_dict(
        {name: pooled_chains([one[name] for one in parts]) for name in POOLED}
    )
    pm.set_data(imputations[0], model=model)
    for name, group in draw_prior(model, settings.prior_draws, settings.seed).items():
        trace[name] = group
    if incidental_dims:
        limits = incidental_limits([one[INCIDENTAL] for one in parts], settings.chains)
        trace.attrs[INCIDENTAL_DIMS] = list(incidental_dims)
        trace.attrs[INCIDENTAL_R_HAT], trace.attrs[LARGEST_INCIDENTAL_R_HAT] = limits
    trace.attrs["wall_time_by_step_s"] = {
        "compile_and_sample": time.perf_counter() - start
    }
    return trace


class _ImputationSampler:
    """Samples the posterior given one imputation after another, compiled at the first.

    Attributes
    ----------
    model, settings, incidental_dims
        As of `sample_imputations`.
    number : int
        Of imputations.
    """

    def __init__(
        self,
        model: pm.Model,
        settings: SamplerSettings,
        incidental_dims: Sequence[str],
        number: int,
    ) -> None:
        self.model = model
        self.settings = settings
        self.incidental_dims = incidental_dims
        self.number = number

    @cached_property
    def _compiled(self) -> tuple[Any, LogDensities]:
        keep_freed_memory()
        return compile_for_nutpie(self.model), _log_densities(self.model)

    def __call__(
        self, imputation: int, data: Mapping[str, Any]
    ) -> dict[str, xr.Dataset]:
        """Groups `POOLED` of one imputation, and what its incidental effects say."""
        compiled, densities = self._compiled
        settings = replace(self.settings, seed=self.settings.seed + imputation)
        tree = sample_compiled(compiled.with_data(**data), settings)
        posterior = tree["posterior"].to_dataset()
        pm.set_data(data, model=self.model)
        return {
            "posterior": posterior.drop_dims(self.incidental_dims, errors="ignore"),
            "sample_stats": common_statistics(
                tree["sample_stats"].to_dataset(), settings.max_tree_depth
            ),
            **densities(data, thin_evenly(posterior, DENSITY_DRAWS // self.number)),
            "posterior_predictive": draw_predictive(
                self.model,
                thin_evenly(posterior, settings.predictive_draws // self.number),
                settings.seed,
            ),
            INCIDENTAL: incidental_convergence(posterior, self.incidental_dims),
        }


def _log_densities(model: pm.Model) -> LogDensities:
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
    (observed,) = (variable.name for variable in untransformed.observed_RVs)

    def log_densities(
        data: Mapping[str, Any], posterior: xr.Dataset
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
            "log_likelihood": xr.Dataset({observed: (SAMPLE_DIMS, likelihood)}),
            "log_prior": xr.Dataset(
                {
                    name: (SAMPLE_DIMS, value)
                    for name, value in zip(priors, prior, strict=True)
                }
            ),
        }

    return log_densities
