"""Bonds that trade in a simulation: how often, at what price, until when."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data.arrays import FloatArray, IntArray
from models.transactions.calendar import TradingCalendar
from models.transactions.columns import Columns

CORPORATE = "corporate"
TREASURY = "treasury"
MARKETS = (CORPORATE, TREASURY)

ISSUERS = 10_000
FIRST_ISSUER = 990_000
"""CUSIP issuer numbers from 990000 are set aside for the user's own."""

ZIPF_SHIFT = 10
"""Mandelbrot's shift of Zipf's law: of 30,000 bonds the busiest has 1% of trades."""

NEW_DAYS = 60
NEW_INTENSITY = 5.0
"""A corporate bond trades five times as much in its first 60 trading days. A guess."""

ON_THE_RUN_SHARE = 0.65
TENORS = (2, 3, 5, 7, 10, 20, 30)
TENOR_SHARES = (0.14, 0.12, 0.25, 0.13, 0.24, 0.04, 0.08)
"""Share of coupon trading by original tenor, in years."""

DEFAULTED_SHARE = 0.005
DAY = np.timedelta64(1, "D")
YEAR_DAYS = 365.25


@dataclass(frozen=True)
class Securities(Columns):
    """All bonds of a simulation, one row a bond.

    Parameters
    ----------
    cusip : (security,) str
        Nine characters with a valid check digit.
    issue_date, maturity_date : (security,) datetime64[D]
    coupon : (security,) float
        Percent a year.
    first_day, busy_until, last_day : (security,) int
        Trading days from which it trades, until which it is busy (new, or on the
        run), and until which it trades; the last two not included.
    busy_trades, other_trades : (security,) float
        Expected share of all trades in either time.
    price : (security,) float
        At the first day, percent of par.
    daily_volatility : (security,) float
        Standard deviation of the daily change of the log price.
    half_spread : (security,) float
        Of a customer's round lot, price points.
    default_day : (security,) int
        Day on which the price falls to a quarter; the number of days where never.
    """

    cusip: NDArray[np.str_]
    issue_date: NDArray[np.datetime64]
    maturity_date: NDArray[np.datetime64]
    coupon: FloatArray
    first_day: IntArray
    busy_until: IntArray
    last_day: IntArray
    busy_trades: FloatArray
    other_trades: FloatArray
    price: FloatArray
    daily_volatility: FloatArray
    half_spread: FloatArray
    default_day: IntArray


def simulate_securities(
    market: str, count: int, calendar: TradingCalendar, seed: int
) -> Securities:
    """Draw the bonds of a market.

    Parameters
    ----------
    market : str
        One of `MARKETS`.
    count : int
        Bonds.
    calendar : TradingCalendar
        Every bond trades on some of its days.
    seed : int
        The same seed gives the same bonds in every bucket.
    """
    rng = np.random.default_rng([seed, 0])
    if market == TREASURY:
        return _treasuries(count, calendar, rng)
    return _corporates(count, calendar, rng)


def _corporates(
    count: int, calendar: TradingCalendar, rng: np.random.Generator
) -> Securities:
    start, end = calendar.days[0], calendar.days[calendar.count - 1]
    span = int((end - start) / DAY)
    issue = start + rng.integers(-5 * 365, max(1, span - 60), count) * DAY
    years = rng.choice([3, 5, 7, 10, 30], count, p=[0.15, 0.3, 0.15, 0.3, 0.1])
    maturity = issue + (years * YEAR_DAYS).astype(np.int64) * DAY
    # Bonds that would end before the period live on: no security without trades.
    maturity = np.maximum(maturity, start + 365 * DAY)
    first, last = _life(issue, maturity, calendar)
    busy = np.clip(calendar.position(issue) + NEW_DAYS, first, last)
    busy = np.where(issue >= start, busy, first)
    weight = 1.0 / (np.arange(count) + 1 + ZIPF_SHIFT)
    weight /= calendar.count
    default = rng.integers(0, calendar.count, count)
    busy_trades, other_trades = _shares(
        weight * NEW_INTENSITY * (busy - first), weight * (last - busy)
    )
    return Securities(
        cusip=made_up_cusips(count),
        issue_date=issue,
        maturity_date=maturity,
        first_day=first,
        busy_until=busy,
        last_day=last,
        busy_trades=busy_trades,
        other_trades=other_trades,
        price=rng.normal(102.0, 6.0, count).clip(60.0, 130.0),
        daily_volatility=0.003 * np.exp(0.4 * rng.standard_normal(count)),
        half_spread=0.25 * np.exp(0.4 * rng.standard_normal(count)),
        default_day=np.where(
            rng.random(count) < DEFAULTED_SHARE, default, len(calendar.days)
        ),
        coupon=rng.integers(4, 36, count) / 4.0,
    )


