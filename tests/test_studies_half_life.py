import numpy as np
import pandas as pd
import pytest

from inference.settings import SamplerSettings
from models.half_life_simulation import HalfLifeParameters, simulate_events_with_truth
from models.half_life_specification import DISCRETE_WEIBULL, PROPORTIONAL_HAZARD
from studies.half_life_censoring import (
    DAYS_WITHIN_HORIZON,
    EVERY_EVENT,
    MEAN_OF_RESOLVED,
    RESOLVED_ONLY,
    censoring,
    days_within_horizon,
    summarize_censoring,
)
from studies.half_life_recovery import (
    WEIBULL_SHAPE,
    simulated_replication,
    true_parameters,
)

# Sums of a few numbers near 1.
EXACT = 1e-12

NUM_EVENTS = 300
SETTINGS = SamplerSettings(seed=0, draws=200, tune=300, chains=2)


def test_the_truth_on_the_models_scale_gives_the_hazards_simulated_from():
    parameters = HalfLifeParameters()
    events = simulate_events_with_truth(1, NUM_EVENTS, parameters)

    replication = simulated_replication(1, NUM_EVENTS, parameters, PROPORTIONAL_HAZARD)

    expected = pd.Series(
        events.linear_predictor + parameters.baseline_log_hazard[0],
        index=events.frame["outcome"],
    )
    found = replication.linear_predictor + float(
        replication.truth["baseline_log_hazard"][0]
    )
    np.testing.assert_allclose(
        found, expected.loc[replication.inputs.outcomes.index], rtol=EXACT
    )
    effects = replication.truth["event_tenor_effect"]
    assert float(effects.sum()) == pytest.approx(0.0, abs=EXACT)


def test_the_weibull_truth_is_a_power_of_the_day():
    baseline = np.asarray(true_parameters(DISCRETE_WEIBULL).baseline_log_hazard)

    cumulative = np.exp(baseline).cumsum()

    day = np.arange(1, len(baseline) + 1)
    np.testing.assert_allclose(
        cumulative / cumulative[0], day**WEIBULL_SHAPE, rtol=EXACT
    )


def test_days_within_the_horizon_add_up_the_shares_still_open():
    hazard = np.array([0.2, 0.3, 0.1])
    days = days_within_horizon(np.zeros(1), hazard.cumsum())

    assert days == pytest.approx(1 + np.exp(-0.2) + np.exp(-0.5), rel=EXACT)


def test_errors_of_coefficients_count_away_from_zero():
    rows = pd.DataFrame(
        {
            "seed": [1, 1, 1, 2, 2, 2],
            "estimator": EVERY_EVENT,
            "quantity": ["coefficient[a]", "coefficient[b]", DAYS_WITHIN_HORIZON] * 2,
            "truth": [-0.2, 0.0, 5.0] * 2,
            "mean": [-0.1, 9.0, 4.0] * 2,
            "is_covered": [True, True, False] * 2,
        }
    )

    table = summarize_censoring(rows).set_index("quantity")

    # Half as far from zero as the truth; the coefficient of 0 has no such direction.
    assert table.loc["coefficient", "mean_error"] == pytest.approx(-0.1, rel=EXACT)
    assert table.loc["coefficient", "intervals"] == 2
    assert table.loc[DAYS_WITHIN_HORIZON, "mean_error"] == pytest.approx(-1, rel=EXACT)
    assert table.loc[DAYS_WITHIN_HORIZON, "share_covered"] == 0.0


@pytest.mark.slow
def test_dropping_censored_events_shortens_half_lives_and_the_model_does_not():
    rows = censoring(1, SETTINGS, num_events=NUM_EVENTS)

    days = rows[rows["quantity"] == DAYS_WITHIN_HORIZON].set_index("estimator")
    assert days.loc[EVERY_EVENT, "is_covered"]
    for biased in (RESOLVED_ONLY, MEAN_OF_RESOLVED):
        assert days.loc[biased, "upper_95"] < days.loc[biased, "truth"]
