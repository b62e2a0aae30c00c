from typing import ClassVar

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from inference.settings import SamplerSettings
from models.half_life.model import COVARIATES, WATCHED
from models.half_life.simulation import HalfLifeParameters, simulate_events_with_truth
from models.half_life.specification import DISCRETE_WEIBULL, PROPORTIONAL_HAZARD
from studies.half_life import censoring, missing
from studies.half_life.censoring import (
    DAYS_WITHIN_HORIZON,
    EVERY_EVENT,
    MEAN_OF_RESOLVED,
    RESOLVED_ONLY,
    days_within_horizon,
    summarize_censoring,
)
from studies.half_life.missing import (
    DRAWN,
    EFFECTS,
    LEFT_OUT,
    NOTHING_MISSING,
    SHARE_MISSING,
    ZERO,
    summarize_missing,
)
from studies.half_life.recovery import (
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


@pytest.mark.long
def test_dropping_censored_events_shortens_half_lives_and_the_model_does_not():
    rows = censoring.replication(1, NUM_EVENTS, SETTINGS)

    days = rows[rows["quantity"] == DAYS_WITHIN_HORIZON].set_index("estimator")
    assert days.loc[EVERY_EVENT, "is_covered"]
    for biased in (RESOLVED_ONLY, MEAN_OF_RESOLVED):
        assert days.loc[biased, "upper_95"] < days.loc[biased, "truth"]


class Recorder:
    """In place of a compiled model: keeps what it is given, draws around the truth."""

    seen: ClassVar[list[dict]] = []

    def __init__(self, model, names) -> None:
        self.is_drawn = "missing_covariate" in model.named_vars
        assert names == ["coefficient"]

    def sample(self, data, settings):
        self.seen.append({"is_drawn": self.is_drawn, **data})
        # Around a shifted truth on average, since draws that are all one have no R-hat.
        noise = np.random.default_rng(1).normal(0, 1e-3, (2, 50, len(EFFECTS)))
        noise -= noise.mean(axis=(0, 1))
        draws = np.array(list(EFFECTS.values())) + settings.seed + noise
        coords = {"covariate": list(EFFECTS)}
        dims = ("chain", "draw", "covariate")
        coefficient = xr.DataArray(draws, coords, dims, name="coefficient")
        return xr.DataTree.from_dict({"posterior": coefficient.to_dataset()})


def test_estimators_differ_in_the_missing_cells_alone(monkeypatch):
    monkeypatch.setattr("studies.half_life.missing.CompiledModel", Recorder)
    monkeypatch.setattr(missing, "_compiled", missing._compiled.__wrapped__)
    monkeypatch.setattr(Recorder, "seen", [])
    rows = missing.replication(1, NUM_EVENTS)
    whole, drawn, left_out, zero = Recorder.seen
    assert [seen["is_drawn"] for seen in Recorder.seen] == [0, 1, 0, 0]
    names = list(EFFECTS)
    for name, share in SHARE_MISSING.items():
        lost = (
            whole[COVARIATES][names.index(name)] != zero[COVARIATES][names.index(name)]
        )
        assert lost.mean() == pytest.approx(share, abs=0.01)
        volume = whole[COVARIATES][names.index("total_volume_usd")]
        assert volume[lost].mean() < volume[~lost].mean() - 0.3
        # A share of zero is one and the same number, far below the mean.
        assert len(np.unique(zero[COVARIATES][names.index(name)][lost])) == 1
        assert (drawn[COVARIATES][names.index(name)][lost] == 0).all()
        assert (left_out[WATCHED][lost] == 0).all()
    assert (drawn["missing_position"] > 0).sum() == round(0.7 * NUM_EVENTS)
    assert (zero[WATCHED] == whole[WATCHED]).all()
    summary = summarize_missing(rows)
    assert set(summary["estimator"]) == {NOTHING_MISSING, DRAWN, LEFT_OUT, ZERO}
    assert summary["root_mean_square_error"].to_numpy() == pytest.approx(1.0)
    assert (summary["share_covered"] == 0).all()
