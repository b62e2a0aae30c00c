"""SQL that turns a source's cells into the typed layout, and says what it cannot read.

A blank is missing. What is not blank and cannot be read makes its row unreadable; no
value is guessed. Text is trimmed, codes are upper case, ``7``, ``007`` and ``7.0`` are
one number, ``9:05:00``, ``09:05:00`` and ``090500`` one time.
"""

from collections.abc import Mapping

from data.transactions.dialects import Dialect
from data.transactions.layout import MESSAGE_COLUMNS, Column

REFUSED = "refused"
"""How the problem of a row begins that shows the whole file to be of another kind."""

DISSEMINATED_STATUSES = "GMHNIO"
"""Statuses of disseminated and 144A files, which are capped and linked otherwise."""

_CODES = {
    "status": "TCWXRY",
    "side": "BS",
    "contra": "CDAT",
    "as_of": "ARDX",
}

_NEVER_BLANK = ("cusip", "execution_date", "report_date", "status")

_LAST_SECOND = 86_399


def cleaned(source: str, source_type: str) -> str:
    """SQL of a source's cell, NULL where it is blank; text is trimmed."""
    if source_type == "VARCHAR":
        return f"NULLIF(NULLIF(TRIM({source}), ''), '.')"
    if source_type in ("DOUBLE", "FLOAT"):
        # A number that is not there comes as NaN from pandas and SAS.
        return f"NULLIF({source}, CAST('NaN' AS {source_type}))"
    return source


def typed(
    column: Column, cell: str, source_type: str, dialect: Dialect, time_is: str
) -> str:
    """SQL that reads a cell as a column of the layout, NULL where it cannot be.

    Parameters
    ----------
    column : Column
        Of the layout.
    cell : str
        Name of what `cleaned` gave.
    source_type : str
        Its SQL type as DuckDB names it.
    dialect : Dialect
        Whose codes are translated.
    time_is : str
        ``clock`` or ``seconds``, for a time of digits only.
    """
    if column.name.endswith("_time"):
        return _time(cell, source_type, time_is)
    if column.type == "DATE":
        return _date(cell, source_type)
    if column.type in ("BIGINT", "INTEGER"):
        if source_type in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT"):
            return f"TRY_CAST({cell} AS {column.type})"
        number = f"TRY_CAST({cell} AS DOUBLE)"
        whole = f"CASE WHEN {number} = FLOOR({number}) THEN {number} END"
        return f"TRY_CAST({whole} AS {column.type})"
    if column.type.startswith("DECIMAL"):
        return f"TRY_CAST({cell} AS {column.type})"
    return _code(column, f"UPPER(CAST({cell} AS VARCHAR))", dialect.codes)


def problem_of(name: str, cell: str) -> str | None:
    """SQL of what is wrong with a cell, NULL where nothing is.

    Parameters
    ----------
    name : str
        Of the column that holds the typed value.
    cell : str
        Of the column that holds what `cleaned` gave.

    Returns
    -------
    str or None
        None where nothing can be wrong.
    """
    text = f"CAST({cell} AS VARCHAR)"
    shown = f"'{name} ' || COALESCE('\"' || {text} || '\"', 'blank')"
    wrong = f"WHEN {name} IS NULL AND {cell} IS NOT NULL THEN {shown}"
    if name == "status":
        listed = ", ".join(f"'{code}'" for code in DISSEMINATED_STATUSES)
        return (
            f"CASE WHEN {name} IS NULL AND UPPER({text}) IN ({listed}) "
            f"THEN '{REFUSED} ' || {shown} WHEN {name} IS NULL THEN {shown} END"
        )
    if name == "par":
        return (
            f"CASE WHEN UPPER({text}) LIKE '%MM+' "
            f"THEN '{REFUSED} ' || {shown} {wrong} END"
        )
    if name in _NEVER_BLANK:
        return f"CASE WHEN {name} IS NULL THEN {shown} END"
    if name in _CODES or _type(name) != "VARCHAR":
        return f"CASE {wrong} END"
    return None


def _type(name: str) -> str:
    return next(column.type for column in MESSAGE_COLUMNS if column.name == name)


def _code(
    column: Column, text: str, translations: Mapping[str, Mapping[str, str]]
) -> str:
    if column.name in translations:
        cases = " ".join(
            f"WHEN '{theirs}' THEN '{ours}'"
            for theirs, ours in translations[column.name].items()
        )
        return f"CASE {text} {cases} END"
    if column.name in _CODES:
        listed = ", ".join(f"'{code}'" for code in _CODES[column.name])
        return f"CASE WHEN {text} IN ({listed}) THEN {text} END"
    return text


def _date(cell: str, source_type: str) -> str:
    if source_type.startswith(("DATE", "TIMESTAMP")):
        return f"CAST({cell} AS DATE)"
    text = f"CAST({cell} AS VARCHAR)"
    # 20200102, 20200102.0 and the stamps 20200102093000 and 20200102 093000.
    digits = f"SPLIT_PART(SPLIT_PART({text}, '.', 1), ' ', 1)"
    return (
        f"COALESCE(TRY_CAST({text} AS DATE), "
        f"CASE WHEN {digits} SIMILAR TO '[0-9]{{8}}([0-9]{{6}})?' "
        f"THEN CAST(TRY_STRPTIME(LEFT({digits}, 8), '%Y%m%d') AS DATE) "
        f"ELSE CAST(TRY_STRPTIME({text}, ['%m/%d/%Y', '%d%b%Y']) AS DATE) END)"
    )


def _time(cell: str, source_type: str, time_is: str) -> str:
    """Seconds after midnight; fractions of a second are dropped."""
    if source_type.startswith(("TIME", "TIMESTAMP")):
        return _seconds(f"CAST({cell} AS TIME)")
    text = f"CAST({cell} AS VARCHAR)"
    digits = f"SPLIT_PART(SPLIT_PART({text}, '.', 1), ' ', -1)"
    if time_is == "seconds":
        number = f"TRY_CAST({digits} AS INTEGER)"
        undelimited = (
            f"CASE WHEN {number} BETWEEN 0 AND {_LAST_SECOND} THEN {number} END"
        )
    else:
        # 093000, 93000 and the stamps 20200102093000 and 20200102 093000.
        padded = f"RIGHT('00000' || {digits}, 6)"
        clock = f"LEFT({padded}, 2) || ':' || SUBSTR({padded}, 3, 2) || ':' "
        clock += f"|| RIGHT({padded}, 2)"
        undelimited = (
            f"CASE WHEN LENGTH({digits}) <= 6 OR LENGTH({digits}) = 14 "
            f"THEN {_seconds(f'TRY_CAST({clock} AS TIME)')} END"
        )
    return f"COALESCE({_seconds(f'TRY_CAST({text} AS TIME)')}, {undelimited})"


def _seconds(time: str) -> str:
    return f"CAST(FLOOR(EPOCH({time})) AS INTEGER)"
