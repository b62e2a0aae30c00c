"""Fair value of an off-the-run issue between its indicative quotes.

F = last indicative mid + what the benchmark says that the price has moved since
(Sokolinskiy 2025, section 2; that the idiosyncratic part is the indicative mid minus
the price on the benchmark curve is inferred).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.arrays import FloatArray, IntArray
from data.market.treasury_terms import cash_flow_table
from data.trading_costs.as_of import Times, last_before
from data.trading_costs.benchmark import Benchmark
from data.trading_costs.quote_columns import SECURITY, TIME
from data.trading_costs.quote_measures import DOLLAR_DURATION, MID, payments_of

_CHUNK = 1 << 15
_MICROSECONDS_AN_HOUR = 3.6e9


@dataclass(frozen=True)
class Hedges:
    """Prices on the benchmark curve, of every security on every day with a curve.

    Attributes
    ----------
    securities : Index
        In the order of the first axis.
    constant : (security, day) float
        NaN where a security has no price on the curve of the day: not yet issued,
        matured, or paid beyond the last benchmark issue.
    weights : (security, day, issue) float
        Zero beyond the issues of the day.
    noise : (security, day) float
        How many times the variance of independent errors in the yields of the issues
        comes through to the yield of the security.
    """

    securities: pd.Index
    constant: FloatArray
    weights: FloatArray
    noise: FloatArray


@dataclass(frozen=True)
class FairValues:
    """Fair values at moments.

    Attributes
    ----------
    dirty : (moment,) float
        Per 100; NaN where there is none.
    quote : (moment,) int
        Row of the indicative quote that it starts from, -1 where there is none.
    gap_hours : (moment,) float
        Since that quote.
    hedge_noise : (moment,) float
        As of `Hedges.noise`.
    illiquidity : (moment,) float
        Of the benchmark at the moment.
    """

    dirty: FloatArray
    quote: IntArray
    gap_hours: FloatArray
    hedge_noise: FloatArray
    illiquidity: FloatArray


def hedges_of(quotes: pd.DataFrame, benchmark: Benchmark) -> Hedges:
    """Weigh the benchmark issues for every quoted security and day.

    Parameters
    ----------
    quotes : DataFrame
        Of `data.trading_costs.quote_measures.measured`.
    benchmark : Benchmark
        Of the same quotes.
    """
    known = quotes[quotes[MID].notna()]
    latest = known.drop_duplicates(SECURITY, keep="last")
    securities = pd.Index(latest[SECURITY])
    shape = (len(securities), len(benchmark.days))
    width = benchmark.mids.shape[1]
    constant, weights = np.full(shape, np.nan), np.zeros((*shape, width))
    noise = np.full(shape, np.nan)
    durations = latest[DOLLAR_DURATION].to_numpy()
    for day, (date, curve) in enumerate(
        zip(benchmark.days, benchmark.curves, strict=True)
    ):
        rows = latest.assign(time=pd.Timestamp(date))
        alive = _alive(rows, date)
        paid, settled = payments_of(rows[alive])
        table, ahead = cash_flow_table(paid, settled[0])
        priced = ~(table[:, ahead > curve.last_day] != 0).any(axis=1)
        if not priced.any():
            continue
        found = curve.hedge(table[priced], ahead)
        place = np.flatnonzero(alive)[priced]
        issues = found.weights.shape[1]
        constant[place, day] = found.constant
        weights[place, day, :issues] = found.weights
        in_yield = (
            found.weights
            * benchmark.dollar_durations[day, :issues]
            / durations[place][:, None]
        )
        noise[place, day] = (in_yield**2).sum(axis=1)
    return Hedges(securities, constant, weights, noise)


def fair_values(
    quotes: pd.DataFrame,
    benchmark: Benchmark,
    hedges: Hedges,
    securities: pd.Series,
    times: Times,
) -> FairValues:
    """Fair values of securities at moments, from what was known before each.

    Parameters
    ----------
    quotes : DataFrame
        Of `data.trading_costs.quote_measures.measured`: the indicative quotes.
    benchmark : Benchmark
        Of the same panel.
    hedges : Hedges
        Of both.
    securities : (moment,) Series
        Labels.
    times : (moment,) datetime64
        The indicative quote is from strictly before, the benchmark's from no later.
    """
    own = _places(hedges.securities, quotes[SECURITY])
    asked = _places(hedges.securities, securities)
    quoted_at = quotes[TIME].to_numpy().astype("datetime64[us]")
    at = times.astype("datetime64[us]")
    then = _snapshots(benchmark, quoted_at)
    # What a quote says beyond the curve: fair value minus price on the curve.
    beyond = quotes[MID].to_numpy() - _on_curve(benchmark, hedges, own, then)
    parts = [
        _part(own, quoted_at, beyond, benchmark, hedges, asked[rows], at[rows])
        for rows in _chunks(len(at))
    ]
    return FairValues(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _chunks(size: int) -> list[slice]:
    """Slices whose arrays stay in the processor's cache; one of nothing."""
    return [slice(at, at + _CHUNK) for at in range(0, max(size, 1), _CHUNK)]


