"""Scores and imputations of half-life fits, set beside each other."""

import numpy as np
import pytest
import xarray as xr

from analysis.fit import Fit
from analysis.half_life.comparison import (
    PROPAGATION,
    ImputedAndPlugIn,
    comparable_fits,
    compare_leave_one_out,
    missing_information_pct,
    plug_in_counterpart,
    propagation_estimates,
    score_sentences,
)
from analysis.half_life.effects import inputs_of
from analysis.page.exhibit import table_of
from models.half_life.specification import LINEAR
from tests.half_life.traces import (
    event_frame,
    half_life_fit,
    imputed_half_life_fit,
    random_half_life_fit,
    random_half_life_tree,
)

HAZARD, WEIBULL = "proportional-hazard", "discrete-weibull"


@pytest.fixture(scope="module")
def imputed() -> Fit:
    return imputed_half_life_fit(HAZARD)


def test_only_duration_models_of_known_half_lives_are_scored(imputed: Fit) -> None:
    fits = [random_half_life_fit(v) for v in (HAZARD, WEIBULL, LINEAR)]
    (group,) = comparable_fits([*fits, imputed])
    assert [fit.variant for fit in group] == [HAZARD, WEIBULL]


def test_fits_that_saw_other_outcomes_of_a_panel_are_not_compared() -> None:
    fits = [random_half_life_fit(HAZARD), random_half_life_fit(WEIBULL)]
    fewer = random_half_life_tree(HAZARD)
    likelihood = fewer["log_likelihood"].to_dataset().isel(outcome=slice(100))
    del fewer["log_likelihood"]
    fewer["log_likelihood"] = likelihood
    (group,) = comparable_fits([*fits, half_life_fit(fewer)])
    assert group == fits


def _scored(variant: str, shift: float) -> Fit:
    tree = random_half_life_tree(variant)
    likelihood = tree["log_likelihood"].to_dataset()
    tree["log_likelihood"] = likelihood + shift
    return half_life_fit(tree)


def test_higher_score_of_every_outcome_is_better_beyond_doubt() -> None:
    fits = [_scored(HAZARD, -1.0), _scored(WEIBULL, 0.0)]
    frame = compare_leave_one_out(fits)
    assert frame["fit"].tolist() == [WEIBULL, HAZARD]
    assert frame["difference_to_best"][1] == pytest.approx(-298, rel=0.01)
    assert "predicts better" in next(iter(score_sentences(fits, frame)))


def test_scores_that_differ_month_by_month_say_less_than_day_by_day() -> None:
    def error(by_outcome: np.ndarray) -> float:
        better = random_half_life_tree(WEIBULL)
        likelihood = better["log_likelihood"].to_dataset()
        better["log_likelihood"] = likelihood + xr.DataArray(by_outcome, dims="outcome")
        frame = compare_leave_one_out([_scored(HAZARD, 0.0), half_life_fit(better)])
        return float(frame["difference_se"][1])

    outcomes = inputs_of(random_half_life_fit(HAZARD)).outcomes
    month = outcomes["event_date"].dt.to_period("M").astype("category").cat.codes
    slow = np.where(month.to_numpy() % 2, 0.0, 1.0)
    fast = np.random.default_rng(0).permutation(slow)
    # Months of about ten outcomes: half as many windows as outcomes, and more.
    assert error(slow) > 1.5 * error(fast)


def test_outcomes_are_scored_by_the_draws_whose_log_densities_are_kept() -> None:
    trees = [random_half_life_tree(variant) for variant in (HAZARD, WEIBULL)]
    for tree in trees:
        kept = tree["log_likelihood"].to_dataset().isel(draw=slice(None, None, 2))
        del tree["log_likelihood"]
        tree["log_likelihood"] = kept.assign_coords(
            draw=tree["posterior"]["draw"][::2].to_numpy()
        )

    frame = compare_leave_one_out([half_life_fit(tree) for tree in trees])

    assert np.isfinite(frame["elpd"]).all()
    assert frame["num_outcomes"].tolist() == [298, 298]


def test_equal_scores_are_not_told_apart() -> None:
    fits = [_scored(HAZARD, 0.0), _scored(WEIBULL, 0.0)]
    frame = compare_leave_one_out(fits)
    frame["difference_se"] = 1.0
    assert "cannot be told apart" in next(iter(score_sentences(fits, frame)))


def test_a_score_of_a_fit_that_failed_is_shown_and_not_talked_about() -> None:
    sound, failed = _scored(HAZARD, 0.0), _scored(WEIBULL, 0.0)
    failed = half_life_fit(failed.tree, failed.name, ("R-hat 1.2",))
    frame = compare_leave_one_out([sound, failed])
    assert len(frame) == 2
    assert list(score_sentences([sound, failed], frame)) == []


def test_information_missing_is_the_share_between_imputations() -> None:
    rng = np.random.default_rng(0)
    means = rng.normal(0, 2, 50)
    draws = rng.normal(np.repeat(means, 400), 1.0)
    labels = np.repeat(np.arange(50), 400)
    between = 51 / 50 * means.var(ddof=1)
    expected = 100 * between / (between + 1)
    # Monte Carlo error of the within variance: 1% of itself.
    assert missing_information_pct(draws, labels) == pytest.approx(expected, abs=1)
    same = rng.normal(size=len(draws))
    assert missing_information_pct(same, labels) < 1


def test_propagated_stands_beside_plugged_in(imputed: Fit) -> None:
    plug_in = random_half_life_fit(HAZARD)
    frame = propagation_estimates(ImputedAndPlugIn(imputed, plug_in)).set_index(
        "quantity"
    )
    row = frame.loc["ATS share"]
    assert row["sd_ratio"] == pytest.approx(row["sd"] / row["plug_in_sd"])
    alone = table_of(PROPAGATION, ImputedAndPlugIn(imputed, None)).display
    assert set(alone["Plugged in"]) == {"n/a"}


def test_linear_fit_over_imputations_is_set_beside_its_plug_in() -> None:
    over_imputations, plug_in = (
        imputed_half_life_fit(LINEAR),
        random_half_life_fit(LINEAR),
    )

    frame = propagation_estimates(
        ImputedAndPlugIn(over_imputations, plug_in)
    ).set_index("quantity")

    assert {"ATS share", "sd around the regression (days)"} <= set(frame.index)
    assert np.isfinite(frame["sd_ratio"]).all()
    assert not any("expected half-life" in str(words) for words in frame.index)


def test_counterpart_takes_the_same_half_lives_as_known(imputed: Fit) -> None:
    same = random_half_life_fit(HAZARD)
    frame = event_frame()
    early = frame[frame["event_date"] < frame["event_date"].median()]
    other = half_life_fit(random_half_life_tree(HAZARD, early.iloc[:60]), "early")
    assert plug_in_counterpart(imputed, [other, same, imputed]) is same
    assert plug_in_counterpart(imputed, [other]) is None
