"""Small event panels for tests of the half-life models."""

import numpy as np
import pandas as pd

from data.half_life.event_panel import HalfLifePanel, half_life_panel_from_frame
from models.half_life.simulation import simulate_half_life_events

FEW_EVENTS = 60


def event_frame(seed: int = 1, num_events: int = FEW_EVENTS) -> pd.DataFrame:
    """Simulated events by five tenors with every covariate."""
    return simulate_half_life_events(seed, num_events)


def four_events() -> pd.DataFrame:
    """Resolved, censored and set-aside events; two of one outcome; HHI and count."""
    return pd.DataFrame(
        {
            "event_date": pd.to_datetime(
                ["2020-01-06", "2020-01-06", "2020-01-08", "2020-01-10"]
            ),
            "event_type": ["cpi_release", "fomc_minutes", "tips_auction", "refunding"],
            "tenor": [5, 5, 10, 5],
            "outcome": ["a", "a", "b", "c"],
            "deviation_bp": [1.5, 1.5, -2.0, 0.0],
            "half_life_days": [3.0, 3.0, 10.0, float("nan")],
            "is_censored": [False, False, True, False],
            "set_aside": ["", "", "", "deviation under the threshold"],
            "dealer_hhi": [0.2, 0.3, 0.4, float("nan")],
            "trade_count": [10.0, 20.0, 30.0, float("nan")],
        }
    )


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
