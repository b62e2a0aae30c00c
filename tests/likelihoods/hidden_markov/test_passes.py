"""The compiled passes against all paths, other packages and finite differences."""

import warnings

import numpy as np
import pytest
from hmmlearn.hmm import GaussianHMM
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

from models.likelihoods.compiled.elementary import exponential, logarithm
from models.likelihoods.hidden_markov.passes import (
    BackwardResult,
    ForwardResult,
    forward_backward,
)
from tests.likelihoods.hidden_chains import (
    Chain,
    enumerate_paths,
    log_space,
    random_chain,
)

EXACT = 1e-12
"""Sums of a few hundred positive terms on either side, without cancellation."""

LONG = 1e-9
"""Relative, over thousands of days. The log-space references lose digits: they take
differences of log likelihoods in the thousands."""

DIFFERENCES = 1e-6
"""Relative. A central difference with step 1e-5 has an error of order 1e-10 from its
third derivative and of order 1e-11 * |log likelihood| from cancellation."""

ULPS = 4 * np.finfo(float).eps
"""Of the elementary functions; their argument reduction costs an ulp or two."""


@pytest.fixture
def rng():
    return np.random.default_rng(20250014)


def run_forward(chain):
    passes = forward_backward(chain.log_emission.shape[1])
    emission = np.ascontiguousarray(chain.log_emission.T)
    return ForwardResult(*passes.forward(emission, *chain[1:]))


def run_backward(chain, weight, result):
    passes = forward_backward(chain.log_emission.shape[1])
    return BackwardResult(*passes.backward(weight, chain.covariate, *result[1:]))


def gradient_of_sum(chain):
    weight = np.ones(len(chain.covariate))
    return run_backward(chain, weight, run_forward(chain))


@pytest.mark.parametrize(("num_days", "num_states"), [(6, 3), (1, 3), (2, 3), (8, 2)])
def test_each_day_has_the_density_summed_over_all_paths(num_days, num_states, rng):
    chain = random_chain(rng, num_days, num_states)
    expected = enumerate_paths(chain).log_likelihood
    assert_allclose(run_forward(chain).log_likelihood, expected, rtol=EXACT)


def test_gradient_with_respect_to_log_emission_is_the_smoothed_probability(rng):
    chain = random_chain(rng, 6)
    gradient = gradient_of_sum(chain).log_emission.T
    assert_allclose(gradient, enumerate_paths(chain).smoothed, rtol=EXACT)


def test_gradient_of_the_transitions_is_pair_probability_less_expectation(rng):
    """The score of a multinomial logit whose moves are known as probabilities."""
    chain = random_chain(rng, 6)
    pairs = enumerate_paths(chain).pairs
    expected = pairs.sum(axis=2, keepdims=True) * chain.transition[:-1]
    score = (pairs - expected)[:, :, 1:]
    gradient = gradient_of_sum(chain)
    by_slope = (score * chain.covariate[:-1, None, None]).sum(axis=0)
    assert_allclose(gradient.transition_intercept, score.sum(axis=0), rtol=1e-10)
    assert_allclose(gradient.transition_slope, by_slope, rtol=1e-10)


def test_filtered_and_predicted_probabilities_look_at_no_later_day(rng):
    chain = random_chain(rng, 6)
    result = run_forward(chain)
    for t in range(6):
        until = chain._replace(
            log_emission=chain.log_emission[: t + 1].copy(),
            covariate=chain.covariate[: t + 1],
        )
        filtered = enumerate_paths(until).smoothed[-1]
        assert_allclose(result.filtered[:, t], filtered, rtol=EXACT)
        until.log_emission[t] = 0.0
        predicted = enumerate_paths(until).smoothed[-1]
        assert_allclose(result.update[:, t], filtered / predicted, rtol=EXACT)


def test_missing_days_are_summed_out(rng):
    chain = random_chain(rng, 6)
    chain.log_emission[[0, 3, 4]] = 0.0
    result = run_forward(chain)
    expected = enumerate_paths(chain).log_likelihood
    assert_allclose(result.log_likelihood, expected, rtol=EXACT, atol=EXACT)
    assert_allclose(result.log_likelihood[[0, 3, 4]], 0.0, atol=EXACT)


