"""Account for every row of a run: what ``report.json`` says."""

import json
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

from data.errors import DataError
from data.transactions.bucket import Selection
from data.transactions.layout import REPORT
from data.transactions.presets import Preset
from data.transactions.rules import rules_of


def account(
    preset: Preset,
    dialect: str,
    selection: Selection,
    inputs: list[dict[str, Any]],
    counts: dict[str, Any],
    buckets: int,
) -> dict[str, Any]:
    """Sum up a run and check that no row is lost.

    Parameters
    ----------
    preset : Preset
        Rules that were applied.
    dialect : str
        Of the input.
    selection : Selection
        Execution dates that were written.
    inputs : list of dict
        One a file: ``name``, ``sha256``, ``number`` and what was read of it.
    counts : dict
        From `data.transactions.counts.summed`.
    buckets : int
        Parts by CUSIP.

    Returns
    -------
    dict
        ``rows`` (input = left out + only for links + kept + rejected), ``steps`` in
        order with what each removed and left, ``rejects`` by step, reason, year and
        status, ``unmatched`` by year, ``flags``, ``warnings``, ``inputs``,
        ``software``.

    Raises
    ------
    RuntimeError
        The sum is not the input: a defect of this program, and nothing is published.
    """
    kept = sum(rows for _, rows in counts["kept"])
    removed = sum(row[-1] for row in counts["rejected"])
    unreadable = sum(file["unreadable"] for file in inputs)
    rows = {
        "input": sum(file["rows"] for file in inputs),
        "left_out": sum(file["left_out"] for file in inputs),
        "only_for_links": counts["outside"],
        "kept": kept,
        "rejected": removed + unreadable,
    }
    if rows["input"] != sum(value for name, value in rows.items() if name != "input"):
        raise RuntimeError(f"rows are lost or counted twice: {rows}")
    unmatched: Counter[tuple[int, str]] = Counter()
    for _, reason, year, _, number in counts["rejected"]:
        if reason.startswith("unmatched"):
            unmatched[year, reason] += number
    return {
        "preset": preset.name,
        "preset_source": preset.source,
        "two_sided": preset.two_sided,
        "dialect": dialect,
        "selection": {"first": selection.first, "last": selection.last},
        "rows": rows,
        "steps": _steps(preset, counts["rejected"], kept + removed, unreadable),
        "rejects": [
            dict(zip(("step", "reason", "year", "status", "rows"), row, strict=True))
            for row in counts["rejected"]
        ],
        "kept_by_year": [
            {"year": year, "rows": number} for year, number in counts["kept"]
        ],
        "unmatched": [
            {"year": year, "reason": reason, "rows": number}
            for (year, reason), number in sorted(unmatched.items())
        ],
        "corrections_of_nothing": counts["corrections_of_nothing"],
        "flags": counts["flags"],
        "warnings": [
            *_warnings(selection, inputs),
            *_of_securities(*counts["unknown_securities"]),
        ],
        "inputs": inputs,
        "buckets": buckets,
        "software": {
            name: version(name) for name in ("duckdb", "treasury-liquidity-workbench")
        },
    }


def _steps(
    preset: Preset, rejected: list[list[Any]], messages: int, unreadable: int
) -> list[dict[str, Any]]:
    by_step: Counter[str] = Counter()
    for step, _, _, _, number in rejected:
        by_step[step] += number
    sources = {rule.name: rule.source for rule in rules_of(preset)}
    steps = [
        {
            "step": "reading",
            "source": "a cell that cannot be read",
            "removed": unreadable,
            "left": messages,
        }
    ]
    left = messages
    for name in sources:
        left -= by_step[name]
        steps.append(
            {
                "step": name,
                "source": sources[name],
                "removed": by_step[name],
                "left": left,
            }
        )
    return steps


def _of_securities(trades: int, bonds: int) -> list[str]:
    if not trades:
        return []
    return [
        f"{trades:,} trades are kept of {bonds:,} CUSIPs that the securities file does "
        "not hold: nobody knows whether they had been issued or had matured."
    ]


def _warnings(selection: Selection, inputs: list[dict[str, Any]]) -> list[str]:
    """Say where messages outside the input could void trades inside."""
    days = [
        file[f"{end}_report_date"]
        for file in inputs
        for end in ("first", "last")
        if file[f"{end}_report_date"] is not None
    ]
    if not days:
        return ["The input holds no message."]
    _, wanted = selection.padded
    if wanted is not None and max(days) >= wanted:
        return []
    return [
        f"The last message was reported on {max(days)}: trades of the weeks before it "
        "may be cancelled or reversed by later messages that are not in the input."
    ]


_TYPES = {
    "preset": str,
    "two_sided": str,
    "dialect": str,
    "rows": dict,
    "steps": list,
    "rejects": list,
    "kept_by_year": list,
    "unmatched": list,
    "warnings": list,
    "inputs": list,
    "software": dict,
}
"""What is read again of an account."""


def read_account(folder: Path) -> dict[str, Any]:
    """Account of a cleaning that a run left in its folder.

    Raises
    ------
    DataError
        There is none, or the file is not what `account` made.
    """
    path = folder / REPORT
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        is_whole = all(isinstance(found[key], kind) for key, kind in _TYPES.items())
        is_whole &= all({"name", "number", "sha256"} <= set(x) for x in found["inputs"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        problem = f" ({type(error).__name__}: {error})"
        is_whole = False
    else:
        problem = ""
    if not is_whole:
        raise DataError(
            f"{path} is no account of a cleaning{problem}",
            f"make it: python -m data clean transactions FILE... --out {folder}",
        )
    return dict(found)
