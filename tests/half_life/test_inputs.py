import numpy as np
import pandas as pd
import pytest

from data.errors import DataError
from data.half_life.event_panel import read_half_life_panel
from models.half_life.covariates import CONSTANT, DEVIATION_SIZE, PLACEHOLDER
from models.half_life.inputs import select_inputs
from models.half_life.specification import LEAVE_OUT, HalfLifeSpecification
from tests.half_life.frames import (
    event_frame,
    event_panel,
    with_imputations,
    with_shared_outcome,
)

# Weights that are halves, and means of two numbers.
EXACT = 1e-12

EVERYTHING = HalfLifeSpecification(variant="proportional-hazard")


def test_events_of_one_date_and_tenor_are_one_outcome_with_averaged_effects():
    frame = with_shared_outcome(event_frame())

    inputs = select_inputs(event_panel(frame), EVERYTHING)

    assert len(inputs.outcomes) == len(frame) - 1
    shared = inputs.outcomes["event_types"].str.contains("zz_speech").to_numpy()
    weight = inputs.mix_weight[inputs.mix[shared][0]]
    assert sorted(weight[weight > 0]) == [0.5, 0.5]
    assert "1 outcomes belong to events of several types" in inputs.notes


def test_weights_of_every_outcome_add_up_to_one():
    inputs = select_inputs(event_panel(with_shared_outcome(event_frame())), EVERYTHING)

    np.testing.assert_allclose(inputs.mix_weight.sum(axis=1), 1.0, rtol=EXACT)


def test_an_outcome_has_the_average_covariate_of_its_events():
    frame = with_shared_outcome(event_frame())
    first = frame.iloc[0]
    frame.loc[len(frame) - 1, "ats_share"] = first["ats_share"] / 2

    inputs = select_inputs(event_panel(frame), EVERYTHING)

    found = inputs.outcomes.loc[first["outcome"], "ats_share"]
    assert found == pytest.approx(0.75 * first["ats_share"], rel=EXACT)


def test_a_censored_half_life_counts_as_one_day_more_than_it_was_watched():
    frame = event_frame()
    frame.loc[0, ["half_life_days", "is_censored"]] = [4.0, True]
    outcome = frame.loc[0, "outcome"]

    inputs = select_inputs(event_panel(frame), EVERYTHING)

    at = inputs.outcomes.index.get_loc(outcome)
    assert inputs.half_life_days[0, at] == 5
    assert inputs.days_watched[0, at] == 4
    assert not inputs.is_resolved[0, at]


def test_events_that_halved_were_watched_for_the_horizon():
    inputs = select_inputs(event_panel(event_frame()), EVERYTHING)

    assert (inputs.days_watched[inputs.is_resolved] == inputs.horizon_days).all()


def test_what_is_set_aside_in_one_imputation_is_watched_for_no_day_there():
    frame = with_imputations(event_frame(), 2)
    aside = len(frame) - 1
    frame.loc[aside, "half_life_days"] = np.nan
    frame.loc[aside, "is_censored"] = False
    frame.loc[aside, "set_aside"] = "deviation under the threshold"
    outcome = frame.loc[aside, "outcome"]

    inputs = select_inputs(event_panel(frame), EVERYTHING)

    at = inputs.outcomes.index.get_loc(outcome)
    assert inputs.half_life_days.shape[0] == 2
    assert inputs.days_watched[:, at].tolist() == [inputs.horizon_days, 0]
    assert inputs.half_life_days[1, at] == 1


def test_a_covariate_known_for_few_outcomes_is_left_out_and_counted():
    frame = event_frame()
    frame.loc[frame.index >= 10, "bid_ask_spread"] = np.nan

    inputs = select_inputs(event_panel(frame), EVERYTHING)

    assert "bid_ask_spread" not in inputs.covariates.index
    expected = "bid_ask_spread is known for 10 of 60 outcomes only and does not enter"
    assert expected in inputs.notes


def test_outcomes_without_a_covariate_asked_for_are_left_out_and_counted():
    frame = event_frame()
    frame.loc[frame["tenor"] == 7, "bid_ask_spread"] = np.nan
    specification = HalfLifeSpecification(
        variant="proportional-hazard",
        covariates=("bid_ask_spread",),
        missing=LEAVE_OUT,
    )

    inputs = select_inputs(event_panel(frame), specification)

    assert list(inputs.covariates.index) == ["bid_ask_spread"]
    assert len(inputs.outcomes) == 48
    expected = (
        "12 of 60 outcomes lack a covariate and are left out; none of tenor 7 is left"
    )
    assert expected in inputs.notes


