"""The preset `workbench` as Polars expressions: what another engine makes of the rules.

The rules are those of `data.transactions`; the form is the one that a Polars program
would have, everything in memory, without reasons. A second reading of the rules, whose
result is compared with the first's in the tests.
"""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from data.transactions.dialects import DIALECTS
from data.transactions.filters import SETTLEMENT_LIMIT
from data.transactions.layout import (
    CHANGE_OF_SYSTEM,
    NEW_STATUSES,
    OLD_STATUSES,
    PRICE,
)
from data.transactions.steps import TIMED_DETAILS, UNTIMED_DETAILS

ID = "row_id"
CHANGE = date.fromisoformat(CHANGE_OF_SYSTEM)
_TRADE = ("cusip", "execution_date", "price", "par")
_STAMP = ("report_date", "report_time")


def _status(*codes: str) -> pl.Expr:
    return pl.col("status").is_in(codes)


OLD = pl.col("report_date") < CHANGE
NEW = pl.col("report_date") >= CHANGE
RECORD = _status("T", "W", "R")
IS_REVERSAL = pl.col("as_of").is_in(["R", "X"]).fill_null(False)
CANCELS = NEW & _status("X", "C")
NEW_RECORD = NEW & _status("T", "R", "Y", "W")
NEW_TRADE = NEW & RECORD & ~IS_REVERSAL
LATE = (RECORD & IS_REVERSAL) | (
    NEW & _status("X", "C", "Y") & (pl.col("execution_date") < CHANGE)
)
OF_ATS = (pl.col("reporter") == "T").fill_null(False)
POINTER = (("prior_report_date", "report_date"), ("prior_sequence", "sequence"))


def run_polars_form(messages: Path) -> int:
    """Clean the WRDS Parquet files of a folder; return the number of rows kept."""
    return kept_rows(wrds_messages(messages)).height


def wrds_messages(folder: Path) -> pl.DataFrame:
    """Messages of all Parquet files of a folder, in order."""
    return pl.read_parquet(folder / "*.parquet")


def kept_rows(wrds: pl.DataFrame) -> pl.DataFrame:
    """Trades among WRDS messages, under the names of the layout."""
    live = _typed(wrds)
    content = [name for name in live.columns if name != ID]
    # A record without a number has no identity, so that its copies may be trades.
    live = pl.concat(
        [
            live.filter(pl.col("sequence").is_not_null()).unique(
                content, keep="first", maintain_order=True
            ),
            live.filter(pl.col("sequence").is_null()),
        ]
    )
    live = live.filter((OLD & _status(*OLD_STATUSES)) | (NEW & _status(*NEW_STATUSES)))
    for remove in (_same_day_numbers, _corrected_numbers):
        live = _without(live, remove(live))
    for step in _QUEUES:
        live = _without(live, _queue_match(live, *step))
    live = live.filter(~(_status("C", "X", "Y") | (RECORD & IS_REVERSAL)))
    for removed, kept in _PAIRS:
        live = _without(live, _paired(live, removed, kept))
    return live.filter(~pl.any_horizontal(*_FILTERS).fill_null(False))


def _typed(wrds: pl.DataFrame) -> pl.DataFrame:
    names = {
        theirs: ours
        for theirs, ours in DIALECTS["wrds"].headers[0].items()
        if ours is not None
    }
    texts = [
        (pl.col(name).str.strip_chars().replace("", None))
        for name, kind in wrds.select(list(names)).schema.items()
        if kind == pl.String
    ]
    scale = int(PRICE.rstrip(")").split(",")[1])
    return (
        wrds.select(list(names))
        .with_columns(texts)
        .rename(names)
        .with_columns(pl.col("yield_percent").cast(pl.Decimal(18, scale)))
        .with_row_index(ID)
    )


def _without(live: pl.DataFrame, removed: pl.DataFrame) -> pl.DataFrame:
    return live.join(removed, on=ID, how="anti")


def _same_day_numbers(live: pl.DataFrame) -> pl.DataFrame:
    killers = live.filter(OLD & _status("C", "W")).select(
        "cusip",
        "report_date",
        pl.col("prior_sequence").alias("sequence"),
        pl.col(ID).alias("killer"),
        pl.col("status").alias("of_killer"),
        *(pl.col(name).alias(f"killer_{name}") for name in ("report_time", "sequence")),
    )
    hit = (
        live.filter(OLD & _status("T", "W"))
        .join(killers, on=["cusip", "report_date", "sequence"])
        .filter(pl.col(ID) != pl.col("killer"))
        .sort("killer_report_time", "killer_sequence", "killer", nulls_last=True)
        .unique(ID, keep="first", maintain_order=True)
    )
    cancels = hit.filter(pl.col("of_killer") == "C").select(pl.col("killer").alias(ID))
    return pl.concat([hit.select(ID), cancels]).unique()


def _corrected_numbers(live: pl.DataFrame) -> pl.DataFrame:
    killers = live.filter(NEW & _status("W")).select(
        "cusip",
        pl.col("prior_report_date").alias("report_date"),
        pl.col("prior_sequence").alias("sequence"),
        pl.col(ID).alias("killer"),
    )
    return (
        live.filter(NEW & _status("T", "W"))
        .join(killers, on=["cusip", "report_date", "sequence"])
        .filter(pl.col(ID) != pl.col("killer"))
        .select(ID)
        .unique()
    )


