"""Where the public data come from: addresses, file names and content checks."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from data.sources.cftc import read_dealer_positions
from data.sources.gsw import read_zero_coupon_yields
from data.sources.h15 import read_constant_maturity_yields
from data.sources.primary_dealers import read_net_positions
from data.sources.report_forms import REPORT_FORMS, check_series_breaks

FIRST_YEARLY_TFF = 2017
"""First year that the CFTC publishes apart from the history file of 2006 to 2016."""


@dataclass(frozen=True)
class RemoteFile:
    """One file of a publisher.

    Attributes
    ----------
    name : str
        File name under ``data/raw/<source>/``.
    path : str
        Path and query below the publisher's base address, from the slash on.
    check : callable
        Reads a downloaded file and raises :class:`data.errors.DataError` when it is not
        what the publisher should have sent. The parser itself, so that what was fetched
        can be read.
    may_be_absent : bool
        Whether the publisher may not have the file yet (the current year in January).
    """

    name: str
    path: str
    check: Callable[[Path], object]
    may_be_absent: bool = False


@dataclass(frozen=True)
class Source:
    """One public data source.

    Attributes
    ----------
    name : str
        Name on the command line and of the folder below ``data/raw``.
    title, publisher : str
        For people.
    base_url : str
        Publisher's address; ``fetch(..., base_url=...)`` takes another, a mirror with
        the publisher's paths.
    files : callable
        The files to fetch, given today's date.
    """

    name: str
    title: str
    publisher: str
    base_url: str
    files: Callable[[date], Sequence[RemoteFile]]


def _gsw_files(_: date) -> list[RemoteFile]:
    path = "/data/yield-curve-tables/feds200628.csv"
    return [RemoteFile("feds200628.csv", path, read_zero_coupon_yields)]


def _h15_files(_: date) -> list[RemoteFile]:
    # The Board's own preformatted package of the business-day Treasury constant
    # maturities, 1 month to 30 years; its identifier is part of the public address.
    path = (
        "/datadownload/Output.aspx?rel=H15&series=bf17364827e38702b42a58cf8eaa3f78"
        "&lastobs=&from=&to=&filetype=csv&label=include&layout=seriescolumn&type=package"
    )
    name = "h15_treasury_constant_maturities.csv"
    return [RemoteFile(name, path, read_constant_maturity_yields)]


def _primary_dealer_files(_: date) -> list[RemoteFile]:
    listing = RemoteFile(
        "seriesbreaks.json", "/api/pd/list/seriesbreaks.json", check_series_breaks
    )
    exports = [
        RemoteFile(
            f"{form.label}.csv",
            f"/api/pd/get/{form.label}/timeseries/{'_'.join(form.series)}.csv",
            read_net_positions,
        )
        for form in REPORT_FORMS
    ]
    return [listing, *exports]


def _cftc_files(today: date) -> list[RemoteFile]:
    names = ["fin_fut_txt_2006_2016.zip"]
    names += [f"fut_fin_txt_{y}.zip" for y in range(FIRST_YEARLY_TFF, today.year + 1)]
    return [
        RemoteFile(
            name,
            f"/files/dea/history/{name}",
            read_dealer_positions,
            may_be_absent=name.endswith(f"_{today.year}.zip"),
        )
        for name in names
    ]


SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source(
            "gsw",
            "Zero-coupon yields (Gürkaynak, Sack and Wright)",
            "Federal Reserve Board",
            "https://www.federalreserve.gov",
            _gsw_files,
        ),
        Source(
            "primary-dealers",
            "Primary dealer statistics (FR 2004), net coupon positions",
            "Federal Reserve Bank of New York",
            "https://markets.newyorkfed.org",
            _primary_dealer_files,
        ),
        Source(
            "cftc-tff",
            "Traders in Financial Futures, futures only",
            "Commodity Futures Trading Commission",
            "https://www.cftc.gov",
            _cftc_files,
        ),
        Source(
            "h15",
            "Constant-maturity Treasury yields (H.15)",
            "Federal Reserve Board",
            "https://www.federalreserve.gov",
            _h15_files,
        ),
    )
}
"""The sources by name."""
