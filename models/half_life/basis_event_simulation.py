r"""A simulated basis that events throw off its level, with known half-lives.

Events come every three weeks or so, in every tenor at once. Each moves the deviation by
a jump J, of which

.. math:: J \, 2^{-k / (T - 1/2)}

is left k days later: half of it is gone on day T, and not before. T follows the
proportional hazard of `models.half_life.simulation`, so that the effects of covariates
on it are known, and a chain of commands from basis to regression can be held against
them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.arrays import FloatArray
from data.dims import DATE_COLUMN
from data.half_life.basis_panel import basis_column
from data.half_life.checks import MICROSTRUCTURE_COVARIATES
from models.half_life.basis_simulation import (
    NUM_DAYS,
    BasisParameters,
    SimulatedBasis,
    simulate_basis_with_truth,
)
from models.half_life.simulation import (
    HalfLifeParameters,
    SimulatedEvents,
    events_on,
    with_half_lives,
)

QUIET = BasisParameters(
    persistence=(0.8, 0.8, 0.8, 0.8),
    level_innovation_sd_bp=(0.25, 0.15, 0.15, 0.15),
    deviation_innovation_sd_bp=(0.4, 0.3, 0.3, 0.3),
    noise_sd_bp=(0.3, 0.2, 0.2, 0.2),
)
"""Between events little moves, so that half-lives after them can be seen."""

EFFECTS = HalfLifeParameters(
    coefficient={"dealer_hhi": -0.5, "ats_share": 0.6}, date_sd=0.2
)
"""Two covariates act, strongly enough for some hundred outcomes to show it."""

EVENT_STREAM = 7
"""Events draw from a stream of their own: the same seed gives the same quiet basis."""

FIRST_EVENT_DAY = 40
DAYS_BETWEEN_EVENTS = (13, 17)
"""Trading days from an event to the next; none meets another's ten days."""

FEWEST_DAYS = 100
"""Weekdays that hold a few events."""

TYPICAL_JUMP_BP = 12.0
JUMP_LOG_SD = 0.3

UNSEEN_HALF_LIFE = 1.5
"""Half-life of what is censored, as a multiple of the days watched."""


@dataclass(frozen=True)
class EventfulBasis:
    """A basis panel, its events, and the truth behind both.

    Parameters
    ----------
    basis : SimulatedBasis
        The deviation contains what events have moved.
    events : SimulatedEvents
        Half-lives drawn, in the layout of an event panel.
    """

    basis: SimulatedBasis
    events: SimulatedEvents

    @property
    def event_frame(self) -> pd.DataFrame:
        """Events and who traded: what `data build half-life` takes as --events.

        The same file serves as --microstructure.
        """
        columns = ["event_date", "event_type", "tenor", *MICROSTRUCTURE_COVARIATES]
        return self.events.frame[columns]


def simulate_eventful_basis(
    seed: int,
    num_days: int = NUM_DAYS,
    parameters: BasisParameters = QUIET,
    effects: HalfLifeParameters = EFFECTS,
) -> EventfulBasis:
    """Simulate a basis and events whose half-lives have known causes.

    Parameters
    ----------
    seed : int
        Of the random numbers.
    num_days : int
        Weekdays, holidays among them; :data:`FEWEST_DAYS` at least.
    parameters : BasisParameters
        Of what moves between events.
    effects : HalfLifeParameters
        Of the half-lives after events.
    """
    quiet = simulate_basis_with_truth(seed, num_days, parameters)
    rng = np.random.default_rng((seed, EVENT_STREAM))
    prices = quiet.frame.drop(columns=DATE_COLUMN)
    is_open = prices.notna().any(axis=1).to_numpy()
    events = _draw_events(
        pd.DatetimeIndex(quiet.frame[DATE_COLUMN][is_open]), parameters, effects, rng
    )
    moved = np.zeros(quiet.deviation_bp.shape)
    moved[is_open] = _moves(
        events.frame, pd.DatetimeIndex(quiet.frame[DATE_COLUMN][is_open]), parameters
    )
    columns = [basis_column(tenor) for tenor in parameters.tenor]
    frame = quiet.frame.copy()
    frame[columns] += moved
    return EventfulBasis(
        SimulatedBasis(frame, parameters, quiet.level_bp, quiet.deviation_bp + moved),
        events,
    )


def _draw_events(
    trading_days: pd.DatetimeIndex,
    parameters: BasisParameters,
    effects: HalfLifeParameters,
    rng: np.random.Generator,
) -> SimulatedEvents:
    shortest, longest = DAYS_BETWEEN_EVENTS
    most = len(trading_days) // shortest + 1
    steps = rng.integers(shortest, longest + 1, most)
    position = FIRST_EVENT_DAY + np.cumsum(steps) - shortest
    dates = trading_days[position[position < len(trading_days) - shortest]]
    frame = events_on(dates, parameters.tenor, rng)
    jump = TYPICAL_JUMP_BP * np.exp(JUMP_LOG_SD * rng.standard_normal(len(frame)))
    frame["deviation_bp"] = np.sign(frame["deviation_bp"]) * jump
    return with_half_lives(frame, rng, effects)


def _moves(
    events: pd.DataFrame, trading_days: pd.DatetimeIndex, parameters: BasisParameters
) -> FloatArray:
    """What is left of each tenor's last event, (trading day, tenor)."""
    moved = np.zeros((len(trading_days), len(parameters.tenor)))
    seen = events["half_life_days"].to_numpy()
    half_life = np.where(events["is_censored"], UNSEEN_HALF_LIFE * seen, seen)
    for column, tenor in enumerate(parameters.tenor):
        of_tenor = (events["tenor"] == tenor).to_numpy()
        start = trading_days.get_indexer(pd.Index(events["event_date"][of_tenor]))
        last = np.searchsorted(start, np.arange(len(trading_days)), side="right") - 1
        age = np.maximum(np.arange(len(trading_days)) - start[last], 0)
        left = events["deviation_bp"].to_numpy()[of_tenor][last] * 2.0 ** (
            -age / (half_life[of_tenor][last] - 0.5)
        )
        moved[:, column] = np.where(last >= 0, left, 0.0)
    return moved
