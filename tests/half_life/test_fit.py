from dataclasses import replace

import arviz as az
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data.half_life.checks import COVARIATES
from data.half_life.event_panel import write_half_life_panel
from inference.__main__ import app
from inference.checks.diagnostics import NOT_INFORMED
from inference.checks.verdict import check
from inference.half_life.checks import HALF_LIFE_CHECKS
from inference.half_life.prepare import fit_half_life, prepare_half_life
from inference.sampling.imputation import MISSING_INFORMATION
from inference.settings import SamplerSettings
from inference.store import read_trace, write_trace
from models.half_life.specification import (
    DISCRETE_WEIBULL,
    LINEAR,
    PROPORTIONAL_HAZARD,
    HalfLifeSpecification,
)
from models.half_life.stored_inputs import inputs_from_dataset
from tests.half_life.frames import event_frame, event_panel, with_imputations

SETTINGS = SamplerSettings(
    seed=1, draws=200, tune=300, chains=2, prior_draws=300, predictive_draws=40
)
FEW_COVARIATES = ("dealer_hhi", "ats_share")


def specification(variant):
    """No covariate is asked for by name, so that a constant one is kept."""
    return HalfLifeSpecification(variant=variant)


@pytest.fixture(scope="module")
def frame():
    others = [name for name in COVARIATES if name not in FEW_COVARIATES]
    return event_frame().assign(dealer_hhi=1.0, **dict.fromkeys(others, np.nan))


@pytest.fixture(scope="module")
def trace(frame):
    """Fit to one set of half-lives."""
    prepared = prepare_half_life(event_panel(frame), specification(DISCRETE_WEIBULL))
    return fit_half_life(prepared, SETTINGS, progressbar=False)


@pytest.fixture(scope="module")
def pooled(frame):
    """Fit to three imputations of them."""
    panel = event_panel(with_imputations(frame, 3))
    prepared = prepare_half_life(panel, specification(PROPORTIONAL_HAZARD))
    return fit_half_life(prepared, SETTINGS, progressbar=False)


@pytest.mark.slow
def test_a_trace_says_what_was_fitted_to_what(trace, frame):
    assert trace.attrs["model"] == "half-life"
    assert trace.attrs["variant"] == DISCRETE_WEIBULL
    assert trace.attrs["covariates"] == list(FEW_COVARIATES)
    assert (
        "dealer_hhi is constant: its coefficient keeps its prior"
        in (trace.attrs["notes"])
    )
    assert trace["panel"]["finding"].sel(covariate="dealer_hhi").item() == "constant"


@pytest.mark.slow
def test_a_trace_holds_the_events_that_its_outcomes_are_of(trace, frame):
    stored = trace["events"].to_dataset().to_dataframe().reset_index(drop=True)

    expected = event_panel(frame).frame
    pd.testing.assert_frame_equal(
        stored[list(expected.columns)], expected, check_dtype=False
    )


@pytest.mark.slow
def test_a_trace_survives_its_file(trace, tmp_path):
    write_trace(trace, tmp_path / "fit.nc")

    stored = read_trace(tmp_path / "fit.nc")

    assert stored.attrs["notes"] == trace.attrs["notes"]
    np.testing.assert_array_equal(
        stored["posterior"]["date_effect"], trace["posterior"]["date_effect"]
    )


@pytest.mark.slow
def test_effects_are_kept_as_they_are_and_not_as_they_were_sampled(trace):
    names = set(trace["posterior"].data_vars)

    assert {"event_tenor_effect", "date_effect", "coefficient", "shape"} <= names
    assert not any(name.endswith(("_scaled", "_rotated")) for name in names)


@pytest.mark.slow
# Few draws of a flexible model: what is tested is that each outcome's k is there.
@pytest.mark.filterwarnings("ignore:Estimated shape parameter of Pareto")
def test_every_outcome_has_a_log_likelihood_for_leave_one_out(trace, frame):
    score = az.loo(trace, pointwise=True)

    assert trace["log_likelihood"]["half_life"].sizes["outcome"] == len(frame)
    assert score.pareto_k.shape == (len(frame),)
    assert np.isfinite(score.elpd)


