"""Days until a dislocation has closed, some still open: the duration likelihood."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from models.likelihoods.durations.distribution import (
    GroupedDuration,
    simulate_durations,
)

HORIZON = 10
TRUTH_EFFECT, TRUTH_HAZARD = 0.5, 0.15


def simulated_events(events: int = 300, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Days, `HORIZON` + 1 where still open, and a covariate, (event,) each."""
    rng = np.random.default_rng(seed)
    covariate = rng.standard_normal(events)
    hazard = TRUTH_HAZARD * np.arange(1, HORIZON + 1)
    watched = np.full(events, HORIZON)
    return simulate_durations(TRUTH_EFFECT * covariate, hazard, watched, rng), covariate


def closing_model(days: np.ndarray, covariate: np.ndarray) -> pm.Model:
    """Proportional hazards: the baseline of every day is free."""
    coords = {"event": np.arange(len(days)), "day": np.arange(1, HORIZON + 1)}
    with pm.Model(coords=coords) as model:
        effect = pm.Normal("effect", 0.0, 1.0)
        hazard = pm.LogNormal("hazard", np.log(0.2), 1.0, dims="day")
        GroupedDuration(
            "days",
            log_hazard_ratio=effect * covariate,
            cumulative_baseline=pt.cumsum(hazard),
            days_watched=np.full(len(days), HORIZON),
            observed=days,
            dims="event",
        )
    return model


if __name__ == "__main__":
    from inference import SamplerSettings, fit

    trace = fit(closing_model(*simulated_events()), SamplerSettings(seed=1))
    print(trace.attrs["verdict"])
    print(trace["posterior"].to_dataset().mean(("chain", "draw")))
