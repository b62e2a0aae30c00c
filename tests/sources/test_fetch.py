"""Fetching from publishers, played by a local server with faults."""

import io
import json
import socket
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console
from urllib3.util import Retry

from data.errors import DataError
from data.files.atomic import sha256_of
from data.sources.cftc import read_dealer_positions
from data.sources.fetch import fetch
from data.sources.gsw import read_zero_coupon_yields
from data.sources.h15 import read_constant_maturity_yields
from data.sources.primary_dealers import read_net_positions
from data.sources.sources import SOURCES
from tests.sources.fetching import GSW_BODY, GSW_PATH, TODAY, fetch_from, fetch_gsw
from tests.sources.publisher_files import (
    FORM_WEEKS,
    gsw_csv,
    h15_csv,
    primary_dealer_csv,
    primary_dealer_rows,
    series_breaks_json,
    tff_csv,
    zipped,
)
from tests.sources.publisher_server import PublisherServer, Reply

CUT_AT = 70_000
"""Bytes sent before a cut: more than one chunk of the client, less than the file."""


def serve_everything(server: PublisherServer) -> None:
    bodies = {
        "gsw": {"feds200628.csv": GSW_BODY},
        "h15": {"h15_treasury_constant_maturities.csv": h15_csv().encode()},
        "cftc-tff": {
            "fin_fut_txt_2006_2016.zip": zipped(tff_csv(["6/13/2006 12:00:00 AM"])),
            "fut_fin_txt_2017.zip": zipped(tff_csv(["2017-01-03"])),
        },
        "primary-dealers": {
            "seriesbreaks.json": series_breaks_json().encode(),
            **{
                f"{label}.csv": primary_dealer_csv(primary_dealer_rows(label)).encode()
                for label in FORM_WEEKS
            },
        },
    }
    for name, source in SOURCES.items():
        for file in source.files(TODAY):
            server.replies[file.path] = [Reply(bodies[name][file.name])]


def assert_nothing_under_the_final_name(folder: Path) -> None:
    assert not (folder / "gsw" / "feds200628.csv").exists()
    assert not (folder / "manifest.json").exists()


def test_every_source_is_fetched_and_its_parser_reads_the_folder(
    server: PublisherServer, tmp_path: Path
) -> None:
    serve_everything(server)
    fetch_from(server, list(SOURCES), tmp_path)
    assert len(read_zero_coupon_yields(tmp_path / "gsw")) == 200
    assert len(read_constant_maturity_yields(tmp_path / "h15")) == 3
    assert len(read_dealer_positions(tmp_path / "cftc-tff")) == 2
    assert len(read_net_positions(tmp_path / "primary-dealers")) == 10


def test_the_manifest_holds_checksum_size_and_address_of_every_file(
    server: PublisherServer, tmp_path: Path
) -> None:
    serve_everything(server)
    paths = fetch_from(server, list(SOURCES), tmp_path)
    entries = json.loads((tmp_path / "manifest.json").read_text())["files"]
    assert {tmp_path / name for name in entries} == set(paths)
    for name, entry in entries.items():
        assert entry["sha256"] == sha256_of(tmp_path / name)
        assert entry["bytes"] == (tmp_path / name).stat().st_size
        assert entry["url"].startswith(server.base_url)


def test_a_complete_file_is_not_fetched_again(
    server: PublisherServer, tmp_path: Path
) -> None:
    server.replies[GSW_PATH] = [Reply(GSW_BODY)]
    fetch_gsw(server, tmp_path)
    fetch_gsw(server, tmp_path)
    assert len(server.requests) == 1


def test_a_refresh_takes_the_new_version(
    server: PublisherServer, tmp_path: Path
) -> None:
    server.replies[GSW_PATH] = [Reply(GSW_BODY), Reply(gsw_csv(4).encode())]
    fetch_gsw(server, tmp_path)
    path = fetch_gsw(server, tmp_path, refresh=True)
    assert path.read_bytes() == gsw_csv(4).encode()


def test_a_file_that_was_damaged_on_disk_is_fetched_again(
    server: PublisherServer, tmp_path: Path
) -> None:
    server.replies[GSW_PATH] = [Reply(GSW_BODY)]
    path = fetch_gsw(server, tmp_path)
    path.write_bytes(GSW_BODY[:-1] + b"!")
    fetch_gsw(server, tmp_path)
    assert path.read_bytes() == GSW_BODY


def test_a_parser_refuses_a_fetched_file_that_was_damaged_on_disk(
    server: PublisherServer, tmp_path: Path
) -> None:
    server.replies[GSW_PATH] = [Reply(GSW_BODY)]
    path = fetch_gsw(server, tmp_path)
    path.write_bytes(GSW_BODY[: GSW_BODY.rindex(b"\n", 0, -1) + 1])
    with pytest.raises(DataError, match="checksum differs"):
        read_zero_coupon_yields(path)


