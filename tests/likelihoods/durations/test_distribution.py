import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
import pytest
import statsmodels.api as sm
from scipy.stats import chisquare, weibull_min

from models.likelihoods.durations.distribution import (
    GroupedDuration,
    simulate_durations,
)
from models.likelihoods.durations.op import duration_op

# Sums of ten products of numbers near 1, in double precision.
EXACT = 1e-12
# The library's own formulas subtract probabilities, which costs digits.
LIBRARY = 1e-9
# Central differences of step 1e-6: rounding 1e-10, curvature 1e-12.
FINITE_DIFFERENCE = 1e-7
STEP = 1e-6

HAZARD = np.array([0.25, 0.1, 0.4, 0.05, 0.2])
CUMULATIVE = np.cumsum(HAZARD)
NUM_DAYS = len(HAZARD)


@pytest.fixture(scope="module")
def likelihood():
    """Log density, and gradient of its weighted sum, compiled once."""
    eta, cumulative, weight = pt.dvectors("eta", "cumulative", "weight")
    day, watched = pt.lvectors("day", "watched")
    density = duration_op()(
        eta, pt.concatenate([[0.0], cumulative]), day, pt.le(day, watched)
    )[0]
    gradient = pytensor.grad((weight * density).sum(), [eta, cumulative])
    return pytensor.function(
        [eta, cumulative, day, watched, weight],
        [density, *gradient],
        on_unused_input="ignore",
    )


def events(n=200, seed=3):
    rng = np.random.default_rng(seed)
    eta = rng.normal(0, 0.8, n)
    watched = rng.integers(1, NUM_DAYS + 1, n)
    day = np.minimum(rng.integers(1, NUM_DAYS + 2, n), watched + 1)
    return eta, day, watched, rng.normal(1, 0.3, n)


def by_the_day(eta, day, watched):
    """Product over the days at risk, one factor a day."""
    hazard = -np.expm1(-np.exp(eta) * HAZARD)
    survived = np.prod(1 - hazard[: day - 1])
    return np.log(survived * (hazard[day - 1] if day <= watched else 1.0))


def test_the_log_density_is_the_product_over_the_days_at_risk(likelihood):
    eta, day, watched, weight = events()

    density = likelihood(eta, CUMULATIVE, day, watched, weight)[0]

    expected = [by_the_day(*event) for event in zip(eta, day, watched, strict=True)]
    np.testing.assert_allclose(density, expected, rtol=EXACT, atol=EXACT)


def test_it_is_that_of_a_regression_on_event_days_with_complementary_log_log_link(
    likelihood,
):
    eta, day, watched, weight = events()
    at_risk = np.minimum(day, watched)
    row = np.repeat(np.arange(len(day)), at_risk)
    on_day = np.concatenate([np.arange(1, n + 1) for n in at_risk])
    ended = (on_day == day[row]).astype(float)
    offset = eta[row] + np.log(HAZARD[on_day - 1])
    family = sm.families.Binomial(sm.families.links.CLogLog())
    glm = sm.GLM(ended, np.ones((len(row), 1)), family=family, offset=offset)

    density = likelihood(eta, CUMULATIVE, day, watched, weight)[0]

    assert density.sum() == pytest.approx(glm.loglike(np.zeros(1)), rel=LIBRARY)


def test_a_power_of_the_day_gives_the_weibull_distribution_of_scipy(likelihood):
    level, shape = -1.2, 0.8
    eta = np.full(NUM_DAYS, 0.3)
    day = np.arange(1, NUM_DAYS + 1)
    cumulative = np.exp(level) * day**shape
    weibull = weibull_min(c=shape, scale=np.exp(-(level + 0.3) / shape))

    density = likelihood(eta, cumulative, day, np.full(NUM_DAYS, 99), eta)[0]

    expected = weibull.sf(day - 1) - weibull.sf(day)
    np.testing.assert_allclose(np.exp(density), expected, rtol=LIBRARY)


def test_a_censored_one_is_that_of_pymc(likelihood):
    level, shape = -1.2, 0.8
    watched = np.arange(1, NUM_DAYS + 1)
    cumulative = np.exp(level) * watched**shape
    duration = pm.DiscreteWeibull.dist(q=np.exp(-np.exp(level)), beta=shape)
    censored = pm.Censored.dist(duration, lower=None, upper=watched)

    zeros = np.zeros(NUM_DAYS)
    density = likelihood(zeros, cumulative, watched + 1, watched, zeros)[0]

    expected = pm.logp(censored, watched).eval(mode="FAST_COMPILE")
    np.testing.assert_allclose(density, expected, rtol=LIBRARY)


