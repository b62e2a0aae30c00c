"""A cleaned folder as the report sees it: its account, its days, its score."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from data.commands.simulated import SIMULATED
from data.errors import DataError
from data.transactions.measures.tables import cusip_days
from data.transactions.measures.trades import open_trades
from data.transactions.report import read_account
from models.transactions.scoring import score_cleaning

DUPLICATES = "duplicates"
MESSAGES = "cancels and reversals"
VOID = "voided records"
OTHER_SIDES = "other sides of a trade"
FILTERS = "filters"
UNREADABLE = "unreadable"
GROUPS = (OTHER_SIDES, VOID, MESSAGES, DUPLICATES, FILTERS, UNREADABLE)
"""Kinds of reasons, in the order of their figures."""

_STARTS = {
    "duplicate": DUPLICATES,
    "cancelled": VOID,
    "corrected": VOID,
    "reversed": VOID,
    "unmatched": MESSAGES,
    "correction of nothing": MESSAGES,
    "other side": OTHER_SIDES,
    "purchase": OTHER_SIDES,
    "report to an ATS": OTHER_SIDES,
    "as-of X": MESSAGES,
    "unreadable": UNREADABLE,
}


@dataclass(frozen=True)
class Cleaning:
    """One way to clean a set of messages.

    Attributes
    ----------
    name : str
        Of the folder.
    account : dict
        Content of ``report.json``.
    days : DataFrame
        Measures by CUSIP and day.
    scores : DataFrame or None
        Against the truth, of `models.transactions.scoring.score_cleaning`, where the
        messages are simulated.
    """

    name: str
    account: dict[str, Any]
    days: pd.DataFrame
    scores: pd.DataFrame | None

    @property
    def is_simulated(self) -> bool:
        """Whether the messages are, as their account or their truth says."""
        return SIMULATED in self.account or self.scores is not None

    @property
    def rejects(self) -> pd.DataFrame:
        """Rows removed by ``step``, ``reason``, ``year``, ``status``, ``group``."""
        columns = ["step", "reason", "year", "status", "rows"]
        frame = pd.DataFrame(self.account["rejects"], columns=columns)
        return frame.assign(group=frame["reason"].map(reason_group))


def reason_group(reason: str) -> str:
    """Kind of a reason, one of `GROUPS`; a filter where it is none of the others."""
    if reason.endswith(" message"):
        return MESSAGES
    for start, group in _STARTS.items():
        if reason.startswith(start):
            return group
    return FILTERS


def load_cleanings(folders: Sequence[Path], twin: Path | None) -> list[Cleaning]:
    """Read cleaned folders.

    Parameters
    ----------
    folders : sequence of Path
        Outputs of ``python -m data clean transactions`` for the same messages; the
        first is what the others are compared with.
    twin : Path, optional
        Simulated folder whose messages they are.

    Raises
    ------
    DataError
        A folder holds no account, two have one name, or they differ in input.
    """
    cleanings = [_load(folder, twin) for folder in folders]
    names = [each.name for each in cleanings]
    if len(set(names)) < len(names):
        raise DataError(
            f"two cleanings are called {max(names, key=names.count)}",
            "rename one of the folders.",
        )
    inputs = {tuple(f["sha256"] for f in c.account["inputs"]) for c in cleanings}
    if len(inputs) > 1:
        raise DataError(
            f"{', '.join(names)} are cleanings of different files",
            "clean the same files by every preset.",
        )
    return cleanings


def _load(folder: Path, twin: Path | None) -> Cleaning:
    account = read_account(folder)
    with open_trades(folder) as connection:
        days = cusip_days(connection)
    scores = None if twin is None else score_cleaning(twin, folder)
    return Cleaning(folder.resolve().name, account, days, scores)