def _treasuries(
    count: int, calendar: TradingCalendar, rng: np.random.Generator
) -> Securities:
    """Issues of every tenor at even distances, the latest of each on the run."""
    start, end = calendar.days[0], calendar.days[calendar.count - 1]
    span = int((end - start) / DAY)
    tenor = np.arange(count) % len(TENORS)
    rank = np.arange(count) // len(TENORS)
    of_tenor = np.bincount(tenor, minlength=len(TENORS))[tenor]
    old = np.maximum(1, of_tenor // 3)
    distance = span / np.maximum(1, of_tenor - old)
    # A third is older than the period, and one of them on the run when it begins.
    issue = start + np.round((rank - old + 0.5) * distance).astype(np.int64) * DAY
    following = issue + np.maximum(1, np.round(distance)).astype(np.int64) * DAY
    years = np.asarray(TENORS)[tenor]
    maturity = issue + (years * YEAR_DAYS).astype(np.int64) * DAY
    maturity = np.maximum(maturity, start + 90 * DAY)
    first, last = _life(issue, maturity, calendar)
    busy = np.clip(calendar.position(following), first, last)
    share = np.asarray(TENOR_SHARES)[tenor]
    busy_trades = share * (busy - first)
    other_trades = share * (last - busy)
    busy_trades *= ON_THE_RUN_SHARE / max(busy_trades.sum(), 1e-12)
    other_trades *= (1 - ON_THE_RUN_SHARE) / max(other_trades.sum(), 1e-12)
    busy_trades, other_trades = _shares(busy_trades, other_trades)
    return Securities(
        cusip=made_up_cusips(count),
        issue_date=issue,
        maturity_date=maturity,
        first_day=first,
        busy_until=busy,
        last_day=last,
        busy_trades=busy_trades,
        other_trades=other_trades,
        price=rng.normal(99.5, 1.5, count),
        daily_volatility=0.0005 * years**0.75,
        half_spread=0.004 * years**0.5,
        default_day=np.full(count, len(calendar.days)),
        coupon=rng.integers(4, 40, count) / 8.0,
    )


def _life(
    issue: NDArray[np.datetime64],
    maturity: NDArray[np.datetime64],
    calendar: TradingCalendar,
) -> tuple[IntArray, IntArray]:
    first = np.clip(calendar.position(issue), 0, calendar.count - 1)
    last = np.clip(calendar.position(maturity), first + 1, calendar.count)
    return first, last


def _shares(busy: FloatArray, other: FloatArray) -> tuple[FloatArray, FloatArray]:
    total = busy.sum() + other.sum()
    return busy / total, other / total


def made_up_cusips(count: int) -> NDArray[np.str_]:
    """The first `count` CUSIPs that no bond has."""
    return np.array([made_up_cusip(number) for number in range(count)])


def made_up_cusip(number: int) -> str:
    """A CUSIP that no bond has, with its check digit.

    Parameters
    ----------
    number : int
        From 0; different numbers give different CUSIPs below 12,960,000.
    """
    issuer, issue = number % ISSUERS, number // ISSUERS
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    base = f"{FIRST_ISSUER + issuer}{letters[issue // 36 % 36]}{letters[issue % 36]}"
    digits = 0
    for place, letter in enumerate(base):
        value = letters.index(letter) * (1 + place % 2)
        digits += value // 10 + value % 10
    return f"{base}{-digits % 10}"
