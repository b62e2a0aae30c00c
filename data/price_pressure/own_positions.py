"""A panel from a user's own positions: DV01, order flow and its surprises."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from data.arrays import FloatArray
from data.commands.command import Command
from data.dims import DATE_COLUMN
from data.errors import DataError
from data.files.atomic import require_place
from data.files.cells import (
    date_cells,
    number_cells,
    read_cells,
    require_panel_suffix,
)
from data.market.bonds import REPRESENTATIVE_MATURITY_YEARS, cash_dv01_musd
from data.market.curves import interpolated_yields
from data.panel import BuiltPanel
from data.price_pressure.columns import (
    MARKETS,
    dv01_column,
    inventory_column,
    order_flow_column,
    order_flow_surprise_column,
    tenors_of,
    yield_column,
)
from data.price_pressure.order_flow import (
    MINIMUM_REGRESSION_WEEKS,
    order_flow_surprise,
)
from data.price_pressure.panel import write_panel

BP_PER_UNIT = 1e4
MUSD_PER_BUSD = 1_000.0

EXAMPLES = """The table holds, a row a date: date, yields (yield_2y_bp, ...) and market
values of positions (inventory_cash_2y_busd, ..., and with futures), USD billion, long
positive. Where it has duration_cash_2y_years, ... or dv01_cash_2y_musd, ..., these are
taken. A file to begin with: python -m data template positions

Examples

python -m data build positions --positions mine.xlsx --out data/clean/mine.parquet

