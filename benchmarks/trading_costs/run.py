"""The whole benchmark of trading costs, one fresh process a measurement."""

import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

import arviz as az
import numpy as np
import statsmodels.formula.api as smf
import xarray as xr
from rich.console import Console

from benchmarks.density import compiled_density, microseconds_per_call
from benchmarks.results import Keep
from benchmarks.run import Run
from benchmarks.targets import Results, Target
from benchmarks.trading_costs.models import (
    BATCH,
    PRIOR_SD,
    REGRESSORS,
    SEED,
    batch,
    lengths,
    our_model,
    our_statistics,
    peer_frame,
    pymc_model,
)
from inference.sampling import sample_compiled
from inference.sampling.compilation import compile_for_nutpie
from inference.sampling.memory import keep_freed_memory
from inference.sampling.threads import one_blas_thread
from inference.settings import SamplerSettings
from models.likelihoods.mixed.conditional import Variances, conditional
from models.likelihoods.mixed.statistics import MixedStatistics, gather, total
from models.likelihoods.one_sided.op import backward, single_pass, tailed_pass

OURS, OURS_CROSSED = "ours, security effects", "ours, crossed with days"
STATSMODELS, BAMBI, PYMC = "statsmodels MixedLM", "bambi", "PyMC, sampled effects"
PEERS = {STATSMODELS: "statsmodels", BAMBI: "bambi", PYMC: "pymc"}
JOINT, JOINT_TAILED = "one-sided cost", "one-sided cost, lognormal tail"

JOINT_TRADES = 100_000
ROUNDS = 20

NANOSECONDS = 1e9


class Spent:
    """Wall and processor seconds of what runs inside, added up.

    Processor seconds are those of all threads: they do not depend on what else runs.
    """

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0
        self._start = 0.0, 0.0

    def __enter__(self) -> None:
        self._start = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        self.wall += time.perf_counter() - self._start[0]
        self.cpu += time.process_time() - self._start[1]

    def numbers(self, name: str) -> dict[str, float]:
        """Both, in seconds, under names of a measurement."""
        return {f"{name}_s": self.wall, f"{name}_cpu_s": self.cpu}


def benchmark_trading_costs(
    rows: tuple[int, ...],
    peer_rows: int,
    draws: int,
    peers: tuple[str, ...],
    console: Console,
    keep: Keep,
) -> Results:
    """Measure passes, evaluations and posteriors, and those peers that are asked for.

    Parameters
    ----------
    rows : tuple of int
        Numbers of rows of the statistics pass and of an evaluation.
    peer_rows : int
        Rows of whole posteriors, ours and the peers'.
    draws : int
        Kept draws of each of four chains, and as many for adaptation.
    peers : tuple of str
        Of the values of `PEERS`.
    console : rich.console.Console
        Where progress goes.
    keep : callable
        See `benchmarks.results.Keep`.
    """
    with tempfile.TemporaryDirectory() as name:
        run = Run(Path(name), console, keep)
        for number in rows:
            run.measure(f"{OURS}, {number} rows", "ours", measure_evaluation, number)
        for subject, has_days in ((OURS, False), (OURS_CROSSED, True)):
            run.measure(subject, "ours", measure_ours, peer_rows, draws, has_days)
        for subject in (JOINT, JOINT_TAILED):
            run.measure(subject, "ours", measure_joint, subject == JOINT_TAILED)
        tasks = {
            STATSMODELS: (measure_statsmodels, peer_rows),
            BAMBI: (measure_bambi, peer_rows, draws),
            PYMC: (measure_pymc, peer_rows, draws),
        }
        for subject, (task, *about) in tasks.items():
            if PEERS[subject] in peers:
                run.measure(subject, "peers", task, *about)
        return run.results


