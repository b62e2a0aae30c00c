"""Draw from the posterior of any model of the workbench."""

import math
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import nutpie
import pymc as pm
import xarray as xr

from inference.sampling.compilation import cached_callbacks
from inference.sampling.memory import keep_freed_memory
from inference.sampling.threads import one_blas_thread
from inference.settings import SamplerName, SamplerSettings

SAMPLE_DIMS = ("chain", "draw")

SAMPLE_STATISTICS: dict[str, tuple[str, ...]] = {
    "diverging": ("diverging",),
    "energy": ("energy",),
    "tree_depth": ("tree_depth", "depth"),
    "reached_max_treedepth": ("reached_max_treedepth", "maxdepth_reached"),
    "n_steps": ("n_steps",),
    "step_size": ("step_size",),
    "acceptance_rate": ("acceptance_rate", "mean_tree_accept"),
    "lp": ("lp", "logp"),
}
"""Name in the trace -> names that nutpie, PyMC and NumPyro give the statistic."""

SIMULATION_BACKEND = "FAST_COMPILE"
"""PyTensor mode of the predictive draws. They call each model's own simulator, a Python
function that numba could only wrap, so compiling would cost seconds and gain nothing.
"""


def sample_posterior(
    model: pm.Model,
    settings: SamplerSettings,
    *,
    start: xr.Dataset | None = None,
    density_draws: int | None = None,
    progressbar: bool = True,
) -> xr.DataTree:
    """Posterior, prior and predictive draws with their log densities.

    Parameters
    ----------
    model : pm.Model
        Any unsampled model with at least one observed variable.
    settings : SamplerSettings
        Sampler, number of draws and seed.
    start : xr.Dataset, optional
        Values of the free parameters at which every chain starts, such as the highest
        posterior mode found; by default the sampler scatters its starts itself.
    density_draws : int, optional
        Draws whose log densities are kept, evenly thinned: a value an observation and
        draw is more than memory holds where observations are many. All by default.
    progressbar : bool
        Show the progress of the chains.

    Returns
    -------
    xr.DataTree
        Groups ``posterior``, ``sample_stats`` (under the names of
        ``SAMPLE_STATISTICS``, whichever sampler ran), ``log_likelihood`` and
        ``log_prior`` (one value an observation or parameter and draw),
        ``posterior_predictive`` (thinned to ``settings.predictive_draws``, single
        precision), ``prior``, ``prior_predictive``, ``observed_data`` and
        ``constant_data``. The attribute ``wall_time_by_step_s`` of the root maps each
        step to its seconds.
    """
    seconds: dict[str, float] = {}
    sampler_seed, prior_seed, predictive_seed = _independent_seeds(settings.seed, 3)

    with _stopwatch(seconds, "compile_and_sample"):
        tree = _sample_chains(model, settings, sampler_seed, start, progressbar)
    seconds["sample"] = float(tree["posterior"].attrs["sampling_time"])

    with _stopwatch(seconds, "log_density"):
        posterior = tree["posterior"].to_dataset()
        kept = thin_evenly(posterior, density_draws) if density_draws else posterior
        densities = xr.DataTree.from_dict({"posterior": kept})
        pm.stats.compute_log_likelihood(densities, model=model, progressbar=False)
        pm.stats.compute_log_prior(densities, model=model, progressbar=False)
        for name in ("log_likelihood", "log_prior"):
            tree[name] = densities[name]

    with _stopwatch(seconds, "predictive"):
        prior = draw_prior(model, settings.prior_draws, prior_seed)
        tree["posterior_predictive"] = draw_predictive(
            model, thin_evenly(posterior, settings.predictive_draws), predictive_seed
        )
    for name in ("prior", "prior_predictive"):
        tree[name] = prior[name]
    tree.attrs["wall_time_by_step_s"] = seconds
    return tree


@one_blas_thread()
def sample_compiled(compiled: Any, settings: SamplerSettings) -> xr.DataTree:
    """Draw from a model that `compile_for_nutpie` compiled.

    Parameters
    ----------
    compiled : nutpie CompiledModel
        With the data to condition on.
    settings : SamplerSettings
        Number of draws and seed; nutpie runs whatever sampler they name.

    Returns
    -------
    xr.DataTree
        Groups ``posterior`` and ``sample_stats`` as nutpie names them.
    """
    tree: xr.DataTree = nutpie.sample(
        compiled,
        draws=settings.draws,
        tune=settings.tune,
        chains=settings.chains,
        cores=min(settings.chains, os.cpu_count() or 1),
        seed=settings.seed,
        target_accept=settings.target_accept,
        maxdepth=settings.max_tree_depth,
        save_warmup=False,
        progress_bar=False,
    )
    return tree


def draw_prior(model: pm.Model, num_draws: int, seed: int) -> dict[str, xr.Dataset]:
    """Draws from the prior, and the data of the model.

    Parameters
    ----------
    model : pm.Model
        Any model with at least one observed variable.
    num_draws : int
        Number of draws.
    seed : int
        Of the random numbers.

    Returns
    -------
    dict
        Groups ``prior``, ``prior_predictive`` (single precision), ``observed_data``
        and, where the model has any, ``constant_data``.
    """
    with _potentials_are_known():
        tree = pm.sample_prior_predictive(
            num_draws, model=model, random_seed=seed, backend=SIMULATION_BACKEND
        )
    groups: dict[str, xr.Dataset] = {
        name: group.to_dataset() for name, group in tree.children.items()
    }
    groups["prior_predictive"] = _single_precision(groups["prior_predictive"])
    return groups


