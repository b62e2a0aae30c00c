"""The whole benchmark of the half-life models, one fresh process a measurement."""

import os
import tempfile
import time
from pathlib import Path

import arviz as az
import numpy as np
import nutpie
import statsmodels.api as sm
from rich.console import Console

from benchmarks.density import compiled_density, microseconds_per_call
from benchmarks.half_life_models import (
    MODELS,
    OUR_HAZARD,
    OUR_WEIBULL,
    PYMC_WEIBULL,
    SEED,
    STATSMODELS,
    benchmark_panel,
    event_days,
)
from benchmarks.run import Run
from benchmarks.targets import Results, Target
from inference.compilation import compile_for_nutpie
from inference.memory import keep_freed_memory
from inference.settings import SamplerSettings

POSTERIOR_LIMIT_S = 180.0
"""Aim for the posterior of 100,000 events."""

SAME_DENSITY = 1e-6
"""Largest relative difference of log density or gradient between two models: the
smaller probabilities of PyMC's distribution are differences of larger ones."""

EFFECTS_OF_DATES = "date_effect"


def benchmark_half_life(
    num_events: int, draws: int, lengths: tuple[int, ...], console: Console
) -> Results:
    """Measure gradients, posteriors and a fit by statsmodels.

    Parameters
    ----------
    num_events : int
        Events by tenors, five on each date, with ten covariates.
    draws : int
        Kept draws of each of four chains, and as many for adaptation.
    lengths : tuple of int
        Further numbers of events at which our gradient is timed.
    console : rich.console.Console
        Where progress goes.

    Returns
    -------
    dict
        (subject, quantity) -> value.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = Run(folder, console)
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
        for subject in MODELS:
            run.measure(
                subject,
                "ours",
                measure_posterior,
                subject,
                folder,
                num_events,
                draws,
            )
        run.measure(STATSMODELS, "ours", measure_statsmodels, folder, num_events)
        return run.results


def half_life_targets(results: Results) -> list[Target]:
    """What was aimed at, and what came of it."""
    targets = []
    for subject in (OUR_HAZARD, OUR_WEIBULL):
        reached = results[subject, "posterior_s"]
        aim = f"{subject}: seconds of a posterior"
        targets.append(
            Target(aim, POSTERIOR_LIMIT_S, reached, reached < POSTERIOR_LIMIT_S)
        )
    faster = results[PYMC_WEIBULL, "gradient_us"] / results[OUR_WEIBULL, "gradient_us"]
    aim = f"gradient: times faster than {PYMC_WEIBULL}"
    return [*targets, Target(aim, 1.0, faster, faster >= 1.0)]


def require_agreement(folder: Path) -> None:
    """Raise unless PyMC's distributions give our density and gradient."""
    panel = benchmark_panel(folder, 1000)
    ours, peer = (
        compiled_density(compile_for_nutpie(MODELS[subject](panel)))
        for subject in (OUR_WEIBULL, PYMC_WEIBULL)
    )
    size = compile_for_nutpie(MODELS[OUR_WEIBULL](panel)).n_dim
    x = 0.1 * np.random.default_rng(SEED).standard_normal(size)
    ours_found, peer_found = (np.append(*reversed(f(x))) for f in (ours, peer))
    np.testing.assert_allclose(
        peer_found, ours_found, rtol=SAME_DENSITY, atol=SAME_DENSITY
    )


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


def measure_posterior(
    subject: str, folder: Path, num_events: int, draws: int
) -> dict[str, float]:
    """Seconds from the checked panel to the draws, and what the draws are worth."""
    keep_freed_memory()
    panel = benchmark_panel(folder, num_events)
    settings = SamplerSettings(seed=SEED, draws=draws, tune=draws)
    start = time.perf_counter()
    model = MODELS[subject](panel)
    names = [
        variable.name
        for variable in model.free_RVs + model.deterministics
        if EFFECTS_OF_DATES not in variable.name
    ]
    compiled = compile_for_nutpie(model, var_names=names)
    sampling_starts = time.perf_counter()
    trace = nutpie.sample(
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
    end = time.perf_counter()
    posterior = trace["posterior"].to_dataset()
    ess, r_hat = az.ess(posterior), az.rhat(posterior)
    return {
        "posterior_s": end - start,
        "sampling_s": end - sampling_starts,
        "minimum_bulk_ess": min(float(ess[name].min()) for name in ess.data_vars),
        "maximum_rhat": max(float(r_hat[name].max()) for name in r_hat.data_vars),
        "divergences": float(trace["sample_stats"]["diverging"].sum()),
        "gradients": float(trace["sample_stats"]["n_steps"].sum()),
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
