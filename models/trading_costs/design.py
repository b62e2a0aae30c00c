"""Design matrices of a formula, by `formulae`, and the statistics that they give."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from formulae import design_matrices

from data.arrays import NOTHING_VARIES, FloatArray, IntArray
from data.errors import DataError
from models.likelihoods.mixed.statistics import (
    Lengths,
    MixedStatistics,
    Rows,
    gather,
)
from models.trading_costs.observations import VOLUME_BINS, Levels, Observations
from models.trading_costs.specification import (
    DATE_FACTOR,
    GROUPS,
    SECURITY_FACTOR,
)

SAMPLE_ROWS = 200_000
"""From which the columns of a design and their scales are learnt."""

BIN_LABELS = (
    *(f"spread decile {k}" for k in range(1, 11)),
    *(f"volume {label} musd" for label in VOLUME_BINS),
    *(f"benchmark illiquidity {word}" for word in GROUPS),
    *(f"seasoning {word}" for word in GROUPS),
)
"""Of the bins whose means are compared with those of replications."""


@dataclass(frozen=True)
class Design:
    """Columns of a formula.

    Attributes
    ----------
    observations : Observations
    common, by_security, by_date : design of formulae, or None
    names, slopes, date_slopes : list of str
        Of their columns.
    column_sd : (p,) float
        Standard deviation of each column; of a constant one its size.
    """

    observations: Observations
    common: Any
    by_security: Any
    by_date: Any
    names: list[str]
    slopes: list[str]
    date_slopes: list[str]
    column_sd: FloatArray

    @property
    def levels(self) -> Levels:
        """Of the rows."""
        return self.observations.levels

    @property
    def months(self) -> list[str]:
        """Of the dates, in order."""
        found = pd.DatetimeIndex(self.levels.dates).strftime("%Y-%m")
        return list(dict.fromkeys(found))

    def rows(self, frame: pd.DataFrame) -> Rows:
        """Rows of the likelihood from rows of the observations."""
        levels, number = self.levels, len(frame)
        dates = pd.DatetimeIndex(levels.dates)
        date = dates.get_indexer(pd.DatetimeIndex(frame["date"]))
        month = pd.Index(self.months).get_indexer(dates.strftime("%Y-%m"))
        security = pd.Index(levels.securities).get_indexer(pd.Index(frame["security"]))
        date_slope = np.zeros((number, 0))
        if self.by_date is not None:
            date_slope = _matrix(self.by_date, frame)
        return Rows(
            frame["response"].to_numpy(np.float64),
            _matrix(self.common, frame),
            self._weight(frame),
            security.astype(np.int64),
            _matrix(self.by_security, frame),
            date.astype(np.int64),
            date_slope,
            month[date].astype(np.int64),
            _bins(frame, levels),
        )

    def statistics(
        self, batches: Iterable[pd.DataFrame] | None = None
    ) -> MixedStatistics:
        """Statistics of all rows, in one pass; of those of `batches` where given."""
        levels = self.levels
        lengths = Lengths(
            fixed=len(self.names),
            groups=len(levels.securities),
            slopes=len(self.slopes),
            crossed=len(levels.dates) if self.date_slopes else 0,
            crossed_slopes=len(self.date_slopes),
            blocks=len(self.months),
            bins=len(BIN_LABELS),
        )
        frames = self.observations.batches() if batches is None else batches
        return gather(map(self.rows, frames), lengths)

    def _weight(self, frame: pd.DataFrame) -> FloatArray:
        """Of a signed deviation, where errors of the fair value are known."""
        variance = self.levels.variance
        return np.ones(len(frame)) if variance is None else variance.weight(frame)


def build_design(observations: Observations) -> Design:
    """Learn the columns of a formula.

    Raises
    ------
    DataError
        The formula cannot be read, names a column that there is none of, or a regressor
        has no value somewhere.
    """
    specification = observations.specification
    sample = next(iter(observations.batches(SAMPLE_ROWS)))
    common = _read(specification.common, sample)
    by_security = _read(_expression(specification.effects_of(SECURITY_FACTOR)), sample)
    dates = specification.effects_of(DATE_FACTOR)
    by_date = _read(_expression(dates), sample) if dates else None
    names = _names(common)
    matrix = np.asarray(common.design_matrix, np.float64)
    sd, size = matrix.std(axis=0), np.abs(matrix).max(axis=0)
    # What is left of a constant after centring is rounding, of no scale.
    varies = sd > NOTHING_VARIES * np.maximum(size, 1.0)
    constant = np.where(size > NOTHING_VARIES, size, 1.0)
    return Design(
        observations,
        common,
        by_security,
        by_date,
        names,
        _names(by_security),
        _names(by_date) if by_date is not None else [],
        np.where(varies, sd, constant),
    )


def _expression(text: str) -> str:
    return text if text else "1"


def _read(formula: str, sample: pd.DataFrame) -> Any:
    try:
        return design_matrices(formula, sample, na_action="error").common
    except Exception as error:
        # formulae raises whatever its parser, numpy or pandas do.
        raise DataError(
            f"the formula {formula!r} cannot be used: {error}",
            "Write columns of the panel or spread, seasoning, illiquidity, volume_bin, "
            "benchmark_group, relative_group, ats, retail, log_dollar_duration; every "
            "row needs a value.",
        ) from error


def _names(common: Any) -> list[str]:
    return [str(name) for name in common.as_dataframe().columns]


def _matrix(common: Any, frame: pd.DataFrame) -> FloatArray:
    found = common.evaluate_new_data(frame)
    matrix = np.asarray(found.design_matrix, np.float64)
    return matrix.reshape(len(frame), -1)


def _bins(frame: pd.DataFrame, levels: Levels) -> IntArray:
    """Codes of `BIN_LABELS`."""
    spread = frame["spread"] + levels.spread_center
    seasoning = frame["seasoning"] + levels.seasoning_center
    volume = frame["volume_bin"].cat.codes.to_numpy()
    illiquidity = frame["illiquidity"]
    columns = [
        np.searchsorted(levels.spread_deciles, spread),
        10 + volume,
        16 + np.searchsorted(levels.benchmark_terciles, illiquidity),
        19 + np.searchsorted(levels.seasoning_terciles, seasoning),
    ]
    return np.stack(columns, axis=1).astype(np.int64)