def draw_predictive(model: pm.Model, draws: xr.Dataset, seed: int) -> xr.Dataset:
    """Data simulated at posterior draws, (chain, draw, ...), single precision.

    Parameters
    ----------
    model : pm.Model
        Model that was sampled.
    draws : (chain, draw, ...) xr.Dataset
        Its posterior draws.
    seed : int
        Of the random numbers.
    """
    with _potentials_are_known():
        tree = pm.sample_posterior_predictive(
            draws,
            model=model,
            freeze_vars=[variable.name for variable in model.free_RVs],
            random_seed=seed,
            progressbar=False,
            backend=SIMULATION_BACKEND,
        )
    return _single_precision(tree["posterior_predictive"].to_dataset())


@contextmanager
def _potentials_are_known() -> Iterator[None]:
    """Pass over PyMC's warning that a simulation leaves out potentials.

    Those of the workbench are densities of given covariates, which are not simulated.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The effect of Potentials", UserWarning)
        yield


def thin_evenly(draws: xr.Dataset, num_draws: int) -> xr.Dataset:
    """Keep every k-th draw of each chain, about ``num_draws`` in all.

    Parameters
    ----------
    draws : (chain, draw, ...) xr.Dataset
        Draws to thin.
    num_draws : int
        Wanted number over all chains; the result has at most this many, and at least
        one draw a chain.

    Returns
    -------
    (chain, draw, ...) xr.Dataset
        The kept draws under their own draw numbers.
    """
    per_chain = max(1, num_draws // draws.sizes["chain"])
    step = math.ceil(draws.sizes["draw"] / per_chain)
    return draws.isel(draw=slice(None, None, step))


def _independent_seeds(seed: int, number: int) -> list[int]:
    return [
        int(child.generate_state(1)[0])
        for child in np.random.SeedSequence(seed).spawn(number)
    ]


@contextmanager
def _stopwatch(seconds: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds[step] = time.perf_counter() - start


def _sample_chains(
    model: pm.Model,
    settings: SamplerSettings,
    seed: int,
    start: xr.Dataset | None,
    progressbar: bool,
) -> xr.DataTree:
    keep_freed_memory()
    with cached_callbacks() as cache:
        tree = pm.sample(
            draws=settings.draws,
            tune=settings.tune,
            chains=settings.chains,
            cores=min(settings.chains, os.cpu_count() or 1),
            random_seed=seed,
            nuts_sampler=settings.sampler,
            nuts=_sampler_options(settings.sampler, settings),
            progressbar=progressbar,
            quiet=not progressbar,
            # inference.checks.diagnostics checks convergence for every sampler alike.
            compute_convergence_checks=False,
            model=model,
            **_start_options(model, settings.sampler, start, cache),
        )
    tree["sample_stats"] = common_statistics(
        tree["sample_stats"].to_dataset(), settings.max_tree_depth
    )
    return tree


def _start_options(
    model: pm.Model,
    sampler: SamplerName,
    start: xr.Dataset | None,
    cache: dict[str, Any],
) -> dict[str, Any]:
    """Start every chain where told, without the scatter that is each sampler's own."""
    compilation = {"compile_kwargs": cache} if sampler == "nutpie" else {}
    if start is None:
        return compilation
    values = {v.name: start[v.name].to_numpy() for v in model.free_RVs}
    if sampler == "nutpie":
        return {"initvals": values, "compile_kwargs": {"jitter_rvs": set(), **cache}}
    if sampler == "pymc":
        return {"initvals": values, "init": "adapt_diag"}
    return {"initvals": values}


def _sampler_options(sampler: SamplerName, settings: SamplerSettings) -> dict[str, Any]:
    """Name the two settings as each sampler does."""
    options: dict[str, Any] = {"target_accept": settings.target_accept}
    if sampler == "numpyro":
        # One CPU is one JAX device: "parallel" would warn and run the chains in turn.
        options["chain_method"] = "sequential"
        options["max_tree_depth"] = settings.max_tree_depth
    else:
        options["max_treedepth"] = settings.max_tree_depth
    return options


def common_statistics(statistics: xr.Dataset, max_tree_depth: int) -> xr.Dataset:
    """Statistics of any sampler under the names of `SAMPLE_STATISTICS`."""
    found = {
        name: statistics[given]
        for name, givens in SAMPLE_STATISTICS.items()
        for given in givens
        if given in statistics
    }
    if "reached_max_treedepth" not in found:
        found["reached_max_treedepth"] = found["tree_depth"] >= max_tree_depth
    return xr.Dataset(found, attrs=statistics.attrs)


def _single_precision(draws: xr.Dataset) -> xr.Dataset:
    """Halve the file: predictive draws carry Monte Carlo noise far above 1e-7."""
    single = {"f": np.float32, "i": np.int32}
    return draws.assign(
        {
            name: variable.astype(single[variable.dtype.kind], keep_attrs=True)
            for name, variable in draws.data_vars.items()
            if variable.dtype.kind in single
        }
    )
