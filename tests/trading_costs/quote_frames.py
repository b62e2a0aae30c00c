"""Small quote panels for tests."""

import numpy as np
import pandas as pd

ISSUES = {
    # security: maturity, coupon, dated, vintage
    "BILL": ("2025-03-27", 0.0, "2024-09-26", np.nan),
    "2Y": ("2026-11-30", 4.25, "2024-12-02", 0.0),
    "3Y": ("2027-12-15", 4.0, "2024-12-16", 0.0),
    "5Y": ("2029-11-30", 4.125, "2024-12-02", 0.0),
    "7Y": ("2031-11-30", 4.125, "2024-12-02", 0.0),
    "10Y": ("2034-11-15", 4.25, "2024-11-15", 0.0),
    "20Y": ("2044-11-15", 4.625, "2024-12-02", 0.0),
    "30Y": ("2054-11-15", 4.5, "2024-11-15", 0.0),
    "OLD4": ("2028-08-15", 2.875, "2018-08-15", np.nan),
    "OLD8": ("2032-08-15", 2.75, "2022-08-15", np.nan),
    "OLD18": ("2043-02-15", 3.125, "2013-02-15", np.nan),
}


def flat_quotes(
    times=("2024-12-30 09:00", "2024-12-30 12:00", "2024-12-31 09:00"),
    yields=(0.0430, 0.0432, 0.0431),
    half_spread=1 / 64,
):
    """Every issue at the same street yield at each time, old issues less often."""
    from data.market.treasury_terms import payments, settlement, terms
    from data.market.treasury_yields import Convention, prices_at

    maturity, coupon, dated, vintage = zip(*ISSUES.values(), strict=True)
    frames = []
    for time, level in zip(times, yields, strict=True):
        settled = settlement(time[:10])
        paid = payments(terms(maturity, coupon, dated), settled)
        clean = prices_at(level, paid, settled, Convention.STREET) - paid.accrued
        frames.append(
            pd.DataFrame(
                {
                    "time": pd.Timestamp(time),
                    "security": list(ISSUES),
                    "maturity_date": pd.to_datetime(list(maturity)),
                    "coupon_percent": coupon,
                    "dated_date": pd.to_datetime(list(dated)),
                    "bid_price": clean - half_spread,
                    "ask_price": clean + half_spread,
                    "vintage": vintage,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
