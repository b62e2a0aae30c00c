import numpy as np
import pymc as pm
import pytest
from pymc.model.transform.conditioning import remove_value_transforms
from scipy.stats import norm

from data.errors import DataError
from inference.sampling import SIMULATION_BACKEND
from models.half_life.effects import pooling_exponent, principal_axes
from models.half_life.inputs import select_inputs
from models.half_life.model import (
    data_variables,
    half_life_model,
    imputation_data,
    linear_data,
    variant_inputs,
)
from models.half_life.specification import (
    DISCRETE_WEIBULL,
    LINEAR,
    PROPORTIONAL_HAZARD,
    HalfLifePriors,
    HalfLifeSpecification,
    LinearHalfLifePriors,
)
from tests.half_life.frames import (
    event_frame,
    event_panel,
    with_imputations,
    with_shared_outcome,
)

# Sums of sixty log densities in double precision.
EXACT = 1e-10

HAZARD = HalfLifeSpecification(variant=PROPORTIONAL_HAZARD)
WEIBULL = HalfLifeSpecification(variant=DISCRETE_WEIBULL)
LINEAR_REGRESSION = HalfLifeSpecification(variant=LINEAR)

PRIOR_DRAWS = 400


def build(frame, specification=HAZARD, priors=None):
    return half_life_model(event_panel(frame), specification, priors)


def prior_draw(model, seed=4):
    """One point drawn from the prior, as constrained values by name."""
    tree = pm.sample_prior_predictive(
        1, model=model, random_seed=seed, backend=SIMULATION_BACKEND
    )
    drawn = tree["prior"].to_dataset().isel(chain=0, draw=0)
    return {name: drawn[name].to_numpy() for name in drawn.data_vars}


def log_likelihood(model, point):
    """Log density of every outcome at constrained values."""
    untransformed = remove_value_transforms(model)
    function = untransformed.compile_fn(
        untransformed.logp(vars=untransformed.observed_RVs, sum=False),
        inputs=untransformed.value_vars,
        on_unused_input="ignore",
        mode=SIMULATION_BACKEND,
    )
    names = [value.name for value in untransformed.value_vars]
    return function({name: point[name] for name in names})[0]


def expected_log_likelihood(point, inputs):
    """The model written a second time, day by day, outcome by outcome."""
    hazard = np.exp(point["baseline_log_hazard"])
    total = []
    for i in range(len(inputs.outcomes)):
        eta = inputs.standardized[i] @ point["coefficient"]
        eta += inputs.mix_weight[inputs.mix[i]] @ point["event_tenor_effect"]
        eta += point["date_effect"][inputs.date[i]]
        daily = -np.expm1(-np.exp(eta) * hazard)
        days, watched = inputs.half_life_days[0, i], inputs.days_watched[0, i]
        log_density = np.log1p(-daily[: days - 1]).sum()
        if days <= watched:
            log_density += np.log(daily[days - 1])
        total.append(log_density)
    return np.array(total)


@pytest.mark.slow
@pytest.mark.parametrize("specification", [HAZARD, WEIBULL])
def test_the_likelihood_is_that_of_the_equations_outcome_by_outcome(specification):
    frame = with_shared_outcome(event_frame())
    model = build(frame, specification)
    point = prior_draw(model)

    found = log_likelihood(model, point)

    inputs = select_inputs(event_panel(frame), specification)
    assert len(found) == len(frame) - 1
    np.testing.assert_allclose(found, expected_log_likelihood(point, inputs), EXACT)


def test_effects_of_groups_add_up_to_zero():
    point = prior_draw(build(event_frame()))

    for name in ("event_tenor_effect", "date_effect"):
        assert point[name].sum() == pytest.approx(0.0, abs=EXACT)


def test_the_weibull_baseline_is_a_power_of_the_day():
    point = prior_draw(build(event_frame(), WEIBULL))

    cumulative = np.exp(point["baseline_log_hazard"]).cumsum()

    day = np.arange(1, len(cumulative) + 1)
    expected = np.exp(point["first_day_log_hazard"]) * day ** point["shape"]
    np.testing.assert_allclose(cumulative, expected, rtol=EXACT)


def test_a_constant_covariate_drops_out_of_the_likelihood_and_keeps_its_prior():
    model = build(event_frame().assign(dealer_hhi=1.0))
    index = model.coords["covariate"].index("dealer_hhi")

    assert (model["standardized_covariate"].get_value()[index] == 0.0).all()
    assert "dealer_hhi" in model.coords["covariate"]


def test_dates_have_effects_only_where_outcomes_share_them():
    alone = event_frame().drop_duplicates("event_date").reset_index(drop=True)

    assert "date_effect" in build(event_frame()).named_vars
    assert "date_effect" not in build(alone).named_vars


def test_a_panel_without_covariates_has_no_coefficients():
    specification = HalfLifeSpecification(variant=PROPORTIONAL_HAZARD, covariates=())

    assert "coefficient" not in build(event_frame(), specification).named_vars


