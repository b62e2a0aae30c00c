"""tidyfinance's published cleaning program, installed and run as its users run it.

The package is optional (``benchmarks/requirements.txt``); its own function is called,
with only the connection to WRDS replaced by a table in memory.
"""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import polars as pl

_MODULE = "tidyfinance.download_wrds"


def run_tidyfinance(messages: Path) -> int:
    """Clean the WRDS Parquet files of a folder; return the number of rows kept."""
    return len(_cleaned(messages))


def kept_trades(messages: Path) -> list[dict[str, Any]]:
    """Rows that the program keeps, under WRDS's names."""
    return _cleaned(messages).to_dicts()


def _cleaned(messages: Path) -> pl.DataFrame:
    from tidyfinance import download_data_wrds_trace_enhanced  # an optional package

    frame = pl.read_parquet(messages / "*.parquet")
    with (
        patch(f"{_MODULE}.get_wrds_connection", lambda **_: None),
        patch(f"{_MODULE}.disconnect_connection", lambda _: None),
        patch(f"{_MODULE}._read_sql", lambda *_: frame),
    ):
        return download_data_wrds_trace_enhanced(["000000000"])