def trading_costs_targets(results: Results) -> list[Target]:
    """What was aimed at, and what came of it."""
    found = []

    def below(aim: str, wanted: float, reached: float) -> None:
        found.append(Target(aim, wanted, reached, reached < wanted))

    counts = sorted(
        int(subject.removeprefix(f"{OURS}, ").split()[0])
        for subject, quantity in results
        if quantity == "statistics_cpu_s"
    )
    longest, shortest = (f"{OURS}, {n} rows" for n in (counts[-1], counts[0]))
    spent = results[longest, "statistics_cpu_s"]
    below("statistics pass: processor seconds", 10.0, spent)
    name = "fastest_evaluation_us"
    growth = results[longest, name] / results[shortest, name]
    below("evaluation, most rows over fewest", 1.2, growth)
    whole = results[OURS, "posterior_cpu_s"]
    below("posterior, security effects: processor seconds", 10.0, whole)
    if (OURS_CROSSED, "posterior_cpu_s") in results:
        crossed = results[OURS_CROSSED, "posterior_cpu_s"]
        below("posterior, crossed with days: processor seconds", 300.0, crossed)
    below("joint: ns a trade and gradient", 120.0, results[JOINT, "gradient_ns"])
    if (STATSMODELS, "fit_cpu_s") in results:
        fit = results[STATSMODELS, "fit_cpu_s"]
        below("posterior under one statsmodels fit, processor seconds", fit, whole)
    name = "ess_per_cpu_s"
    if (BAMBI, name) in results:
        ratio = results[OURS, name] / results[BAMBI, name]
        found.append(
            Target("ESS a processor second: times bambi", 50.0, ratio, ratio >= 50.0)
        )
    return found


def measure_evaluation(number: int) -> dict[str, float]:
    """Seconds of the statistics pass, microseconds of a log density and gradient."""
    gather([batch(100, 0, number, has_days=False)], lengths(has_days=False))
    spent = Spent()
    parts = []
    for start in range(0, number, BATCH):
        rows = batch(min(BATCH, number - start), start, number, has_days=False)
        with spent:
            parts.append(gather([rows], lengths(has_days=False)))
        if len(parts) > 1:
            parts = [_summed(parts)]
    model = our_model(parts[0], has_days=False)
    compiled = compile_for_nutpie(model)
    timed = microseconds_per_call(compiled_density(compiled), np.zeros(compiled.n_dim))
    return {
        **spent.numbers("statistics"),
        "evaluation_us": timed["median_us"],
        "fastest_evaluation_us": timed["fastest_us"],
    }


def _summed(parts: list[Any]) -> Any:
    first, second = parts
    merged = {
        name: getattr(first, name) + getattr(second, name)
        for name in first.__dataclass_fields__
    }
    return type(first)(**merged)


def measure_ours(number: int, draws: int, has_days: bool) -> dict[str, float]:
    """Seconds of a whole posterior, effects drawn, and what its draws are worth."""
    keep_freed_memory()
    statistics = our_statistics(number, has_days=has_days)
    compiling, sampling, drawing = Spent(), Spent(), Spent()
    with compiling:
        compiled = compile_for_nutpie(our_model(statistics, has_days=has_days))
    with sampling:
        trace = sample_compiled(compiled, _settings(draws))
    posterior = trace["posterior"].to_dataset()
    with drawing, one_blas_thread():
        coefficients = _coefficients(statistics, posterior, has_days=has_days)
    ess = _smallest_ess(posterior.assign(coefficient=coefficients))
    wall, cpu = sampling.wall + drawing.wall, sampling.cpu + drawing.cpu
    return {
        **compiling.numbers("compile"),
        **sampling.numbers("sample"),
        **drawing.numbers("draw_effects"),
        "posterior_s": wall,
        "posterior_cpu_s": cpu,
        "minimum_bulk_ess": ess,
        "ess_per_cpu_s": ess / cpu,
        "steps_a_draw": float(trace["sample_stats"]["n_steps"].mean()),
    }


