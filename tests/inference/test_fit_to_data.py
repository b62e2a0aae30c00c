"""What fails a model is beyond chance, and matters."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm
from statsmodels.stats.multitest import multipletests

from inference.checks.change_statistics import change_autocorrelation, change_sd
from inference.checks.fit_to_data import DataVerdict, FamilyChecks, check_data
from inference.checks.prediction_errors import AUTOCORRELATION, CALIBRATION
from inference.checks.predictive_checks import PredictiveCheck

SD, MEMORY = "sd of change", "autocorrelation of change"
TENORS = [2, 10]


def sd_of_change(values: xr.DataArray) -> xr.DataArray:
    return change_sd(values, "week")


def memory_of_change(values: xr.DataArray) -> xr.DataArray:
    return change_autocorrelation(values, "week")


CHECKS = FamilyChecks(
    predictive=PredictiveCheck(
        variable="y",
        subject="weeks",
        statistics={SD: sd_of_change, MEMORY: memory_of_change},
        scale_statistics=[SD],
        relevant_difference={SD: 0.1, MEMORY: 0.1},
        observed_mask="is_quoted",
    ),
    series_label="{tenor}-year yield".format_map,
    remedies=((CALIBRATION, "Try A."), ("", "Try B.")),
)

Change = Callable[[np.ndarray], np.ndarray]


def same(values: np.ndarray) -> np.ndarray:
    return values


def shrunk(values: np.ndarray) -> np.ndarray:
    return values * np.array([1.0, 0.6])


def with_memory(rho: float) -> Change:
    def remember(values: np.ndarray) -> np.ndarray:
        found = values.copy()
        for week in range(1, len(found)):
            found[week, 1] += rho * found[week - 1, 1]
        found[:, 1] *= np.sqrt(1 - rho**2)
        return found

    return remember


def trace_of(
    num_weeks: int, *, error: Change = same, step: Change = same, seed: int = 1
) -> xr.DataTree:
    """Random walks and errors of their predictions, right but for what is changed."""
    rng = np.random.default_rng(seed)
    shape = num_weeks, len(TENORS)
    dims, coords = ("week", "tenor"), {"tenor": TENORS}
    innovation = error(rng.normal(size=shape))
    walks = rng.normal(size=(4, 25, *shape)).cumsum(axis=2)
    observed = step(rng.normal(size=shape)).cumsum(axis=0)
    groups = {
        "one_step_ahead": {
            "pit": (dims, norm.cdf(innovation)),
            "standardized_innovation": (dims, innovation),
        },
        "observed_data": {"y": (dims, observed)},
        "constant_data": {"is_quoted": (dims, np.ones(shape))},
        "posterior_predictive": {"y": (("chain", "draw", *dims), walks)},
    }
    return xr.DataTree.from_dict(
        {name: xr.Dataset(group, coords=coords) for name, group in groups.items()}
    )


def judged(trace: xr.DataTree) -> DataVerdict:
    return check_data(trace, CHECKS)


def test_a_model_that_is_right_fits() -> None:
    found = judged(trace_of(500))
    assert found.failures == found.notes == ()
    assert found.remedy == ""
    assert not found.table["is_off"].any()


def test_a_model_that_is_right_fits_however_often_it_is_asked() -> None:
    failed = [bool(judged(trace_of(60, seed=seed)).failures) for seed in range(100)]
    # One in a hundred by construction; more than five have a probability of 5e-4.
    assert sum(failed) <= 5


def test_predictions_that_are_too_wide_fail_by_name() -> None:
    found = judged(trace_of(400, error=shrunk))
    (clause,) = found.failures
    assert clause.startswith("calibration of the 10-year yield (0.1")
    assert found.remedy == "Try A."


def scored(trace: xr.DataTree, pit: np.ndarray, reliable: int = 1) -> xr.DataTree:
    coords = {"tenor": TENORS}
    groups = {"elpd": ("week", pit.sum(axis=1)), "pit": (("week", "tenor"), pit)}
    trace["leave_future_out"] = xr.Dataset(groups, coords, {"reliable": reliable})
    return trace


def test_predictions_of_unseen_dates_fail_where_those_in_sample_pass() -> None:
    rng = np.random.default_rng(3)
    pit = rng.uniform(size=(400, len(TENORS)))
    assert judged(scored(trace_of(400), pit)).failures == ()
    far = pit**2
    (clause,) = judged(scored(trace_of(400), far)).failures
    assert clause.startswith("calibration out of sample of the ")
    assert clause.count("from uniform") == len(TENORS)
    assert judged(scored(trace_of(400), far, reliable=0)).failures == ()


def test_errors_with_memory_fail_by_name_and_lag() -> None:
    found = judged(trace_of(400, error=with_memory(0.6)))
    (clause,) = found.failures
    assert clause.startswith("autocorrelation of errors of the 10-year yield (0.")
    assert clause.endswith("at lag 1)")
    assert found.remedy == "Try B."


def test_data_that_replications_miss_fail_by_name() -> None:
    (clause,) = judged(trace_of(400, step=shrunk)).failures
    assert clause.startswith("sd of change: 10y (0.")
    assert "replicated" in clause


def test_a_short_series_does_not_fail_by_noise() -> None:
    sizes = []
    for seed in range(20):
        found = judged(trace_of(12, error=with_memory(0.3), seed=seed))
        assert found.failures == ()
        sizes.append(found.table["size"] > found.table["limit"])
    assert np.mean(sizes) > 0.3


def test_a_long_series_does_not_fail_by_a_trifle() -> None:
    def slightly(values: np.ndarray) -> np.ndarray:
        return with_memory(0.05)(0.95 * values)

    found = judged(trace_of(50_000, error=slightly, step=lambda x: 0.95 * x))
    assert found.failures == ()
    assert (found.table["adjusted_p_value"] < 1e-6).sum() >= 4


def test_clustered_volatility_is_told_and_does_not_fail() -> None:
    spells = np.random.default_rng(8).choice([0.8, 2.0], 200, p=[0.9, 0.1])
    volatility = spells.repeat(10)[:, None]
    found = judged(trace_of(2000, error=lambda x: volatility * x))
    assert found.failures == ()
    (note,) = found.notes
    assert note.startswith("autocorrelation of squared errors of the 2-year yield (0.")


@pytest.mark.parametrize("group", ["one_step_ahead", "posterior_predictive"])
def test_a_trace_without_a_group_to_hold_against_the_data_fails(group: str) -> None:
    trace = trace_of(50)
    del trace[group]
    (failure,) = judged(trace).failures
    assert group in failure


def test_predictions_of_what_was_observed_that_are_no_numbers_fail() -> None:
    trace = trace_of(50)
    trace["one_step_ahead"]["pit"][{"week": slice(3)}] = np.nan
    assert judged(trace).failures == (
        "6 predictions of observed values that are not finite numbers",
    )
    trace["constant_data"]["is_quoted"][{"week": slice(3)}] = 0.0
    assert judged(trace).failures == ()


def test_replications_that_are_no_numbers_fail() -> None:
    trace = trace_of(50)
    drawn = trace["posterior_predictive"].to_dataset()
    trace["posterior_predictive"] = drawn * np.nan
    assert judged(trace).failures == (
        f"{SD} of replications is not a number",
        f"{MEMORY} of replications is not a number",
    )


def test_a_family_without_predictions_is_judged_by_its_statistics() -> None:
    trace = trace_of(400, step=shrunk)
    del trace["one_step_ahead"]
    found = check_data(trace, replace(CHECKS, predicts=False))
    assert set(found.table["aspect"]) == {SD, MEMORY}
    assert len(found.failures) == 1


def test_a_variant_may_have_a_check_of_its_own() -> None:
    only_memory = replace(CHECKS.predictive, statistics={MEMORY: memory_of_change})
    checks = replace(CHECKS, predictive_of_variant={"linear": only_memory})
    trace = trace_of(400, step=shrunk)
    trace.attrs["variant"] = "linear"
    assert check_data(trace, checks).failures == ()


def test_replications_that_never_vary_are_met_or_missed_beyond_chance() -> None:
    trace = trace_of(400)
    drawn = trace["posterior_predictive"].to_dataset()
    trace["posterior_predictive"] = drawn.isel(chain=[0] * 4, draw=[0] * 25)
    by_aspect = judged(trace).table.set_index("aspect")
    assert (by_aspect.loc[SD, "p_value"] == 0).all()
    trace["observed_data"] = drawn.isel(chain=0, draw=0, drop=True)
    by_aspect = judged(trace).table.set_index("aspect")
    assert (by_aspect.loc[SD, "p_value"] == 1).all()


def test_chance_is_counted_over_all_that_can_fail_and_apart_for_what_is_told() -> None:
    table = judged(trace_of(100, error=with_memory(0.3))).table
    is_failing = table["aspect"].isin([CALIBRATION, AUTOCORRELATION, SD, MEMORY])
    for rows in (table[is_failing], table[~is_failing]):
        expected = multipletests(rows["p_value"], method="holm")[1]
        np.testing.assert_allclose(rows["adjusted_p_value"], expected)