def test_a_missing_page_is_named_with_source_address_and_remedy(
    server: PublisherServer, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=r"gsw: http.*HTTP 404.*feds200628") as caught:
        fetch_gsw(server, tmp_path)
    assert "data/sources/sources.py" in caught.value.remedy
    assert_nothing_under_the_final_name(tmp_path)


def test_a_year_that_is_not_published_yet_is_left_out(
    server: PublisherServer, tmp_path: Path
) -> None:
    serve_everything(server)
    del server.replies["/files/dea/history/fut_fin_txt_2017.zip"]
    paths = fetch_from(server, ["cftc-tff"], tmp_path)
    assert [path.name for path in paths] == ["fin_fut_txt_2006_2016.zip"]


def test_a_busy_server_is_asked_again(server: PublisherServer, tmp_path: Path) -> None:
    busy = Reply(b"busy", status=503)
    server.replies[GSW_PATH] = [busy, busy, Reply(GSW_BODY)]
    assert fetch_gsw(server, tmp_path).read_bytes() == GSW_BODY


def test_what_stood_before_still_stands_when_the_server_stays_busy(
    server: PublisherServer, tmp_path: Path
) -> None:
    server.replies[GSW_PATH] = [Reply(GSW_BODY), Reply(b"busy", status=503)]
    path = fetch_gsw(server, tmp_path)
    with pytest.raises(DataError, match="cannot be reached"):
        fetch_gsw(server, tmp_path, refresh=True)
    assert path.read_bytes() == GSW_BODY
    assert len(server.requests) == 1 + 4


def test_an_unexpected_status_is_named(server: PublisherServer, tmp_path: Path) -> None:
    server.replies[GSW_PATH] = [Reply(b"forbidden", status=403)]
    with pytest.raises(DataError, match=r"answers HTTP 403.*expected 200"):
        fetch_gsw(server, tmp_path)
    assert_nothing_under_the_final_name(tmp_path)


def test_a_cut_download_goes_on_where_it_stopped(
    server: PublisherServer, tmp_path: Path
) -> None:
    server.replies[GSW_PATH] = [Reply(GSW_BODY, sent_bytes=CUT_AT), Reply(GSW_BODY)]
    assert fetch_gsw(server, tmp_path).read_bytes() == GSW_BODY
    second = server.headers_sent_to(GSW_PATH)[1]
    assert second["If-Range"] == '"one"'
    # At least one whole chunk of the client was kept.
    assert int(second["Range"].removeprefix("bytes=").removesuffix("-")) >= 65_536


def test_a_download_that_stays_cut_never_takes_the_final_name(
    server: PublisherServer, tmp_path: Path
) -> None:
    server.replies[GSW_PATH] = [Reply(GSW_BODY, sent_bytes=100)]
    with pytest.raises(DataError, match="could not be downloaded whole") as caught:
        fetch_gsw(server, tmp_path)
    assert "goes on where it stopped" in caught.value.remedy
    assert len(server.requests) == 4
    assert_nothing_under_the_final_name(tmp_path)


def test_the_next_command_resumes_a_download_that_failed(
    server: PublisherServer, tmp_path: Path
) -> None:
    cut = [Reply(GSW_BODY, sent_bytes=CUT_AT), *[Reply(GSW_BODY, sent_bytes=0)] * 3]
    server.replies[GSW_PATH] = [*cut, Reply(GSW_BODY)]
    with pytest.raises(DataError, match="could not be downloaded whole"):
        fetch_gsw(server, tmp_path)
    assert fetch_gsw(server, tmp_path).read_bytes() == GSW_BODY
    assert "Range" in server.headers_sent_to(GSW_PATH)[-1]


@pytest.mark.parametrize("checks_version", [True, False])
def test_two_versions_are_never_spliced(
    server: PublisherServer, tmp_path: Path, checks_version: bool
) -> None:
    changed = GSW_BODY.replace(b"4.0", b"5.0")
    server.replies[GSW_PATH] = [
        Reply(GSW_BODY, sent_bytes=CUT_AT),
        Reply(changed, etag='"two"', checks_version=checks_version),
    ]
    assert fetch_gsw(server, tmp_path).read_bytes() == changed


@pytest.mark.parametrize("etag", ["", 'W/"weak"'])
def test_a_download_without_a_strong_version_starts_over(
    server: PublisherServer, tmp_path: Path, etag: str
) -> None:
    server.replies[GSW_PATH] = [
        Reply(GSW_BODY, etag=etag, sent_bytes=CUT_AT),
        Reply(GSW_BODY, etag=etag),
    ]
    assert fetch_gsw(server, tmp_path).read_bytes() == GSW_BODY
    assert "Range" not in server.headers_sent_to(GSW_PATH)[1]


