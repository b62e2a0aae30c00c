"""Small event panels for tests."""

import pandas as pd


def event_panel() -> pd.DataFrame:
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