@pytest.mark.parametrize("num_states", [2, 3, 6])
@pytest.mark.parametrize("num_days", [1, 2, 50])
def test_gradient_agrees_with_finite_differences(num_days, num_states, rng):
    """Along random directions of each input, under weights of either sign."""
    chain = random_chain(rng, num_days, num_states)
    weight = rng.normal(size=num_days)
    gradient = run_backward(chain, weight, run_forward(chain))
    names = ("log_emission", "initial", "intercept", "slope")
    for name, found in zip(names, gradient, strict=True):
        value = getattr(chain, name)
        direction, step = rng.normal(size=value.shape), 1e-5
        above = run_forward(chain._replace(**{name: value + step * direction}))
        below = run_forward(chain._replace(**{name: value - step * direction}))
        change = weight @ (above.log_likelihood - below.log_likelihood)
        analytic = (found.T if name == "log_emission" else found) * direction
        assert_allclose(
            analytic.sum(),
            change / (2 * step),
            rtol=DIFFERENCES,
            atol=DIFFERENCES,
            err_msg=name,
        )


def test_constant_transitions_agree_with_hmmlearn(rng):
    chain = random_chain(rng, 400)
    chain.slope[:] = 0.0
    mean, sd, data = (
        np.array([-1.0, 0.5, 2.0]),
        np.array([0.5, 1.0, 2.0]),
        2 * rng.normal(size=400),
    )
    chain = chain._replace(log_emission=stats.norm.logpdf(data[:, None], mean, sd))
    peer = GaussianHMM(3, covariance_type="diag")
    peer.startprob_, peer.transmat_ = chain.initial, chain.transition[0]
    peer.means_, peer.covars_ = mean[:, None], sd[:, None] ** 2
    expected, smoothed = peer.score_samples(data[:, None])
    assert_allclose(run_forward(chain).log_likelihood.sum(), expected, rtol=LONG)
    assert_allclose(gradient_of_sum(chain).log_emission.T, smoothed, rtol=1e-8)


def test_logistic_transitions_agree_with_statsmodels(rng):
    chain = random_chain(rng, 400)
    slope, sd = rng.normal(size=(3, 2)), np.array([0.5, 1.0, 2.0])
    regressors, data = rng.normal(size=(400, 2)), 2 * rng.normal(size=400)
    # statsmodels starts two moves before the first day, both by the first row.
    first = chain._replace(covariate=rng.normal(size=1), log_emission=np.zeros((1, 3)))
    driver = np.concatenate([first.covariate, chain.covariate[:-1]])
    peer = MarkovRegression(
        data,
        k_regimes=3,
        trend="n",
        exog=regressors,
        switching_variance=True,
        exog_tvtp=np.column_stack([np.ones(400), driver]),
    )
    peer.initialize_known(chain.initial)
    parameters = statsmodels_parameters(peer, chain, slope, sd)
    with warnings.catch_warnings():
        # Its own sums over probabilities that are one up to rounding.
        warnings.simplefilter("ignore", RuntimeWarning)
        result = peer.smooth(parameters)
    emission = stats.norm.logpdf(data[:, None], regressors @ slope.T, sd)
    ours = chain._replace(
        log_emission=emission,
        initial=chain.initial @ first.transition[0] @ first.transition[0],
    )
    assert_allclose(run_forward(ours).log_likelihood, result.llf_obs, rtol=LONG)
    assert_allclose(
        gradient_of_sum(ours).log_emission.T,
        result.smoothed_marginal_probabilities,
        rtol=1e-7,
        atol=1e-12,
    )


def statsmodels_parameters(peer, chain, slope, sd):
    """Log odds against the last regime, where ours are against the first."""
    values = {}
    for kind, (name, odds) in enumerate(
        {"tvtp0": chain.intercept, "tvtp1": chain.slope}.items()
    ):
        against_first = np.column_stack([np.zeros(3), odds])
        for i in range(3):
            for j in range(2):
                values[f"p[{i}->{j}].{name}"] = (
                    against_first[i, j] - against_first[i, 2]
                )
            values[f"x{kind + 1}[{i}]"] = slope[i, kind]
            values[f"sigma2[{i}]"] = sd[i] ** 2
    return np.array([values[name] for name in peer.param_names])