def test_a_range_that_ends_early_is_not_taken_for_the_rest(
    server: PublisherServer, tmp_path: Path
) -> None:
    server.replies[GSW_PATH] = [
        Reply(GSW_BODY, sent_bytes=CUT_AT),
        Reply(GSW_BODY, longest_range=10_000),
        Reply(GSW_BODY),
    ]
    assert fetch_gsw(server, tmp_path).read_bytes() == GSW_BODY


def test_a_partial_file_longer_than_the_file_is_thrown_away(
    server: PublisherServer, tmp_path: Path
) -> None:
    part = tmp_path / "gsw" / "feds200628.csv.part"
    part.parent.mkdir()
    part.write_bytes(GSW_BODY + b"more")
    known = {"url": server.base_url + GSW_PATH, "validator": '"one"'}
    part.with_name(part.name + ".json").write_text(json.dumps(known))
    server.replies[GSW_PATH] = [Reply(GSW_BODY)]
    assert fetch_gsw(server, tmp_path).read_bytes() == GSW_BODY


def test_a_cut_chunked_body_is_noticed(server: PublisherServer, tmp_path: Path) -> None:
    server.replies[GSW_PATH] = [
        Reply(GSW_BODY, framing="chunked", sent_bytes=CUT_AT),
        Reply(GSW_BODY, framing="chunked"),
    ]
    assert fetch_gsw(server, tmp_path).read_bytes() == GSW_BODY
    assert len(server.requests) == 2


def test_a_body_of_unknown_end_is_refused(
    server: PublisherServer, tmp_path: Path
) -> None:
    server.replies[GSW_PATH] = [Reply(GSW_BODY, framing="none")]
    with pytest.raises(DataError, match="could not be told from a whole one"):
        fetch_gsw(server, tmp_path)
    assert_nothing_under_the_final_name(tmp_path)


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<!DOCTYPE html><html><body>Sorry</body></html>", "is a web page"),
        (b"", "is empty"),
        (b"nothing of the kind\n", "has no header line that starts with date"),
        (GSW_BODY.replace(b"SVENY10", b"ZEROY10"), "lacks the column SVENY10"),
        (GSW_BODY.replace(b"Date,", b"Day,"), "has no header line"),
        (GSW_BODY.replace(b"\n2020", b"\n2O20"), "is not a date"),
    ],
)
def test_content_of_another_kind_is_refused_and_not_kept(
    server: PublisherServer, tmp_path: Path, body: bytes, problem: str
) -> None:
    server.replies[GSW_PATH] = [Reply(body)]
    with pytest.raises(DataError, match=problem) as caught:
        fetch_gsw(server, tmp_path)
    assert server.base_url + GSW_PATH in caught.value.problem
    assert_nothing_under_the_final_name(tmp_path)
    assert not (tmp_path / "gsw").exists()


def test_an_unknown_source_is_named_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'gws'") as caught:
        fetch(["gsw", "gws"], tmp_path)
    assert "primary-dealers" in caught.value.remedy


def test_an_address_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    retry = Retry(total=1, backoff_factor=0)
    with pytest.raises(DataError, match=r"gsw: http.*cannot be reached"):
        fetch(["gsw"], tmp_path, base_url=address, retry=retry)


def test_progress_is_shown_on_the_console(
    server: PublisherServer, tmp_path: Path
) -> None:
    server.replies[GSW_PATH] = [Reply(GSW_BODY)]
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=120)
    fetch(["gsw"], tmp_path, base_url=server.base_url, console=console)
    assert "gsw/feds200628.csv" in shown.getvalue()


def test_the_publishers_addresses_are_secure_and_ask_for_every_series() -> None:
    assert all(source.base_url.startswith("https://") for source in SOURCES.values())
    paths = {file.name: file.path for file in SOURCES["primary-dealers"].files(TODAY)}
    assert paths["SBN2022.csv"] == (
        "/api/pd/get/SBN2022/timeseries/PDPOSGSC-L2_PDPOSGSC-G2L3_PDPOSGSC-G3L6_"
        "PDPOSGSC-G6L7_PDPOSGSC-G7L11_PDPOSGSC-G11L21_PDPOSGSC-G21.csv"
    )


def test_the_yearly_futures_files_run_to_the_current_year() -> None:
    names = [file.name for file in SOURCES["cftc-tff"].files(date(2019, 1, 2))]
    assert names == [
        "fin_fut_txt_2006_2016.zip",
        *(f"fut_fin_txt_{year}.zip" for year in (2017, 2018, 2019)),
    ]
