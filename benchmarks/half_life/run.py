"""The whole benchmark of the half-life models, one fresh process a measurement."""

import resource
import tempfile
import time
from pathlib import Path

import arviz as az
import numpy as np
import pymc as pm
import statsmodels.api as sm
import xarray as xr
from numpy.typing import NDArray
from rich.console import Console

from benchmarks.density import compiled_density, microseconds_per_call
from benchmarks.half_life.models import (
    MODELS,
    OUR_HAZARD,
    OUR_WEIBULL,
    PANELS,
    PYMC_MULTINOMIAL,
    PYMC_WEIBULL,
    SEED,
    STATSMODELS,
    benchmark_panel,
    event_days,
)
from benchmarks.results import Keep
from benchmarks.run import Run
from benchmarks.targets import Results, Target
from inference.checks.diagnostics import reported_parameters
from inference.half_life.prepare import fit_half_life, prepare_half_life
from inference.sampling import sample_compiled
from inference.sampling.compilation import compile_for_nutpie
from inference.sampling.memory import keep_freed_memory
from inference.settings import SamplerSettings
from inference.store import write_trace
from models.half_life.specification import PROPORTIONAL_HAZARD, HalfLifeSpecification

FIT_LIMIT_S = 600.0
"""Aim for the whole fit of 100,000 events: minutes."""

PEERS = {PYMC_WEIBULL: OUR_WEIBULL, PYMC_MULTINOMIAL: OUR_HAZARD}
"""Model of PyMC's own distributions -> ours of the same density."""

PEER_EVENTS, PEER_DRAWS = 1000, 200
"""Whole posteriors of the peers are measured on so many events, or take hours."""

SAME_DENSITY = 1e-6
"""Largest relative difference of log density or gradient between two models: the
smaller probabilities of PyMC's distributions are differences of larger ones."""

EFFECTS_OF_DATES = "date_effect"


def benchmark_half_life(
    num_events: int,
    draws: int,
    lengths: tuple[int, ...],
    console: Console,
    keep: Keep,
) -> Results:
    """Measure gradients, whole fits, posteriors beside the peers, and statsmodels.

    Parameters
    ----------
    num_events : int
        Events by tenors, five on each date, with ten covariates.
    draws : int
        Kept draws of each of four chains of a fit, and as many for adaptation.
    lengths : tuple of int
        Further numbers of events at which our gradient is timed.
    console : rich.console.Console
        Where progress goes.
    keep : callable
        See `benchmarks.results.Keep`.

    Returns
    -------
    dict
        (subject, quantity) -> value.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = Run(folder, console, keep)
        run.measure("densities agree", "ours", require_agreement, folder)
        for subject in MODELS:
            run.measure(subject, "ours", measure_gradient, subject, folder, num_events)
        for length in lengths:
            run.measure(
                f"{OUR_HAZARD}, {length} events",
                "ours",
                measure_gradient,
                OUR_HAZARD,
                folder,
                length,
            )
        for panel in PANELS:
            about = panel, folder, num_events, draws
            run.measure(f"whole fit, {panel}", "fit", measure_fit, *about)
        for subject in MODELS:
            run.measure(
                f"{subject}, {PEER_EVENTS} events",
                "ours",
                measure_posterior,
                subject,
                folder,
            )
        run.measure(STATSMODELS, "ours", measure_statsmodels, folder, num_events)
        return run.results


def half_life_targets(results: Results) -> list[Target]:
    """What was aimed at, and what came of it."""
    targets = []
    for panel in PANELS:
        reached = results[f"whole fit, {panel}", "fit_s"]
        aim = f"whole fit, {panel}: seconds"
        targets.append(Target(aim, FIT_LIMIT_S, reached, reached < FIT_LIMIT_S))
    for peer, ours in PEERS.items():
        faster = results[peer, "gradient_us"] / results[ours, "gradient_us"]
        aim = f"gradient: times faster than {peer}"
        targets.append(Target(aim, 1.0, faster, faster >= 1.0))
    return targets


def require_agreement(folder: Path) -> None:
    """Raise unless PyMC's distributions give our density and gradient."""
    panel = benchmark_panel(folder, 1000)
    for peer, ours in PEERS.items():
        expected, found = (
            _density_and_gradient(MODELS[subject](panel)) for subject in (ours, peer)
        )
        np.testing.assert_allclose(
            found, expected, rtol=SAME_DENSITY, atol=SAME_DENSITY
        )


