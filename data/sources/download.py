"""Download one file over HTTP, with retries, resumption and proof of completeness.

`pooch` retries and compares checksums that are known beforehand; it does not resume,
and publishers that revise their files have no checksum to know.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError
from urllib3.util import Retry

from data.errors import DataError

DEFAULT_RETRY = Retry(
    total=6,
    connect=2,
    backoff_factor=1.0,
    backoff_max=60.0,
    status_forcelist=(429, 500, 502, 503, 504),
    allowed_methods=("GET",),
    retry_after_max=120,
)
"""Six retries at most, after 0, 2, 4, 8, 16 and 32 seconds, or when the server says.
Two where there is no connection: who is offline learns it in seconds."""

TIMEOUT_SECONDS = (15.0, 60.0)
"""Longest wait for a connection and for the next bytes."""

CHUNK_BYTES = 1 << 16

LARGEST_BYTES = 1 << 30
"""Of a download; the largest of these publishers is a hundredth of it."""

# A publisher can tell this client from others and say so when it asks too much.
_HEADERS = {
    "User-Agent": "treasury-liquidity-workbench (python-requests)",
    # A compressed transfer has no byte ranges of the file itself to resume by.
    "Accept-Encoding": "identity",
}
_REMEDY = "Check the network and run the command again: it goes on where it stopped."


class AbsentError(Exception):
    """The server says that there is no such file.

    Attributes
    ----------
    status : int
        HTTP status, 404 or 410.
    """

    def __init__(self, status: int) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status


class Downloaded(NamedTuple):
    """A file that came whole.

    Attributes
    ----------
    part : Path
        Where it lies.
    url : str
        Where it came from, after all redirects.
    """

    part: Path
    url: str


def open_session(retry: Retry) -> requests.Session:
    """HTTP session that retries failed connections and the listed statuses."""
    session = requests.Session()
    session.headers.update(_HEADERS)
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def download(
    session: requests.Session,
    url: str,
    target: Path,
    retry: Retry,
    report: Callable[[int, int | None], object],
) -> Downloaded:
    """Download ``url`` to ``target`` with ``.part`` appended.

    The bytes of a cut download are kept, with the validator (strong ETag or date of
    change) of the version they came from in a file beside them. The next attempt asks
    for the rest on the condition that the version is still that one; otherwise the
    server sends the whole file and the download starts over.

    Parameters
    ----------
    session : requests.Session
        From :func:`open_session`.
    url : str
        Address.
    target : Path
        Final name, which is not touched.
    retry : Retry
        Bounds the attempts to complete a cut body.
    report : callable
        Told bytes so far and bytes in all (None when unknown).

    Raises
    ------
    DataError
        When the file cannot be had whole.
    AbsentError
        When the server answers 404 or 410.
    """
    part = target.with_name(target.name + ".part")
    while True:
        try:
            source = _attempt(session, url, part, report)
        except _CutError as error:
            retry = _next_attempt(retry, url, error)
        except (requests.RequestException, HTTPError, UnicodeError) as error:
            raise DataError(
                f"{url} cannot be reached: {_reason(error)}.", _REMEDY
            ) from error
        else:
            _validator_file(part).unlink(missing_ok=True)
            return Downloaded(part, source)


def _reason(error: Exception) -> str:
    """What was wrong at last, without the objects that it passed through."""
    reason = error.args[0] if error.args else error
    reason = getattr(reason, "reason", reason)
    return str(reason).rpartition(">: ")[2].rpartition("): ")[2].rstrip(".")


class _CutError(Exception):
    """The connection ended before the body did."""


def _next_attempt(retry: Retry, url: str, error: _CutError) -> Retry:
    """Wait before the next attempt, or give up when there have been enough."""
    try:
        retry = retry.increment("GET", url, error=ProtocolError(str(error)))
    except (MaxRetryError, ProtocolError):
        raise DataError(
            f"{url} could not be downloaded whole: {error}.", _REMEDY
        ) from error
    retry.sleep()
    return retry


def _attempt(
    session: requests.Session,
    url: str,
    part: Path,
    report: Callable[[int, int | None], object],
) -> str:
    """Make one request, for the rest of ``part`` where it can be resumed."""
    headers = _resume_headers(part, url)
    with session.get(
        url, headers=headers, stream=True, timeout=TIMEOUT_SECONDS
    ) as response:
        _check_status(response, part, url)
        _check_scheme(response, url)
        start = _start_of_body(response, part, headers)
        if start == 0:
            _start_part(part, url, response)
        expected = _expected_bytes(response, url)
        _write_body(response, part, start, expected, report)
    if expected is not None and part.stat().st_size != expected:
        raise _CutError(f"{part.stat().st_size} of {expected} bytes came")
    return str(response.url)


def _check_scheme(response: requests.Response, url: str) -> None:
    """Refuse to be sent from an encrypted address to one that is not."""
    asked, came = urlsplit(url).scheme, urlsplit(response.url).scheme
    if asked == "https" and came != "https":
        raise DataError(
            f"{url} sends on to {response.url}, which is not encrypted",
            "Open the address in a browser; if the publisher has moved the file, "
            "correct data/sources/sources.py.",
        )


def _check_status(response: requests.Response, part: Path, url: str) -> None:
    status = response.status_code
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise AbsentError(status)
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        part.unlink(missing_ok=True)
        raise _CutError("the partial file is longer than the file; starting over")
    if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        raise DataError(
            f"{url} answers HTTP {status} {response.reason}; expected 200.",
            "Open the address in a browser; if the publisher has moved the file, "
            "correct data/sources/sources.py, or name a mirror with a base address.",
        )


def _resume_headers(part: Path, url: str) -> dict[str, str]:
    """Range and If-Range for what is there, or nothing where no version is known."""
    try:
        known = json.loads(_validator_file(part).read_text(encoding="utf-8"))
        size = part.stat().st_size
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(known, dict) or not isinstance(known.get("validator"), str):
        return {}
    if size == 0 or known.get("url") != url or not known["validator"]:
        return {}
    return {"Range": f"bytes={size}-", "If-Range": known["validator"]}


def _start_of_body(
    response: requests.Response, part: Path, headers: dict[str, str]
) -> int:
    """Offset at which the body belongs: the end of ``part``, or 0 for a whole file."""
    if response.status_code == HTTPStatus.OK:
        return 0
    if not headers:
        raise DataError(
            f"{response.url} sends a part of the file where the whole is asked for.",
            "Download the file with a browser and put it into the raw data folder.",
        )
    size = part.stat().st_size
    follows = response.headers.get("Content-Range", "").startswith(f"bytes {size}-")
    # A server that overlooks If-Range betrays itself by the version it names.
    if not follows or _validator(response) not in {"", headers["If-Range"]}:
        part.unlink()
        raise _CutError("the server sent another range or version; starting over")
    return size


def _start_part(part: Path, url: str, response: requests.Response) -> None:
    """Note the version of the file that follows, once nothing of another is left."""
    part.parent.mkdir(parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    _validator_file(part).write_text(
        json.dumps({"url": url, "validator": _validator(response)}), encoding="utf-8"
    )


def _validator(response: requests.Response) -> str:
    """Name of the version sent: strong ETag, else date of change, else nothing."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return ""
    etag = response.headers.get("ETag", "")
    # A weak ETag may stand for other bytes, so nothing may be spliced by it.
    if etag and not etag.startswith("W/"):
        return etag
    return response.headers.get("Last-Modified", "")


