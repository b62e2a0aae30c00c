"""Build the price-pressure panel from the raw public data.

Mixon & Tuzun (2018), sections III and V and Appendix A.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.dims import DATE_COLUMN
from data.errors import DataError
from data.market.bonds import (
    REPRESENTATIVE_MATURITY_YEARS,
    CashFlows,
    cash_dv01_musd,
    cash_flows,
)
from data.market.curves import interpolated_yields, svensson_yields
from data.market.futures import (
    Deliverable,
    approximate_deliverable,
    futures_dv01_musd,
    futures_market_value_busd,
    shortest_deliverable_years,
)
from data.market.tenors import TENOR_YEARS
from data.panel import BuiltPanel
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
from data.price_pressure.factor_exposures import (
    cash_exposure_musd,
    futures_exposure_musd,
)
from data.price_pressure.notes import describe_build
from data.price_pressure.order_flow import (
    FormBreaks,
    order_flow,
    order_flow_surprise,
    report_form_breaks,
)
from data.price_pressure.raw_series import WeeklySeries, read_weekly_series

Floats = NDArray[np.float64]
BP_PER_PERCENT = 100.0


def build_price_pressure_panel(
    raw: Path,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
    form_breaks: FormBreaks = FormBreaks.CHANGE,
) -> BuiltPanel:
    """Build a panel of every Wednesday from start to end.

    Weeks before ``start`` serve the first order flow and its lag; the AR(1) of the
    surprises is fitted on the weeks of the panel.

    Parameters
    ----------
    raw : Path
        Folder with the subfolders gsw, primary-dealers, h15 and, for futures,
        cftc-tff; see data/README.md.
    start, end : Timestamp, optional
        First and last day; by default, and at most, from the first dealer positions
        to the last week with both positions and yields.
    form_breaks : FormBreaks
        What the change of inventory across a break of the report form counts as.

    Returns
    -------
    BuiltPanel
        ``frame`` with ``date`` and every column of `data.price_pressure.columns`, NaN
        where an input is missing; ``notes``, one line each.

    Raises
    ------
    DataError
        A source is missing or unusable, or no week of it lies between start and end.
    """
    weekly = read_weekly_series(raw, end)
    chosen = weekly.weeks[weekly.weeks >= (start or weekly.weeks.min())]
    if not len(chosen):
        raise DataError(
            f"{raw}: no Wednesday with dealer positions and yields from "
            f"{_day(start, 'the first')} to {_day(end, 'the last')}",
            "choose start and end within what was fetched, start first.",
        )
    deliverables = {tenor: deliverable_bond(weekly, tenor) for tenor in TENOR_YEARS}
    stocks = pd.concat(
        [
            _yields(weekly),
            _cash_stocks(weekly),
            _futures_stocks(weekly, deliverables),
            _exposures(weekly, deliverables),
        ],
        axis=1,
    )
    breaks = report_form_breaks(weekly.report_form)
    flows = _order_flows(stocks, breaks, form_breaks)
    panel = pd.concat([stocks, flows], axis=1).loc[chosen]
    panel = panel.join(_surprises(panel, flows))
    notes = describe_build(panel, weekly, breaks, form_breaks)
    return BuiltPanel(panel.rename_axis(DATE_COLUMN).reset_index(), notes)


def deliverable_bond(weekly: WeeklySeries, contract: int) -> Deliverable:
    """Cheapest-to-deliver bond where it is given, its stand-in in the other weeks."""
    weeks = weekly.weeks
    maturity = shortest_deliverable_years(contract, weeks)
    stand_in = approximate_deliverable(contract, weeks, _par_yield(weekly, maturity))
    given = weekly.deliverables[contract]
    complete = given.notna().all(axis=1).to_numpy()
    return Deliverable(
        **{
            name: np.where(complete, given[name].to_numpy(), getattr(stand_in, name))
            for name in given.columns
        }
    )


def _par_yield(weekly: WeeklySeries, maturity_years: float | Floats) -> Floats:
    at = np.broadcast_to(maturity_years, len(weekly.weeks))
    return interpolated_yields(weekly.par_yields, at[:, None])[:, 0]


def _coupon(weekly: WeeklySeries, tenor: int) -> Floats:
    """Coupon given for a bucket, else the par coupon: the yield itself."""
    par = _par_yield(weekly, REPRESENTATIVE_MATURITY_YEARS[tenor])
    given = weekly.coupons[tenor].to_numpy()
    return np.where(np.isnan(given), par, given)


def _yields(weekly: WeeklySeries) -> pd.DataFrame:
    yields = weekly.yields * BP_PER_PERCENT
    return yields.set_axis([yield_column(tenor) for tenor in TENOR_YEARS], axis=1)


def _cash_stocks(weekly: WeeklySeries) -> pd.DataFrame:
    columns = {}
    for tenor in TENOR_YEARS:
        inventory = weekly.positions[tenor].to_numpy() / 1_000
        maturity = REPRESENTATIVE_MATURITY_YEARS[tenor]
        columns[inventory_column("cash", tenor)] = inventory
        columns[dv01_column("cash", tenor)] = cash_dv01_musd(
            inventory, maturity, _coupon(weekly, tenor), _par_yield(weekly, maturity)
        )
    return pd.DataFrame(columns, index=weekly.weeks)


def _futures_stocks(
    weekly: WeeklySeries, deliverables: dict[int, Deliverable]
) -> pd.DataFrame:
    columns = {}
    for tenor, bond in deliverables.items():
        contracts = weekly.contracts[tenor].to_numpy()
        value = futures_market_value_busd(contracts, tenor, bond)
        columns[inventory_column("futures", tenor)] = value
        columns[dv01_column("futures", tenor)] = futures_dv01_musd(
            contracts, tenor, bond
        )
    return pd.DataFrame(columns, index=weekly.weeks)


def _exposures(
    weekly: WeeklySeries, deliverables: dict[int, Deliverable]
) -> pd.DataFrame:
    """Sum each factor's exposure over the buckets (Appendix A)."""
    exposure = {market: np.zeros((len(weekly.weeks), 3)) for market in MARKETS}
    for tenor, bond in deliverables.items():
        flows = cash_flows(REPRESENTATIVE_MATURITY_YEARS[tenor], _coupon(weekly, tenor))
        inventory = weekly.positions[tenor].to_numpy() / 1_000
        exposure["cash"] += cash_exposure_musd(
            inventory, flows, _zero_yields(weekly, flows)
        )
        exposure["futures"] += futures_exposure_musd(
            weekly.contracts[tenor].to_numpy(),
            tenor,
            bond,
            _zero_yields(weekly, bond.flows),
        )
    columns = {
        exposure_column(market, factor): exposure[market][:, place]
        for market in MARKETS
        for place, factor in enumerate(FACTORS)
    }
    return pd.DataFrame(columns, index=weekly.weeks)


