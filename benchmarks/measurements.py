"""What is measured of one implementation. Each function runs in a fresh process."""

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import arviz as az
import pymc as pm

from benchmarks.agreement import Reference
from benchmarks.density import Density, compiled_density, microseconds_per_call
from benchmarks.problem import SEED, Problem
from inference.sampling import sample_compiled
from inference.sampling.memory import keep_freed_memory
from inference.settings import SamplerSettings

Measurement = dict[str, float]


def measure_gradient(problem_path: str, folder: Path, name: str) -> Measurement:
    """Compile seconds, and microseconds of one log density with its gradient.

    Parameters
    ----------
    problem_path : str
        Where to find the problem, as `Problem.path`.
    folder : Path
        Holds the panel and the reference.
    name : str
        Key of the problem's implementations.

    Returns
    -------
    dict
        ``compile_s``, building the model included, with a cold cache for a peer and a
        warm one for ours, which has computed the reference; ``gradient_us`` and
        ``fastest_gradient_us``.

    Raises
    ------
    DisagreementError
        If it computes another density than ours.
    """
    keep_freed_memory()
    problem: Problem = resolve_name(problem_path)
    panel, reference = problem.make_panel(folder), Reference.load(folder)
    start = time.perf_counter()
    _, compiled = problem.implementations[name].compile(panel)
    density = compiled_density(compiled)
    # JAX compiles at the first call.
    x = reference.first_point(compiled)
    density(x)
    compile_s = time.perf_counter() - start
    reference.require_same_density(name, compiled, density)
    timed = microseconds_per_call(density, x)
    return {
        "compile_s": compile_s,
        "gradient_us": timed["median_us"],
        "fastest_gradient_us": timed["fastest_us"],
    }


def measure_posterior(
    problem_path: str, folder: Path, name: str, draws: int
) -> Measurement:
    """Seconds of a whole posterior by nutpie, and its effective draws a second.

    Parameters
    ----------
    problem_path : str
        Where to find the problem, as `Problem.path`.
    folder : Path
        Holds the panel and the reference.
    name : str
        Key of the problem's implementations.
    draws : int
        Kept draws of each of the chains, and as many for adaptation.

    Returns
    -------
    dict
        ``posterior_s`` from the panel to the draws, ``sampling_s`` of it,
        ``minimum_bulk_ess`` over all free parameters, ``ess_per_s`` of sampling,
        ``divergences``, ``gradients`` evaluated after adaptation, ``maximum_rhat``.
    """
    keep_freed_memory()
    problem: Problem = resolve_name(problem_path)
    panel, reference = problem.make_panel(folder), Reference.load(folder)
    settings = SamplerSettings(seed=SEED, draws=draws, tune=draws)
    start = time.perf_counter()
    model, compiled = problem.implementations[name].compile(panel)
    # JAX compiles at the first call.
    compiled_density(compiled)(reference.first_point(compiled))
    sampling_starts = time.perf_counter()
    trace = sample_compiled(compiled, settings)
    end = time.perf_counter()
    return {
        "compile_s": sampling_starts - start,
        "posterior_s": end - start,
        "sampling_s": end - sampling_starts,
        **_quality(trace, model, end - sampling_starts),
    }


def measure_fits(
    fit: Callable[..., Any], density: Density, unconstrained: Any
) -> Measurement:
    """Seconds of maximum likelihood fits by statsmodels, and of one score.

    The first fit keeps statsmodels' default settings, without the parameters'
    covariance matrix, which would cost it a Hessian more. The second goes on until the
    optimiser calls itself converged.

    Parameters
    ----------
    fit : callable
        The model's method of that name.
    density : callable
        Log likelihood and score.
    unconstrained : (parameter,) float
        Where they are timed.

    Returns
    -------
    dict
        ``gradient_us`` of log likelihood and score; ``fit_s`` and ``log_likelihood`` of
        the default fit; ``converged_fit_s`` and ``converged_log_likelihood``.
    """
    result = {"gradient_us": microseconds_per_call(density, unconstrained)["median_us"]}
    for prefix, options in (("", {}), ("converged_", {"maxiter": 1000})):
        start = time.perf_counter()
        with warnings.catch_warnings():
            # The default fit stops at its number of iterations, which is measured.
            warnings.simplefilter("ignore")
            found = fit(disp=False, cov_type="none", **options)
        result[f"{prefix}fit_s"] = time.perf_counter() - start
        result[f"{prefix}log_likelihood"] = float(found.llf)
    return result


def _quality(trace: Any, model: pm.Model, seconds: float) -> Measurement:
    posterior = trace["posterior"].to_dataset()[[rv.name for rv in model.free_RVs]]
    ess = az.ess(posterior, method="bulk")
    rhat = az.rhat(posterior)
    statistics = trace["sample_stats"]
    smallest = min(float(ess[name].min()) for name in ess.data_vars)
    return {
        "minimum_bulk_ess": smallest,
        "ess_per_s": smallest / seconds,
        "maximum_rhat": max(float(rhat[name].max()) for name in rhat.data_vars),
        "divergences": float(statistics["diverging"].sum()),
        "gradients": float(statistics["n_steps"].sum()),
    }
