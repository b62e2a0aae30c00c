"""What each published way of cleaning keeps, loses and does to the measures."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from data.transactions.clean import Work, clean_transactions
from data.transactions.dialects import DIALECTS
from data.transactions.presets import PRESETS, Preset, preset_with
from models.transactions.files import TIDY, WRITABLE, default_format
from models.transactions.rates import ErrorRates
from models.transactions.scoring import (
    EVERYTHING,
    PRECISION,
    RECALL,
    biases,
    compare_measures,
    score_cleaning,
)
from models.transactions.securities import CORPORATE, TREASURY
from models.transactions.simulation import Scenario
from models.transactions.twin import MESSAGES, write_twin

FACTORS = (0.5, 1.0, 3.0)
"""Times the usual rates of errors."""

NUM_TRADES = 60_000
NUM_SECURITIES = 150

PERIODS = {
    CORPORATE: ("2008-01-02", "2018-12-31"),
    TREASURY: ("2018-01-02", "2020-12-31"),
}
"""Both systems, and the years after trading systems were marked."""

TREASURY_POLICIES = ("finra", "pair", "none")
"""Of the workbench's rules: the published programs are for corporate bonds."""


def cleanings(market: str) -> dict[str, Preset]:
    """Ways to clean the messages of a market, by name."""
    if market == CORPORATE:
        return dict(PRESETS)
    return {
        f"workbench, {policy}": preset_with("workbench", policy)
        for policy in TREASURY_POLICIES
    }


def recovery(
    num_trades: int = NUM_TRADES,
    seed: int = 1,
    advance: Callable[[pd.DataFrame, pd.DataFrame], None] = lambda *_: None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Clean simulated markets in every way and score what comes out.

    Parameters
    ----------
    num_trades : int
        True trades of each market.
    seed : int
    advance : callable
        Called with both tables so far after every cleaning.

    Returns
    -------
    scores : DataFrame
        ``market``, ``error_rate`` (times the usual), ``cleaning`` and the columns of
        `models.transactions.scoring.score_cleaning`.
    summary : DataFrame
        One row a cleaning: precision and recall of the trades kept, and
        `models.transactions.scoring.biases`.
    """
    scores: list[pd.DataFrame] = []
    summary: list[pd.DataFrame] = []
    for market in (CORPORATE, TREASURY):
        for factor in FACTORS:
            with tempfile.TemporaryDirectory() as folder:
                twin = Path(folder) / "twin"
                _simulate(market, factor, num_trades, seed, twin)
                for name, score, row in _cleaned(market, twin, Path(folder)):
                    keys = {"market": market, "error_rate": factor, "cleaning": name}
                    scores.append(pd.DataFrame(keys, index=score.index).join(score))
                    summary.append(pd.DataFrame([{**keys, **row}]))
                    advance(
                        pd.concat(scores, ignore_index=True),
                        pd.concat(summary, ignore_index=True),
                    )
    return (
        pd.concat(scores, ignore_index=True),
        pd.concat(summary, ignore_index=True),
    )


def _simulate(
    market: str, factor: float, num_trades: int, seed: int, folder: Path
) -> None:
    first, last = PERIODS[market]
    scenario = Scenario(
        market=market,
        trades=num_trades,
        securities=NUM_SECURITIES,
        first=first,
        last=last,
        seed=seed,
        rates=ErrorRates().times(factor),
    )
    dialect = WRITABLE[market][0]
    write_twin(scenario, folder, dialect, default_format(dialect), TIDY)


def _cleaned(
    market: str, twin: Path, work: Path
) -> Iterator[tuple[str, pd.DataFrame, dict[str, float]]]:
    """Name, scores and summary of each way to clean a twin."""
    dialect = DIALECTS[WRITABLE[market][0]]
    for name, preset in cleanings(market).items():
        out = work / "cleaned"
        clean_transactions(
            [twin / MESSAGES], dialect, preset, out, work=Work(buckets=1)
        )
        scores = score_cleaning(twin, out)
        kept = scores[scores["reason"] == EVERYTHING].set_index("measure")["share"]
        found = {"precision": kept[PRECISION], "recall": kept[RECALL]}
        yield name, scores, found | biases(compare_measures(twin, out))