def _coefficients(
    statistics: MixedStatistics, posterior: xr.Dataset, *, has_days: bool
) -> xr.DataArray:
    """Coefficients drawn at each draw of the standard deviations."""
    totals, rng = total(statistics), np.random.default_rng(SEED)
    prior = np.full(REGRESSORS, PRIOR_SD**-2)
    drawn = []
    for chain in posterior["chain"]:
        for draw in posterior["draw"]:
            at = posterior.sel(chain=chain, draw=draw)
            day = np.full((1, 1), float(at["day_sd"])) if has_days else np.zeros((0, 0))
            variances = Variances(
                float(at["residual_sd"]), np.full((1, 1), float(at["security_sd"])), day
            )
            drawn.append(conditional(totals, prior, variances).draw(rng).coefficient)
    shape = posterior.sizes["chain"], posterior.sizes["draw"], REGRESSORS
    return xr.DataArray(np.reshape(drawn, shape), dims=("chain", "draw", "coefficient"))


def measure_joint(has_tail: bool) -> dict[str, float]:
    """Nanoseconds a trade of the joint log density with its gradient."""
    rng = np.random.default_rng(SEED)
    evaluate = tailed_pass if has_tail else single_pass
    inputs = (
        rng.normal(np.log(0.2), 0.5, JOINT_TRADES),
        rng.normal(np.log(0.2), 0.3, JOINT_TRADES),
        rng.choice([0.92, 0.08, 0.5], JOINT_TRADES),
        np.array([0.3]),
        np.array([0.5]),
        rng.normal(0.0, 0.4, JOINT_TRADES),
    )
    weight = np.ones(JOINT_TRADES)
    fastest = np.inf
    backward(weight, *evaluate(*inputs)[1:])
    for _ in range(ROUNDS):
        start = time.perf_counter()
        backward(weight, *evaluate(*inputs)[1:])
        fastest = min(fastest, time.perf_counter() - start)
    return {"gradient_ns": fastest / JOINT_TRADES * NANOSECONDS}


def measure_statsmodels(number: int) -> dict[str, float]:
    """Seconds of one restricted maximum-likelihood fit."""
    frame = peer_frame(number)
    terms = " + ".join(f"x{k}" for k in range(1, REGRESSORS))
    spent = Spent()
    with spent, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = smf.mixedlm(f"y ~ {terms}", frame, groups=frame["security"])
        found = model.fit()
    return {
        **spent.numbers("fit"),
        "log_likelihood": float(found.llf),
        "has_converged": float(found.converged),
    }


def measure_bambi(number: int, draws: int) -> dict[str, float]:
    """Seconds of bambi's posterior by nutpie, and what its draws are worth."""
    import bambi

    frame = peer_frame(number)
    terms = " + ".join(f"x{k}" for k in range(1, REGRESSORS))
    model = bambi.Model(f"y ~ {terms} + (1 | security)", frame)
    spent = Spent()
    with spent:
        trace = model.fit(
            draws=draws,
            tune=draws,
            chains=4,
            random_seed=SEED,
            inference_method="nutpie",
            progressbar=False,
        )
    return _worth(trace, spent)


def measure_pymc(number: int, draws: int) -> dict[str, float]:
    """Seconds of the posterior with sampled effects, and what its draws are worth."""
    compiled = compile_for_nutpie(pymc_model(number))
    spent = Spent()
    with spent:
        trace = sample_compiled(compiled, _settings(draws))
    return _worth(trace, spent)


def _settings(draws: int) -> SamplerSettings:
    return SamplerSettings(seed=SEED, draws=draws, tune=draws)


def _worth(trace: xr.DataTree, spent: Spent) -> dict[str, float]:
    ess = _smallest_ess(trace["posterior"].to_dataset())
    return {
        **spent.numbers("sample"),
        "minimum_bulk_ess": ess,
        "ess_per_cpu_s": ess / spent.cpu,
    }


def _smallest_ess(posterior: xr.Dataset) -> float:
    ess = az.ess(posterior)
    return min(float(ess[name].min()) for name in ess.data_vars)
