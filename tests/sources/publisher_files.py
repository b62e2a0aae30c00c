"""Synthetic files in the publishers' own layouts, for tests of fetching and parsing."""

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta

from data.sources.report_forms import REPORT_FORMS

GSW_PREAMBLE = """\
"Note: This is not an official Federal Reserve statistical release."

Series,Compounding Convention,Mnemonic(s)
Zero-coupon yield,Continuously Compounded,SVENYXX
Par yield,Coupon-Equivalent,SVENPYXX
Instantaneous forward rate,Continuously Compounded,SVENFXX
One-year forward rate,Coupon-Equivalent,SVEN1FXX
Parameters,N/A,BETA0 to TAU2

"""
GSW_COLUMNS = [
    "Date",
    *(f"BETA{i}" for i in range(4)),
    *("SVEN1F01", "SVEN1F04", "SVEN1F09"),
    *(f"SVENF{y:02d}" for y in range(1, 31)),
    *(f"SVENPY{y:02d}" for y in range(1, 31)),
    *(f"SVENY{y:02d}" for y in range(1, 31)),
    *("TAU1", "TAU2"),
]
TFF_COLUMNS = [
    "Market_and_Exchange_Names",
    "As_of_Date_In_Form_YYMMDD",
    "Report_Date_as_YYYY-MM-DD",
    "CFTC_Contract_Market_Code",
    "CFTC_Market_Code",
    "CFTC_Region_Code",
    "CFTC_Commodity_Code",
    "Open_Interest_All",
    "Dealer_Positions_Long_All",
    "Dealer_Positions_Short_All",
    "Dealer_Positions_Spread_All",
    "FutOnly_or_Combined",
]
H15_CODES = [
    *(f"RIFLGFCM{months:02d}_N.B" for months in (1, 3, 6)),
    *(f"RIFLGFCY{years:02d}_N.B" for years in (1, 2, 3, 5, 7, 10, 20, 30)),
]
FORM_WEEKS = {
    "SBP2013": ("2001-07-04", "2013-03-27"),
    "SBN2013": ("2013-04-03", "2014-12-31"),
    "SBN2015": ("2015-01-07", "2021-12-29"),
    "SBN2022": ("2022-01-05", "2024-06-26"),
    "SBN2024": ("2024-07-03", "2024-07-10"),
}
"""First and last as-of Wednesday of each version of the form (the last one is open)."""


def gsw_csv(num_days: int = 3) -> str:
    """``feds200628.csv``: the yield of maturity y on day d is 4 + y/100 + d/1000."""
    lines = [",".join(GSW_COLUMNS)]
    for day in range(num_days):
        cells = [f"{date(2020, 1, 6) + timedelta(days=day)}"]
        for column in GSW_COLUMNS[1:]:
            value = 4 + day / 1000
            if column.startswith("SVENY"):
                value += int(column[-2:]) / 100
            cells.append(f"{value:.4f}")
        lines.append(",".join(cells))
    return GSW_PREAMBLE + "\n".join(lines) + "\n"


def h15_csv(rows: Sequence[str] = ()) -> str:
    """Treasury constant maturities as the Board's Data Download Program sends them."""
    texts = [
        f"Market yield on U.S. Treasury securities at {code}   constant maturity, "
        "quoted on investment basis"
        for code in H15_CODES
    ]
    header = {
        "Series Description": texts,
        "Unit:": ["Percent:_Per_Year"] * len(H15_CODES),
        "Multiplier:": ["1"] * len(H15_CODES),
        "Currency:": ["NA"] * len(H15_CODES),
        "Unique Identifier: ": [f"H15/H15/{code}" for code in H15_CODES],
        "Time Period": H15_CODES,
    }
    lines = [
        ",".join(f'"{cell}"' for cell in (name, *cells))
        for name, cells in header.items()
    ]
    rows = rows or (
        "2020-01-06,1.54,1.56,1.57,1.54,1.54,1.56,1.61,1.72,1.81,2.13,2.28",
        "2020-01-07,1.52,1.54,1.56,1.53,1.54,1.55,1.62,1.74,1.83,2.16,2.31",
        "2020-01-20,ND,ND,ND,ND,ND,ND,ND,ND,ND,ND,ND",
    )
    return "\r\n".join([*lines, *rows]) + "\r\n"


def series_breaks_json(**starts: str) -> str:
    """List of series breaks; ``starts`` adds breaks or moves their first date."""
    breaks = {"SBP2001": "1998-01-28"}
    breaks |= {form.label: f"{form.first_date:%Y-%m-%d}" for form in REPORT_FORMS}
    breaks |= starts
    entries = [
        {"label": label, "seriesbreak": label, "startdate": start, "enddate": start}
        for label, start in breaks.items()
    ]
    return json.dumps({"pd": {"seriesbreaks": entries}})


def primary_dealer_rows(label: str) -> list[tuple[str, str, int]]:
    """As-of date, key id and value: the n-th series is worth n USD billion."""
    form = next(form for form in REPORT_FORMS if form.label == label)
    return [
        (week, key, 1000 * number)
        for number, key in enumerate(form.series, start=1)
        for week in FORM_WEEKS[label]
    ]


def primary_dealer_csv(rows: Sequence[tuple[str, str, object]]) -> str:
    """The New York Fed's CSV export."""
    lines = ['"As Of Date","Time Series","Value (millions)"']
    lines += [f'"{week}","{key}","{value}"' for week, key, value in rows]
    return "\n".join(lines) + "\n"


def primary_dealer_json(rows: Sequence[tuple[str, str, object]]) -> str:
    """The New York Fed's JSON."""
    entries = [
        {"asofdate": week, "keyid": key, "value": str(value)}
        for week, key, value in rows
    ]
    return json.dumps({"pd": {"timeseries": entries}})


def tff_csv(
    dates: Sequence[str],
    columns: Sequence[str] = TFF_COLUMNS,
    contracts: Sequence[str] = ("042601", "044601", "043602", "020601", "099741"),
    scope: str = "FutOnly",
) -> str:
    """Weekly rows: the n-th contract (from 1) is long 100 n and short 30 n."""
    lines = [",".join(columns)]
    for report_date in dates:
        for number, code in enumerate(contracts, start=1):
            cells = [
                f'"CONTRACT {code} - CHICAGO BOARD OF TRADE"',
                *("170103", report_date, code, "CBT ", "00", "042 ", "      1000"),
                *(f"{100 * number:>10}", f"{30 * number:>10}", "7", scope),
            ]
            lines.append(",".join(cells))
    return "\n".join(lines) + "\n"


def zipped(text: str, name: str = "FinFutYY.txt") -> bytes:
    """A zip archive of one text file, as the CFTC publishes a year."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, text)
    return buffer.getvalue()
