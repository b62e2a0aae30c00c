"""The trading-cost panel: a row a trade, or a forecast of an indicative mid."""

from dataclasses import dataclass

import pandas as pd

from data.dims import DATE_COLUMN
from data.files.cells import (
    optional_number_cells,
    require_columns,
    text_cells,
    time_cells,
    truth_cells,
)
from data.files.panel_file import PanelFile
from data.trading_costs.checks import BP_PER_UNIT, validate_trading_costs_panel
from data.trading_costs.columns import (
    COLUMNS,
    DEVIATION,
    DEVIATION_PRICE,
    DOLLAR_DURATION,
    LAYOUT,
    NUMBER_COLUMNS,
    REQUIRED_COLUMNS,
    TEXT_COLUMNS,
    TIME,
    TRUTH_COLUMNS,
)


@dataclass(frozen=True)
class TradingCostsPanel:
    """A checked trading-cost panel.

    Parameters
    ----------
    frame : pd.DataFrame
        One row an observation, sorted by time; columns

        ``observation`` str, trade or quote; ``date`` datetime64[ns], ``time``
        datetime64[ns], New York; ``security`` str; ``side`` str, the customer's: buy,
        sell or empty; ``segment`` str, customer or interdealer, empty of a quote;
        ``is_ats``, ``is_retail`` bool;

        and float64, NaN where not known: ``volume_musd`` face traded, USD million;
        ``deviation_bp`` price minus fair value over dollar duration, basis points of
        yield, positive where dearer, of a quote the next indicative mid minus its
        forecast; ``deviation_price`` the same per 100 of face; ``dollar_duration``
        modified duration (years) times dirty price; ``gap_hours`` since the indicative
        quote that the fair value starts from; ``maturity_years``, ``age_years`` since
        issue; ``indicative_spread_bp`` bid-ask spread of that quote, basis points of
        yield; ``benchmark_illiquidity`` standardised, higher where worse;
        ``relative_illiquidity`` of the security to its maturity, higher where worse;
        ``error_sd_bp`` standard deviation of the fair value's error.

        Further columns of numbers are the user's own and may stand in a formula.
    source : str
        Where the panel came from, usually a path.
    sha256 : str
        SHA-256 of the file's bytes.
    """

    frame: pd.DataFrame
    source: str
    sha256: str


def typed_panel(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    """Checked columns with their types and defaults, in the layout's order."""
    require_columns(raw, REQUIRED_COLUMNS, source)
    raw = raw.reset_index(drop=True)
    times = time_cells(raw[TIME], source)
    columns: dict[str, object] = {DATE_COLUMN: times.dt.normalize(), TIME: times}
    for name in TEXT_COLUMNS:
        columns[name] = text_cells(raw, name)
    for name in TRUTH_COLUMNS:
        given = name in raw
        columns[name] = truth_cells(raw[name], times, source) if given else False
    own = [str(name) for name in raw if name not in COLUMNS]
    for name in (*NUMBER_COLUMNS, *own):
        columns[name] = optional_number_cells(raw, name, times, source)
    frame = pd.DataFrame(columns, index=raw.index)[[*COLUMNS, *own]]
    if DEVIATION_PRICE not in raw:
        scale = frame[DOLLAR_DURATION] / BP_PER_UNIT
        frame[DEVIATION_PRICE] = frame[DEVIATION] * scale
    validate_trading_costs_panel(frame, source)
    return frame


TRADING_COSTS_FILE = PanelFile(
    build="trading-costs",
    layout=LAYOUT,
    checked=typed_panel,
    panel=TradingCostsPanel,
    times=(TIME,),
)

read_trading_costs_panel = TRADING_COSTS_FILE.read
trading_costs_panel_from_frame = TRADING_COSTS_FILE.of
write_trading_costs_panel = TRADING_COSTS_FILE.write
