"""Events in a simulated market, and who truly traded after each."""

from pathlib import Path

import numpy as np
import pandas as pd

from data.transactions.measures.trades import add_tenors
from data.transactions.measures.windows import (
    EVENT_TENORS,
    WINDOW_DAYS,
    microstructure_panel,
)
from data.transactions.securities import read_securities
from models.transactions.scoring import open_true_trades
from models.transactions.simulation import Scenario
from models.transactions.twin import SECURITIES_FILE

EVENT_TYPES = ("cpi_release", "fomc_statement", "tips_auction")
DAYS_BETWEEN_EVENTS = (13, 17)
"""Business days from an event to the next: windows meet, and hardly overlap."""

EVENT_STREAM = 3


def true_microstructure(scenario: Scenario, twin: Path) -> pd.DataFrame:
    """Draw events, and measure who truly traded after each.

    Parameters
    ----------
    scenario : Scenario
        Of the twin; another seed gives other events.
    twin : Path
        Folder of `models.transactions.twin.write_twin`, with all its buckets.

    Returns
    -------
    DataFrame
        Columns of `data.transactions.measures.windows.MicrostructurePanel`, whose
        ``preset`` is ``truth``.
    """
    rng = np.random.default_rng([scenario.seed, EVENT_STREAM])
    days = pd.bdate_range(scenario.first, scenario.last)
    shortest, longest = DAYS_BETWEEN_EVENTS
    steps = rng.integers(shortest, longest + 1, len(days) // shortest)
    at = np.cumsum(steps)
    dates = days[at[at < len(days) - 2 * WINDOW_DAYS]]
    events = pd.DataFrame(
        {"event_date": dates, "event_type": rng.choice(EVENT_TYPES, len(dates))}
    )
    with open_true_trades(twin) as connection:
        add_tenors(connection, read_securities(twin / SECURITIES_FILE))
        return microstructure_panel(connection, events, EVENT_TENORS).frame