def _validator_file(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _expected_bytes(response: requests.Response, url: str) -> int | None:
    """Size of the whole file; None where the transfer itself marks its end.

    Raises
    ------
    DataError
        When nothing would tell a cut body from a whole one.
    """
    total = response.headers.get("Content-Range", "").rpartition("/")[2]
    if total.isdigit():
        return int(total)
    if response.headers.get("Transfer-Encoding", "").lower() == "chunked":
        return None
    length = response.headers.get("Content-Length")
    if length is None:
        raise DataError(
            f"{url} sends neither Content-Length nor a chunked body, so a cut download "
            "could not be told from a whole one.",
            "Download the file with a browser and put it into the raw data folder.",
        )
    if response.headers.get("Content-Encoding", "identity") != "identity":
        # urllib3 compares the compressed length itself and raises when bytes lack.
        return None
    if not length.isdecimal():
        raise DataError(
            f"{url} says that the file has {length!r} bytes, which is no number.",
            "Download the file with a browser and put it into the raw data folder.",
        )
    return int(length)


def _write_body(
    response: requests.Response,
    part: Path,
    start: int,
    expected: int | None,
    report: Callable[[int, int | None], object],
) -> None:
    done = start
    report(done, expected)
    try:
        with part.open("ab" if start else "wb") as file:
            for chunk in response.iter_content(CHUNK_BYTES):
                file.write(chunk)
                done += len(chunk)
                if done > LARGEST_BYTES:
                    raise DataError(
                        f"{response.url} sends more than {LARGEST_BYTES >> 20} MiB.",
                        "Open the address in a browser to see what it serves now.",
                    )
                report(done, expected)
    except requests.RequestException as error:
        raise _CutError(f"the connection was cut after {done} bytes") from error
