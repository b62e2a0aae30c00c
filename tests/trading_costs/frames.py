"""Small trading-cost panels for tests."""

import numpy as np
import pandas as pd


def forty_rows(seed: int = 1) -> pd.DataFrame:
    """Thirty-five trades and five quotes of three securities over four days."""
    rng = np.random.default_rng(seed)
    n = 40
    is_trade = np.arange(n) % 8 != 7
    deviation = rng.normal(0.0, 0.5, n)
    dollar_duration = np.array([430.0, 450.0, 800.0])[np.arange(n) % 3]
    return pd.DataFrame(
        {
            "observation": np.where(is_trade, "trade", "quote"),
            "time": pd.Timestamp("2024-01-02 09:00")
            + pd.to_timedelta(np.arange(n) * 157, unit="min"),
            "security": np.array(["A", "B", "C"])[np.arange(n) % 3],
            "side": np.where(is_trade, np.array(["buy", "sell"])[np.arange(n) % 2], ""),
            "segment": np.where(is_trade, "customer", ""),
            "is_ats": False,
            "volume_musd": np.where(is_trade, 5.0, np.nan),
            "deviation_bp": deviation,
            "deviation_price": deviation * dollar_duration / 1e4,
            "dollar_duration": dollar_duration,
            "gap_hours": rng.uniform(0.0, 3.0, n),
            "maturity_years": 4.5,
            "age_years": 2.0,
            "indicative_spread_bp": 0.7,
            "benchmark_illiquidity": rng.normal(size=n),
            "relative_illiquidity": rng.normal(size=n),
            "error_sd_bp": 0.2,
        }
    )
