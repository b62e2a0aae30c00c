"""Cleaned trades made by hand."""

import pandas as pd

from data.transactions.layout import CLEAN_COLUMNS

A, B = "990000002", "990001000"


def trade(row_id, day, time, price, par, side="S", contra="C", **others):
    hour, minute, second = (int(part) for part in time.split(":"))
    date = pd.Timestamp(day).date()
    row = {
        "row_id": row_id,
        "cusip": A,
        "execution_date": date,
        "trading_day": date,
        "execution_time": 3600 * hour + 60 * minute + second,
        "report_date": date,
        "price": price,
        "price_used": price,
        "par": par,
        "side": side,
        "contra": contra,
        "reporter": "D",
        "is_pass_through": False,
        "preset": "workbench",
        "counted_as": "dealer-customer" if contra in "CA" else "ats-interdealer",
    }
    capacity = others.pop("capacity", None)
    if capacity:
        row["seller_capacity" if side == "S" else "buyer_capacity"] = capacity
    return {**row, **others}


def write_cleaned(folder, trades):
    """Write trades as ``clean transactions`` does, and the terms of A and B."""
    frame = pd.DataFrame(list(trades))
    for column in CLEAN_COLUMNS:
        if column.name not in frame:
            frame[column.name] = None
    text = [c.name for c in CLEAN_COLUMNS if c.type == "VARCHAR"]
    frame[text] = frame[text].astype("string")
    dates = [c.name for c in CLEAN_COLUMNS if c.type == "DATE"]
    frame[dates] = frame[dates].apply(pd.to_datetime)
    (folder / "clean").mkdir(parents=True)
    frame.to_parquet(folder / "clean" / "bucket-000.parquet", index=False)
    (folder / "securities.csv").write_text(
        f"cusip,maturity_date\n{A},2029-02-15\n{B},2024-03-31\n"
    )
    return folder