def _part(
    own: IntArray,
    quoted_at: Times,
    beyond: FloatArray,
    benchmark: Benchmark,
    hedges: Hedges,
    asked: IntArray,
    times: Times,
) -> tuple[FloatArray | IntArray, ...]:
    """Fields of the fair values of some moments."""
    quote = last_before(own, quoted_at, asked, times, same_moment=False)
    now = _snapshots(benchmark, times)
    known = quote >= 0
    day = benchmark.day[now]
    gap = (times - quoted_at[quote]).astype(np.int64) / _MICROSECONDS_AN_HOUR
    return (
        np.where(
            known, beyond[quote] + _on_curve(benchmark, hedges, asked, now), np.nan
        ),
        quote,
        np.where(known, gap, np.nan),
        np.where(known & (now >= 0), hedges.noise[asked, day], np.nan),
        np.where(now >= 0, benchmark.illiquidity[now], np.nan),
    )


def _on_curve(
    benchmark: Benchmark, hedges: Hedges, securities: IntArray, snapshots: IntArray
) -> FloatArray:
    """Dirty prices on the curve; NaN where there is no snapshot or hedge."""
    day = benchmark.day[snapshots]
    weights = hedges.weights[securities, day]
    price = hedges.constant[securities, day] + np.einsum(
        "ij,ij->i", weights, benchmark.mids[snapshots]
    )
    return np.where((snapshots >= 0) & (securities >= 0), price, np.nan)


def _snapshots(benchmark: Benchmark, times: Times) -> IntArray:
    """Last snapshot of the benchmark on the day of each moment, -1 where none."""
    found = np.searchsorted(benchmark.times, times, side="right") - 1
    same_day = benchmark.days[benchmark.day[found]] == times.astype("datetime64[D]")
    return np.where((found >= 0) & same_day, found, -1)


def _places(known: pd.Index, securities: pd.Series) -> IntArray:
    """Place of each label among the known ones, -1 where it is none."""
    if isinstance(securities.dtype, pd.CategoricalDtype):
        of_category = known.get_indexer(securities.cat.categories)
        codes = securities.cat.codes.to_numpy().astype(np.int64)
        return np.where(codes >= 0, of_category[codes], -1)
    return np.asarray(known.get_indexer(pd.Index(securities)))


def _alive(rows: pd.DataFrame, date: np.datetime64) -> np.ndarray:
    """Securities that have been issued and that pay after settlement."""
    week = pd.Timedelta(days=7)
    matures, dated = rows["maturity_date"], rows["dated_date"]
    today = pd.Timestamp(date)
    return np.asarray((matures > today + week) & ~(dated > today + week))
