"""Covariates that outcomes lack are drawn, not filled, and cost no outcome."""

import numpy as np
import pytest
import xarray as xr
from scipy.stats import norm

from data.errors import DataError
from inference.half_life.hazards import log_hazard_ratio
from models.half_life.inputs import select_inputs
from models.half_life.missing_covariates import missing_cells
from models.half_life.model import half_life_model
from models.half_life.specification import (
    LEAVE_OUT,
    PROPORTIONAL_HAZARD,
    HalfLifeSpecification,
)
from models.half_life.stored_inputs import inputs_dataset, inputs_from_dataset
from tests.half_life.frames import event_frame, event_panel
from tests.half_life.test_model import EXACT, log_likelihood, prior_draw

IMPUTED = HalfLifeSpecification(variant=PROPORTIONAL_HAZARD)
COMPLETE_ONLY = HalfLifeSpecification(variant=PROPORTIONAL_HAZARD, missing=LEAVE_OUT)


def frame_with_gaps():
    """ATS share is missing in ten outcomes, dealer HHI in five of these and others."""
    frame = event_frame()
    frame.loc[:9, "ats_share"] = np.nan
    frame.loc[5:19, "dealer_hhi"] = np.nan
    return frame


def test_outcomes_that_lack_a_covariate_stay_and_are_counted():
    inputs = select_inputs(event_panel(frame_with_gaps()), IMPUTED)

    assert len(inputs.outcomes) == 60
    assert inputs.incomplete == ("ats_share", "dealer_hhi")
    assert np.isnan(inputs.standardized).sum() == 25
    assert (
        "ats_share is missing for 10 of 60 outcomes and drawn there, given all else"
        in inputs.notes
    )
    known = inputs.standardized[:, list(inputs.covariates.index).index("ats_share")]
    np.testing.assert_allclose(np.nanmean(known), 0.0, atol=EXACT)
    np.testing.assert_allclose(np.nanstd(known), 1.0, rtol=EXACT)


def test_outcomes_that_lack_a_covariate_can_be_left_out():
    inputs = select_inputs(event_panel(frame_with_gaps()), COMPLETE_ONLY)

    assert len(inputs.outcomes) == 40
    assert inputs.incomplete == ()


def test_a_covariate_known_for_few_outcomes_is_never_imputed():
    frame = event_frame()
    frame.loc[frame.index >= 20, "ats_share"] = np.nan
    asked = HalfLifeSpecification(
        variant=PROPORTIONAL_HAZARD, covariates=("ats_share",)
    )

    inputs = select_inputs(event_panel(frame), asked)

    assert len(inputs.outcomes) == 20
    assert inputs.incomplete == ()


def test_an_unknown_treatment_is_refused():
    with pytest.raises(DataError, match="no way 'zero' to treat missing"):
        HalfLifeSpecification(variant=PROPORTIONAL_HAZARD, missing="zero")


def test_a_complete_panel_has_none_of_it():
    model = half_life_model(event_panel(event_frame()), IMPUTED)

    assert not [name for name in model.named_vars if name.startswith("missing")]
    assert not model.potentials


def expected_cells(inputs, point):
    """Covariates with their missing cells, and the density of the known ones, by loop.

    Returns
    -------
    filled : (outcome, covariate) array
    density : float
    """
    names = list(inputs.covariates.index)
    filled = inputs.standardized.copy()
    tenors = sorted(set(inputs.outcomes["tenor"]))
    complete = [name for name in names if name not in inputs.incomplete]
    cells = missing_cells(inputs)
    density, slope_at = 0.0, 0
    for k, name in enumerate(inputs.incomplete):
        others = [*complete, *inputs.incomplete[:k]]
        slopes = point["missing_slope"][slope_at : slope_at + len(others)]
        slope_at += len(others)
        for i, (label, row) in enumerate(inputs.outcomes.iterrows()):
            mean = point["missing_level"][k, tenors.index(row["tenor"])]
            mean += slopes @ [filled[i, names.index(other)] for other in others]
            sd = point["missing_sd"][k]
            cell = (i, names.index(name))
            if np.isnan(filled[cell]):
                place = cells.index(f"{name}: {label}")
                filled[cell] = mean + sd * point["missing_covariate_scaled"][place]
                assert point["missing_covariate"][place] == pytest.approx(filled[cell])
            else:
                density += norm.logpdf(filled[cell], mean, sd)
    return filled, density


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:The effect of Potentials")
def test_model_and_hazards_are_those_of_the_filled_covariates():
    panel = event_panel(frame_with_gaps())
    model = half_life_model(panel, IMPUTED)
    inputs = select_inputs(panel, IMPUTED)
    point = prior_draw(model)
    filled, density = expected_cells(inputs, point)

    untransformed = {name: point[name] for name in point if name in model.named_vars}
    (potential,) = model.potentials
    given = {
        model[name]: untransformed[name]
        for name in (
            "missing_level",
            "missing_slope",
            "missing_sd",
            "missing_covariate_scaled",
        )
    }
    num_known = len(inputs.incomplete) * len(filled) - len(missing_cells(inputs))
    constant = -0.5 * np.log(2 * np.pi) * num_known
    assert potential.eval(given) + constant == pytest.approx(density, rel=EXACT)

    draws = xr.Dataset(
        {
            name: (model.named_vars_to_dims[name], point[name])
            for name in (
                "coefficient",
                "event_tenor_effect",
                "date_effect",
                "missing_covariate",
            )
        },
        coords={"covariate": list(inputs.covariates.index)},
    ).expand_dims("sample")
    ratio = log_hazard_ratio(draws, inputs)[0]
    expected = filled @ point["coefficient"] + point["date_effect"][inputs.date]
    expected += (inputs.mix_weight @ point["event_tenor_effect"])[inputs.mix]
    np.testing.assert_allclose(ratio, expected, rtol=EXACT)

    hazard = np.exp(expected[:, None] + point["baseline_log_hazard"])
    days, watched = inputs.half_life_days[0], inputs.days_watched[0]
    found = log_likelihood(model, point)
    for i, of_day in enumerate(hazard):
        last = min(days[i], watched[i])
        open_until = -of_day[: last - (days[i] <= watched[i])].sum()
        halves = np.log(-np.expm1(-of_day[last - 1])) if days[i] <= watched[i] else 0.0
        assert found[i] == pytest.approx(open_until + halves, rel=EXACT)


def test_missing_cells_come_back_from_a_trace():
    inputs = select_inputs(event_panel(frame_with_gaps()), IMPUTED)

    again = inputs_from_dataset(inputs_dataset(inputs), inputs.notes)

    np.testing.assert_array_equal(again.standardized, inputs.standardized)
    assert again.incomplete == inputs.incomplete
    assert missing_cells(again) == missing_cells(inputs)
