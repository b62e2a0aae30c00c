"""What papers printed: one layout for all of them, and its one reader.

A paper is one CSV file beside this one; `README.md` names paper, parameters and units.
"""

from functools import cache
from importlib import resources

import pandas as pd

KEYS = (
    *("table", "model", "parameter"),
    *("factor", "market", "tenor_years", "state", "term"),
)
"""What identifies one estimate; keys that do not apply hold "", tenors 0."""

VALUES = ("estimate", "standard_error", "t_value")
"""NaN where not printed, or not legible in the copy that was transcribed."""


def published_estimates(paper: str, **keys: str | int) -> pd.DataFrame:
    """Estimates of a paper, in the order of its tables.

    Parameters
    ----------
    paper : str
        Stem of its file.
    **keys : str or int
        Rows to keep, by `KEYS`.

    Returns
    -------
    DataFrame
        Columns `KEYS`, text and of tenors int, and `VALUES`.
    """
    frame = _estimates(paper)
    for name, value in keys.items():
        frame = frame[frame[name] == value]
    return frame.reset_index(drop=True)


@cache
def _estimates(paper: str) -> pd.DataFrame:
    text = dict.fromkeys(KEYS, str)
    with (resources.files(__name__) / f"{paper}.csv").open() as file:
        frame = pd.read_csv(file, dtype=text).fillna(dict.fromkeys(KEYS, ""))
    tenors = frame["tenor_years"].replace("", "0").astype("int64")
    return frame.assign(tenor_years=tenors)
