"""A published cleaning program, run from the page that prints it.

The page is no part of this project: its path is given, its function is run as it stands
on a table in memory, with only the connection replaced.
"""

import re
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd

from data.errors import DataError

_START = "def clean_enhanced_trace("
_END = "return trace_final"

_DATES = ("trd_exctn_dt", "trd_rpt_dt", "stlmnt_dt")


def run_listing(page: Path, messages: Path) -> int:
    """Clean the Parquet files of a folder with the program that a page prints.

    Returns
    -------
    int
        Rows that it keeps.

    Raises
    ------
    DataError
        The page prints no such program.
    """
    text = page.read_text(encoding="utf-8")
    found = re.search(f"{re.escape(_START)}.*?{re.escape(_END)}", text, re.DOTALL)
    if found is None:
        raise DataError(
            f"{page} prints no function {_START[4:-1]}.",
            "Give the page with the cleaning program.",
        )
    names: dict[str, Any] = {}
    exec(compile(found[0], str(page), "exec"), names)  # noqa: S102 # that is the measure
    frame = pd.read_parquet(messages)
    for name in _DATES:
        frame[name] = pd.to_datetime(frame[name])
    with patch("pandas.read_sql_query", lambda **_: frame):
        return len(names["clean_enhanced_trace"]((), None))
