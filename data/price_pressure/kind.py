"""The panel of the price-pressure model, and the command that builds it."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import typer

from data.market.tenors import TENOR_YEARS
from data.panel import BuiltPanel, PanelKind
from data.price_pressure.build import build_price_pressure_panel
from data.price_pressure.build_yields import build_yield_panel
from data.price_pressure.frequency import WEEKLY, frequency_of_dims
from data.price_pressure.order_flow import FormBreaks
from data.price_pressure.panel import PRICE_PRESSURE_FILE
from data.price_pressure.template import price_pressure_example

BUILD_EXAMPLES = (
    "Examples:\n\n"
    "python -m data build price-pressure --raw data/raw --out data/clean/panel.parquet"
    "\n\n"
    "python -m data build price-pressure --raw data/raw --out data/clean/panel.csv "
    "--start 2001-07-05 --end 2018-04-18"
    "\n\n"
    "python -m data build price-pressure --raw data/raw --out data/clean/daily.parquet "
    "--frequency day --tenor 2 --tenor 5 --tenor 7 --tenor 10 --tenor 20 --tenor 30"
)


def build_price_pressure(
    *,
    raw: Annotated[Path, typer.Option(help="Folder of the raw data.")],
    start: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="First day; all weeks by default."),
    ] = None,
    end: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day; all weeks by default."),
    ] = None,
    form_breaks: Annotated[
        FormBreaks,
        typer.Option(
            help="Whether the change of inventory across a break of the report form "
            "counts as order flow or is missing."
        ),
    ] = FormBreaks.CHANGE,
    frequency: Annotated[
        Literal["week", "day", "month"],
        typer.Option(help="Of the rows. Days and months: yields alone."),
    ] = "week",
    tenor: Annotated[
        list[int] | None,
        typer.Option(
            help="Years; repeatable. The four of dealers' buckets by default; others: "
            "yields alone."
        ),
    ] = None,
) -> BuiltPanel:
    """Build yields, inventories, DV01, order flow and factor exposures.

    Dealers report weekly and in four buckets: of days, months or other tenors the panel
    holds yields alone.
    """
    first, last = (None if day is None else pd.Timestamp(day) for day in (start, end))
    step = frequency_of_dims([frequency])
    if step is not WEEKLY or tenor is not None:
        return build_yield_panel(raw, tenor or TENOR_YEARS, step, first, last)
    return build_price_pressure_panel(raw, first, last, form_breaks)


PRICE_PRESSURE = PanelKind(
    name="price-pressure",
    file=PRICE_PRESSURE_FILE,
    example=price_pressure_example,
    build=build_price_pressure,
    examples=BUILD_EXAMPLES,
)
