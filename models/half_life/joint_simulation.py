"""A simulated basis with the noise of the market, and events that shake it.

A second writing of the equations of `models.half_life.joint_decay` in numpy. Half-lives
are drawn in continuous time from the proportional hazard of
`models.half_life.simulation`, so that a chain that measures them in whole days looks
for the same effects.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from data.arrays import FloatArray
from data.dims import DATE_COLUMN
from data.half_life.basis_events_panel import EVENT_TYPES, basis_events_frame
from data.half_life.checks import COVARIATES
from models.half_life.basis_simulation import (
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

MARKET_NOISE = BasisParameters(
    persistence=(0.87, 0.87, 0.87, 0.95),
    level_innovation_sd_bp=(1.9, 0.95, 1.15, 0.5),
    deviation_innovation_sd_bp=(0.3, 0.2, 0.2, 1.45),
    noise_sd_bp=(1.7, 1.0, 1.2, 0.85),
)
"""What the decomposition finds in the TIPS-Treasury basis of 2010 to 2024: noise five
times that of a quiet basis, and a level that moves as much a day."""

EVENT_STREAM = 11
"""Events draw from a stream of their own: the same seed gives the same quiet basis."""

FIRST_EVENT_DAY = 20


@dataclass(frozen=True, kw_only=True)
class JointDecayParameters:
    """The truth behind a simulated basis with events.

    Parameters
    ----------
    basis : BasisParameters
        Of the basis between events.
    effects : HalfLifeParameters
        Of the half-lives; its baseline hazard is not used.
    event_shock_sd_bp : float
        Of every tenor, basis points.
    median_half_life_days : float
        Of events at average covariates and effects of zero.
    shape : float
        Of the Weibull distribution of half-lives.
    days_between_events : int
        Trading days.
    """

    basis: BasisParameters = MARKET_NOISE
    effects: HalfLifeParameters = field(
        default_factory=lambda: HalfLifeParameters(
            coefficient={"dealer_hhi": -0.5, "ats_share": 0.6}, date_sd=0.2
        )
    )
    event_shock_sd_bp: float = 12.0
    median_half_life_days: float = 4.0
    shape: float = 1.0
    days_between_events: int = 10


@dataclass(frozen=True)
class SimulatedJointDecay:
    """A basis with events, and the truth behind both.

    Parameters
    ----------
    frame : DataFrame
        Layout of a panel of `data.half_life.basis_events_panel`.
    basis : SimulatedBasis
        The same basis by itself; the deviation contains what events have moved.
    events : SimulatedEvents
        Effects drawn; half-lives of its frame are counted in whole days.
    half_life_days : (event,) float
        Of each row of the events' frame.
    parameters : JointDecayParameters
        What it was drawn from.
    """

    frame: pd.DataFrame
    basis: SimulatedBasis
    events: SimulatedEvents
    half_life_days: FloatArray
    parameters: JointDecayParameters


def simulate_joint_decay(
    seed: int, num_days: int, parameters: JointDecayParameters | None = None
) -> SimulatedJointDecay:
    """Simulate a basis that events shake, with half-lives of known causes.

    Parameters
    ----------
    seed : int
        Of the random numbers.
    num_days : int
        Weekdays, holidays among them.
    parameters : JointDecayParameters, optional
        The defaults where left out.
    """
    parameters = parameters or JointDecayParameters()
    quiet = simulate_basis_with_truth(seed, num_days, parameters.basis)
    rng = np.random.default_rng((seed, EVENT_STREAM))
    indexed = quiet.frame.set_index(DATE_COLUMN)
    is_open = indexed.notna().any(axis=1).to_numpy()
    days = pd.DatetimeIndex(indexed.index[is_open])
    dates = days[FIRST_EVENT_DAY :: parameters.days_between_events]
    drawn = events_on(dates, parameters.basis.tenor, rng)
    events = with_half_lives(drawn, rng, parameters.effects)
    surprise = rng.standard_exponential(len(drawn)) / np.log(2)
    half_life = parameters.median_half_life_days * (
        surprise * np.exp(-events.linear_predictor)
    ) ** (1 / parameters.shape)
    shock = parameters.event_shock_sd_bp * rng.standard_normal(len(drawn))
    moved = np.zeros(quiet.deviation_bp.shape)
    moved[is_open] = _moved(
        events.frame, days, parameters.basis.tenor, half_life, shock
    )
    basis = indexed + moved
    panel = basis.set_axis(list(parameters.basis.tenor), axis=1)
    cells = events.frame.rename(
        columns={"event_date": DATE_COLUMN, "event_type": EVENT_TYPES}
    )
    return SimulatedJointDecay(
        basis_events_frame(
            panel, cells[[DATE_COLUMN, "tenor", EVENT_TYPES, *COVARIATES]]
        ),
        SimulatedBasis(
            basis.rename(columns=dict(zip(panel, indexed, strict=True))).reset_index(),
            parameters.basis,
            quiet.level_bp,
            quiet.deviation_bp + moved,
        ),
        events,
        half_life,
        parameters,
    )


def _moved(
    events: pd.DataFrame,
    days: pd.DatetimeIndex,
    tenors: tuple[int, ...],
    half_life: FloatArray,
    shock: FloatArray,
) -> FloatArray:
    """What events have moved and has not come back, (trading day, tenor)."""
    moved = np.zeros((len(days), len(tenors)))
    for column, tenor in enumerate(tenors):
        of_tenor = np.flatnonzero(events["tenor"] == tenor)
        on_day = days.get_indexer(pd.Index(events["event_date"].iloc[of_tenor]))
        shocks = dict(zip(on_day, shock[of_tenor], strict=True))
        lives = dict(zip(on_day, half_life[of_tenor], strict=True))
        left, share = 0.0, 0.0
        for day in range(len(days)):
            left = share * left + shocks.get(day, 0.0)
            share = 2 ** (-1 / lives[day]) if day in lives else share
            moved[day, column] = left
    return moved
