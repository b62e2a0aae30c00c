r"""Simulated events whose half-lives follow a known proportional hazard.

The deviation of event e in tenor :math:`\tau`, not yet halved before day d, halves on
day d with probability

.. math::

    1 - \exp\bigl(-\exp(\alpha_d + \beta' z_{e\tau} + u_{k(e)\tau} + v_{t(e)})\bigr),

baseline log hazard :math:`\alpha_d`, standardised covariates z, effects u of event type
by tenor and v of the date. Covariates have the ranges and the dependence of real ones.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from data.arrays import FloatArray
from data.half_life.checks import COVARIATES, LIQUIDITY_COVARIATES
from data.half_life.event_panel import outcome_labels

TENORS = (2, 5, 7, 10, 20)
NUM_EVENTS = 2_000
"""Events by tenor of a twin, unless told otherwise."""

MOST_EVENTS = 100_000
"""Some two centuries of events: dates are kept in nanoseconds, which end in 2262."""

EVENT_TYPES = (
    "cpi_release",
    "fomc_minutes",
    "fomc_statement",
    "tips_auction",
    "tips_auction_announce",
    "tips_auction_settlement",
    "treasury_refunding",
)
FIRST_DAY = "2010-01-14"

IN_LOGARITHMS = ("total_volume_usd", "trade_count", "dealer_count", "outstanding")
"""Covariates whose logarithm acts on the log hazard; the others act as they are."""

TYPICAL_DEVIATION_BP = 0.5
"""Median absolute deviation on an event day."""


def _default_coefficients() -> dict[str, float]:
    return {
        "dealer_hhi": -0.30,
        "principal_share": -0.15,
        "ats_share": 0.25,
        "total_volume_usd": 0.15,
        "trade_count": 0.0,
        "dealer_count": 0.10,
        "bid_ask_spread": -0.20,
        "liquidity_hhi": -0.10,
        "issue_concentration_top5": 0.0,
        "outstanding": 0.10,
    }


@dataclass(frozen=True, kw_only=True)
class HalfLifeParameters:
    """The truth behind simulated events.

    Parameters
    ----------
    coefficient : dict of str to float
        Log hazard per standard deviation of each covariate (of its logarithm, for
        :data:`IN_LOGARITHMS`). The signs are those that the half-life notebook argues
        for: concentration delays, electronic trading hastens.
    baseline_log_hazard : tuple of float
        One a day after the event. By default hazards from 24 to 10 percent that fall
        with the day, as in the published states.
    event_tenor_sd, date_sd : float
        Standard deviations of the effects of event type by tenor and of the date.
    repeated_share : float
        Share of the dates that fall on the one before, with events of another type,
        which so have its outcomes; at most a half.
    """

    coefficient: dict[str, float] = field(default_factory=_default_coefficients)
    baseline_log_hazard: tuple[float, ...] = tuple(
        float(np.log(-np.log1p(-hazard)))
        for hazard in (0.24, 0.20, 0.18, 0.15, 0.14, 0.12, 0.12, 0.11, 0.10, 0.10)
    )
    event_tenor_sd: float = 0.3
    date_sd: float = 0.3
    repeated_share: float = 0.0


@dataclass(frozen=True)
class SimulatedEvents:
    """An event panel and the effects drawn for it.

    Parameters
    ----------
    frame : DataFrame
        Layout of an event panel, one imputation.
    parameters : HalfLifeParameters
        What it was drawn from.
    event_tenor_effect : (event type, tenor) DataFrame
        Effects u on the log hazard.
    date_effect : Series
        Effects v on the log hazard by event date.
    linear_predictor : (row,) float
        Log hazard of each row less the baseline.
    """

    frame: pd.DataFrame
    parameters: HalfLifeParameters
    event_tenor_effect: pd.DataFrame
    date_effect: pd.Series
    linear_predictor: FloatArray


def simulate_half_life_events(
    seed: int, num_events: int, parameters: HalfLifeParameters | None = None
) -> pd.DataFrame:
    """Simulate an event panel.

    Parameters
    ----------
    seed : int
        Of the random numbers.
    num_events : int
        Rows: events by tenor, five a date.
    parameters : HalfLifeParameters, optional
        The defaults where left out.

    Returns
    -------
    DataFrame
        Layout of an event-panel file.
    """
    return simulate_events_with_truth(seed, num_events, parameters).frame


def simulate_events_with_truth(
    seed: int, num_events: int, parameters: HalfLifeParameters | None = None
) -> SimulatedEvents:
    """Simulate an event panel and keep the effects behind it.

    See :func:`simulate_half_life_events`.
    """
    rng = np.random.default_rng(seed)
    return with_half_lives(_events(num_events, rng), rng, parameters)


def simulate_half_lives_of(microstructure: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Simulate half-lives of given events by who traded after them.

    Parameters
    ----------
    microstructure : DataFrame
        Of `data.half_life.microstructure.read_microstructure`.
    seed : int
        Of the random numbers.

    Returns
    -------
    DataFrame
        Layout of an event-panel file, at the default effects.
    """
    rng = np.random.default_rng(seed)
    frame = microstructure.reset_index()
    frame["deviation_date"] = frame["event_date"]
    frame["outcome"] = outcome_labels(frame)
    frame = _with_deviations(frame, rng).assign(
        **dict.fromkeys(LIQUIDITY_COVARIATES, np.nan)
    )
    return halved(frame, rng).frame


