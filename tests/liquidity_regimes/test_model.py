"""The model against numpy: parameters, likelihood, priors."""

import numpy as np
import pymc as pm
import pytest
from numpy.testing import assert_allclose
from scipy.special import logsumexp
from scipy.stats import norm, t

from data.errors import DataError
from data.liquidity_regimes.panel import liquidity_panel_from_frame
from models.likelihoods.hidden_markov.paths import transition_matrices
from models.liquidity_regimes.model import liquidity_regimes_model
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from tests.liquidity_regimes.models import (
    INTERPRETED,
    NUM_DAYS,
    at_jittered_point,
    model_of,
    twin,
    twin_frame,
)

# Two ways of adding up 600 log densities.
ROUNDING = 1e-9

NUM_PRIOR_DRAWS = 400

SPECIFICATIONS = [
    {},
    {"covariates": "I"},
    {"covariates": "III", "num_states": 2},
    {"num_states": 4, "noise": "student-t"},
    {"transition": "constant"},
    {"initial": "stationary"},
    {"transition": "constant", "initial": "stationary", "num_states": 5},
    {"security": "market-wide"},
    {"security": "market-wide", "noise": "student-t", "covariates": "II"},
]


def forward_in_logs(
    log_emission: np.ndarray, initial: np.ndarray, transition: np.ndarray
) -> np.ndarray:
    """Log predictive density of each day, by the textbook recursion."""
    with np.errstate(divide="ignore"):
        state, chain = np.log(initial), np.log(transition)
    densities = []
    for day, emission in enumerate(log_emission):
        if day > 0:
            state = logsumexp(state[:, None] + chain[day - 1], axis=0)
        densities.append(logsumexp(state + emission))
        state = state + emission - densities[-1]
    return np.array(densities)


def reported(model: pm.Model) -> dict[str, np.ndarray]:
    """Parameters under the names of the paper's table, at one point."""
    names = ["price_impact_slope", "noise_sd", "initial_probability"]
    optional = [
        "degrees_of_freedom",
        "transition_intercept",
        "transition_depth_slope",
        "transition_probability",
    ]
    names += [name for name in optional if name in model.named_vars]
    values = at_jittered_point(model, [model[name] for name in names])
    return dict(zip(names, values, strict=True))


def densities(model: pm.Model) -> np.ndarray:
    (total,) = at_jittered_point(
        model, [model.logp(vars=[model["price_impact"]], sum=False)[0]]
    )
    return total


def transitions(found: dict[str, np.ndarray], depth: np.ndarray) -> np.ndarray:
    if "transition_probability" in found:
        constant = found["transition_probability"]
        return np.broadcast_to(constant, (len(depth) - 1, *constant.shape))
    return transition_matrices(
        found["transition_intercept"], found["transition_depth_slope"], depth[:-1]
    )


@pytest.mark.parametrize("arguments", SPECIFICATIONS, ids=str)
def test_each_day_has_its_density_given_all_earlier_days(
    arguments: dict[str, str],
) -> None:
    model = model_of(**arguments)
    found = reported(model)
    panel = twin(2 if "security" in arguments else 1).dataset
    specification = LiquidityRegimesSpecification(**arguments)
    covariates = panel["covariate_bp"].sel(
        covariate=list(specification.covariate_names)
    )
    slope, noise_sd = found["price_impact_slope"], found["noise_sd"]
    if "security" not in arguments:
        slope, noise_sd = slope[:, None], noise_sd[:, None]
    mean = np.einsum("tp,knp->tkn", covariates.to_numpy(), slope)
    impact = panel["price_impact"].to_numpy()[:, None]
    emission = norm.logpdf(impact, mean, noise_sd)
    if "degrees_of_freedom" in found:
        emission = t.logpdf(impact, found["degrees_of_freedom"], mean, noise_sd)
    depth = panel["depth_musd"].mean("security").to_numpy()
    expected = forward_in_logs(
        emission.sum(axis=2), found["initial_probability"], transitions(found, depth)
    )
    assert_allclose(densities(model), expected, rtol=ROUNDING, atol=ROUNDING)


def test_volatility_slopes_fall_from_state_to_state() -> None:
    for arguments in ({}, {"num_states": 5}, {"security": "market-wide"}):
        slope = reported(model_of(**arguments))["price_impact_slope"]
        assert (np.diff(slope[..., 0], axis=0) < 0).all()
        assert (slope[..., 0] > 0).all()


def test_a_departure_is_measured_at_the_depth_at_which_its_state_is_usual() -> None:
    model = model_of()
    names = ["departure_log_odds_standardized", "departure_depth_slope_standardized"]
    log_odds, slope, usual, sd, delta, gamma = at_jittered_point(
        model,
        [
            *(model[name] for name in names),
            model["usual_depth_musd"],
            model["depth_sd_musd"],
            model["transition_intercept"],
            model["transition_depth_slope"],
        ],
    )
    for state in range(3):
        others = [j for j in range(3) if j != state]
        for depth in (usual[state], 20.0):
            probability = transition_matrices(delta, gamma, depth)[state]
            expected = log_odds[state] + slope[state] * (depth - usual[state]) / sd
            assert_allclose(
                np.log(probability[others] / probability[state]),
                expected,
                rtol=1e-8,
            )