def _zero_yields(weekly: WeeklySeries, flows: CashFlows) -> Floats:
    """Zero-coupon yields at the payments: by parameters, else interpolated."""
    fitted = svensson_yields(weekly.svensson, flows.times)
    between = interpolated_yields(weekly.zero_curve, flows.times)
    return np.where(np.isnan(fitted), between, fitted)


def _order_flows(
    stocks: pd.DataFrame, breaks: pd.DatetimeIndex, form_breaks: FormBreaks
) -> pd.DataFrame:
    flows: dict[str, pd.DataFrame] = {}
    for market in MARKETS:
        inventory = stocks[[inventory_column(market, tenor) for tenor in TENOR_YEARS]]
        flows[market] = order_flow(inventory.set_axis(TENOR_YEARS, axis=1))
    if form_breaks is FormBreaks.MISSING:
        flows["cash"].loc[breaks] = np.nan
    flows["net"] = flows["cash"] + flows["futures"]
    return pd.concat(
        [
            flow.set_axis([order_flow_column(market, t) for t in TENOR_YEARS], axis=1)
            for market, flow in flows.items()
        ],
        axis=1,
    )


def _surprises(panel: pd.DataFrame, flows: pd.DataFrame) -> pd.DataFrame:
    """AR(1) residuals on the weeks of the panel; the first lag may lie before it."""
    before = flows.index < panel.index[0]
    sample = flows.loc[flows.index[before][-1:].append(panel.index)]
    return pd.DataFrame(
        {
            order_flow_surprise_column(market, tenor): order_flow_surprise(
                sample[order_flow_column(market, tenor)]
            )
            for market in MARKETS_AND_NET
            for tenor in TENOR_YEARS
        }
    ).reindex(panel.index)


def _day(date: pd.Timestamp | None, otherwise: str) -> str:
    return otherwise if date is None else f"{date:%Y-%m-%d}"
