"""Read quotes as publishers lay them out: CRSP, Tradeweb, a table of one's own."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.files.cells import (
    date_cells,
    number_cells,
    optional_date_cells,
    read_cells,
    require_columns,
    time_cells,
)
from data.market.treasury_terms import payments, settlement, terms
from data.trading_costs.quote_columns import (
    ASK,
    ASK_YIELD,
    BID,
    BID_YIELD,
    COUPON,
    DATED_DATE,
    FIRST_COUPON,
    KIND,
    MATURITY_DATE,
    SECURITY,
    SETTLEMENT_DAYS,
    TIME,
    VINTAGE,
)

END_OF_DAY = pd.Timedelta(hours=17)
"""Moment of a quote whose source names the day alone."""

CRSP_KINDS = {
    1: "bond",
    2: "note",
    4: "bill",
    5: "callable",
    6: "callable",
    11: "TIPS",
    12: "TIPS",
    13: "FRN",
}
"""CRSP's ``itype``."""

ACCRUED_TOLERANCE = 1e-6
"""Per 100: further from the file's accrued interest the terms are not the file's."""

_REMEDY = "check the path; data/README.md lists the layouts."
_TWO_SIDED = "one-sided or crossed"


class Quotes(NamedTuple):
    """Quotes in the layout of the panel, and how many were set aside, by reason."""

    frame: pd.DataFrame
    set_aside: Mapping[str, int]


def read_crsp(path: Path) -> Quotes:
    """Daily quotes of CRSP's US Treasury database, a row an issue and day.

    Accrued interest there is of the day of the quote, so quotes settle at once. Set
    aside: what is not fully taxable or has no fixed payments, and issues whose terms
    are missing, impossible or contradict their accrued interest.

    Parameters
    ----------
    path : Path
        CSV or Parquet: ``caldt``, ``tcusip``, ``tdbid``, ``tdask``, ``tdaccint``,
        ``tcouprt``, ``tmatdt``, ``tdatdt``, ``tfcpdt``, ``itype``, ``itax``, ``iflwr``.
    """
    source = str(path)
    raw = read_cells(path, _REMEDY)
    raw.columns = pd.Index([str(name).lower() for name in raw.columns])
    dates = (MATURITY_DATE, "tmatdt"), (DATED_DATE, "tdatdt"), (FIRST_COUPON, "tfcpdt")
    numbers = {BID: "tdbid", ASK: "tdask", COUPON: "tcouprt", "accrued": "tdaccint"}
    require_columns(
        raw,
        ("caldt", "tcusip", "itype", *numbers.values(), *(name for _, name in dates)),
        source,
    )
    days = date_cells(raw["caldt"], source)
    kinds = pd.Series(number_cells(raw["itype"], days, source), index=raw.index)
    frame = pd.DataFrame(
        {
            TIME: days + END_OF_DAY,
            SECURITY: raw["tcusip"].astype(str).str.strip(),
            KIND: kinds.map(CRSP_KINDS).fillna("other"),
            SETTLEMENT_DAYS: 0,
        }
    )
    for name, given in dates:
        frame[name] = optional_date_cells(raw, given, source)
    for name, given in numbers.items():
        frame[name] = number_cells(raw[given], days, source)
    frame.loc[frame[KIND] == "bill", FIRST_COUPON] = pd.NaT
    taxed = pd.Series(True, index=raw.index)
    for flag in {"itax", "iflwr"} & set(raw.columns):
        taxed &= number_cells(raw[flag], days, source) == 1
    kept, aside = _sift(
        frame,
        {
            **{
                f"of the kind {kind}, without fixed payments": _is_kind(kind)
                for kind in ("TIPS", "FRN", "callable", "other")
            },
            "not fully taxable, or flower bonds": lambda rows: ~taxed[rows.index],
            _TWO_SIDED: _is_one_sided,
            "matured": lambda rows: rows[MATURITY_DATE] <= rows[TIME].dt.normalize(),
            "terms missing or impossible": _has_no_terms,
            "terms contradict the accrued interest": _contradicts,
        },
    )
    return Quotes(kept.drop(columns="accrued"), aside)


