"""What a user has to know about a built panel, one line a matter."""

import pandas as pd

from data.market.curves import interpolated_yields
from data.market.futures import NOTIONAL_COUPON_PERCENT, shortest_deliverable_years
from data.market.tenors import TENOR_YEARS
from data.price_pressure.columns import (
    FACTORS,
    dv01_column,
    exposure_column,
    inventory_column,
    order_flow_column,
    order_flow_surprise_column,
    yield_column,
)
from data.price_pressure.order_flow import MINIMUM_REGRESSION_WEEKS, FormBreaks
from data.price_pressure.raw_series import FUTURES_SOURCE, WeeklySeries

_LISTED_WEEKS = 12


def describe_build(
    panel: pd.DataFrame,
    weekly: WeeklySeries,
    breaks: pd.DatetimeIndex,
    form_breaks: FormBreaks,
) -> list[str]:
    """Describe rows, gaps, stand-ins and breaks of a panel.

    Parameters
    ----------
    panel : DataFrame
        Panel columns, indexed by week.
    weekly : WeeklySeries
        What it was built from.
    breaks : DatetimeIndex
        First weeks of new report forms.
    form_breaks : FormBreaks
        What the change across them counts as.

    Returns
    -------
    list of str
        One line each.
    """
    return [
        f"weeks: {len(panel)}, {panel.index[0]:%Y-%m-%d} to {panel.index[-1]:%Y-%m-%d}",
        *_yield_notes(panel, weekly),
        *_cash_notes(panel, weekly),
        *_break_notes(panel, weekly, breaks, form_breaks),
        *_futures_notes(panel, weekly),
        *_exposure_notes(panel, weekly),
        *_surprise_notes(panel),
    ]


def _dates(weeks: pd.Index) -> str:
    """List weeks by date, the first dozen of them."""
    listed = ", ".join(f"{week:%Y-%m-%d}" for week in weeks[:_LISTED_WEEKS])
    return listed + (", ..." if len(weeks) > _LISTED_WEEKS else "")


def _without(panel: pd.DataFrame, columns: list[str]) -> pd.Index:
    """Weeks in which any of the columns is missing."""
    return panel.index[panel[columns].isna().any(axis=1)]


def _yield_notes(panel: pd.DataFrame, weekly: WeeklySeries) -> list[str]:
    taken = weekly.yield_dates.loc[panel.index]
    earlier = panel.index[taken.notna() & (taken != taken.index)]
    missing = _without(panel, [yield_column(tenor) for tenor in TENOR_YEARS])
    return [
        f"yields: {len(missing)} weeks with a missing yield"
        + (f": {_dates(missing)}" if len(missing) else ""),
        f"yields: {len(earlier)} holiday Wednesdays show the last close of their week"
        + (f": {_dates(earlier)}" if len(earlier) else ""),
    ]


def _cash_notes(panel: pd.DataFrame, weekly: WeeklySeries) -> list[str]:
    inventory = _without(panel, [inventory_column("cash", t) for t in TENOR_YEARS])
    risk = _without(panel, [dv01_column("cash", tenor) for tenor in TENOR_YEARS])
    older = panel.index[weekly.par_yield_dates.loc[panel.index].isna()]
    given = weekly.coupons.loc[panel.index].notna().all(axis=1).sum()
    return [
        f"cash: positions missing in {len(inventory)} weeks, DV01 in {len(risk)} weeks"
        + (f": {_dates(risk)}" if len(risk) else ""),
        f"cash: coupons given in {given} of {len(panel)} weeks, par coupons otherwise",
        f"cash: DV01 of {len(older)} weeks by the H.15 curve of the week before"
        + (f": {_dates(older)}" if len(older) else ""),
    ]