def test_no_outcome_with_every_covariate_is_an_error():
    frame = event_frame()
    half = frame.index < 30
    frame["bid_ask_spread"] = frame["bid_ask_spread"].where(half)
    frame["ats_share"] = frame["ats_share"].where(~half)
    specification = HalfLifeSpecification(
        variant="linear",
        covariates=("bid_ask_spread", "ats_share"),
        missing=LEAVE_OUT,
    )

    with pytest.raises(DataError, match=r"no outcome has all of bid_ask_spread, ats"):
        select_inputs(event_panel(frame), specification)


def test_unknown_variants_and_covariates_are_refused():
    with pytest.raises(DataError, match="no variant 'cox'"):
        HalfLifeSpecification(variant="cox")
    with pytest.raises(DataError, match="no covariate 'weather'"):
        HalfLifeSpecification(variant="linear", covariates=("weather",))


def test_all_censored_is_said():
    frame = event_frame().assign(half_life_days=10.0, is_censored=True)

    inputs = select_inputs(event_panel(frame), EVERYTHING)

    assert inputs.resolved_outcomes == 0
    assert any("no outcome halved" in note for note in inputs.notes)


def test_restricted_inputs_number_their_groups_anew():
    inputs = select_inputs(event_panel(event_frame()), EVERYTHING)
    kept = inputs.outcomes["tenor"].to_numpy() == 5

    restricted = inputs.restricted_to(kept)

    assert all(label.endswith(":5") for label in restricted.event_tenors)
    assert restricted.mix.max() < len(restricted.mix_weight)
    dates = restricted.dates[restricted.date]
    np.testing.assert_array_equal(dates, restricted.outcomes["event_date"])


def test_the_covariates_of_the_notebooks_panel_are_called_what_they_are(
    shared, tmp_path
):
    raw = pd.read_csv(shared / "data/tips_basis/trace_microstructure_event_panels.csv")
    frame = raw.rename(columns={"total_volume": "total_volume_usd"}).assign(
        deviation_bp=1.0, half_life_days=10.0, is_censored=True
    )
    frame.to_csv(tmp_path / "panel.csv", index=False)

    inputs = select_inputs(read_half_life_panel(tmp_path / "panel.csv"), EVERYTHING)

    findings = inputs.covariates["finding"]
    for name in ("dealer_hhi", "trade_count", "dealer_count", "total_volume_usd"):
        assert findings[name] == CONSTANT
    for name in ("ats_share", "principal_share"):
        assert findings[name].startswith(PLACEHOLDER)


def test_the_size_of_the_deviation_enters_where_it_is_asked_for():
    frame = with_imputations(event_frame(), 2)
    second = (frame["imputation"] == 1).to_numpy()
    frame.loc[second, "deviation_bp"] = (
        -3.0 * frame.loc[~second, "deviation_bp"].to_numpy()
    )
    asked = HalfLifeSpecification(
        variant="proportional-hazard", covariates=("ats_share", DEVIATION_SIZE)
    )

    inputs = select_inputs(event_panel(frame), asked)

    first = frame[~second].set_index("outcome")["deviation_bp"].abs()
    expected = 2.0 * first.loc[inputs.outcomes.index]
    np.testing.assert_allclose(inputs.outcomes[DEVIATION_SIZE], expected, rtol=EXACT)
    logs = np.log(expected)
    np.testing.assert_allclose(
        inputs.standardized[:, 1], (logs - logs.mean()) / logs.std(ddof=0), rtol=1e-9
    )
    assert not any("size of the deviation" in note for note in inputs.notes)


def test_without_the_size_of_the_deviation_a_note_warns():
    inputs = select_inputs(event_panel(event_frame()), EVERYTHING)

    assert DEVIATION_SIZE not in inputs.outcomes
    assert any("size of the deviation does not enter" in x for x in inputs.notes)
    assert any("are of 7 years" in note for note in inputs.notes)


def test_a_covariate_that_was_asked_for_and_never_varies_is_refused():
    frame = event_frame().assign(ats_share=0.3)
    asked = HalfLifeSpecification(
        variant="proportional-hazard", covariates=("ats_share",)
    )

    with pytest.raises(DataError, match=r"ats_share is 0\.3 in every row"):
        select_inputs(event_panel(frame), asked)

    findings = select_inputs(event_panel(frame), EVERYTHING).covariates["finding"]
    assert findings["ats_share"] == CONSTANT
