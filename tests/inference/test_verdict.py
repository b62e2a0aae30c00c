import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from analysis.report import load_fit
from inference.checks.diagnostics import diagnose, failures
from inference.checks.verdict import (
    FAILED,
    PASSED,
    REMEDIES,
    Verdict,
    check,
    stamp_verdict,
)
from inference.half_life.checks import HALF_LIFE_CHECKS
from inference.store import read_trace, stamp_provenance, write_trace
from models.half_life.specification import PROPORTIONAL_HAZARD
from tests.half_life.frames import event_frame
from tests.half_life.traces import random_half_life_tree
from tests.inference.toy import TOY_CHECKS, TOY_SETTINGS, toy_trace
from tests.places import ROOT

SOURCES = ("data", "models", "inference", "analysis", "studies", "benchmarks")


@pytest.fixture
def trace() -> xr.DataTree:
    copy = toy_trace().copy(deep=True)
    stamp_provenance(copy, TOY_SETTINGS, {"model": "toy"}, 1.0)
    return copy


def test_a_good_trace_passes(trace: xr.DataTree) -> None:
    verdict = check(trace, TOY_CHECKS).verdict
    assert verdict == Verdict()
    assert verdict.passed
    assert verdict.word == PASSED


def test_parts_of_a_verdict_are_told_apart() -> None:
    verdict = Verdict(
        draws=("a",), sampler=("b", "c"), data=("d", "e"), data_remedy="Try f."
    )
    assert verdict.failures == ("a", "b", "c", "does not fit: d", "does not fit: e")
    assert verdict.word == FAILED
    assert verdict.summary == (
        "draws FAILED (a), sampler FAILED (b; c), modes ok, does not fit: d; e"
    )
    assert verdict.remedies == (REMEDIES["draws"], REMEDIES["sampler"], "Try f.")


def test_many_failures_are_counted_in_the_summary() -> None:
    verdict = Verdict(sampler=tuple("abcde"))
    assert "sampler FAILED (a; b; c; and 2 more)" in verdict.summary


@pytest.mark.parametrize(
    ("part", "is_sound"),
    [("draws", False), ("sampler", False), ("modes", False), ("data", True)],
)
def test_draws_of_a_model_that_does_not_fit_are_sound(
    part: str, is_sound: bool
) -> None:
    verdict = Verdict(**{part: ("x",)})
    assert not verdict.passed
    assert verdict.has_sound_draws == is_sound


def test_data_that_the_model_cannot_replicate_fail(trace: xr.DataTree) -> None:
    trace["observed_data"]["y"][...] = 1.5 * trace["observed_data"]["y"]
    verdict = check(trace, TOY_CHECKS).verdict
    assert verdict.has_sound_draws
    (clause,) = verdict.data
    assert clause.startswith("sd: all weeks (")
    assert verdict.remedies == ("Try another sd.",)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("name", ["mean", "unrelated", "fitted"])
def test_one_draw_that_is_no_number_fails_by_name(
    trace: xr.DataTree, name: str, value: float
) -> None:
    trace["posterior"][name][{"chain": 1, "draw": 3}] = value
    found = check(trace, TOY_CHECKS).verdict.draws
    assert found == (f"1 of 2000 draws of {name} are not finite numbers",)


def test_a_parameter_that_is_no_number_keeps_its_row_and_fails(
    trace: xr.DataTree,
) -> None:
    trace["posterior"]["mean"][{"chain": 1, "draw": slice(3, None)}] = np.nan
    parameters, _, _, verdict = check(trace, TOY_CHECKS)
    assert "mean" in parameters.index
    assert "R-hat of mean is nan, above 1.01" in verdict.sampler


@pytest.mark.parametrize("value", [1.0, 0.1])
def test_a_fixed_element_fails_nothing(trace: xr.DataTree, value: float) -> None:
    # The mean of many 0.1 is not 0.1 to the last digit, that of many 1 is 1.
    for group in ("posterior", "prior"):
        trace[group]["unrelated"].loc[{"market": "cash"}] = value
    assert "unrelated[cash]" not in diagnose(trace).index
    assert check(trace, TOY_CHECKS).verdict.passed


