"""Downloads from whoever sends nonsense, or nothing at all."""

import io
import json
import socket
import zipfile
from pathlib import Path
from typing import Any

import pytest
import requests
from rich.console import Console
from urllib3.util import Retry

from data.errors import DataError
from data.sources.cftc import read_dealer_positions
from data.sources.download import download
from data.sources.fetch import fetch
from tests.sources.fetching import GSW_BODY, GSW_PATH, fetch_gsw
from tests.sources.publisher_server import PublisherServer, Reply


def free_address() -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


def test_who_is_offline_gets_one_line_and_no_folder(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "raw"
    with pytest.raises(DataError) as caught:
        fetch(["gsw"], folder, base_url=free_address(), retry=Retry(total=0))
    assert caught.value.problem.endswith("Connection refused.")
    assert "HTTPConnectionPool" not in caught.value.problem
    assert not folder.exists()


def test_a_folder_of_ones_own_stays(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        fetch(["gsw"], tmp_path, base_url=free_address(), retry=Retry(total=0))
    assert tmp_path.is_dir()
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("length", ["many", "-1", "²"])
def test_a_length_that_is_no_number_is_refused(
    server: PublisherServer, tmp_path: Path, length: str
) -> None:
    server.replies[GSW_PATH] = [Reply(GSW_BODY, length=length)]
    with pytest.raises(DataError, match=r"Content-Length|no number|cannot be reached"):
        fetch_gsw(server, tmp_path)


def test_a_part_that_nobody_asked_for_is_refused(
    server: PublisherServer, tmp_path: Path
) -> None:
    server.replies[GSW_PATH] = [Reply(GSW_BODY, status=206)]
    with pytest.raises(DataError, match="sends a part of the file"):
        fetch_gsw(server, tmp_path)


@pytest.mark.parametrize(
    "noted", ["[]", "3", '{"url": 1, "validator": {}}', "[" * 100_000, "\0"]
)
def test_a_note_of_another_shape_starts_the_download_over(
    server: PublisherServer, tmp_path: Path, noted: str
) -> None:
    part = tmp_path / "gsw" / "feds200628.csv.part"
    part.parent.mkdir()
    part.write_text("half")
    part.with_name(part.name + ".json").write_text(noted)
    server.replies[GSW_PATH] = [Reply(GSW_BODY)]
    assert fetch_gsw(server, tmp_path).read_bytes() == GSW_BODY


@pytest.mark.parametrize(
    "text", ["[]", '{"files": []}', '{"files": {"a": 3}}', "[" * 100_000]
)
def test_a_manifest_of_another_shape_is_refused(
    server: PublisherServer, tmp_path: Path, text: str
) -> None:
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(DataError, match="is not a manifest"):
        fetch_gsw(server, tmp_path)


def test_where_a_file_came_from_is_told_and_recorded(
    server: PublisherServer, tmp_path: Path
) -> None:
    elsewhere = server.base_url.replace("127.0.0.1", "localhost") + "/moved.csv"
    server.replies[GSW_PATH] = [Reply(b"", status=302, location=elsewhere)]
    server.replies["/moved.csv"] = [Reply(GSW_BODY)]
    said = io.StringIO()
    fetch(
        ["gsw"],
        tmp_path,
        base_url=server.base_url,
        retry=Retry(total=0),
        console=Console(file=said, width=200),
    )
    assert f"gsw: feds200628.csv came from {elsewhere}" in said.getvalue()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["files"]["gsw/feds200628.csv"]["url"] == elsewhere


def test_an_archive_that_unpacks_to_more_than_any_year_is_refused(
    tmp_path: Path,
) -> None:
    path = tmp_path / "fut_fin_txt_2017.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("FinFutYY.txt", "w", force_zip64=True) as file,
    ):
        for _ in range(300):
            file.write(bytes(1 << 20))
    with pytest.raises(DataError, match="unpacks to 300 MiB"):
        read_dealer_positions(path)


@pytest.mark.parametrize("elsewhere", ["file:///etc/passwd", "ftp://127.0.0.1/a.csv"])
def test_nobody_is_sent_to_another_kind_of_address(
    server: PublisherServer, tmp_path: Path, elsewhere: str
) -> None:
    server.replies[GSW_PATH] = [Reply(b"", status=302, location=elsewhere)]
    with pytest.raises(DataError, match="gsw: "):
        fetch_gsw(server, tmp_path / "raw")
    assert not (tmp_path / "raw").exists()


def test_nobody_is_sent_from_an_encrypted_address_to_another(
    server: PublisherServer, tmp_path: Path
) -> None:
    class Downgrading(requests.Session):
        """Asks where it is told, in the clear."""

        def get(self, url: str, **options: Any) -> requests.Response:  # type: ignore[override]
            return super().get(url.replace("https://", "http://"), **options)

    server.replies[GSW_PATH] = [Reply(GSW_BODY)]
    address = server.base_url.replace("http://", "https://") + GSW_PATH
    with pytest.raises(DataError, match="which is not encrypted"):
        download(
            Downgrading(), address, tmp_path / "a.csv", Retry(total=0), lambda *_: None
        )
    assert not any(tmp_path.iterdir())