def _break_notes(
    panel: pd.DataFrame,
    weekly: WeeklySeries,
    breaks: pd.DatetimeIndex,
    form_breaks: FormBreaks,
) -> list[str]:
    """Size of the change at each break, in USD billion and standard deviations."""
    flows = -weekly.positions.diff() / 1_000
    spread = flows.loc[panel.index.difference(breaks)].std()
    counted = (
        "counted as order flow"
        if form_breaks is FormBreaks.CHANGE
        else "left missing in the order flow"
    )
    notes = []
    for week in breaks[breaks.isin(panel.index)]:
        change = flows.loc[week]
        sizes = ", ".join(
            f"{tenor}y {change[tenor]:+.1f} "
            f"({abs(change[tenor] / spread[tenor]):.1f} sd)"
            for tenor in TENOR_YEARS
        )
        notes.append(
            f"report form changes to {weekly.report_form[week]!s} at {week:%Y-%m-%d}; "
            f"minus the change of inventory, USD billion: {sizes}; {counted}"
        )
    return notes


def _futures_notes(panel: pd.DataFrame, weekly: WeeklySeries) -> list[str]:
    columns = [dv01_column("futures", tenor) for tenor in TENOR_YEARS]
    there = pd.DatetimeIndex(panel.dropna(subset=columns).index)
    if not len(there):
        return [
            f"futures: no positions in {FUTURES_SOURCE} for these weeks; futures and "
            "net columns are empty, only cash variants can be fitted"
        ]
    gaps = _without(panel.loc[there[0] : there[-1]], columns)
    notes = [
        f"futures: positions in {len(there)} of {len(panel)} weeks, "
        f"{there[0]:%Y-%m-%d} to {there[-1]:%Y-%m-%d} with {len(gaps)} weeks missing "
        "between; net columns are empty where futures are"
    ]
    for tenor in TENOR_YEARS:
        shortest = shortest_deliverable_years(tenor, there)
        given = weekly.deliverables[tenor].loc[there].notna().all(axis=1).sum()
        notes.append(
            f"futures: {tenor}-year contract, cheapest to deliver given in {given} of "
            f"{len(there)} weeks, otherwise the shortest deliverable maturity ("
            f"{shortest.min():.4g} to {shortest.max():.4g} years)"
            + _above_notional(weekly, there, tenor)
        )
    return notes


def _above_notional(weekly: WeeklySeries, weeks: pd.DatetimeIndex, tenor: int) -> str:
    curve = weekly.par_yields.loc[weeks]
    maturity = shortest_deliverable_years(tenor, weeks)[:, None]
    above = interpolated_yields(curve, maturity) > NOTIONAL_COUPON_PERCENT
    if not above.any():
        return ""
    return (
        f"; in {above.sum()} weeks the yield is above {NOTIONAL_COUPON_PERCENT:g} "
        "percent, where a longer bond is cheaper and this understates the DV01"
    )


def _exposure_notes(panel: pd.DataFrame, weekly: WeeklySeries) -> list[str]:
    fitted = weekly.svensson.loc[panel.index, "BETA0"].notna().sum()
    missing = _without(panel, [exposure_column("cash", factor) for factor in FACTORS])
    return [
        f"factor exposures: zero curve by its parameters in {fitted} weeks, otherwise "
        f"interpolated between whole years; cash exposures missing in {len(missing)} "
        "weeks"
    ]


def _surprise_notes(panel: pd.DataFrame) -> list[str]:
    notes = []
    for market in ("cash", "futures", "net"):
        flows = panel[[order_flow_column(market, tenor) for tenor in TENOR_YEARS]]
        surprises = _without(
            panel, [order_flow_surprise_column(market, t) for t in TENOR_YEARS]
        )
        few = flows.notna().all(axis=1).sum() <= MINIMUM_REGRESSION_WEEKS
        reason = (
            f" (fewer than {MINIMUM_REGRESSION_WEEKS} pairs of weeks for the AR(1))"
            if few
            else ""
        )
        notes.append(
            f"order flow: {market} surprises in {len(panel) - len(surprises)} of "
            f"{len(panel)} weeks{reason}"
        )
    return notes
