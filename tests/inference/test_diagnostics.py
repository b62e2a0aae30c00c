import dataclasses

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from scipy.special import ndtri

from inference.checks.diagnostics import (
    INFORMED,
    NOT_INFORMED,
    WEAKLY_INFORMED,
    RunDiagnostics,
    diagnose,
    diagnose_run,
    failures,
    information,
)
from inference.sampling.normal_scores import normal_scores
from tests.inference.toy import NUM_WEEKS, toy_trace

GOOD_RUN = RunDiagnostics(divergences=0, e_bfmi=(0.9, 1.1), max_tree_depth_hits=0)

# The sample mean of 60 weeks with sd 2 under a N(0, 10) prior: exact up to the Monte
# Carlo error of 1,000 prior draws (about 7% of the ratio, which itself is below 0.001).
EXACT_CONTRACTION = 1 - (4 / NUM_WEEKS) / 100
CONTRACTION_TOLERANCE = 1e-3


@pytest.fixture
def table() -> pd.DataFrame:
    return diagnose(toy_trace())


def test_every_element_of_every_parameter_has_a_row(table: pd.DataFrame) -> None:
    assert set(table.index) == {
        "mean",
        "sd",
        "unrelated[cash]",
        "unrelated[futures]",
    }


def test_contraction_of_a_normal_mean_is_its_closed_form(table: pd.DataFrame) -> None:
    assert table.loc["mean", "contraction"] == pytest.approx(
        EXACT_CONTRACTION, abs=CONTRACTION_TOLERANCE
    )


def test_a_parameter_outside_the_likelihood_is_called_not_informed(
    table: pd.DataFrame,
) -> None:
    assert table["information"].to_dict() == {
        "mean": INFORMED,
        "sd": INFORMED,
        "unrelated[cash]": NOT_INFORMED,
        "unrelated[futures]": NOT_INFORMED,
    }


def test_only_the_likelihood_moves_what_the_data_informed(table: pd.DataFrame) -> None:
    assert table.loc["mean", "likelihood_sensitivity"] > 0.05
    assert table.loc["mean", "prior_sensitivity"] < 0.05


def test_only_the_prior_moves_what_the_data_left_alone(table: pd.DataFrame) -> None:
    unrelated = table.loc["unrelated[cash]"]
    assert unrelated["prior_sensitivity"] > 0.05
    assert unrelated["prior_sensitivity"] > 2 * unrelated["likelihood_sensitivity"]


def test_effects_that_are_not_reported_keep_their_prior_unscaled() -> None:
    trace = toy_trace().copy(deep=False)
    before = diagnose(trace)["prior_sensitivity"]
    posterior = trace["posterior"].to_dataset()
    # An effect whose prior follows the mean: scaled, it would move the mean.
    effect = -100 * (posterior["mean"] - posterior["mean"].mean())
    trace["log_prior"] = trace["log_prior"].to_dataset().assign(effect=effect)
    pd.testing.assert_series_equal(diagnose(trace)["prior_sensitivity"], before)


LABELS = ["contraction", "shift", "prior_sensitivity", "likelihood_sensitivity"]
LABELS += ["power_scaling", "information"]


def test_a_half_life_and_the_persistence_it_implies_are_told_the_same() -> None:
    trace = toy_trace().copy(deep=True)
    for group in ("posterior", "prior"):
        draws = trace[group].to_dataset()
        for name in ("mean", "unrelated"):
            half_life = np.exp(draws[name])
            trace[group][f"half_life_{name}"] = half_life
            trace[group][f"persistence_{name}"] = 0.5 ** (1 / half_life)
            trace[group][f"decay_{name}"] = np.log(2) / half_life
    table = diagnose(trace)
    for name, market in (("mean", ""), ("unrelated", "[cash]")):
        for transformed in ("half_life", "persistence", "decay"):
            found = table.loc[f"{transformed}_{name}{market}", LABELS]
            expected = table.loc[f"{name}{market}", LABELS]
            # A decreasing transform adds the same numbers in another order.
            pd.testing.assert_series_equal(found, expected, check_names=False)


def test_a_sensitivity_is_that_of_a_standard_normal_posterior() -> None:
    """Doubling the weight of a linear log likelihood moves the mean by log 2."""
    rng = np.random.default_rng(3)
    slope, dims = 0.4, ("chain", "draw")
    normal = ndtri((np.arange(4000) + 0.5) / 4000)
    draws = rng.permutation(normal).reshape(4, 1000)
    trace = xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset({"x": (dims, np.exp(3 * draws))}),
            "prior": xr.Dataset({"x": (dims, np.exp(3 * rng.normal(size=(1, 500))))}),
            "log_likelihood": xr.Dataset({"y": (dims, slope * draws)}),
            "log_prior": xr.Dataset({"x": (dims, rng.normal(size=(4, 1000)))}),
        }
    )
    # 0.05 to a quarter of a standard deviation, as the docstring says.
    expected = 0.05 * slope * np.log(2) / 0.24
    found = diagnose(trace).loc["x", "likelihood_sensitivity"]
    assert found == pytest.approx(expected, rel=0.05)