@pytest.mark.parametrize(
    ("kept", "message"),
    [
        ({"draw": slice(450)}, "450 draws of each chain are stored of 500 asked for"),
        ({"chain": slice(3)}, "3 chains are stored of 4 asked for"),
    ],
)
def test_fewer_draws_than_asked_for_fail(
    trace: xr.DataTree, kept: dict[str, slice], message: str
) -> None:
    groups = ("posterior", "sample_stats", "log_likelihood", "log_prior")
    for group in groups:
        trace[group] = trace[group].to_dataset().isel(kept)
    assert check(trace, TOY_CHECKS).verdict.draws == (message,)


def test_every_imputation_needs_its_chains() -> None:
    tree = half_life_tree(event_frame(4))
    labels = ("chain", [0, 0, 1, 1])
    for group in ("posterior", "sample_stats", "log_likelihood", "log_prior"):
        draws = tree[group].to_dataset().assign_coords(imputation=labels)
        # Of several imputations effects of dates are not kept.
        tree[group] = draws.drop_dims("event_date", errors="ignore")
    assert (
        "4 chains are stored of 8 asked for"
        in check(tree, HALF_LIFE_CHECKS).verdict.draws
    )


def test_a_trace_that_does_not_say_what_was_asked_for_fails(
    trace: xr.DataTree,
) -> None:
    del trace.attrs["settings"]
    (found,) = check(trace, TOY_CHECKS).verdict.draws
    assert "how many draws were asked for" in found


def test_what_was_once_written_on_a_trace_is_not_believed(trace: xr.DataTree) -> None:
    trace.attrs["diagnostics"] = PASSED
    trace["posterior"]["mean"].loc[{"chain": 0}] += 1.0
    assert not check(trace, TOY_CHECKS).verdict.passed
    stamp_verdict(trace, TOY_CHECKS)
    assert trace.attrs["diagnostics"] == FAILED
    assert trace.attrs["diagnostic_failures"] == list(
        check(trace, TOY_CHECKS).verdict.failures
    )


def half_life_tree(frame: pd.DataFrame | None = None) -> xr.DataTree:
    tree = random_half_life_tree(PROPORTIONAL_HAZARD, frame, draws=500)
    posterior = tree["posterior"].to_dataset()
    tree["log_prior"] = -(posterior[["coefficient"]] ** 2).sum("covariate")
    return tree


def half_life_trace(path: Path, **attributes: object) -> Path:
    tree = half_life_tree()
    tree.attrs |= {"incidental_dims": ["event_date"]} | attributes
    write_trace(tree, path)
    return path


def test_every_door_judges_effects_of_dates_alike(tmp_path: Path) -> None:
    stored = {"date_effect": 1.4}
    path = half_life_trace(tmp_path / "a.nc", incidental_r_hat=stored)
    tree = read_trace(path)
    tree["posterior"] = tree["posterior"].to_dataset().drop_dims("event_date")
    write_trace(tree, path)
    message = "the largest R-hat of date_effect is 1.400, above 1.05"
    assert check(read_trace(path), HALF_LIFE_CHECKS).verdict.sampler == (message,)
    assert load_fit(path).failures == (message,)


def test_effects_of_dates_that_are_held_are_judged_anew(tmp_path: Path) -> None:
    path = half_life_trace(tmp_path / "a.nc", incidental_r_hat={"date_effect": 1.0})
    tree = read_trace(path)
    assert check(tree, HALF_LIFE_CHECKS).verdict.passed
    tree["posterior"]["date_effect"][{"chain": 0}] += 100.0
    (found,) = check(tree, HALF_LIFE_CHECKS).verdict.sampler
    assert found.startswith("the largest R-hat of date_effect")


def test_one_function_judges() -> None:
    """Nothing but the verdict reads the list of failures off the diagnostics."""
    judges = {
        str(path.relative_to(ROOT))
        for folder in SOURCES
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom | ast.Import)
        and any(name.name == failures.__name__ for name in node.names)
    }
    assert judges == {"inference/checks/verdict.py"}
