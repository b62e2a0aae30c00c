"""The quote panel: a row a two-sided quote of a security at a moment."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.files.cells import (
    optional_date_cells,
    optional_number_cells,
    refuse_repeated_rows,
    require_columns,
    text_cells,
    time_cells,
    truth_cells,
    whole_number_cells,
)
from data.files.panel_file import PanelFile
from data.trading_costs.quote_checks import validate_quotes
from data.trading_costs.quote_columns import (
    COLUMNS,
    COUPON,
    DATE_COLUMNS,
    IS_BENCHMARK,
    KIND,
    LAYOUT,
    NUMBER_COLUMNS,
    REQUIRED_COLUMNS,
    SECURITY,
    SETTLEMENT_DAYS,
    TIME,
    VINTAGE,
)

REGULAR_SETTLEMENT = 1


@dataclass(frozen=True)
class QuotePanel:
    """A checked quote panel.

    Parameters
    ----------
    frame : pd.DataFrame
        One row a quote, sorted by time; columns

        ``time`` datetime64[ns], New York; ``security`` str; ``kind`` str, bill, note
        or bond; ``maturity_date``, ``dated_date``, ``first_coupon_date``
        datetime64[ns]; ``settlement_days`` int, business days to settlement;
        ``is_benchmark`` bool, a firm quote that moves fair values;

        and float64: ``coupon_percent`` a year; ``bid_price``, ``ask_price`` clean, per
        100; ``bid_yield_percent``, ``ask_yield_percent`` as the source gives them;
        ``vintage`` 0 on the run, 1 first off the run; ``benchmark_illiquidity``
        standardised, higher where worse. Dates and numbers are missing where not known:
        without maturity and coupon a quote has a spread and no fair value.
    source : str
        Where the panel came from, usually a path.
    sha256 : str
        SHA-256 of the file's bytes.
    """

    frame: pd.DataFrame
    source: str
    sha256: str


def typed_quotes(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    """Checked columns with their types and defaults, in the layout's order."""
    require_columns(raw, REQUIRED_COLUMNS, source)
    raw = raw.reset_index(drop=True)
    times = time_cells(raw[TIME], source)
    columns: dict[str, object] = {TIME: times, SECURITY: text_cells(raw, SECURITY)}
    for name in DATE_COLUMNS:
        columns[name] = optional_date_cells(raw, name, source)
    for name in NUMBER_COLUMNS:
        columns[name] = optional_number_cells(raw, name, times, source)
    columns[SETTLEMENT_DAYS] = (
        whole_number_cells(raw[SETTLEMENT_DAYS], times, source)
        if SETTLEMENT_DAYS in raw
        else REGULAR_SETTLEMENT
    )
    columns[IS_BENCHMARK] = (
        truth_cells(raw[IS_BENCHMARK], times, source)
        if IS_BENCHMARK in raw
        else pd.Series(columns[VINTAGE], index=raw.index) == 0
    )
    frame = pd.DataFrame(columns, index=raw.index)
    kinds = text_cells(raw, KIND)
    assumed = np.where(frame[COUPON] == 0, "bill", "note")
    frame[KIND] = kinds.where(kinds != "", assumed)
    frame = frame[list(COLUMNS)]
    refuse_repeated_rows(frame, (TIME, SECURITY), source)
    validate_quotes(frame, source)
    return frame


QUOTE_FILE = PanelFile(
    build="quotes",
    layout=LAYOUT,
    checked=typed_quotes,
    panel=QuotePanel,
    times=(TIME,),
)

read_quote_panel = QUOTE_FILE.read
quote_panel_from_frame = QUOTE_FILE.of
write_quote_panel = QUOTE_FILE.write
