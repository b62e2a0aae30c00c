"""A simulated daily basis with known level, deviation and noise.

A second writing of the equations of `models.half_life.basis_decomposition` in numpy, so
that the two can be tested against each other.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.arrays import FloatArray
from data.dims import DATE_COLUMN
from data.half_life.basis_panel import basis_column
from data.market.trading_days import TreasuryHolidays

FIRST_DAY = "2010-01-04"
NUM_DAYS = 1500

NUM_GAP_DAYS = 20
"""Length of a gap in the shortest tenor, in the middle of the sample."""


@dataclass(frozen=True, kw_only=True)
class BasisParameters:
    """The truth behind a simulated basis, named as the model's variables.

    Parameters
    ----------
    tenor : (tenor,) int
        Years.
    persistence : (tenor,) float
        Of the deviation, per business day. By default the published estimates.
    level_innovation_sd_bp, deviation_innovation_sd_bp, noise_sd_bp : (tenor,) float
        Basis points. Published estimates but for the deviations of all but the 20-year
        tenor: those are published as zero, which would leave nothing to recover.
    initial_level_bp : float
        Level before the first day.
    """

    tenor: tuple[int, ...] = (2, 5, 10, 20)
    persistence: tuple[float, ...] = (0.906, 0.713, 0.757, 0.959)
    level_innovation_sd_bp: tuple[float, ...] = (1.2, 0.6, 0.7, 0.4)
    deviation_innovation_sd_bp: tuple[float, ...] = (2.0, 1.5, 1.8, 1.46)
    noise_sd_bp: tuple[float, ...] = (1.0, 0.6, 0.7, 0.8)
    initial_level_bp: float = 30.0


@dataclass(frozen=True)
class SimulatedBasis:
    """A basis panel and the components behind it.

    Parameters
    ----------
    frame : DataFrame
        Layout of a basis-panel file; holidays and a gap are missing.
    parameters : BasisParameters
        What it was drawn from.
    level_bp, deviation_bp : (day, tenor) float
        Components, also on days without a basis.
    """

    frame: pd.DataFrame
    parameters: BasisParameters
    level_bp: FloatArray
    deviation_bp: FloatArray


def simulate_basis(
    seed: int, num_days: int = NUM_DAYS, parameters: BasisParameters | None = None
) -> pd.DataFrame:
    """Simulate a basis panel.

    Parameters
    ----------
    seed : int
        Of the random numbers.
    num_days : int
        Weekdays, holidays among them.
    parameters : BasisParameters, optional
        The defaults where left out.

    Returns
    -------
    DataFrame
        Layout of a basis-panel file.
    """
    return simulate_basis_with_truth(seed, num_days, parameters).frame


def simulate_basis_with_truth(
    seed: int, num_days: int = NUM_DAYS, parameters: BasisParameters | None = None
) -> SimulatedBasis:
    """Simulate a basis panel and keep its components; see :func:`simulate_basis`."""
    parameters = parameters or BasisParameters()
    rng = np.random.default_rng(seed)
    size = (num_days, len(parameters.tenor))
    days = pd.bdate_range(FIRST_DAY, periods=num_days, name=DATE_COLUMN)
    is_holiday = days.isin(TreasuryHolidays().holidays(days[0], days[-1]))
    moves = np.asarray(parameters.level_innovation_sd_bp) * rng.standard_normal(size)
    # Nothing moves on a holiday: time runs in trading days.
    moves[is_holiday] = 0.0
    level = parameters.initial_level_bp + moves.cumsum(axis=0)
    deviation = _deviation(parameters, rng.standard_normal(size), is_holiday)
    noise = np.asarray(parameters.noise_sd_bp) * rng.standard_normal(size)

    frame = pd.DataFrame(
        level + deviation + noise,
        index=days,
        columns=[basis_column(tenor) for tenor in parameters.tenor],
    )
    frame[is_holiday] = np.nan
    middle = num_days // 2
    frame.iloc[middle : middle + NUM_GAP_DAYS, 0] = np.nan
    return SimulatedBasis(frame.reset_index(), parameters, level, deviation)


def _deviation(
    parameters: BasisParameters, shocks: FloatArray, is_holiday: NDArray[np.bool_]
) -> FloatArray:
    """AR(1) that starts in its stationary distribution and rests on holidays."""
    persistence = np.asarray(parameters.persistence)
    innovation_sd = np.asarray(parameters.deviation_innovation_sd_bp)
    deviation = innovation_sd * shocks
    deviation[0] /= np.sqrt(1 - persistence**2)
    for day in range(1, len(deviation)):
        if is_holiday[day]:
            deviation[day] = deviation[day - 1]
        else:
            deviation[day] += persistence * deviation[day - 1]
    return deviation
