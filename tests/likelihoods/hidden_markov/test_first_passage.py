"""First passage along paths, against every path of the states."""

from itertools import product

import numpy as np
import pytest

from models.likelihoods.hidden_markov.first_passage import probability_not_entered
from models.likelihoods.hidden_markov.paths import transition_matrices


@pytest.mark.parametrize("num_states", [2, 3, 4])
def test_what_remains_are_the_paths_that_avoid_the_first_state(num_states):
    rng = np.random.default_rng(4)
    odds = (2, num_states, num_states - 1)
    intercept, slope = rng.normal(size=odds), rng.normal(size=odds)
    covariate = rng.normal(size=(4, 2, 3))
    for origin in range(1, num_states):
        found = probability_not_entered(intercept, slope, covariate, origin)
        for sample, path in product(range(2), range(3)):
            matrices = transition_matrices(
                intercept[sample], slope[sample], covariate[:, sample, path]
            )
            for days in range(1, 5):
                expected = 0.0
                for states in product(range(1, num_states), repeat=days):
                    steps = zip((origin, *states[:-1]), states, strict=True)
                    expected += np.prod(
                        [matrices[t][step] for t, step in enumerate(steps)]
                    )
                assert found[days - 1, sample, path] == pytest.approx(
                    expected, rel=1e-12
                )


def test_log_odds_of_any_size_leave_a_probability():
    intercept = np.array([[[0.0, 0.0], [1e4, -1e4], [-1e4, -2e4]]])
    covariate = np.zeros((2, 1, 1))
    for origin, expected in ((1, [1.0, 1.0]), (2, [0.0, 0.0])):
        found = probability_not_entered(
            intercept, np.zeros_like(intercept), covariate, origin
        )
        np.testing.assert_array_equal(found[:, 0, 0], expected)