def test_normal_scores_of_the_posterior_use_the_prior_alone() -> None:
    rng = np.random.default_rng(2)
    prior = xr.Dataset({"x": (("chain", "draw"), np.exp(rng.normal(size=(1, 20000))))})
    posterior = np.exp(rng.normal(1.0, 0.5, size=(2, 5000)))
    scores = normal_scores(prior, xr.Dataset({"x": (("chain", "draw"), posterior)}))
    # Standard errors of moments of 10,000 and 20,000 draws are below 0.015.
    assert float(scores["x"].mean()) == pytest.approx(1.0, abs=0.05)
    assert float(scores["x"].std()) == pytest.approx(0.5, abs=0.05)


def test_a_posterior_beyond_every_prior_draw_is_informed(table: pd.DataFrame) -> None:
    trace = toy_trace().copy(deep=True)
    trace["posterior"]["unrelated"] = trace["posterior"]["unrelated"] + 50.0
    assert diagnose(trace).loc["unrelated[cash]", "information"] == INFORMED


@pytest.mark.parametrize(
    ("contraction", "shift", "sensitivity", "words"),
    [
        (0.0, 0.0, 0.0, NOT_INFORMED),
        (0.0, 2.0, 0.0, WEAKLY_INFORMED),
        (0.5, 0.0, 0.0, WEAKLY_INFORMED),
        (0.0, 0.0, 0.4, WEAKLY_INFORMED),
        (0.9, 0.0, 0.4, INFORMED),
        (-1.0, 0.0, 0.0, NOT_INFORMED),
    ],
)
def test_information_needs_a_narrower_moved_or_data_driven_posterior(
    contraction: float, shift: float, sensitivity: float, words: str
) -> None:
    assert information(contraction, shift, sensitivity) == words


def test_a_good_run_fails_no_check(table: pd.DataFrame) -> None:
    assert failures(table, diagnose_run(toy_trace())) == []


@pytest.mark.parametrize("rounding", [0.0, 1e-15])
def test_a_fixed_element_is_not_reported(rounding: float) -> None:
    trace = toy_trace().copy(deep=True)
    rng = np.random.default_rng(1)
    for group in ("posterior", "prior"):
        element = trace[group]["unrelated"].loc[{"market": "cash"}]
        noise = rounding * rng.normal(size=element.shape)
        trace[group]["unrelated"].loc[{"market": "cash"}] = 1.0 + noise
    assert "unrelated[cash]" not in diagnose(trace).index


def test_chains_that_disagree_fail_by_name() -> None:
    trace = toy_trace().copy(deep=True)
    trace["posterior"]["mean"].loc[{"chain": 0}] += 1.0
    assert any(
        message.startswith("R-hat of mean")
        for message in failures(diagnose(trace), GOOD_RUN)
    )


def test_a_chain_that_barely_moves_fails_its_effective_sample_size() -> None:
    trace = toy_trace().copy(deep=True)
    walk = np.cumsum(np.random.default_rng(1).normal(size=(4, 500)), axis=1)
    trace["posterior"]["mean"][:] = walk
    messages = failures(diagnose(trace), GOOD_RUN)
    assert any(m.startswith("bulk effective sample size of mean") for m in messages)
    assert any(m.startswith("tail effective sample size of mean") for m in messages)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"divergences": 1}, "1 divergent"),
        ({"e_bfmi": (0.9, 0.29)}, r"E-BFMI of chain 1 is 0.29"),
        ({"e_bfmi": (float("nan"), 1.0)}, "E-BFMI of chain 0"),
    ],
)
def test_a_bad_run_fails(
    table: pd.DataFrame, change: dict[str, object], message: str
) -> None:
    run = dataclasses.replace(GOOD_RUN, **change)  # type: ignore[arg-type]
    (found,) = failures(table, run)
    assert message in found


def test_long_trajectories_alone_fail_nothing(table: pd.DataFrame) -> None:
    run = dataclasses.replace(GOOD_RUN, max_tree_depth_hits=50)
    assert failures(table, run) == []


def test_run_diagnostics_count_over_chains() -> None:
    statistics = xr.Dataset(
        {
            "diverging": (
                ("chain", "draw"),
                [[True, False, True], [True, True, False]],
            ),
            "reached_max_treedepth": (
                ("chain", "draw"),
                [[False, False, True], [False, False, False]],
            ),
            "energy": (("chain", "draw"), [[1.0, 2.0, 1.0], [1.0, 1.1, 1.3]]),
        }
    )
    run = diagnose_run(xr.DataTree.from_dict({"sample_stats": statistics}))
    assert run.divergences == 4
    assert run.max_tree_depth_hits == 1
    # Mean squared change over the variance: (1 + 1) / sum of squared deviations 2/3.
    assert run.e_bfmi[0] == pytest.approx(3.0)