@pytest.mark.slow
def test_dates_are_checked_together_and_a_constant_covariate_is_not_informed(trace):
    parameters = check(trace, HALF_LIFE_CHECKS).parameters

    assert not any(name.startswith("date_effect") for name in parameters.index)
    assert trace.attrs["incidental_r_hat"]["date_effect"] < 1.2
    dealer_hhi = parameters.loc["coefficient[dealer_hhi]", "information"]
    assert dealer_hhi == NOT_INFORMED


@pytest.mark.slow
def test_imputations_stand_side_by_side_as_chains(pooled, frame):
    posterior = pooled["posterior"].to_dataset()

    assert posterior["imputation"].to_numpy().tolist() == [0, 0, 1, 1, 2, 2]
    assert pooled["log_likelihood"]["half_life"].dims == ("chain", "draw")
    assert "date_effect" not in posterior
    assert "date_effect" in pooled.attrs["incidental_r_hat"]
    assert pooled["posterior_predictive"]["half_life"].sizes["outcome"] == len(frame)


@pytest.mark.slow
def test_the_summed_log_likelihood_of_an_imputation_is_that_of_its_data(pooled):
    likelihood = pooled["log_likelihood"]["half_life"]
    by_imputation = likelihood.groupby("imputation").mean(...)

    # The first half-lives are censored in places, the others drawn at random.
    assert np.ptp(by_imputation.to_numpy()) > 1.0
    assert np.isfinite(likelihood).all()


@pytest.mark.slow
def test_the_share_of_variance_between_imputations_is_kept(pooled):
    share = pooled["imputation"].to_dataset().sel(statistic=MISSING_INFORMATION)

    assert (
        (share["baseline_log_hazard"] >= 0) & (share["baseline_log_hazard"] < 1)
    ).all()
    # A coefficient that no data inform is the same in every imputation.
    assert share["coefficient"].sel(covariate="dealer_hhi") < 0.1
    assert share["baseline_log_hazard"].max() > 0.2


@pytest.mark.slow
def test_pooled_chains_are_checked_within_their_imputations(pooled):
    parameters, run, _, _ = check(pooled, HALF_LIFE_CHECKS)

    assert parameters["r_hat"].max() < 1.1
    assert run.num_imputations == 3
    assert len(run.e_bfmi) == 2


def test_the_command_names_what_it_cannot_use(tmp_path, frame):
    path = tmp_path / "panel.csv"
    write_half_life_panel(frame, path)
    base = ["fit", "half-life", "--panel", str(path)]

    wrong = {
        "there is no variant 'cox'": ["--variant", "cox", "--out", "fit.nc"],
        "does not end in .nc": ["--variant", DISCRETE_WEIBULL, "--out", "fit.csv"],
        "there is no covariate 'rain'": [
            *("--variant", DISCRETE_WEIBULL, "--out", "fit.nc"),
            *("--covariate", "rain"),
        ],
    }
    for message, options in wrong.items():
        result = CliRunner().invoke(app, [*base, *options])
        assert result.exit_code != 0
        assert message in result.output


@pytest.mark.slow
def test_log_densities_of_many_outcomes_are_those_of_every_kth_draw(frame):
    prepared = prepare_half_life(event_panel(frame), specification(DISCRETE_WEIBULL))

    thinned = fit_half_life(
        replace(prepared, density_draws=50), SETTINGS, progressbar=False
    )

    kept = thinned["log_likelihood"]["half_life"]
    assert (kept.sizes["chain"], kept.sizes["draw"]) == (2, 25)
    assert thinned["posterior"].sizes["draw"] == SETTINGS.draws
    parameters = check(thinned, HALF_LIFE_CHECKS).parameters
    assert np.isfinite(parameters["likelihood_sensitivity"]).all()


@pytest.mark.slow
def test_the_linear_variant_is_pooled_over_imputations_too(frame):
    panel = event_panel(with_imputations(frame, 2))
    prepared = prepare_half_life(panel, specification(LINEAR))

    linear = fit_half_life(prepared, SETTINGS, progressbar=False)

    posterior = linear["posterior"].to_dataset()
    assert posterior["imputation"].to_numpy().tolist() == [0, 0, 1, 1]
    means = posterior["intercept_days"].groupby("imputation").mean(...)
    inputs = inputs_from_dataset(prepared.used, ())
    days = np.where(inputs.is_resolved, inputs.half_life_days, np.nan)
    # Forty half-lives with a standard deviation of 3 days.
    np.testing.assert_allclose(means, np.nanmean(days, axis=1), atol=1.5)