def test_long_and_unlikely_samples_do_not_underflow(rng):
    chain = random_chain(rng, 3_000)
    chain.log_emission[:] -= 500.0
    expected, smoothed = log_space(chain)
    assert_allclose(run_forward(chain).log_likelihood, expected, rtol=LONG)
    assert_allclose(gradient_of_sum(chain).log_emission.T, smoothed, rtol=1e-6)


def test_a_quarter_of_a_million_days_have_finite_densities_and_gradients(rng):
    chain = random_chain(rng, 250_000)
    assert np.isfinite(run_forward(chain).log_likelihood).all()
    assert all(np.isfinite(part).all() for part in gradient_of_sum(chain))


def test_states_that_all_but_exclude_each_other_keep_a_finite_gradient(rng):
    """Each day's likely state is one that the days before had ruled out."""
    chain = random_chain(rng, 40)
    chain.intercept[:], chain.slope[:] = -200.0, 0.0
    chain.intercept[np.arange(1, 3), np.arange(2)] = 200.0
    chain.log_emission[:] = rng.choice([0.0, -60.0], size=(40, 3))
    expected, smoothed = log_space(chain)
    assert_allclose(run_forward(chain).log_likelihood, expected, rtol=LONG, atol=LONG)
    assert_allclose(gradient_of_sum(chain).log_emission.T, smoothed, atol=1e-8)


def test_an_unreachable_state_leaves_the_gradient_finite(rng):
    """However much better than the others it explains every day."""
    chain = random_chain(rng, 10)
    chain.initial[:] = 0.5, 0.5, 0.0
    chain.intercept[:, 1] = -1e4, -1e4, 50.0
    chain.log_emission[:, 2], chain.log_emission[:, :2] = 0.0, -600.0
    expected, smoothed = log_space(chain)
    assert_allclose(run_forward(chain).log_likelihood, expected, rtol=LONG)
    assert_allclose(gradient_of_sum(chain).log_emission.T, smoothed, atol=1e-9)
    assert all(np.isfinite(part).all() for part in gradient_of_sum(chain))


def test_near_separated_transitions_agree_with_log_space(rng):
    """The size of the published estimates: delta -284.6 and gamma 4.696."""
    chain = random_chain(rng, 300)
    chain = chain._replace(covariate=rng.uniform(10, 150, 300))
    chain.intercept[0, 1], chain.slope[0, 1] = -284.6, 4.696
    expected, smoothed = log_space(chain)
    assert_allclose(run_forward(chain).log_likelihood, expected, rtol=LONG)
    assert_allclose(gradient_of_sum(chain).log_emission.T, smoothed, atol=1e-9)


def test_log_odds_beyond_the_range_of_the_exponential_keep_their_ratio(rng):
    chain = random_chain(rng, 50)
    chain.intercept[1] = 900.0, 901.0
    expected, smoothed = log_space(chain)
    assert_allclose(run_forward(chain).log_likelihood, expected, rtol=LONG)
    assert_allclose(gradient_of_sum(chain).log_emission.T, smoothed, atol=1e-9)


@pytest.mark.parametrize("extreme", [-900.0, 900.0])
def test_log_odds_out_of_range_on_one_day_alone_keep_their_ratio(extreme, rng):
    chain = random_chain(rng, 50)
    chain.intercept[1], chain.slope[1] = (0.0, 0.5), 1.0
    chain.covariate[30] = extreme
    expected, smoothed = log_space(chain)
    assert_allclose(run_forward(chain).log_likelihood, expected, rtol=LONG)
    assert_allclose(gradient_of_sum(chain).log_emission.T, smoothed, atol=1e-9)


def test_cotangents_beyond_their_bound_do_not_spread(rng):
    """A state that is ruled out would explain two days so much better than the rest.

    Unbounded, its cotangent would overflow, and times its probability of zero be NaN.
    """
    chain = random_chain(rng, 10)
    chain.intercept[:, 1] = -1e4, -1e4, 50.0
    chain.initial[:] = 0.5, 0.5, 0.0
    chain.log_emission[4:6] = -600.0, -600.0, 0.0
    gradient = gradient_of_sum(chain)
    assert_allclose(gradient.log_emission.T, log_space(chain)[1], atol=1e-9)
    assert all(np.isfinite(part).all() for part in gradient)


