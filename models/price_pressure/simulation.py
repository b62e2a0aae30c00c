"""A simulated twin of the Treasury data at the published estimates.

Dealer positions are drawn with the means, standard deviations, persistence and
cash-futures correlation of Table I of Mixon & Tuzun (2018), yields from equations (1)
to (6) at the estimates of the variant's table. A second writing of the equations in
numpy, apart from `models.price_pressure.model`, so that the two can be tested against
each other.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.arrays import FloatArray
from data.dims import DATE_COLUMN
from data.market.bonds import REPRESENTATIVE_MATURITY_YEARS, cash_dv01_musd, cash_flows
from data.market.tenors import TENOR_MONTHS, TENOR_YEARS
from data.price_pressure.columns import (
    FACTORS,
    MARKETS,
    MARKETS_AND_NET,
    dv01_column,
    exposure_column,
    inventory_column,
    order_flow_column,
    order_flow_surprise_column,
    yield_column,
)
from data.price_pressure.factor_exposures import DECAY_PER_MONTH, cash_exposure_musd
from data.price_pressure.order_flow import order_flow, order_flow_surprise
from data.price_pressure.published import (
    published_counterpart,
    published_summary_statistics,
)
from models.price_pressure.nelson_siegel import nelson_siegel_loadings
from models.price_pressure.variants import VARIANTS, Variant

FIRST_WEEK = "2001-07-11"
NUM_WEEKS = 872
"""Length of the paper's sample."""

FACTOR_MEAN_BP = (450.0, -250.0, -150.0)
FACTOR_INNOVATION_SD_BP = (10.0, 18.0, 28.0)
YIELD_NOISE_SD_BP = (4.0, 3.0, 2.5, 3.0)
"""Not published; near what the model finds in US yields of 2001 to 2018."""


@dataclass(frozen=True)
class PricePressureTruth:
    """Parameters behind a simulated panel, named as the model's variables.

    Parameters
    ----------
    price_pressure : (market, tenor) float
        bp per USD million of DV01.
    price_discovery : (order_flow_term,) float
        bp per USD billion.
    persistence : (factor,) float
        Per week.
    factor_mean_bp, factor_innovation_sd_bp : (factor,) float
        Basis points.
    yield_noise_sd_bp : (tenor,) float
        Basis points.
    """

    price_pressure: FloatArray
    price_discovery: FloatArray
    persistence: FloatArray
    factor_mean_bp: FloatArray
    factor_innovation_sd_bp: FloatArray
    yield_noise_sd_bp: FloatArray


def published_truth(variant: Variant) -> PricePressureTruth:
    """The published estimates of a variant; Table III's net ones for cash-inventory."""
    table = published_counterpart(variant.name).set_index(
        ["parameter", "factor", "market", "tenor_years"]
    )["estimate"]
    pressure = [
        [table["price_pressure", "", market, tenor] for tenor in TENOR_YEARS]
        for market in variant.inventory_markets
    ]
    discovery = [
        table["price_discovery", term.factor, term.market, term.tenor]
        for term in variant.order_flow_terms
    ]
    return PricePressureTruth(
        price_pressure=np.asarray(pressure),
        price_discovery=np.asarray(discovery),
        persistence=np.array([table["persistence", f, "", 0] for f in FACTORS]),
        factor_mean_bp=np.array(FACTOR_MEAN_BP),
        factor_innovation_sd_bp=np.array(FACTOR_INNOVATION_SD_BP),
        yield_noise_sd_bp=np.array(YIELD_NOISE_SD_BP),
    )


def simulate_price_pressure(
    variant: Variant | str, seed: int, num_weeks: int = NUM_WEEKS
) -> pd.DataFrame:
    """Simulate a panel from the published estimates of a variant.

    Parameters
    ----------
    variant : Variant or str
        A specification, or its name in `VARIANTS`.
    seed : int
        Of the random numbers.
    num_weeks : int
        Length of the panel.

    Returns
    -------
    DataFrame
        Layout of a panel file, every column of it.
    """
    variant = VARIANTS[variant] if isinstance(variant, str) else variant
    rng = np.random.default_rng(seed)
    positions = simulate_positions(num_weeks, rng)
    yields = simulate_yields(positions, variant, published_truth(variant), rng)
    panel = pd.concat([yields, positions], axis=1)
    return panel.rename_axis(DATE_COLUMN).reset_index()


