"""Half-life effects in days, events, regressions and their comparison."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from analysis.every_model.tables_starts import STARTS
from analysis.fit import Fit
from analysis.half_life.effects import (
    covariate_survival,
    effect_days,
    event_tenor_weight,
    inputs_of,
    low_and_high,
    median_days,
    restricted_mean_days,
    standardized_values,
    survival,
)
from analysis.half_life.events import (
    distinct_outcomes,
    outcome_counts,
    set_aside_counts,
    summary_statistics,
    used_events,
)
from analysis.half_life.notebook_regression import (
    has_notebook_rows,
    identified_covariates,
    notebook_regression,
    standardized_notebook_regression,
)
from analysis.page.exhibit import table_of
from inference.checks.mode_checks import chain_starts
from inference.half_life.statistics import daily_hazard_pct, open_share_pct
from models.half_life.specification import LINEAR
from tests.half_life.traces import (
    DRAWS,
    NUM_EVENTS,
    event_frame,
    half_life_fit,
    random_half_life_fit,
    random_half_life_tree,
)

HAZARD = "proportional-hazard"

ROUNDING = 1e-9


def _fixed(fit: Fit, **values: float) -> Fit:
    """The same fit with every draw of some parameters at one value."""
    tree = fit.tree.copy()
    posterior = tree["posterior"].to_dataset()
    for name, value in values.items():
        posterior[name] = xr.full_like(posterior[name], value)
    tree["posterior"] = posterior
    return replace(fit, tree=tree)


def _all_draws(log_hazard_ratio: float) -> xr.DataArray:
    return xr.DataArray(np.full(4 * DRAWS, log_hazard_ratio), dims="sample")


@pytest.fixture(scope="module")
def fit() -> Fit:
    return random_half_life_fit(HAZARD)


def test_survival_is_the_grouped_proportional_hazard(fit: Fit) -> None:
    plain = _fixed(
        fit, baseline_log_hazard=np.log(0.2), event_tenor_effect=0.0, date_sd=0.0
    )
    weight = event_tenor_weight(inputs_of(plain))
    share = survival(plain, _all_draws(np.log(2.0)), weight).isel(sample=0)
    expected = np.exp(-2.0 * 0.2 * np.arange(11))
    np.testing.assert_allclose(share, expected, atol=ROUNDING)


def test_effects_of_new_dates_are_averaged_over(fit: Fit) -> None:
    shaken = _fixed(
        fit, baseline_log_hazard=np.log(0.2), event_tenor_effect=0.0, date_sd=0.5
    )
    weight = event_tenor_weight(inputs_of(shaken))
    share = survival(shaken, _all_draws(0.0), weight).isel(sample=0, day=3)
    effect = np.random.default_rng(0).normal(0, 0.5, 400_000)
    # Monte Carlo error of the reference is about 2e-4.
    assert float(share) == pytest.approx(np.exp(-0.6 * np.exp(effect)).mean(), abs=1e-3)


def test_event_types_and_tenors_count_by_their_share() -> None:
    inputs = inputs_of(random_half_life_fit(HAZARD))
    weight = event_tenor_weight(inputs, tenor=10)
    assert float(weight.sum()) == pytest.approx(1)
    cells = weight["event_tenor"].to_numpy()
    assert all(str(cell).endswith(":10") for cell in cells[weight.to_numpy() > 0])


def test_expected_half_life_adds_up_the_share_open_before_the_horizon() -> None:
    share = xr.DataArray(
        [[1.0], [0.6], [0.2]], dims=("day", "sample"), coords={"day": [0, 1, 2]}
    )
    # 40% halve on day 1; all others count two days: 0.4 + 0.6 * 2.
    assert restricted_mean_days(share).item() == pytest.approx(1.6)


def test_median_is_the_first_day_with_half_closed_and_may_lie_beyond() -> None:
    share = xr.DataArray(
        [[1.0, 0.5, 0.2], [1.0, 0.9, 0.51]],
        dims=("sample", "day"),
        coords={"day": [0, 1, 2]},
    )
    np.testing.assert_array_equal(median_days(share), [1, np.inf])


def test_covariate_at_its_mean_leaves_the_hazard_alone(fit: Fit) -> None:
    inputs = inputs_of(fit)
    mean = inputs.covariates.loc["ats_share", "center"]
    at_mean = covariate_survival(fit, inputs, "ats_share", np.array([mean]))
    other = covariate_survival(
        fit,
        inputs,
        "dealer_hhi",
        np.array([inputs.covariates.loc["dealer_hhi", "center"]]),
    )
    np.testing.assert_allclose(at_mean, other, atol=ROUNDING)


def test_amounts_enter_by_their_logarithm(fit: Fit) -> None:
    inputs = inputs_of(fit)
    doubled = standardized_values(inputs, "total_volume_usd", np.array([1e6, 2e6, 4e6]))
    assert doubled[2] - doubled[1] == pytest.approx(doubled[1] - doubled[0])


def test_higher_hazard_means_fewer_days(fit: Fit) -> None:
    inputs = inputs_of(fit)
    faster = _fixed(fit, coefficient=0.3)
    assert (effect_days(faster, inputs, "ats_share") < 0).all()


def test_effect_of_the_linear_variant_is_its_coefficient() -> None:
    linear = random_half_life_fit(LINEAR)
    draws = effect_days(linear, inputs_of(linear), "ats_share")
    coefficient = linear.posterior["coefficient"].sel(covariate="ats_share")
    assert float(draws.mean()) == pytest.approx(float(coefficient.mean()))


def test_low_and_high_of_an_indicator_are_zero_and_one(fit: Fit) -> None:
    inputs = inputs_of(fit)
    outcomes = inputs.outcomes.assign(ats_share=np.arange(len(inputs.outcomes)) % 2.0)
    assert low_and_high(replace(inputs, outcomes=outcomes), "ats_share") == (0.0, 1.0)


def test_summary_counts_only_half_lives_that_were_reached() -> None:
    frame = event_frame()
    summary = summary_statistics(frame).set_index(["tenor", "variable"])
    for tenor, rows in frame.groupby("tenor"):
        halved = rows[(rows["set_aside"] == "") & ~rows["is_censored"]]
        row = summary.loc[(tenor, "half_life_days")]
        assert row["count"] == len(halved)
        assert row["mean"] == pytest.approx(halved["half_life_days"].mean())
        assert summary.loc[(tenor, "ats_share"), "count"] == len(rows)


def test_summary_averages_over_imputations_and_shows_their_range() -> None:
    summary = summary_statistics(event_frame(3)).set_index(["tenor", "variable"])
    row = summary.loc[(2, "half_life_days")]
    assert row["mean_lower_95"] < row["mean"] < row["mean_upper_95"]
    of_covariate = summary.loc[(2, "ats_share")]
    assert of_covariate["mean_lower_95"] == of_covariate["mean_upper_95"]


def test_events_that_share_an_outcome_count_once() -> None:
    frame = event_frame()
    twice = frame[frame["outcome"] == frame["outcome"].iloc[0]].assign(
        event_type="another"
    )
    both = pd.concat([frame, twice], ignore_index=True)
    assert len(distinct_outcomes(used_events(both))) == NUM_EVENTS - 2
    counts = outcome_counts(both).set_index("tenor")
    assert counts.loc[2, "num_used"] == counts.loc[2, "num_outcomes"] + 1


def test_counts_of_imputations_are_means_of_those_of_each() -> None:
    alone = outcome_counts(event_frame()).set_index("tenor")
    frame = event_frame()
    twice = pd.concat([frame, frame.assign(imputation=1)], ignore_index=True)

    counts = outcome_counts(twice).set_index("tenor")

    pd.testing.assert_frame_equal(counts, alone, check_dtype=False)


def test_expected_half_life_counts_what_is_open_to_the_end() -> None:
    frame = event_frame()
    row = outcome_counts(frame).set_index("tenor").loc[5]

    used = used_events(frame)
    days = used.loc[used["tenor"] == 5, "days"]

    # Every outcome is watched for ten days, so what is open counts as ten.
    assert row["restricted_mean_days"] == pytest.approx(days.mean())


def test_dropping_open_outcomes_shortens_the_mean() -> None:
    counts = outcome_counts(event_frame())
    assert (counts["mean_resolved_days"] < counts["restricted_mean_days"]).all()


def test_reasons_for_setting_aside_are_counted_by_tenor() -> None:
    counts = set_aside_counts(event_frame(3))
    assert counts["num_events"].sum() == 2
    assert set(counts["reason"]) == {"deviation under the threshold"}


def _half_lives(*days: float) -> xr.DataArray:
    labels = [f"o{i}" for i in range(len(days))]
    return xr.DataArray(list(days), dims="outcome", coords={"outcome": labels})


def test_statistics_pass_over_outcomes_that_were_not_watched() -> None:
    half_life = _half_lives(1, 1, 3, 11, np.nan)
    share = open_share_pct(half_life).sel(label="day 1").item()
    assert share == pytest.approx(50)
    hazard = daily_hazard_pct(half_life).sel(label="day 3").item()
    assert hazard == pytest.approx(50)


def test_constant_covariate_is_not_identified_and_a_varying_one_is() -> None:
    rows = event_frame().assign(dealer_hhi=1.0)
    found = identified_covariates(rows, ["dealer_hhi", "ats_share"])
    assert found == {"dealer_hhi": False, "ats_share": True}


def test_covariates_that_determine_each_other_are_both_unidentified() -> None:
    rows = event_frame()
    rows = rows.assign(principal_share=1 - rows["ats_share"])
    found = identified_covariates(rows, ["principal_share", "ats_share", "dealer_hhi"])
    assert found == {"principal_share": False, "ats_share": False, "dealer_hhi": True}


def test_least_squares_on_standard_deviations_rescales_that_in_units() -> None:
    frame = event_frame()
    for name in ("total_volume_usd", "trade_count", "dealer_count"):
        frame[name] = np.nan
    plain = half_life_fit(random_half_life_tree(HAZARD, frame))
    inputs = inputs_of(plain)
    units = notebook_regression(plain).set_index("term")
    scaled = standardized_notebook_regression(plain).set_index("term")
    for name in ("dealer_hhi", "ats_share"):
        scale = inputs.covariates.loc[name, "scale"]
        ratio = scaled.loc[name, "estimate"] / units.loc[name, "estimate"]
        assert ratio == pytest.approx(scale)
        assert scaled.loc[name, "t"] == pytest.approx(units.loc[name, "t"])


def test_regression_without_the_notebooks_covariates_is_left_out() -> None:
    frame = event_frame()
    for name in (
        "dealer_hhi",
        "principal_share",
        "ats_share",
        "total_volume_usd",
        "trade_count",
        "dealer_count",
    ):
        frame[name] = np.nan
    bare = half_life_fit(random_half_life_tree(HAZARD, frame))
    assert notebook_regression(bare).empty
    assert not has_notebook_rows(bare)


def test_chains_that_started_scattered_have_their_heights_in_the_table() -> None:
    tree = random_half_life_tree("proportional-hazard")
    tree["starts"] = chain_starts(tree["sample_stats"].to_dataset())
    display = table_of(STARTS, [half_life_fit(tree)]).display
    assert display.loc[0, "By kind of start"] == "scattered chains"
    assert display.loc[0, "At the best mode"] == "n/a"
    assert display.loc[0, "Log densities (starts)"].count(",") == 3
