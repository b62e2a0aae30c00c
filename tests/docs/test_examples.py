"""The examples of "compose a model of your own": each likelihood in a user's model."""

from functools import cache
from importlib import util
from types import ModuleType
from typing import Any

import numpy as np
import pymc as pm
import pytest
from scipy.stats import multivariate_normal

from inference.fitting import fit
from inference.settings import SamplerSettings
from tests.places import ROOT

PYTHON = "FAST_COMPILE"
"""The passes of a likelihood are compiled; what calls them need not be."""


@cache
def example(name: str) -> ModuleType:
    path = ROOT / "docs" / "examples" / f"{name}.py"
    spec = util.spec_from_file_location(f"docs_example_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def model_of(name: str) -> pm.Model:
    module = example(name)
    if name == "kalman":
        return module.premium_model(module.simulated_spreads(weeks=40))
    if name == "hidden_markov":
        return module.impact_model(*module.simulated_days(days=8))
    return module.closing_model(*module.simulated_events(events=50))


def values_at(model: pm.Model, point: dict[str, Any]) -> dict[str, Any]:
    """Parameters at a point of the unconstrained space."""
    names = [variable.name for variable in model.free_RVs]
    outputs = model.replace_rvs_by_values(model.free_RVs)
    found = model.compile_fn(outputs, mode=PYTHON, on_unused_input="ignore")(point)
    return dict(zip(names, found, strict=True))


def log_likelihood(model: pm.Model, point: dict[str, Any]) -> float:
    return float(model.compile_logp(vars=model.observed_RVs, mode=PYTHON)(point))


def test_the_kalman_example_is_one_dense_normal() -> None:
    model, module = model_of("kalman"), example("kalman")
    point = model.initial_point()
    at = values_at(model, point)
    spreads = module.simulated_spreads(weeks=40)
    weeks = np.arange(len(spreads))
    variance = at["innovation_sd_bp"] ** 2 / (1 - at["persistence"] ** 2)
    premium = variance * at["persistence"] ** np.abs(weeks[:, None] - weeks)
    loading = np.array([1.0, at["loading"]])
    cells = np.kron(premium, np.outer(loading, loading))
    cells += np.diag(np.tile(at["noise_sd_bp"] ** 2, len(spreads)))
    seen = np.isfinite(spreads.ravel())
    dense = multivariate_normal(cov=cells[np.ix_(seen, seen)])
    expected = dense.logpdf(spreads.ravel()[seen])
    assert log_likelihood(model, point) == pytest.approx(expected, rel=1e-9)


def test_the_hidden_markov_example_is_the_sum_over_all_paths() -> None:
    model, module = model_of("hidden_markov"), example("hidden_markov")
    point = model.initial_point()
    at = values_at(model, point)
    impact, covariates = module.simulated_days(days=8)
    effect = np.array([at["smaller_effect"] + at["gap"], at["smaller_effect"]])
    mean = covariates @ np.column_stack([at["base"], effect]).T
    density = np.exp(-0.5 * ((impact[:, None] - mean) / at["noise_sd"]) ** 2)
    density /= at["noise_sd"] * np.sqrt(2 * np.pi)
    leaves = 1 - at["stays"]
    move = np.array([[at["stays"][0], leaves[0]], [leaves[1], at["stays"][1]]])
    total = 0.0
    for path in np.ndindex(*[2] * len(impact)):
        weight = 0.5 * density[0, path[0]]
        for day in range(1, len(impact)):
            weight *= move[path[day - 1], path[day]] * density[day, path[day]]
        total += weight
    assert log_likelihood(model, point) == pytest.approx(np.log(total), rel=1e-9)


def test_the_durations_example_is_the_product_of_the_hazards() -> None:
    model, module = model_of("durations"), example("durations")
    point = model.initial_point()
    at = values_at(model, point)
    days, covariate = module.simulated_events(events=50)
    expected = 0.0
    for duration, x in zip(days, covariate, strict=True):
        lasts = np.exp(-at["hazard"] * np.exp(at["effect"] * x))
        expected += np.log(lasts[: duration - 1]).sum()
        if duration <= module.HORIZON:
            expected += np.log(1 - lasts[duration - 1])
    assert log_likelihood(model, point) == pytest.approx(expected, rel=1e-9)


SHORT = SamplerSettings(
    seed=1, draws=100, tune=150, chains=2, prior_draws=20, predictive_draws=20
)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The effective sample size")
def test_a_model_of_a_user_is_fitted_and_judged() -> None:
    trace = fit(model_of("durations"), SHORT, progressbar=False)
    assert trace.attrs["model"] == "own"
    assert "data not looked at" in trace.attrs["verdict"]
    assert trace["posterior"]["hazard"].dims == ("chain", "draw", "day")
    assert trace["log_likelihood"].attrs["conditional_on"] == ""