python -m inference fit price-pressure --panel data/clean/mine.parquet
--variant cash-inventory-persistent-errors --out traces/mine.nc
"""


def duration_column(market: str, tenor: int | str) -> str:
    """Modified duration of the position of one bucket, years; N is any tenor."""
    return f"duration_{market}_{tenor}y_years"


def build_own_positions(path: Path) -> BuiltPanel:
    """Build a price-pressure panel from positions.

    Parameters
    ----------
    path : Path
        Table with ``date``, yields (zero-coupon, basis points) and for one market or
        both `data.price_pressure.columns.inventory_column` of every tenor (market
        value, USD billion). Optional: `duration_column`, or
        `data.price_pressure.columns.dv01_column`.

    Returns
    -------
    BuiltPanel
        Yields, inventories, DV01, order flow (minus the change of inventory) and its
        surprises, of cash, futures and, with both, net.

    Raises
    ------
    DataError
        If the table cannot be read, or lacks yields or positions.

    Notes
    -----
    Without a duration, a position is held in one par bond: of the maturity that stands
    for a dealers' bucket (Mixon & Tuzun 2018, section V) where the tenor is one of
    theirs, else of the tenor itself; its coupon is that of the yields.
    """
    source = str(path)
    raw = read_cells(path, "check the path; data/README.md lists the columns.")
    if DATE_COLUMN not in raw:
        raise DataError(f"{source}: no column date", "give every row its date.")
    dates = date_cells(raw[DATE_COLUMN], source)
    tenors = tenors_of(map(str, raw))
    columns = {
        name: number_cells(raw[name], dates, source)
        for name in map(str, raw)
        if name.startswith(("yield_", "inventory_", "duration_", "dv01_"))
    }
    table = pd.DataFrame(columns, index=pd.Index(dates, name=DATE_COLUMN))
    held = _markets(table, tenors, source)
    yields = table[[yield_column(tenor) for tenor in tenors]]
    parts, notes = [yields], [f"rows: {len(table)}, tenors: {_listed(tenors)}"]
    flows: dict[str, pd.DataFrame] = {}
    for market in held:
        names = [inventory_column(market, tenor) for tenor in tenors]
        inventory = table[names]
        risk, how = _dv01(table, market, tenors)
        parts += [inventory, risk]
        notes.append(f"{market}: DV01 of {how}")
        flows[market] = -inventory.diff().set_axis(list(tenors), axis=1)
    if len(held) == len(MARKETS):
        flows["net"] = flows["cash"] + flows["futures"]
    for market, flow in flows.items():
        surprises = flow.apply(order_flow_surprise)
        parts.append(
            flow.set_axis([order_flow_column(market, t) for t in tenors], axis=1)
        )
        named = [order_flow_surprise_column(market, t) for t in tenors]
        parts.append(surprises.set_axis(named, axis=1))
        notes.append(_surprise_note(market, surprises))
    frame = pd.concat(parts, axis=1).reset_index()
    return BuiltPanel(frame, notes)


def _listed(tenors: tuple[int, ...]) -> str:
    return ", ".join(f"{tenor}y" for tenor in tenors)


def _markets(table: pd.DataFrame, tenors: tuple[int, ...], source: str) -> list[str]:
    if not tenors:
        raise DataError(
            f"{source}: no yields", "name columns yield_2y_bp and so on, basis points."
        )
    found = []
    for market in MARKETS:
        names = [inventory_column(market, tenor) for tenor in tenors]
        missing = [name for name in names if name not in table]
        if len(missing) < len(names):
            found.append(market)
            if missing:
                raise DataError(
                    f"{source}: {', '.join(missing)} is missing",
                    "give positions of every tenor with a yield, or leave the yield "
                    "out.",
                )
    if not found:
        raise DataError(
            f"{source}: no positions",
            f"name columns {inventory_column('cash', tenors[0])} and so on: market "
            "value, USD billion.",
        )
    return found


def _dv01(
    table: pd.DataFrame, market: str, tenors: tuple[int, ...]
) -> tuple[pd.DataFrame, str]:
    """DV01 by tenor, USD million per basis point, and what it was made of."""
    given = [dv01_column(market, tenor) for tenor in tenors]
    if all(name in table for name in given):
        return table[given], "the table"
    durations = [duration_column(market, tenor) for tenor in tenors]
    is_known = all(name in table for name in durations)
    curve = table[[yield_column(tenor) for tenor in tenors]].set_axis(tenors, axis=1)
    columns = {}
    for tenor, duration in zip(tenors, durations, strict=True):
        value = table[inventory_column(market, tenor)].to_numpy()
        if is_known:
            risk = value * MUSD_PER_BUSD * table[duration].to_numpy() / BP_PER_UNIT
        else:
            maturity = REPRESENTATIVE_MATURITY_YEARS.get(tenor, float(tenor))
            par = par_yields_percent(curve, maturity)
            risk = cash_dv01_musd(value, maturity, par, par)
        columns[dv01_column(market, tenor)] = risk
    how = "durations in the table" if is_known else "one par bond a tenor"
    return pd.DataFrame(columns, index=table.index), how


def par_yields_percent(curve_bp: pd.DataFrame, maturity_years: float) -> FloatArray:
    """Coupon at which a bond is worth its face, from zero-coupon yields.

    Parameters
    ----------
    curve_bp : DataFrame
        One row a date, columns maturities in years; continuously compounded.
    maturity_years : float
        A whole number of half years.

    Returns
    -------
    (date,) float
        Percent a year, semi-annually compounded.
    """
    times = np.arange(0.5, maturity_years + 0.25, 0.5)
    at = np.broadcast_to(times, (len(curve_bp), len(times)))
    discount = np.exp(-interpolated_yields(curve_bp, at) / BP_PER_UNIT * times)
    return np.asarray(200.0 * (1.0 - discount[:, -1]) / discount.sum(axis=1))


def _surprise_note(market: str, surprises: pd.DataFrame) -> str:
    known = int(surprises.notna().all(axis=1).sum())
    note = f"order flow: {market} surprises in {known} of {len(surprises)} rows"
    if not known:
        note += f" (fewer than {MINIMUM_REGRESSION_WEEKS} pairs of rows for the AR(1))"
    return note


def build_positions(
    positions: Annotated[Path, typer.Option(help="Table of yields and positions.")],
    out: Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")],
) -> None:
    """Build a price-pressure panel from positions of your own.

    DV01 by duration or by a par bond, order flow, and the surprise in it.
    """
    require_panel_suffix(out)
    require_place(out)
    built = build_own_positions(positions)
    write_panel(built.frame, out)
    for note in _lines(built):
        typer.echo(note)
    typer.echo(out)


def _lines(built: BuiltPanel) -> Iterator[str]:
    yield from built.notes
    yield (
        "market values move with prices too: where you know trades, put them into "
        "order_flow_... yourself"
    )


OWN_POSITIONS = Command(name="positions", run=build_positions, examples=EXAMPLES)