def test_the_gradient_agrees_with_finite_differences(likelihood):
    eta, day, watched, weight = events(n=12)
    at = [eta, CUMULATIVE]

    _, *gradient = likelihood(*at, day, watched, weight)

    for which, found in enumerate(gradient):
        for element in range(len(found)):
            sides = []
            for sign in (1, -1):
                moved = [x.copy() for x in at]
                moved[which][element] += sign * STEP
                density = likelihood(*moved, day, watched, weight)[0]
                sides.append((weight * density).sum())
            difference = (sides[0] - sides[1]) / (2 * STEP)
            assert found[element] == pytest.approx(difference, abs=FINITE_DIFFERENCE)


def test_tiny_hazards_keep_their_digits(likelihood):
    eta = np.log(np.array([1e-12, 1e-8, 1e-4, 1e-3, 1e-2, 1.0]))
    day = np.ones(len(eta), dtype=np.int64)

    density = likelihood(eta, np.ones(1), day, day, eta)[0]

    expected = np.log(-np.expm1(-np.exp(eta)))
    np.testing.assert_allclose(density, expected, rtol=EXACT, atol=EXACT)


def test_an_event_watched_for_no_day_says_nothing(likelihood):
    one = np.ones(1)

    density, to_eta, to_cumulative = likelihood(
        np.array([0.7]), CUMULATIVE, np.array([1]), np.array([0]), one
    )

    assert density == [0.0]
    assert to_eta == [0.0]
    # What the last bin of the baseline would lose goes to day 0, which is no parameter.
    np.testing.assert_array_equal(to_cumulative, np.zeros(NUM_DAYS))


def test_probabilities_of_all_durations_and_of_longer_add_up_to_one(likelihood):
    day = np.arange(1, NUM_DAYS + 2)
    eta, watched = np.full(len(day), 0.4), np.full(len(day), NUM_DAYS)

    density = likelihood(eta, CUMULATIVE, day, watched, eta)[0]

    assert np.exp(density).sum() == pytest.approx(1.0, abs=EXACT)


def test_the_simulator_draws_what_the_density_says(likelihood):
    n = 20_000
    day = np.arange(1, NUM_DAYS + 2)
    ones = np.ones(len(day))
    density = likelihood(
        0.4 * ones, CUMULATIVE, day, np.full(len(day), NUM_DAYS), ones
    )[0]

    drawn = simulate_durations(
        np.full(n, 0.4), CUMULATIVE, np.full(n, NUM_DAYS), np.random.default_rng(5)
    )

    counts = np.bincount(drawn, minlength=NUM_DAYS + 2)[1:]
    # One chance in a thousand to fail by itself, and the seed is fixed.
    assert chisquare(counts, n * np.exp(density)).pvalue > 0.001


def test_the_simulator_censors_after_the_days_watched():
    drawn = simulate_durations(
        np.full(5000, -3.0), CUMULATIVE, np.full(5000, 2), np.random.default_rng(5)
    )

    assert set(drawn) == {1, 2, 3}


def test_python_and_compiled_passes_agree():
    eta, day, watched, _ = events(n=7)
    op = duration_op()
    outputs = op(
        eta, np.concatenate([[0.0], CUMULATIVE]), day, (day <= watched).astype(float)
    )

    compiled = pytensor.function([], outputs)()
    interpreted = pytensor.function([], outputs, mode="FAST_COMPILE")()

    for fast, slow in zip(compiled, interpreted, strict=True):
        np.testing.assert_array_equal(fast, slow)


@pytest.mark.slow
def test_jax_agrees_with_the_compiled_passes(likelihood):
    pytest.importorskip("jax", reason="JAX is an optional dependency")
    eta, day, watched, weight = events()
    variables = [pt.as_tensor_variable(x) for x in (eta, CUMULATIVE)]
    density = duration_op()(
        variables[0], pt.concatenate([[0.0], variables[1]]), day, day <= watched
    )[0]
    gradient = pytensor.grad((weight * density).sum(), variables)

    found = pytensor.function([], [density, *gradient], mode="JAX")()

    expected = likelihood(eta, CUMULATIVE, day, watched, weight)
    for jax_array, array in zip(found, expected, strict=True):
        np.testing.assert_allclose(jax_array, array, rtol=LIBRARY, atol=LIBRARY)


def test_the_distribution_has_one_log_density_an_event():
    with pm.Model(coords={"event": np.arange(3)}) as model:
        GroupedDuration(
            "days",
            log_hazard_ratio=np.zeros(3),
            cumulative_baseline=CUMULATIVE,
            days_watched=np.array([5, 5, 2]),
            observed=np.array([1, 6, 3]),
            dims="event",
        )

    (density,) = model.compile_fn(
        model.logp(sum=False), inputs=[], mode="FAST_COMPILE"
    )({})

    expected = [by_the_day(0.0, d, w) for d, w in ((1, 5), (6, 5), (3, 2))]
    np.testing.assert_allclose(density, expected, rtol=EXACT, atol=EXACT)