def _queue_match(
    live: pl.DataFrame,
    killers: pl.Expr,
    targets: pl.Expr,
    details: tuple[str, ...],
    numbers: tuple[tuple[str, str], ...] = (),
) -> pl.DataFrame:
    """Match messages to records one to one in report order; ids of both."""
    of_killer = ["cusip", *details, *(own for own, _ in numbers)]
    of_target = ["cusip", *details, *(its for _, its in numbers)]
    keys = [f"key_{k}" for k in range(len(of_killer))]

    def side(rows: pl.DataFrame, columns: list[str], kills: int) -> pl.DataFrame:
        return rows.select(
            ID,
            *_STAMP,
            "sequence",
            pl.lit(kills, pl.Int8).alias("kills"),
            *(pl.col(c).alias(k) for c, k in zip(columns, keys, strict=True)),
        )

    numbered = [pl.col(own).is_not_null() for own, _ in numbers]
    killer = side(live.filter(killers, *numbered), of_killer, 1)
    target = side(live.filter(targets), of_target, 0).join(
        killer.select(keys).unique(), on=keys, how="semi", nulls_equal=True
    )
    balance = (1 - 2 * pl.col("kills")).cum_sum().over(keys)
    lowest = pl.col("balance").cum_min().shift(1).over(keys).fill_null(0)
    events = (
        pl.concat([killer, target])
        .sort(*keys, *_STAMP, "kills", "sequence", ID, nulls_last=True)
        .with_columns(pl.col("kills").cast(pl.Int64))
        .with_columns(balance.alias("balance"))
        .filter(
            (pl.col("kills") == 0)
            | (pl.col("balance") >= pl.min_horizontal(lowest, pl.lit(0)))
        )
        .with_columns(pl.int_range(pl.len()).over([*keys, "kills"]).alias("nth"))
    )
    on = [*keys, "nth"]
    both = events.filter(pl.col("kills") == 0).join(
        events.filter(pl.col("kills") == 1), on=on, nulls_equal=True, suffix="_killer"
    )
    return pl.concat([both.select(ID), both.select(pl.col(f"{ID}_killer").alias(ID))])


def _paired(live: pl.DataFrame, removed: pl.Expr, kept: pl.Expr) -> pl.DataFrame:
    """Ids of the k-th report of a kind where there is a k-th of the other."""
    order = ["execution_time", *_STAMP, "sequence", ID]

    def ranked(which: pl.Expr) -> pl.DataFrame:
        rows = live.filter(which).sort(*_TRADE, *order, nulls_last=True)
        return rows.select(ID, *_TRADE, pl.int_range(pl.len()).over(_TRADE).alias("k"))

    return ranked(removed).join(ranked(kept), on=[*_TRADE, "k"]).select(ID)


_BUYS, _SELLS = pl.col("side") == "B", pl.col("side") == "S"
_TO_ATS = (pl.col("contra") == "T") & ~OF_ATS
_TO_DEALER = pl.col("contra") == "D"

_PAIRS = (
    (_TO_ATS & _SELLS, OF_ATS & _BUYS),
    (_TO_ATS & _BUYS, OF_ATS & _SELLS),
    (OF_ATS & _BUYS, OF_ATS & _SELLS),
    (_TO_DEALER & _BUYS, _TO_DEALER & _SELLS),
)

_QUEUES: tuple[tuple[Any, ...], ...] = (
    (
        OLD & _status("C"),
        OLD & _status("T", "W") & ~IS_REVERSAL,
        (*TIMED_DETAILS, "report_date"),
    ),
    (CANCELS, _status("T", "R", "Y", "W"), TIMED_DETAILS, (("sequence",) * 2,)),
    (CANCELS, NEW_RECORD, (), POINTER),
    (CANCELS, NEW_RECORD, TIMED_DETAILS),
    (NEW & _status("Y"), NEW_TRADE, (), POINTER),
    (
        NEW & _status("Y"),
        RECORD & ~IS_REVERSAL,
        TIMED_DETAILS,
        (("prior_sequence", "sequence"),),
    ),
    (NEW & _status("Y"), NEW_TRADE, TIMED_DETAILS),
    (LATE, RECORD & ~IS_REVERSAL, TIMED_DETAILS),
    (LATE, RECORD & ~IS_REVERSAL, UNTIMED_DETAILS),
)

_FILTERS = (
    pl.col("when_issued") == "Y",
    pl.col("special_price") == "Y",
    pl.col("settlement_days") > SETTLEMENT_LIMIT,
    (pl.col("settlement_date") - pl.col("execution_date")).dt.total_days()
    > SETTLEMENT_LIMIT,
    pl.col("sale_condition") == "W",
    pl.col("modifier_4") == "W",
    pl.col("market").is_in(["P1", "P2", "S2"]),
    pl.col("par").is_null() | (pl.col("par") <= 0),
    pl.col("price").is_null() | (pl.col("price") <= 0) | (pl.col("price") > 1000),
    pl.col("price") == pl.col("yield_percent"),
)