def test_all_censored_events_make_a_model_with_a_finite_density():
    frame = event_frame().assign(half_life_days=10.0, is_censored=True)
    model = build(frame)

    density = log_likelihood(model, prior_draw(model))

    assert np.isfinite(density).all()
    assert (density < 0.0).all()


@pytest.mark.parametrize("specification", [HAZARD, WEIBULL])
def test_half_lives_from_the_prior_spread_over_days_and_weeks(specification):
    tree = pm.sample_prior_predictive(
        PRIOR_DRAWS,
        model=build(event_frame(), specification),
        random_seed=2,
        backend=SIMULATION_BACKEND,
    )
    days = tree["prior_predictive"]["half_life"].to_numpy()
    hazard = np.exp(tree["prior"]["baseline_log_hazard"].to_numpy())[0]

    # Neither everything at once nor nothing ever: a tenth of the prior at least halves
    # within three days, a tenth outlasts the horizon of ten.
    assert 0.1 < (days <= 3).mean() < 0.7
    assert 0.1 < (days > 10).mean() < 0.7
    half_life = np.log(2) / hazard.mean(axis=1)
    low, high = np.quantile(half_life, [0.05, 0.95])
    assert 0.3 < low < 3
    assert 15 < high < 150


def test_the_linear_variant_takes_the_resolved_outcomes_alone():
    frame = event_frame()
    model = build(frame, LINEAR_REGRESSION)

    days = model["half_life_days"].get_value()

    resolved = frame[~frame["is_censored"]].drop_duplicates("outcome")
    assert sorted(days) == sorted(resolved["half_life_days"])


def test_the_linear_variant_refuses_censored_events_alone():
    censored = event_frame().assign(half_life_days=10.0, is_censored=True)

    with pytest.raises(DataError, match="no outcome was resolved"):
        build(censored, LINEAR_REGRESSION)


def test_priors_of_another_variant_are_refused():
    with pytest.raises(TypeError, match="takes LinearHalfLifePriors"):
        build(event_frame(), LINEAR_REGRESSION, HalfLifePriors())
    with pytest.raises(TypeError, match="takes HalfLifePriors"):
        build(event_frame(), HAZARD, LinearHalfLifePriors())


def test_data_variables_are_those_of_the_model():
    frame = with_imputations(event_frame(), 2)
    inputs = select_inputs(event_panel(frame), HAZARD)
    model = build(frame)

    for name, array in data_variables(inputs).items():
        np.testing.assert_array_equal(model[name].get_value(), array)
    second = imputation_data(inputs, 1)
    np.testing.assert_array_equal(second["half_life_days"], inputs.half_life_days[1])


def test_groups_with_more_events_are_sampled_more_as_they_are():
    exponents = [pooling_exponent(n) for n in (0, 1, 30, 30_000)]

    assert exponents[0] == 0.0
    assert exponents == sorted(exponents)
    assert exponents[-1] > 0.99


def test_principal_axes_turn_collinear_covariates_into_unrelated_ones():
    rng = np.random.default_rng(3)
    common = rng.standard_normal((500, 1))
    covariates = np.hstack([common + 0.1 * rng.standard_normal((500, 2)), common])

    axes = principal_axes(covariates)

    np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=EXACT)
    turned = covariates @ axes
    np.testing.assert_allclose(
        turned.T @ turned, np.diag((turned**2).sum(axis=0)), atol=EXACT
    )


def test_a_rotation_leaves_the_prior_of_each_coefficient_as_it_is():
    tree = pm.sample_prior_predictive(
        4000, model=build(event_frame()), random_seed=4, backend=SIMULATION_BACKEND
    )

    spread = tree["prior"]["coefficient"].std(["chain", "draw"]).to_numpy()

    # Four standard errors of a standard deviation of 4,000 draws: 4.5 percent.
    np.testing.assert_allclose(spread, HalfLifePriors().coefficient_sd, rtol=0.045)


def test_the_linear_variant_counts_what_an_imputation_resolves():
    frame = with_imputations(event_frame(), 2)
    inputs = variant_inputs(event_panel(frame), LINEAR_REGRESSION)
    model = build(frame, LINEAR_REGRESSION)
    point = prior_draw(model)
    mean = point["intercept_days"] + inputs.standardized @ point["coefficient"]
    mean += inputs.mix_weight[inputs.mix] @ point["event_tenor_effect"]

    for imputation in (0, 1):
        pm.set_data(linear_data(inputs, imputation), model=model)
        found = log_likelihood(model, point)

        days, resolved = inputs.half_life_days[imputation], inputs.is_resolved
        density = norm.logpdf(days, mean, point["noise_sd_days"])
        expected = np.where(resolved[imputation], density, 0.0)
        np.testing.assert_allclose(found, expected, EXACT)
    assert inputs.is_resolved.any(axis=0).all()
    assert not inputs.is_resolved.all()
