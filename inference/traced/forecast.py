"""What is asked of a forecast, and what a family answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd
import xarray as xr

from data.errors import DataError
from data.market.trading_days import trading_days_from

Inputs = Literal["moving", "held"]
"""What becomes of the series that a model takes as given: they move on as they did in
the sample, or stay where they are. What a panel states of the future comes first."""

SAMPLE = "sample"
AHEAD = "ahead"
"""Dimension of whatever is predicted, in order: dates, days since an event."""

NUM_DRAWS = 400
"""Of the posterior, evenly thinned."""

NUM_PATHS = 10
"""Of what is to come, a draw: quantiles of 4,000 paths are off by a hundredth of the
probability beyond them at most."""

LONGEST_HORIZON = 1_000


@dataclass(frozen=True, kw_only=True)
class ForecastRequest:
    """What is asked.

    Attributes
    ----------
    horizon : int, optional
        Dates ahead; each family has its own where left out.
    panel : Path, optional
        What to predict onwards from, or the rows to predict; the data of the fit where
        left out.
    inputs : str
        Of `Inputs`.
    seed : int

    Raises
    ------
    DataError
        If the horizon is no number of dates.
    """

    horizon: int | None = None
    panel: Path | None = None
    inputs: Inputs = "moving"
    seed: int = 1

    @property
    def source(self) -> str:
        """What is predicted onwards from, in words."""
        return str(self.panel or "the data of the fit")

    def __post_init__(self) -> None:
        if self.horizon is not None and not 1 <= self.horizon <= LONGEST_HORIZON:
            raise DataError(
                f"--horizon is {self.horizon}", f"Choose 1 to {LONGEST_HORIZON} dates."
            )


class Forecast(NamedTuple):
    """What is to come, and what is assumed.

    Attributes
    ----------
    draws : xr.Dataset
        Every variable along `SAMPLE`, `AHEAD` and perhaps one more dimension; attribute
        ``long_name`` says what it is, ``units`` in what. `AHEAD` has coordinates: dates
        or numbers.
    past : xr.Dataset
        Observed values before, by the names of the variables, along `AHEAD`; variables
        that are never observed, and forecasts that follow nothing, have none.
    assumptions : tuple of str
        Sentences: from where, and what becomes of the inputs.
    """

    draws: xr.Dataset
    past: xr.Dataset
    assumptions: tuple[str, ...]


def trading_days_after(last: pd.Timestamp, number: int) -> pd.DatetimeIndex:
    """Trading days that follow a day."""
    return trading_days_from((last + pd.Timedelta(days=1)).isoformat(), number)