def with_half_lives(
    frame: pd.DataFrame,
    rng: np.random.Generator,
    parameters: HalfLifeParameters | None = None,
) -> SimulatedEvents:
    """Give events covariates, and half-lives that depend on them.

    Parameters
    ----------
    frame : DataFrame
        Of `events_on`.
    rng : numpy.random.Generator
        Source of randomness.
    parameters : HalfLifeParameters, optional
        The defaults where left out.
    """
    return halved(frame.assign(**_covariates(frame, rng)), rng, parameters)


def halved(
    frame: pd.DataFrame,
    rng: np.random.Generator,
    parameters: HalfLifeParameters | None = None,
) -> SimulatedEvents:
    """Give events half-lives that depend on covariates that they have.

    Parameters
    ----------
    frame : DataFrame
        Of `events_on`, with `data.half_life.checks.COVARIATES`; one that is missing
        acts on nothing.
    rng : numpy.random.Generator
        Source of randomness.
    parameters : HalfLifeParameters, optional
        The defaults where left out.
    """
    parameters = parameters or HalfLifeParameters()
    types = [*EVENT_TYPES, *sorted(set(frame["event_type"]) - set(EVENT_TYPES))]
    tenors = [*TENORS, *sorted(set(frame["tenor"]) - set(TENORS))]
    event_tenor = pd.DataFrame(
        parameters.event_tenor_sd * rng.standard_normal((len(types), len(tenors))),
        index=types,
        columns=tenors,
    )
    dates = pd.Index(frame["event_date"].unique())
    date_effect = pd.Series(
        parameters.date_sd * rng.standard_normal(len(dates)), index=dates
    )
    predictor = (
        standardized_covariates(frame) @ _in_order(parameters.coefficient)
        + event_tenor.to_numpy()[
            event_tenor.index.get_indexer(pd.Index(frame["event_type"])),
            event_tenor.columns.get_indexer(pd.Index(frame["tenor"])),
        ]
        + date_effect.loc[frame["event_date"]].to_numpy()
    )
    baseline = np.asarray(parameters.baseline_log_hazard)
    frame = frame.assign(**_outcomes(predictor, baseline, rng))
    frame = _repeat_outcomes(frame, parameters.repeated_share, rng)
    return SimulatedEvents(frame, parameters, event_tenor, date_effect, predictor)


def standardized_covariates(frame: pd.DataFrame) -> FloatArray:
    """Covariates z of the hazard.

    Parameters
    ----------
    frame : DataFrame
        Columns `data.half_life.checks.COVARIATES`.

    Returns
    -------
    (row, covariate) float
        Logarithms for :data:`IN_LOGARITHMS`, then centred and divided by the standard
        deviation over the rows; 0 where missing.
    """
    values = frame[list(COVARIATES)].astype(np.float64)
    logged = list(IN_LOGARITHMS)
    values[logged] = np.log(values[logged])
    centred = values - values.mean()
    return np.nan_to_num((centred / values.std(ddof=0)).to_numpy())


def _in_order(coefficient: dict[str, float]) -> FloatArray:
    return np.array([coefficient.get(name, 0.0) for name in COVARIATES])