def _density_and_gradient(model: pm.Model) -> NDArray[np.float64]:
    compiled = compile_for_nutpie(model)
    x = 0.1 * np.random.default_rng(SEED).standard_normal(compiled.n_dim)
    density, gradient = compiled_density(compiled)(x)
    return np.append(gradient, density)


def measure_gradient(subject: str, folder: Path, num_events: int) -> dict[str, float]:
    """Seconds to compile, and microseconds of one log density with its gradient."""
    keep_freed_memory()
    model = MODELS[subject](benchmark_panel(folder, num_events))
    start = time.perf_counter()
    compiled = compile_for_nutpie(model)
    compile_s = time.perf_counter() - start
    x = np.zeros(compiled.n_dim)
    timed = microseconds_per_call(compiled_density(compiled), x)
    return {
        "compile_s": compile_s,
        "gradient_us": timed["median_us"],
        "fastest_gradient_us": timed["fastest_us"],
        "parameters": compiled.n_dim,
    }


def measure_fit(
    panel: str, folder: Path, num_events: int, draws: int
) -> dict[str, float]:
    """Seconds from the panel's file to the trace's, as the command fit takes them."""
    PANELS[panel](folder, num_events)
    start = time.perf_counter()
    specification = HalfLifeSpecification(variant=PROPORTIONAL_HAZARD)
    prepared = prepare_half_life(PANELS[panel](folder, num_events), specification)
    prepared_at = time.perf_counter()
    settings = SamplerSettings(seed=SEED, draws=draws, tune=draws)
    trace = fit_half_life(prepared, settings, progressbar=False)
    path = folder / "fit.nc"
    write_trace(trace, path)
    end = time.perf_counter()
    found = _quality(reported_parameters(trace), trace["sample_stats"].to_dataset())
    seconds = trace.attrs["wall_time_by_step_s"]
    return found | {
        "fit_s": end - start,
        "prepare_s": prepared_at - start,
        "compile_s": seconds["compile_and_sample"] - seconds["sample"],
        "sample_s": seconds["sample"],
        "failed_checks": len(trace.attrs["diagnostic_failures"]),
        "outcomes": prepared.used.sizes["outcome"],
        "dates": np.unique(prepared.used["start_date"]).size,
        "peak_memory_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "file_gb": path.stat().st_size / 2**30,
    }


def measure_posterior(subject: str, folder: Path) -> dict[str, float]:
    """Seconds of a posterior of few events, and what its draws are worth."""
    keep_freed_memory()
    model = MODELS[subject](benchmark_panel(folder, PEER_EVENTS))
    settings = SamplerSettings(seed=SEED, draws=PEER_DRAWS, tune=PEER_DRAWS)
    names = [
        variable.name
        for variable in model.free_RVs + model.deterministics
        if EFFECTS_OF_DATES not in variable.name
    ]
    compiled = compile_for_nutpie(model, var_names=names)
    start = time.perf_counter()
    trace = sample_compiled(compiled, settings)
    seconds = time.perf_counter() - start
    found = _quality(
        trace["posterior"].to_dataset(), trace["sample_stats"].to_dataset()
    )
    return found | {
        "sample_s": seconds,
        "minimum_bulk_ess_per_s": found["minimum_bulk_ess"] / seconds,
    }


def _quality(posterior: xr.Dataset, statistics: xr.Dataset) -> dict[str, float]:
    ess, r_hat = az.ess(posterior), az.rhat(posterior)
    return {
        "minimum_bulk_ess": min(float(ess[name].min()) for name in ess.data_vars),
        "maximum_rhat": max(float(r_hat[name].max()) for name in r_hat.data_vars),
        "divergences": float(statistics["diverging"].sum()),
        "steps_a_draw": float(statistics["n_steps"].mean()),
    }


def measure_statsmodels(folder: Path, num_events: int) -> dict[str, float]:
    """Seconds of one maximum-likelihood fit without effects of dates or pooling."""
    panel = benchmark_panel(folder, num_events)
    start = time.perf_counter()
    regressors, has_ended = event_days(panel)
    family = sm.families.Binomial(sm.families.links.CLogLog())
    fit = sm.GLM(has_ended, regressors, family=family).fit()
    return {
        "fit_s": time.perf_counter() - start,
        "rows": float(len(regressors)),
        "log_likelihood": float(fit.llf),
    }