def read_tradeweb(path: Path) -> Quotes:
    """Closing quotes by tenor, on the run and first off, as ``US2Y_OTR_BidPrice``.

    The securities are not named: the quotes have a spread, in price and in yield, and
    no fair value. Set aside: quotes whose prices or yields are crossed or missing.

    Parameters
    ----------
    path : Path
        CSV or Parquet with ``Date``.
    """
    source = str(path)
    raw = read_cells(path, _REMEDY)
    require_columns(raw, ("Date",), source)
    days = date_cells(raw["Date"], source)
    series = sorted({name.rsplit("_", 1)[0] for name in raw.columns if "_" in name})
    parts = []
    for name in series:
        cells = {
            column: f"{name}_{side}"
            for column, side in {
                BID: "BidPrice",
                ASK: "AskPrice",
                BID_YIELD: "BidYield",
                ASK_YIELD: "AskYield",
            }.items()
        }
        require_columns(raw, tuple(cells.values()), source)
        part = pd.DataFrame({TIME: days + END_OF_DAY, SECURITY: name})
        for column, given in cells.items():
            part[column] = number_cells(raw[given], days, source)
        part[VINTAGE] = float(name.rsplit("_", 1)[1]) if "OFTR" in name else 0.0
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    kept, aside = _sift(
        frame,
        {
            _TWO_SIDED: _is_one_sided,
            "yields crossed or missing": lambda rows: (
                ~(rows[BID_YIELD] >= rows[ASK_YIELD])
            ),
        },
    )
    return Quotes(kept, aside)


def read_quote_table(path: Path) -> Quotes:
    """Quotes in the layout of the panel; one-sided and crossed ones are set aside."""
    source = str(path)
    raw = read_cells(path, _REMEDY)
    require_columns(raw, (TIME, SECURITY, BID, ASK), source)
    times = time_cells(raw[TIME], source)
    frame = raw.copy()
    frame[TIME] = times
    for name in (BID, ASK):
        frame[name] = number_cells(raw[name], times, source)
    kept, aside = _sift(frame, {_TWO_SIDED: _is_one_sided})
    return Quotes(kept, aside)


SOURCES: Mapping[str, Callable[[Path], Quotes]] = {
    "crsp": read_crsp,
    "tradeweb": read_tradeweb,
    "table": read_quote_table,
}
"""Layout -> its reader."""


def _sift(
    frame: pd.DataFrame, reasons: Mapping[str, Callable[[pd.DataFrame], pd.Series]]
) -> tuple[pd.DataFrame, dict[str, int]]:
    aside = {}
    for reason, applies in reasons.items():
        wrong = applies(frame).to_numpy(bool)
        if wrong.any():
            aside[reason] = int(wrong.sum())
            frame = frame[~wrong]
    return frame, aside


def _is_kind(kind: str) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda rows: rows[KIND] == kind


def _is_one_sided(rows: pd.DataFrame) -> pd.Series:
    return ~((rows[BID] > 0) & (rows[ASK] >= rows[BID]))


def _has_no_terms(rows: pd.DataFrame) -> pd.Series:
    """Issues that `data.market.treasury_terms.terms` takes in no case."""
    has_coupon = (rows[COUPON] >= 0) & np.isfinite(rows[COUPON])
    return (
        rows[MATURITY_DATE].isna()
        | ~has_coupon
        | (rows[DATED_DATE] >= rows[MATURITY_DATE])
    )


def _contradicts(rows: pd.DataFrame) -> pd.Series:
    """Issues whose terms, by themselves or beside the accrued interest, cannot be."""
    by_itself = (rows[FIRST_COUPON] > rows[MATURITY_DATE]) | (
        rows[FIRST_COUPON] <= rows[DATED_DATE]
    )
    bonds = terms(rows[MATURITY_DATE], rows[COUPON], rows[DATED_DATE])
    # A first coupon off the regular dates of the maturity: one of the two is wrong.
    at = rows[FIRST_COUPON].fillna(rows[MATURITY_DATE])
    regular = payments(
        bonds, np.minimum(settlement(at, 0), bonds.maturity) - np.timedelta64(1, "D")
    )
    off = regular.dates[:, 0] != at.to_numpy().astype("datetime64[D]")
    found = by_itself | off
    safe = rows.assign(**{FIRST_COUPON: rows[FIRST_COUPON].where(~found)})
    paid = payments(
        terms(safe[MATURITY_DATE], safe[COUPON], safe[DATED_DATE], safe[FIRST_COUPON]),
        rows[TIME],
    )
    given = rows["accrued"].to_numpy()
    differs = np.abs(paid.accrued - given) > ACCRUED_TOLERANCE
    return found | (differs & np.isfinite(given))