def _events(num_events: int, rng: np.random.Generator) -> pd.DataFrame:
    """Dates one to four business days apart, each with one event in every tenor."""
    num_dates = -(-num_events // len(TENORS))
    steps = rng.integers(1, 5, num_dates)
    dates = pd.bdate_range(FIRST_DAY, periods=int(steps.sum()) + 1)[np.cumsum(steps)]
    return events_on(dates, TENORS, rng, num_events)


def events_on(
    dates: pd.DatetimeIndex,
    tenors: tuple[int, ...],
    rng: np.random.Generator,
    num_events: int | None = None,
) -> pd.DataFrame:
    """One event of a random type on each date, in every tenor.

    Parameters
    ----------
    dates : DatetimeIndex
        Different from each other.
    tenors : tuple of int
        Of :data:`TENORS`.
    rng : numpy.random.Generator
        Source of randomness.
    num_events : int, optional
        Keep this many rows, events by tenors; all where left out.

    Returns
    -------
    DataFrame
        Layout of an event panel without half-lives and covariates.
    """
    types = rng.choice(EVENT_TYPES, len(dates))
    frame = pd.DataFrame(
        {
            "event_date": np.repeat(dates.to_numpy("datetime64[ns]"), len(tenors)),
            "event_type": np.repeat(types, len(tenors)),
            "tenor": np.tile(tenors, len(dates)),
        }
    ).head(num_events or len(dates) * len(tenors))
    frame["deviation_date"] = frame["event_date"]
    frame["outcome"] = outcome_labels(frame)
    return _with_deviations(frame, rng)


def _with_deviations(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    size = TYPICAL_DEVIATION_BP * np.exp(rng.standard_normal(len(frame)))
    return frame.assign(
        imputation=0,
        deviation_bp=size * rng.choice((-1.0, 1.0), len(frame)),
        set_aside="",
    )


def _covariates(frame: pd.DataFrame, rng: np.random.Generator) -> dict[str, Any]:
    """A busy market trades more, through more and less concentrated dealers."""
    n = len(frame)
    activity = rng.standard_normal(n)
    dealers = 1 + rng.poisson(np.exp(2.3 + 0.3 * activity))
    electronic = rng.beta(2.0, 5.0, n)
    trades = 1 + rng.poisson(dealers * np.exp(0.7 + 0.4 * rng.standard_normal(n)))
    volume = trades * np.exp(14.5 + 0.6 * activity + 0.5 * rng.standard_normal(n))
    # Equal dealers have a concentration of one over their number.
    excess = rng.beta(2.0, 8.0, n)
    return {
        "dealer_hhi": 1 / dealers + (1 - 1 / dealers) * excess,
        "principal_share": (1 - electronic) * rng.beta(4.0, 3.0, n),
        "ats_share": electronic,
        "total_volume_usd": volume,
        "trade_count": trades.astype(np.float64),
        "dealer_count": dealers.astype(np.float64),
        **_liquidity(frame, rng),
    }


def _liquidity(frame: pd.DataFrame, rng: np.random.Generator) -> dict[str, Any]:
    """Quarterly values around a level for each tenor, near those of 2010 to 2014."""
    quarters, quarter = np.unique(
        frame["event_date"].dt.to_period("Q").astype(str), return_inverse=True
    )
    tenor = np.searchsorted(TENORS, frame["tenor"])
    level = {
        "bid_ask_spread": (0.03, 0.045, 0.05, 0.06, 0.075),
        "liquidity_hhi": (0.01, 0.02, 0.05, 0.06, 0.075),
        "outstanding": (4.0e6, 2.0e6, 1.0e6, 6.0e5, 2.5e5),
    }
    values = {}
    for name, levels in level.items():
        noise = rng.standard_normal((len(quarters), len(TENORS)))
        values[name] = (np.asarray(levels) * np.exp(0.4 * noise))[quarter, tenor]
    concentration = np.sqrt(values["liquidity_hhi"]) * np.exp(
        0.3 * rng.standard_normal((len(quarters), len(TENORS)))[quarter, tenor]
    )
    return {**values, "issue_concentration_top5": np.minimum(concentration, 0.95)}


def _outcomes(
    predictor: FloatArray, baseline: FloatArray, rng: np.random.Generator
) -> dict[str, Any]:
    """First day on which a halving happens, day by day; censored after the last."""
    hazard = -np.expm1(-np.exp(baseline + predictor[:, None]))
    halves = rng.uniform(size=hazard.shape) < hazard
    resolved = halves.any(axis=1)
    days = np.where(resolved, halves.argmax(axis=1) + 1, len(baseline))
    return {"half_life_days": days.astype(np.float64), "is_censored": ~resolved}


def _repeat_outcomes(
    frame: pd.DataFrame, share: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Give some rows the date of the event before, of another type, and its outcome."""
    # Every other event only, so that no more than two share a date.
    second = np.arange(1, len(frame) // len(TENORS), 2)
    chosen = second[rng.uniform(size=len(second)) < 2 * share]
    types = frame["event_type"].to_numpy()
    shared = ["event_date", "deviation_date", "outcome", "deviation_bp"]
    repeated = frame.copy()
    for event in chosen:
        here = np.arange(event * len(TENORS), (event + 1) * len(TENORS))
        before = here - len(TENORS)
        if types[here[0]] != types[before[0]]:
            for name in [*shared, "half_life_days", "is_censored"]:
                repeated.loc[here, name] = repeated.loc[before, name].to_numpy()
    return repeated