IMPOSSIBLE_VALUES = {
    "no state emits": ("log_emission", -np.inf),
    "emission overflows": ("log_emission", np.inf),
    "emission undefined": ("log_emission", np.nan),
    "initial undefined": ("initial", np.nan),
    "initial zero": ("initial", 0.0),
    "intercept infinite": ("intercept", np.inf),
    "intercept undefined": ("intercept", np.nan),
    "slope infinite": ("slope", -np.inf),
    "covariate undefined": ("covariate", np.nan),
}


@pytest.mark.parametrize(
    ("name", "value"), IMPOSSIBLE_VALUES.values(), ids=IMPOSSIBLE_VALUES.keys()
)
def test_impossible_inputs_give_minus_infinity_and_a_zero_gradient(name, value, rng):
    chain = random_chain(rng, 30)
    getattr(chain, name)[-1 if name == "log_emission" else ...] = value
    result = run_forward(chain)
    assert (result.log_likelihood == -np.inf).all()
    gradient = run_backward(chain, np.ones(30), result)
    if name == "covariate":
        gradient = gradient._replace(transition_slope=np.zeros(1))
    assert all(not np.any(part) for part in gradient)


def test_data_that_only_a_remote_state_emits_are_as_unlikely_as_the_move(rng):
    chain = random_chain(rng, 30)
    chain.intercept[:, 1] = -1e6
    chain.initial[:] = 0.5, 0.5, 0.0
    chain.log_emission[20, :2] = -np.inf
    expected, smoothed = log_space(chain)
    result = run_forward(chain)
    assert_allclose(result.log_likelihood, expected, rtol=LONG)
    assert result.log_likelihood.sum() < -0.9e6
    assert_allclose(gradient_of_sum(chain).log_emission.T, smoothed, atol=1e-9)


def test_a_state_that_cannot_emit_a_day_is_left_out_of_it(rng):
    chain = random_chain(rng, 6)
    chain.log_emission[2, 1] = -np.inf
    result = run_forward(chain)
    assert_allclose(
        result.log_likelihood, enumerate_paths(chain).log_likelihood, rtol=EXACT
    )
    assert gradient_of_sum(chain).log_emission[1, 2] == 0.0


def test_gradient_of_a_failure_does_not_leak_what_stood_in_memory(rng):
    fine, impossible = random_chain(rng, 30), random_chain(rng, 30)
    impossible.log_emission[3] = -np.inf
    for _ in range(10):
        gradient_of_sum(fine)
        assert not np.any(gradient_of_sum(impossible).transition_intercept)


def test_exponential_is_that_of_numpy():
    x = np.concatenate([[0.0], np.geomspace(1e-300, 708.0, 20_000)])
    x = np.concatenate([x, -x])
    assert_allclose([exponential(v) for v in x], np.exp(x), rtol=ULPS)
    assert exponential(0.0) == 1.0


def test_exponential_of_hugely_negative_numbers_is_zero():
    assert [exponential(x) for x in (-709.0, -1e5, -1e308, -np.inf)] == [0.0] * 4
    assert np.isnan(exponential(np.nan))


def test_logarithm_is_that_of_numpy():
    around_one = 1 + np.linspace(-0.5, 1.0, 20_001)
    x = np.concatenate([np.geomspace(3e-308, 1e308, 20_000), around_one])
    assert_allclose([logarithm(v) for v in x], np.log(x), rtol=ULPS, atol=0)
    assert logarithm(1.0) == 0.0


def test_likelihood_of_equal_states_is_that_of_one_state(rng):
    chain = random_chain(rng, 50)
    same = np.repeat(chain.log_emission[:, :1], 3, axis=1)
    result = run_forward(Chain(same, *chain[1:]))
    assert_allclose(result.log_likelihood, same[:, 0], rtol=EXACT, atol=EXACT)