def simulate_positions(num_weeks: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw dealer positions and all that follows from them.

    Returns
    -------
    DataFrame
        Inventories, DV01, order flows with their surprises, factor exposures; one row
        a week.
    """
    # Two weeks more, so that the first week already has a flow and a lagged one.
    first = pd.Timestamp(FIRST_WEEK) - pd.Timedelta(weeks=2)
    weeks = pd.date_range(first, periods=num_weeks + 2, freq="W-WED")
    inventory = _inventories(weeks, rng)
    flows = order_flow(inventory).rename(columns=_flow_name)
    surprises = flows.apply(order_flow_surprise).rename(columns=_surprise_name)
    market_inventory = inventory.drop(
        columns=[inventory_column("net", tenor) for tenor in TENOR_YEARS]
    )
    parts = [market_inventory, _dv01(inventory), _exposures(inventory)]
    return pd.concat([*parts, flows, surprises], axis=1).iloc[2:]


def simulate_yields(
    positions: pd.DataFrame,
    variant: Variant,
    truth: PricePressureTruth,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw yields given positions: equations (1) to (6), date by date.

    The factors start at their means a week before the first.

    Returns
    -------
    DataFrame
        One column a tenor, basis points.
    """
    loading = nelson_siegel_loadings(DECAY_PER_MONTH, TENOR_MONTHS)
    factors = truth.factor_mean_bp.copy()
    rows = []
    for row in positions.to_dict(orient="records"):
        deviation = truth.persistence * (factors - truth.factor_mean_bp)
        for effect, term in zip(
            truth.price_discovery, variant.order_flow_terms, strict=True
        ):
            surprise = row[order_flow_surprise_column(term.market, term.tenor)]
            deviation[FACTORS.index(term.factor)] += effect * surprise
        shock = truth.factor_innovation_sd_bp * rng.standard_normal(len(FACTORS))
        factors = truth.factor_mean_bp + deviation + shock
        pressure = np.zeros(len(TENOR_YEARS))
        for effects, market in zip(
            truth.price_pressure, variant.inventory_markets, strict=True
        ):
            held = MARKETS if market == "net" else (market,)
            for i, tenor in enumerate(TENOR_YEARS):
                dv01 = sum(row[dv01_column(m, tenor)] for m in held)
                pressure[i] += effects[i] * dv01
        noise = truth.yield_noise_sd_bp * rng.standard_normal(len(TENOR_YEARS))
        rows.append(loading @ factors + pressure + noise)
    columns = [yield_column(tenor) for tenor in TENOR_YEARS]
    return pd.DataFrame(rows, index=positions.index, columns=columns)


def _inventories(weeks: pd.DatetimeIndex, rng: np.random.Generator) -> pd.DataFrame:
    """Stationary AR(1) of cash and futures in each bucket, USD billion, and their sum.

    The covariance of the two is what Table I's standard deviation of the net implies.
    """
    table = published_summary_statistics().set_index(
        ["statistic", "tenor_years", "variable"]
    )["value"]
    columns: dict[str, FloatArray] = {}
    for tenor in TENOR_YEARS:
        mean, sd, rho = (
            np.array(
                [
                    table[statistic, tenor, f"inventory_{m}_busd"]
                    for m in MARKETS_AND_NET
                ]
            )
            for statistic in ("mean", "std", "autocorrelation_lag1")
        )
        between = (sd[2] ** 2 - sd[0] ** 2 - sd[1] ** 2) / 2
        covariance = np.array([[sd[0] ** 2, between], [between, sd[1] ** 2]])
        innovation = covariance * (1 - np.outer(rho[:2], rho[:2]))
        paths = np.empty((len(weeks), 2))
        paths[0] = rng.multivariate_normal(np.zeros(2), covariance)
        shocks = rng.multivariate_normal(np.zeros(2), innovation, size=len(weeks))
        for t in range(1, len(weeks)):
            paths[t] = rho[:2] * paths[t - 1] + shocks[t]
        for i, market in enumerate(MARKETS):
            columns[inventory_column(market, tenor)] = mean[i] + paths[:, i]
        columns[inventory_column("net", tenor)] = mean[:2].sum() + paths.sum(axis=1)
    return pd.DataFrame(columns, index=weeks)


def _mean_yield_percent(tenor: int) -> float:
    table = published_summary_statistics().set_index(
        ["statistic", "tenor_years", "variable"]
    )["value"]
    return float(table["mean", tenor, "yield_pct"])


def _dv01(inventory: pd.DataFrame) -> pd.DataFrame:
    """Hold every position in the bucket's representative par bond, at mean yields."""
    columns = {}
    for market in MARKETS:
        for tenor, maturity in REPRESENTATIVE_MATURITY_YEARS.items():
            par = np.full(len(inventory), _mean_yield_percent(tenor))
            columns[dv01_column(market, tenor)] = cash_dv01_musd(
                inventory[inventory_column(market, tenor)].to_numpy(),
                maturity,
                par,
                par,
            )
    return pd.DataFrame(columns, index=inventory.index)


def _exposures(inventory: pd.DataFrame) -> pd.DataFrame:
    columns = {}
    for market in MARKETS:
        total = np.zeros((len(inventory), len(FACTORS)))
        for tenor, maturity in REPRESENTATIVE_MATURITY_YEARS.items():
            level = _mean_yield_percent(tenor)
            flows = cash_flows(maturity, np.full(len(inventory), level))
            held = inventory[inventory_column(market, tenor)].to_numpy()
            zero = np.full_like(flows.times, level)
            total += cash_exposure_musd(held, flows, zero)
        for factor, exposure in zip(FACTORS, total.T, strict=True):
            columns[exposure_column(market, factor)] = exposure
    return pd.DataFrame(columns, index=inventory.index)


def _flow_name(inventory: str) -> str:
    _, market, bucket, _ = inventory.split("_")
    return order_flow_column(market, int(bucket.removesuffix("y")))


def _surprise_name(flow: str) -> str:
    return flow.replace("order_flow_", "order_flow_surprise_")
