"""Versions of form FR 2004, the weekly report of the primary dealers."""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data.errors import DataError
from data.files.raw_files import read_text


@dataclass(frozen=True)
class ReportForm:
    """One version of form FR 2004 and the series that make up the four buckets.

    Attributes
    ----------
    label : str
        The New York Fed's name of the series break.
    first_date, last_date : Timestamp
        As-of dates that the form covers, both included.
    bucket_series : dict of int to tuple of str
        Bucket (2, 5, 10, 20: at most 3, 3 to 6, 6 to 11, over 11 years to maturity) to
        the key ids whose sum it is.
    """

    label: str
    first_date: pd.Timestamp
    last_date: pd.Timestamp
    bucket_series: dict[int, tuple[str, ...]]

    @property
    def series(self) -> tuple[str, ...]:
        """All key ids of the form, shortest maturity first."""
        return tuple(key for keys in self.bucket_series.values() for key in keys)


_BEFORE_2013: dict[int, tuple[str, ...]] = {
    2: ("PDPUSGCS3LNOP",),
    5: ("PDPUSGCS36NOP",),
    10: ("PDPUSGCS611NOP",),
    20: ("PDPUSGCSM11NOP",),
}
_FROM_2013: dict[int, tuple[str, ...]] = {
    2: ("PDPOSGSC-L2", "PDPOSGSC-G2L3"),
    5: ("PDPOSGSC-G3L6",),
    10: ("PDPOSGSC-G6L7", "PDPOSGSC-G7L11"),
    20: ("PDPOSGSC-G11",),
}
_FROM_2022 = _FROM_2013 | {20: ("PDPOSGSC-G11L21", "PDPOSGSC-G21")}


def _form(
    label: str, first: str, last: str, series: dict[int, tuple[str, ...]]
) -> ReportForm:
    return ReportForm(label, pd.Timestamp(first), pd.Timestamp(last), series)


REPORT_FORMS = (
    _form("SBP2013", "2001-07-01", "2013-03-31", _BEFORE_2013),
    _form("SBN2013", "2013-04-01", "2014-12-31", _FROM_2013),
    _form("SBN2015", "2015-01-01", "2022-01-04", _FROM_2013),
    _form("SBN2022", "2022-01-05", "2024-07-02", _FROM_2022),
    _form("SBN2024", "2024-07-03", "2099-12-31", _FROM_2022),
)
"""Versions of the form that split coupon securities by maturity into these buckets.

The version before July 2001 (SBP2001) splits at five years only and cannot be joined.
In January 2022 the bucket over 11 years was split at 21; its sum is the old bucket. The
maturity limits of the sums are the same throughout, but what the form covers changed at
the breaks (in 2015, floating-rate notes were set apart), so a change of inventory
across one is not a trade.
"""


def check_series_breaks(path: Path) -> None:
    """Compare the New York Fed's list of series breaks with :data:`REPORT_FORMS`.

    Raises
    ------
    DataError
        When the file is no such list, or dates a known form otherwise.

    Warns
    -----
    UserWarning
        When the list has a form that starts after the last known one.
    """
    try:
        listed = {
            entry["seriesbreak"]: pd.Timestamp(entry["startdate"])
            for entry in json.loads(read_text(path))["pd"]["seriesbreaks"]
        }
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{path} is no list of series breaks: {error!r}.",
            "Fetch it again with `python -m data fetch primary-dealers`.",
        ) from error
    for form in REPORT_FORMS:
        start = listed.pop(form.label, form.first_date)
        # As-of dates are Wednesdays, so a start moved within one week changes nothing.
        if abs(start - form.first_date) >= pd.Timedelta(days=6):
            raise DataError(
                f"{path} starts {form.label} on {start:%Y-%m-%d}, known here from "
                f"{form.first_date:%Y-%m-%d}.",
                "Correct REPORT_FORMS in data/sources/primary_dealers.py.",
            )
    for label, start in listed.items():
        if start > REPORT_FORMS[-1].first_date:
            warnings.warn(
                f"The New York Fed lists a report form {label} from {start:%Y-%m-%d} "
                "that is not known here: positions end before it.",
                stacklevel=2,
            )
