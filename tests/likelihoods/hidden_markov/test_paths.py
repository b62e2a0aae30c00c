"""Statements on the states, against sums over all paths."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import logsumexp

from models.likelihoods.hidden_markov.paths import (
    draw_path,
    filter_and_smooth,
    most_likely_path,
    predicted_probability,
    simulate_states,
    transition_matrices,
)
from tests.likelihoods.hidden_chains import enumerate_paths, random_chain

EXACT = 1e-12
"""Relative; sums of a few hundred positive terms on either side."""

NUM_DRAWS = 20_000

FREQUENCY_ERROR = 5.0
"""Standard errors: all of the few dozen frequencies compared pass with a probability of
0.9999."""


@pytest.fixture
def rng():
    return np.random.default_rng(1970)


@pytest.fixture
def chain(rng):
    return random_chain(rng, 6)


def arguments(chain):
    return chain.log_emission, chain.initial, chain.transition[:-1]


def assert_frequencies(counts, probability):
    error = np.sqrt(probability * (1 - probability) / NUM_DRAWS)
    off = np.abs(counts / NUM_DRAWS - probability)
    # A path of probability 1e-9 may be met once.
    assert (off < FREQUENCY_ERROR * error + 2 / NUM_DRAWS).all()


def test_transition_matrices_are_the_multinomial_logit(chain):
    found = transition_matrices(chain.intercept, chain.slope, chain.covariate)
    assert_allclose(found, chain.transition, rtol=EXACT)
    single = transition_matrices(chain.intercept, chain.slope, chain.covariate[2])
    assert_allclose(single, chain.transition[2], rtol=EXACT)


def test_near_separated_transitions_do_not_overflow(chain):
    found = transition_matrices(1e4 * chain.intercept, chain.slope, chain.covariate)
    assert_allclose(found.sum(axis=-1), 1.0, rtol=EXACT)


def test_smoothed_probabilities_are_those_of_all_paths(chain):
    smoothed = filter_and_smooth(*arguments(chain)).smoothed
    assert_allclose(smoothed, enumerate_paths(chain).smoothed, rtol=EXACT)


def test_filtered_and_smoothed_agree_on_the_last_day_alone(chain):
    filtered, smoothed = filter_and_smooth(*arguments(chain))
    assert_allclose(filtered[-1], smoothed[-1], rtol=EXACT)
    assert not np.isclose(filtered[:-1], smoothed[:-1]).any()


def test_predicted_probabilities_use_the_days_before(chain):
    filtered, _ = filter_and_smooth(*arguments(chain))
    predicted = predicted_probability(filtered, chain.initial, chain.transition[:-1])
    density = logsumexp(chain.log_emission, axis=1, b=predicted)
    assert_allclose(density, enumerate_paths(chain).log_likelihood, rtol=EXACT)


def test_a_constant_transition_matrix_stands_for_every_day(chain):
    constant = chain.transition[0]
    daily = np.repeat(constant[None], 5, axis=0)
    emission, initial, _ = arguments(chain)
    for ours, theirs in zip(
        filter_and_smooth(emission, initial, constant),
        filter_and_smooth(emission, initial, daily),
        strict=True,
    ):
        assert_allclose(ours, theirs, rtol=0)


def test_one_day_needs_no_transition(chain):
    filtered, smoothed = filter_and_smooth(
        chain.log_emission[:1], chain.initial, np.eye(3)
    )
    assert_allclose(filtered, enumerate_paths_of_one_day(chain), rtol=EXACT)
    assert_allclose(smoothed, filtered, rtol=EXACT)


def enumerate_paths_of_one_day(chain):
    one = chain._replace(
        log_emission=chain.log_emission[:1], covariate=chain.covariate[:1]
    )
    return enumerate_paths(one).smoothed


def test_impossible_data_are_refused(chain):
    chain.log_emission[3] = -np.inf
    with pytest.raises(ValueError, match="impossible"):
        filter_and_smooth(*arguments(chain))


def test_most_likely_path_is_the_best_of_all(rng):
    for _ in range(20):
        chain = random_chain(rng, 6)
        expected = enumerate_paths(chain).best_path
        assert most_likely_path(*arguments(chain)).tolist() == expected.tolist()


def test_most_likely_path_takes_no_impossible_step(rng):
    chain = random_chain(rng, 6)
    cycle = np.roll(np.eye(3), 1, axis=1)
    path = most_likely_path(chain.log_emission, [0, 1, 0], cycle)
    assert path.tolist() == [1, 2, 0, 1, 2, 0]


def test_drawn_paths_have_the_frequencies_of_all_paths(chain, rng):
    emission, initial, transition = arguments(chain)
    filtered, _ = filter_and_smooth(emission, initial, transition)
    draws = [tuple(draw_path(filtered, transition, rng)) for _ in range(NUM_DRAWS)]
    expected = enumerate_paths(chain)
    likely = {p: w for p, w in expected.path_probability.items() if w > 0.005}
    counts = np.array([draws.count(path) for path in likely])
    assert_frequencies(counts, np.array(list(likely.values())))
    states = np.array(draws)
    shares = (states[:, :, None] == np.arange(3)).sum(axis=0)
    assert_frequencies(shares, expected.smoothed)


def test_simulated_states_follow_initial_and_transition(chain, rng):
    transition = chain.transition[:-1]
    states = np.array(
        [simulate_states(chain.initial, transition, 6, rng) for _ in range(NUM_DRAWS)]
    )
    without_data = chain._replace(log_emission=np.zeros((6, 3)))
    expected = enumerate_paths(without_data)
    shares = (states[:, :, None] == np.arange(3)).sum(axis=0)
    assert_frequencies(shares, expected.smoothed)
    pairs = np.zeros((5, 3, 3))
    for t in range(5):
        np.add.at(pairs[t], (states[:, t], states[:, t + 1]), 1)
    assert_frequencies(pairs, expected.pairs)


def test_draws_are_reproducible(chain):
    emission, initial, transition = arguments(chain)
    filtered, _ = filter_and_smooth(emission, initial, transition)
    first, second = (
        draw_path(filtered, transition, np.random.default_rng(4)) for _ in range(2)
    )
    assert (first == second).all()