@pytest.mark.parametrize("transition", ["depth", "constant"])
def test_a_stationary_start_is_left_as_it_is_by_the_first_transition(
    transition: str,
) -> None:
    model = model_of(transition=transition, initial="stationary", num_states=4)
    found = reported(model)
    depth = twin().dataset["depth_musd"].to_numpy()[:, 0]
    first = transitions(found, depth)[0]
    initial = found["initial_probability"]
    # The model adds 1e-12 to every probability.
    assert_allclose(initial @ first, initial, atol=1e-10)
    assert initial.sum() == pytest.approx(1.0)


def test_a_missing_day_is_integrated_out_and_its_filler_does_not_matter() -> None:
    frame = twin_frame().assign()
    frame.loc[[0, 100, 101, NUM_DAYS - 1], "price_impact"] = np.nan
    panel = liquidity_panel_from_frame(frame, "gaps")
    model = liquidity_regimes_model(panel, LiquidityRegimesSpecification())
    found = densities(model)
    assert found[[0, 100, 101, NUM_DAYS - 1]] == pytest.approx(np.zeros(4), abs=1e-12)
    assert np.isfinite(found).all()
    observed = model["observed_price_impact"].get_value()
    model.set_data("observed_price_impact", np.where(observed == 0.0, 9e3, observed))
    assert_allclose(densities(model), found, rtol=ROUNDING, atol=ROUNDING)


def test_the_posterior_does_not_depend_on_the_unit_of_price_impact() -> None:
    scaled = twin_frame().assign(price_impact=lambda frame: 1e4 * frame.price_impact)
    model = liquidity_regimes_model(
        liquidity_panel_from_frame(scaled, "scaled"), LiquidityRegimesSpecification()
    )
    (here,) = at_jittered_point(model_of(), [model_of().logp()])
    point = model_of().initial_point()
    assert set(model.initial_point()) == set(point)
    # Noise is the only free parameter with the unit of price impact; its initial value
    # moves along, so the point is the same in either unit.
    (there,) = at_jittered_point(model, [model.logp()])
    assert there == pytest.approx(here - NUM_DAYS * np.log(1e4), rel=ROUNDING)


@pytest.fixture(scope="module")
def prior() -> dict[str, np.ndarray]:
    drawn = pm.sample_prior_predictive(
        NUM_PRIOR_DRAWS, model=model_of(), random_seed=4, backend=INTERPRETED
    )
    return {
        name: values.to_numpy()[0]
        for group in ("prior", "prior_predictive")
        for name, values in drawn[group].data_vars.items()
    }


def test_prior_predictions_have_the_size_of_price_impact(
    prior: dict[str, np.ndarray],
) -> None:
    impact = twin().dataset["price_impact"].to_numpy()
    typical = np.median(np.abs(prior["price_impact"]), axis=1)
    low, high = np.quantile(typical / np.median(impact), [0.05, 0.95])
    assert 0.2 < low < 1.0 < high < 5.0


def test_the_prior_allows_for_the_published_parameters_and_for_their_opposites(
    prior: dict[str, np.ndarray],
) -> None:
    sd = twin().dataset["depth_musd"].to_numpy().std()
    slope = prior["departure_depth_slope_standardized"]
    # Model III's move from state 1 to 3, per standard deviation of this depth: in the
    # tails, which fall as slowly as the square. A normal with the same middle half
    # would say 1e-8.
    assert 0.003 < (np.abs(slope) > 0.528 * sd).mean() < 0.05
    assert (slope > 0).mean() == pytest.approx(0.5, abs=0.05)


def test_the_prior_lets_a_state_last_from_a_day_to_a_year_at_its_usual_depth(
    prior: dict[str, np.ndarray],
) -> None:
    odds = np.exp(prior["departure_log_odds_standardized"]).sum(axis=2)
    spell = (1 + odds) / odds
    low, middle, high = np.quantile(spell, [0.05, 0.5, 0.95])
    assert 1.0 < low < 2.0
    assert 10 < middle < 30
    assert 125 < high < 500


def test_the_prior_of_constant_rows_expects_spells_of_six_days() -> None:
    priors = LiquidityRegimesPriors()
    leaving = 2 * priors.departure_concentration
    staying = priors.persistence_concentration / (
        priors.persistence_concentration + leaving
    )
    assert 1 / (1 - staying) == pytest.approx(6.0)


def test_a_security_that_the_panel_lacks_is_named() -> None:
    with pytest.raises(DataError, match=r"10y.*7y"):
        liquidity_regimes_model(twin(), LiquidityRegimesSpecification(security="7y"))


def test_a_panel_of_several_securities_asks_which() -> None:
    with pytest.raises(DataError, match="names none"):
        liquidity_regimes_model(twin(2), LiquidityRegimesSpecification())
