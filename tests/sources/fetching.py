"""Fetching from a publisher on this machine, without waiting between retries."""

from datetime import date
from pathlib import Path

from urllib3.util import Retry

from data.sources.fetch import fetch
from tests.sources.publisher_files import gsw_csv
from tests.sources.publisher_server import PublisherServer

GSW_PATH = "/data/yield-curve-tables/feds200628.csv"
GSW_BODY = gsw_csv(200).encode()
TODAY = date(2017, 6, 1)


def fetch_gsw(server: PublisherServer, folder: Path, **options: bool) -> Path:
    return fetch_from(server, ["gsw"], folder, **options)[0]


def fetch_from(
    server: PublisherServer, sources: list[str], folder: Path, **options: bool
) -> list[Path]:
    retry = Retry(total=3, backoff_factor=0, status_forcelist=(503,))
    return fetch(
        sources, folder, base_url=server.base_url, retry=retry, today=TODAY, **options
    )
