"""Write a simulated market: message files, their truth, the trades, the securities."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet

from data.files.atomic import publishing, replacing, sha256_of
from data.files.cells import write_frame
from data.transactions.layout import LINE_BITS
from data.transactions.reading import file_number
from data.transactions.sources import SCENARIO_FILE
from models.transactions.calendar import TradingCalendar
from models.transactions.files import MessageFile, write_messages
from models.transactions.securities import Securities, simulate_securities
from models.transactions.simulation import Scenario, simulate_bucket
from models.transactions.tables import (
    ROW_COLUMNS,
    message_table,
    trade_table,
    truth_table,
)

MESSAGES, TRUTH, TRADES = "messages", "truth", "trades"
SECURITIES_FILE = "securities.csv"


def write_twin(
    scenario: Scenario,
    folder: Path,
    dialect: str,
    form: str,
    style: str,
    buckets: Sequence[int] | None = None,
    on_bucket: Callable[[int], None] = lambda _: None,
) -> list[Path]:
    """Simulate a market bucket by bucket and write it.

    Parameters
    ----------
    scenario : Scenario
    folder : Path
        Gets ``messages/``; ``truth/``, columns of
        `models.transactions.tables.truth_table` with the row ids that reading the
        files gives; ``trades/``; ``securities.csv``: ``cusip``, ``issue_date``,
        ``maturity_date``, ``coupon``; and ``scenario.json``. They take their places
        when all are made.
    dialect, form, style : str
        See `models.transactions.files.write_messages`.
    buckets : sequence of int, optional
        All of them where left out.
    on_bucket : callable
        Called with the messages of each bucket once it is written.

    Returns
    -------
    list of Path
        Message files.
    """
    calendar = TradingCalendar.between(scenario.first, scenario.last)
    securities = simulate_securities(
        scenario.market, scenario.securities, calendar, scenario.seed
    )
    paths = []
    with publishing(folder, last=SCENARIO_FILE) as staging:
        write_frame(_reference(securities), staging / SECURITIES_FILE)
        for bucket in range(scenario.buckets) if buckets is None else buckets:
            simulated = simulate_bucket(scenario, bucket)
            table = message_table(simulated)
            files = write_messages(
                table, staging / MESSAGES, bucket, dialect, form, style
            )
            name = f"{bucket:05d}.parquet"
            truth = _with_row_ids(truth_table(simulated), files)
            _write_parquet(truth, staging / TRUTH / name)
            _write_parquet(trade_table(simulated), staging / TRADES / name)
            paths += [folder / file.path.relative_to(staging) for file in files]
            on_bucket(len(table))
        (staging / SCENARIO_FILE).write_text(
            json.dumps(asdict(scenario), indent=2) + "\n", encoding="utf-8"
        )
    return paths


def _reference(securities: Securities) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "cusip": securities.cusip,
            "issue_date": securities.issue_date.astype("datetime64[ns]"),
            "maturity_date": securities.maturity_date.astype("datetime64[ns]"),
            "coupon": securities.coupon,
        }
    )


def _with_row_ids(truth: pa.Table, files: Sequence[MessageFile]) -> pa.Table:
    """Name each row as the reader of the files will."""
    ids = np.zeros(len(truth), np.int64)
    for file in files:
        number = file_number(sha256_of(file.path), 0)
        ids[file.rows] = (number << LINE_BITS) + np.arange(1, len(file.rows) + 1)
    every = pa.array(ids)
    columns = {"row_id": every}
    for name in truth.column_names[1:]:
        values = truth[name]
        columns[name] = every.take(values) if name in ROW_COLUMNS else values
    return pa.table(columns)


def _write_parquet(table: pa.Table, path: Path) -> None:
    with replacing(path) as temporary:
        pyarrow.parquet.write_table(table, temporary, compression="zstd")
