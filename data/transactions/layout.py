"""The one typed layout of a transaction message, whatever file it came from.

Times are naive US Eastern. Text codes are upper case, a blank is missing. What differs
between sources is in `data.transactions.dialects`, what is done with it in the rules.
"""

from dataclasses import dataclass

CHANGE_OF_SYSTEM = "2012-02-06"
"""First report date of the present system: the life cycle differs before and after."""

LINE_BITS = 40
"""A row id is ``file number * 2**LINE_BITS + record number``; records count from 1."""

FILE_NUMBER_BITS = 23
"""A file's number comes from its content, so a row keeps its id from run to run."""

REPORT = "report.json"
"""Account of a complete run, in its output folder."""

UNFINISHED = ".unfinished"
"""Folder of a run that is under way or was cut short, inside the output folder."""


@dataclass(frozen=True)
class Column:
    """One column of the layout: ``type`` is SQL's, ``unit`` is empty for codes."""

    name: str
    type: str
    unit: str
    meaning: str


PRICE = "DECIMAL(18,6)"

MESSAGE_COLUMNS = (
    Column("row_id", "BIGINT", "", "file and record that the message was read from"),
    Column("cusip", "VARCHAR", "", "security"),
    Column("product", "VARCHAR", "", "sub-product: CORP, AGCY, ELN, NOTE, ..."),
    Column("execution_date", "DATE", "", "day of the trade"),
    Column("execution_time", "INTEGER", "seconds after midnight", "time of the trade"),
    Column("report_date", "DATE", "", "day the message was sent"),
    Column("report_time", "INTEGER", "seconds after midnight", "time it was sent"),
    Column("sequence", "BIGINT", "", "record's number on its report date"),
    Column("prior_sequence", "BIGINT", "", "number of the record it refers to"),
    Column("prior_report_date", "DATE", "", "report date of the record it refers to"),
    Column("first_control_date", "DATE", "", "report date of the trade's first record"),
    Column("first_control_number", "BIGINT", "", "number of the trade's first record"),
    Column("status", "VARCHAR", "", "T trade; C, X cancel; W, R correct; Y reverse"),
    Column("as_of", "VARCHAR", "", "A late report, R or X reversal, D delayed trade"),
    Column("price", PRICE, "per 100 of par", "price as reported, or yield by kind"),
    Column("price_kind", "VARCHAR", "", "P or missing: price; Y: price holds a yield"),
    Column("yield_percent", PRICE, "percent", "yield as reported"),
    Column("par", "DECIMAL(20,2)", "USD", "par traded, uncapped"),
    Column("side", "VARCHAR", "", "reporting party's side: B buys, S sells"),
    Column("contra", "VARCHAR", "", "C customer, D dealer, A affiliate, T ATS"),
    Column("reporter", "VARCHAR", "", "kind of reporting party: D dealer, T ATS"),
    Column("buyer_capacity", "VARCHAR", "", "A agent, P principal"),
    Column("seller_capacity", "VARCHAR", "", "A agent, P principal"),
    Column("when_issued", "VARCHAR", "", "Y before issue"),
    Column("special_price", "VARCHAR", "", "Y off-market price"),
    Column("settlement_date", "DATE", "", "day of settlement"),
    Column("settlement_days", "INTEGER", "days", "days to settlement as reported"),
    Column("locked_in", "VARCHAR", "", "Y one firm reports both sides"),
    Column("sale_condition", "VARCHAR", "", "terms before the change of system"),
    Column("modifier_3", "VARCHAR", "", "late or outside hours"),
    Column("modifier_4", "VARCHAR", "", "W weighted average price, B basis, S package"),
    Column("market", "VARCHAR", "", "S1 secondary; P1, P2, S2 primary market"),
    Column("ats", "VARCHAR", "", "Y on an alternative trading system"),
    Column("remuneration", "VARCHAR", "", "N none; after 2012 blank means included"),
    Column("give_up", "VARCHAR", "", "A reported on behalf of another, Q quoted"),
    Column("aggregate", "VARCHAR", "", "Y one of several executions sent as one"),
    Column("reporter_id", "VARCHAR", "", "reporting party, masked"),
    Column("contra_id", "VARCHAR", "", "contra party, masked"),
)
"""What is read. Its order is the order of the columns on disk."""

FINDING_COLUMNS = (
    Column("trading_day", "DATE", "", "day FINRA counts it in: next day after 18:30"),
    Column("counted_as", "VARCHAR", "", "ats-interdealer or dealer-customer"),
    Column("is_pass_through", "BOOLEAN", "", "agent's customer leg of a dealer trade"),
    Column("is_identity_clash", "BOOLEAN", "", "same number and date, other content"),
    Column("is_holiday", "BOOLEAN", "", "executed on a weekend or market holiday"),
    Column("is_outside_hours", "BOOLEAN", "", "executed outside 08:00 to 18:30"),
    Column("is_decimal_shift", "BOOLEAN", "", "price 10 or 100 times off the others"),
    Column("is_bounce_back", "BOOLEAN", "", "price leaves its neighbours and returns"),
    Column("is_day_outlier", "BOOLEAN", "", "price far from the median of its day"),
    Column("price_suggested", PRICE, "per 100 of par", "likely price where flagged"),
    Column("price_used", PRICE, "per 100 of par", "price or suggestion, by preset"),
    Column("preset", "VARCHAR", "", "rules the row was kept by"),
)
"""What the rules found out about a kept row; ``price`` itself is never edited."""

CLEAN_COLUMNS = (*MESSAGE_COLUMNS, *FINDING_COLUMNS)
"""Columns of ``clean/``: one row a trade."""

REJECT_COLUMNS = (
    *MESSAGE_COLUMNS,
    Column("reason", "VARCHAR", "", "why the row is not a trade of its own"),
    Column("step", "VARCHAR", "", "name of the rule that removed it"),
    Column("killed_by", "BIGINT", "", "row id of the message that voids it"),
    Column("detail", "VARCHAR", "", "file, record, column and text not read"),
)
"""Columns of ``rejects/``: every other row of the input, once."""

MESSAGE_NAMES = tuple(column.name for column in MESSAGE_COLUMNS)

NEW_STATUSES = frozenset("TXCRYW")
"""Statuses since the change of system; W only in end-of-day files."""

OLD_STATUSES = frozenset("TCW")
"""Statuses before the change of system."""


def line_of(row_id: int) -> int:
    """Record number in its file, 1 for the first below the header."""
    return row_id % 2**LINE_BITS


def file_number_of(row_id: int) -> int:
    """Number of the file, as listed in ``report.json``."""
    return row_id >> LINE_BITS
