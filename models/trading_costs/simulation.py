"""Simulated trades and quotes with known costs and known errors of the fair value.

In numpy alone, and a second writing of the equations: what the models estimate is drawn
here step by step, as it comes about. Nothing of it is of a real security.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.arrays import FloatArray, IntArray
from data.trading_costs.columns import CUSTOMER, INTERDEALER
from models.trading_costs.scenarios import (
    ERLANG,
    IDENTITY,
    LOMAX,
    TradingCostsParameters,
)

REFERENCE_SPREAD_BP = 0.68
"""Published median indicative spread (Sokolinskiy 2025, Table 1)."""

FIRST_DAY = "2018-01-02"
SNAPSHOTS = np.array([8.5, 11.5, 14.0, 15.5, 17.0])
"""Hours of the day at which indicative quotes are taken."""

HOURS_A_DAY = 8.5
TICKS = np.array([0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0]) / 32
"""Spreads that are quoted, per 100 of face."""

LOMAX_SHAPE = 3.0
RETAIL_BELOW_MUSD = 0.25
LARGE_FROM_MUSD = 25.0
RETAIL_MARKUP_PRICE = 0.10, 0.30
MATURITY_SHARES = {(0.5, 1.5): 0.12, (1.5, 10.0): 0.62, (10.0, 29.5): 0.26}
"""Years to maturity, from and to -> share of the securities."""

SHORTEST_YEARS = 0.3
USUAL_DOLLAR_DURATION = 450.0
USUAL_TICK = 1.5 / 32
"""Spread of an issue five years from maturity and six old, per 100 of face."""

SHORT_MATURITY_YEARS = 2.0
SHORT_DRIFT = 1.5
"""Power of two years over the maturity by which drift is larger below two years."""

FLOOR_BP = 0.01
"""Of a mean cost that is linear in what it depends on."""


@dataclass(frozen=True)
class SimulatedTradingCosts:
    """A simulated panel and the truth behind it.

    Attributes
    ----------
    frame : DataFrame
        Layout of a trading-cost panel, with ``simulated_cost_bp``,
        ``simulated_error_bp`` and ``simulated_direction`` beside.
    parameters : TradingCostsParameters
    log_illiquidity_mean, log_illiquidity_sd : float
        By which log benchmark illiquidity was standardised.
    security_effect : DataFrame
        ``security``, and ``effect`` on the log cost.
    """

    frame: pd.DataFrame
    parameters: TradingCostsParameters
    log_illiquidity_mean: float
    log_illiquidity_sd: float
    security_effect: pd.DataFrame

    @property
    def benchmark_slope(self) -> float:
        """Of the log cost in standardised benchmark illiquidity."""
        return self.parameters.benchmark_elasticity * self.log_illiquidity_sd


def simulate_trading_costs(
    seed: int, parameters: TradingCostsParameters | None = None
) -> SimulatedTradingCosts:
    """Draw securities, days, quotes, trades, their costs and their errors.

    Parameters
    ----------
    seed : int
        Of the random numbers.
    parameters : TradingCostsParameters, optional
        The truth; of the scenario ``faithful`` where left out.
    """
    truth = parameters or TradingCostsParameters()
    rng = np.random.default_rng(seed)
    securities = _securities(rng, truth)
    log_illiquidity = _log_illiquidity(rng, truth)
    center, scale = log_illiquidity.mean(), log_illiquidity.std()
    trades = _arrivals(rng, truth, securities)
    trades["log_illiquidity"] = log_illiquidity[trades["day"]]
    trades["illiquidity"] = (trades["log_illiquidity"] - center) / scale
    _quote_spreads(rng, trades, securities)
    quotes = _errors(rng, truth, trades)
    _costs(rng, truth, trades, securities, scale)
    kept = trades["missed_by"] <= truth.filter_limit
    frame = _panel(rng, truth, trades[kept], quotes)
    effects = securities[["security", "effect"]].reset_index(drop=True)
    return SimulatedTradingCosts(frame, truth, float(center), float(scale), effects)


def _securities(
    rng: np.random.Generator, truth: TradingCostsParameters
) -> pd.DataFrame:
    n = truth.securities
    bucket = rng.choice(len(MATURITY_SHARES), n, p=list(MATURITY_SHARES.values()))
    shortest, longest = np.array(list(MATURITY_SHARES)).T
    maturity = rng.uniform(shortest[bucket], longest[bucket])
    age = np.minimum(rng.exponential(3.0, n) + 0.25, 25.0)
    longer = (_dollar_duration(maturity) / USUAL_DOLLAR_DURATION) ** 0.3
    tick = USUAL_TICK * (0.5 + 0.08 * np.minimum(age, 8.0)) * longer
    rate = truth.trades_a_day * rng.lognormal(0.0, 0.5, n) * np.exp(-0.05 * age)
    return pd.DataFrame(
        {
            "security": [f"S{number:03d}" for number in range(n)],
            "maturity": maturity,
            "age": age,
            "tick": tick * rng.lognormal(0.0, 0.5, n),
            "rate": rate * truth.trades_a_day / rate.mean(),
            "effect": truth.security_sd * rng.standard_normal(n),
        }
    )


def _log_illiquidity(
    rng: np.random.Generator, truth: TradingCostsParameters
) -> FloatArray:
    """Daily autoregression, with spells of stress of a week."""
    level = np.empty(truth.days)
    level[0] = 0.4 * rng.standard_normal()
    for day in range(1, truth.days):
        shock = 0.4 * np.sqrt(1 - 0.97**2) * rng.standard_normal()
        level[day] = 0.97 * level[day - 1] + shock
    starts = np.flatnonzero(rng.random(truth.days) < truth.stress_days_share / 5)
    for start in starts:
        level[start : start + 5] += np.log(rng.uniform(3.0, 10.0))
    return level


def _arrivals(
    rng: np.random.Generator, truth: TradingCostsParameters, securities: pd.DataFrame
) -> pd.DataFrame:
    """Day, hour and size of every trade, in order of securities and times."""
    rate = np.tile(securities["rate"].to_numpy()[:, None], (1, truth.days))
    counts = rng.poisson(rate)
    which, day = np.nonzero(counts)
    repeat = counts[which, day]
    trades = pd.DataFrame(
        {"code": np.repeat(which, repeat), "day": np.repeat(day, repeat)}
    )
    n = len(trades)
    trades["hour"] = rng.uniform(SNAPSHOTS[0], SNAPSHOTS[-1], n)
    trades = trades.sort_values(["code", "day", "hour"], ignore_index=True)
    trades["interval"] = np.searchsorted(SNAPSHOTS, trades["hour"], side="right") - 1
    trades["gap"] = trades["hour"] - SNAPSHOTS[trades["interval"]]
    volume = rng.lognormal(np.log(5.0), 1.8, n).clip(0.01, 1000.0)
    is_round = rng.random(n) < 0.3
    lots = np.array([1.0, 5.0, 10.0, 25.0, 50.0, 100.0])
    trades["volume"] = np.where(is_round, rng.choice(lots, n), volume.round(2))
    is_small = rng.random(n) < truth.small_share
    small = rng.lognormal(np.log(0.05), 0.8, n).clip(0.01, 0.99 * RETAIL_BELOW_MUSD)
    trades["volume"] = np.where(is_small, small, trades["volume"])
    own = securities.iloc[trades["code"]].reset_index(drop=True)
    elapsed = trades["day"] / 252
    trades["maturity"] = (own["maturity"] - elapsed).clip(lower=SHORTEST_YEARS)
    trades["age"] = own["age"] + elapsed
    trades["dollar_duration"] = _dollar_duration(trades["maturity"].to_numpy())
    return trades


def _dollar_duration(maturity_years: FloatArray) -> FloatArray:
    """Of a note at par at a yield of 3%."""
    return np.asarray(100.0 * (1 - np.exp(-0.03 * maturity_years)) / 0.03)


def _quote_spreads(
    rng: np.random.Generator, trades: pd.DataFrame, securities: pd.DataFrame
) -> None:
    """Indicative spread of each security and day: what is quoted are ticks."""
    key = trades["code"] * (trades["day"].max() + 1) + trades["day"]
    _, where = np.unique(key, return_inverse=True)
    daily = rng.lognormal(0.0, 0.25, where.max() + 1)[where]
    wanted = securities["tick"].to_numpy()[trades["code"]] * daily
    wanted = wanted * np.exp(0.3 * trades["log_illiquidity"].to_numpy())
    nearest = np.abs(np.log(wanted[:, None] / TICKS)).argmin(axis=1)
    trades["spread"] = 1e4 * TICKS[nearest] / trades["dollar_duration"]


def _errors(
    rng: np.random.Generator, truth: TradingCostsParameters, trades: pd.DataFrame
) -> pd.DataFrame:
    """Error of the fair value at each trade, and of the forecast at each next quote.

    All trades between two quotes share the noise of the first and one path of the
    security's own yield spread.
    """
    key = (trades["code"] * truth.days + trades["day"]) * len(SNAPSHOTS)
    key += trades["interval"]
    first, where = _firsts(key.to_numpy())
    noisier = np.exp(truth.error_elasticity * trades["log_illiquidity"].to_numpy())
    shorter = np.maximum(SHORT_MATURITY_YEARS / trades["maturity"].to_numpy(), 1.0)
    drift = truth.drift_sd_bp * shorter**SHORT_DRIFT * noisier
    variance_an_hour = drift**2 / HOURS_A_DAY
    gap = trades["gap"].to_numpy()
    before = np.where(first, 0.0, np.roll(gap, 1))
    steps = np.sqrt(variance_an_hour * (gap - before))
    path = np.cumsum(steps * _standard(rng, truth, len(trades)))
    start = np.flatnonzero(first)
    offset = np.concatenate([[0.0], path[start[1:] - 1]])
    path = path - offset[where]
    tick_noise = 1e4 * truth.quote_noise_price / trades["dollar_duration"].to_numpy()
    quote_variance = (truth.quote_noise_bp**2 + tick_noise**2) * noisier**2
    quote_sd = np.sqrt(quote_variance[start])
    old_noise = quote_sd * rng.standard_normal(len(start))
    hedge = truth.benchmark_noise_bp * noisier
    trades["error"] = path - old_noise[where] + hedge * rng.standard_normal(len(trades))
    trades["error_sd"] = np.sqrt(
        variance_an_hour * gap + quote_variance[start][where] + hedge**2
    )
    end = np.append(start[1:], len(trades)) - 1
    last = trades.iloc[end].reset_index(drop=True)
    whole = np.diff(SNAPSHOTS)[last["interval"]]
    left = np.sqrt(variance_an_hour[end] * (whole - gap[end]))
    error = path[end] + left * _standard(rng, truth, len(end)) - old_noise
    error += quote_sd * rng.standard_normal(len(end))
    error += hedge[end] * rng.standard_normal(len(end))
    trades["forecast_error"] = error[where]
    trades["missed_by"] = (np.abs(error) / (last["spread"] / 2)).to_numpy()[where]
    sd = np.sqrt(
        variance_an_hour[end] * whole + 2 * quote_variance[start] + hedge[end] ** 2
    )
    hour = SNAPSHOTS[last["interval"] + 1]
    return last.assign(error=error, error_sd=sd, gap=whole, hour=hour)


def _firsts(key: IntArray) -> tuple[FloatArray, IntArray]:
    """Whether each row opens a run of equal keys, and the number of its run."""
    first = np.append(True, key[1:] != key[:-1])
    return first, np.cumsum(first) - 1


def _standard(
    rng: np.random.Generator, truth: TradingCostsParameters, number: int
) -> FloatArray:
    freedom = truth.noise_degrees_of_freedom
    if np.isinf(freedom):
        return rng.standard_normal(number)
    return rng.standard_t(freedom, number) / np.sqrt(freedom / (freedom - 2))


def size_effect(volume_musd: FloatArray, rise: float) -> FloatArray:
    """Log cost by size: flat to 5 million, rising to 50, flat beyond."""
    share = np.log(np.clip(volume_musd, 5.0, 50.0) / 5.0) / np.log(10.0)
    return np.asarray(rise * share)


def _costs(
    rng: np.random.Generator,
    truth: TradingCostsParameters,
    trades: pd.DataFrame,
    securities: pd.DataFrame,
    illiquidity_sd: float,
) -> None:
    """Side, direction and cost of each trade."""
    n = len(trades)
    effect = securities["effect"].to_numpy()[trades["code"]]
    effect = effect + truth.day_sd * rng.standard_normal(truth.days)[trades["day"]]
    relative = trades["spread"].to_numpy() / REFERENCE_SPREAD_BP
    if truth.link == IDENTITY:
        slope = truth.benchmark_elasticity * illiquidity_sd
        linear = 1 + truth.spread_elasticity * (relative - 1) + effect
        linear += slope * trades["illiquidity"].to_numpy()
        mean = np.maximum(truth.cost_bp * linear, FLOOR_BP)
    else:
        log_mean = np.log(truth.cost_bp) + truth.spread_elasticity * np.log(relative)
        log_mean += truth.age_elasticity * np.log1p(trades["age"].to_numpy())
        log_mean += truth.benchmark_elasticity * trades["log_illiquidity"].to_numpy()
        log_mean += size_effect(trades["volume"].to_numpy(), truth.size_rise)
        mean = np.exp(log_mean + effect)
    if truth.selection:
        _wait_for_low_costs(rng, truth, trades, mean)
    trades["mean_cost"] = mean
    trades["cost"] = mean * _standard_cost(rng, truth.shape, n)
    is_customer = rng.random(n) < truth.customer_share
    trades["segment"] = np.where(is_customer, CUSTOMER, INTERDEALER)
    trades["is_ats"] = ~is_customer & (rng.random(n) < truth.ats_share)
    retail = is_customer & (trades["volume"] < RETAIL_BELOW_MUSD)
    trades["is_retail"] = retail
    if truth.link != IDENTITY:
        price = rng.uniform(*RETAIL_MARKUP_PRICE, n)
        trades["cost"] += np.where(retail, 1e4 * price / trades["dollar_duration"], 0.0)
    side = np.where(rng.random(n) < 0.5, 1, -1)
    takes = rng.random(n) < np.where(is_customer, truth.taker_share, 0.5)
    trades["direction"] = np.where(takes | retail, side, -side)
    is_wrong = rng.random(n) < truth.wrong_side_share
    trades["side"] = np.where(is_wrong, -side, side)


def _wait_for_low_costs(
    rng: np.random.Generator,
    truth: TradingCostsParameters,
    trades: pd.DataFrame,
    mean: FloatArray,
) -> None:
    """Cut large trades short where costs are high: size then tells of liquidity."""
    is_large = trades["volume"].to_numpy() >= LARGE_FROM_MUSD
    accepted = rng.random(len(trades)) < (mean / truth.cost_bp) ** -truth.selection
    cut = is_large & ~accepted
    trades.loc[cut, "volume"] = rng.uniform(1.0, LARGE_FROM_MUSD, cut.sum()).round(2)


def _standard_cost(rng: np.random.Generator, shape: str, number: int) -> FloatArray:
    """Costs with a mean of 1."""
    if shape == ERLANG:
        return rng.gamma(2.0, 0.5, number)
    if shape == LOMAX:
        return (LOMAX_SHAPE - 1) * rng.pareto(LOMAX_SHAPE, number)
    return rng.standard_exponential(number)


def _panel(
    rng: np.random.Generator,
    truth: TradingCostsParameters,
    trades: pd.DataFrame,
    quotes: pd.DataFrame,
) -> pd.DataFrame:
    """Rows of both kinds, in order of time."""
    days = pd.bdate_range(FIRST_DAY, periods=truth.days)
    parts = []
    for kind, rows in (("trade", trades), ("quote", quotes)):
        is_trade = kind == "trade"
        cost = rows["direction"] * rows["cost"] if is_trade else 0.0
        deviation = rows["error"] + cost
        side = np.where(rows["side"] > 0, "buy", "sell") if is_trade else ""
        seconds = np.round(rows["hour"].to_numpy() * 3600)
        parts.append(
            pd.DataFrame(
                {
                    "observation": kind,
                    "time": days[rows["day"]] + pd.to_timedelta(seconds, unit="s"),
                    "security": [f"S{code:03d}" for code in rows["code"]],
                    "side": side,
                    "segment": rows["segment"] if is_trade else "",
                    "is_ats": rows["is_ats"] if is_trade else False,
                    "is_retail": rows["is_retail"] if is_trade else False,
                    "volume_musd": rows["volume"] if is_trade else np.nan,
                    "deviation_bp": deviation,
                    "deviation_price": deviation * rows["dollar_duration"] / 1e4,
                    "dollar_duration": rows["dollar_duration"],
                    "gap_hours": rows["gap"],
                    "maturity_years": rows["maturity"],
                    "age_years": rows["age"],
                    "indicative_spread_bp": rows["spread"],
                    "benchmark_illiquidity": rows["illiquidity"],
                    "relative_illiquidity": _relative(rows),
                    "error_sd_bp": rows["error_sd"],
                    "forecast_error_bp": rows["forecast_error"] if is_trade else np.nan,
                    "simulated_cost_bp": rows["cost"] if is_trade else np.nan,
                    "simulated_error_bp": rows["error"],
                    "simulated_direction": rows["direction"] if is_trade else np.nan,
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    return frame.sort_values("time", kind="stable", ignore_index=True)


def _relative(rows: pd.DataFrame) -> pd.Series:
    """Log indicative spread in price over the usual one of its duration."""
    price = np.log(rows["spread"] * rows["dollar_duration"])
    usual = 0.3 * np.log(rows["dollar_duration"])
    return price - usual - (price - usual).mean()
