"""Small event panels for tests of the half-life models."""

import numpy as np
import pandas as pd

from data.half_life_panels import HalfLifePanel, half_life_panel_from_frame
from models.half_life_simulation import simulate_half_life_events

FEW_EVENTS = 60


def event_frame(seed: int = 1, num_events: int = FEW_EVENTS) -> pd.DataFrame:
    """Simulated events by five tenors with every covariate."""
    return simulate_half_life_events(seed, num_events)


def event_panel(frame: pd.DataFrame) -> HalfLifePanel:
    return half_life_panel_from_frame(frame, "events.csv")


def with_shared_outcome(frame: pd.DataFrame) -> pd.DataFrame:
    """The same events, the first of which is of a second type as well."""
    twin = frame.head(1).assign(event_type="zz_speech")
    return pd.concat([frame, twin], ignore_index=True)


def with_imputations(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    """The same events with other half-lives in every imputation but the first."""
    rng = np.random.default_rng(number)
    parts = [frame]
    for imputation in range(1, number):
        days = rng.integers(1, 11, len(frame)).astype(float)
        parts.append(
            frame.assign(
                imputation=imputation,
                half_life_days=days,
                is_censored=(days == 10) & (rng.uniform(size=len(frame)) < 0.8),
            )
        )
    return pd.concat(parts, ignore_index=True)
