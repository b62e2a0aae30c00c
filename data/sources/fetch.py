"""Fetch the public data from their publishers' own addresses."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from requests import Session
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from urllib3.util import Retry

from data.errors import DataError
from data.files.manifest import is_recorded, record
from data.sources.download import (
    DEFAULT_RETRY,
    AbsentError,
    Downloaded,
    download,
    open_session,
)
from data.sources.sources import SOURCES, RemoteFile, Source


def fetch(
    sources: Sequence[str],
    destination: Path,
    *,
    base_url: str | None = None,
    refresh: bool = False,
    retry: Retry = DEFAULT_RETRY,
    today: date | None = None,
    console: Console | None = None,
) -> list[Path]:
    """Fetch sources to ``destination/<source>/<file>``, each file whole or not at all.

    A file already there with the checksum of ``destination/manifest.json`` is kept. A
    download that was cut goes on where it stopped when the publisher's file is still
    the same. A file takes its name only when all its bytes have come and its parser
    accepts them; until then what stood under the name still stands.

    Parameters
    ----------
    sources : sequence of str
        Names from :data:`data.sources.sources.SOURCES`.
    destination : Path
        Folder of raw data, such as ``data/raw``; made where missing.
    base_url : str, optional
        Address of a mirror that serves the publishers' paths, in place of theirs.
    refresh : bool
        Fetch again what is already there.
    retry : urllib3.util.Retry
        How often, and after what waits, a failed request is made again.
    today : date, optional
        Decides which yearly files there are; the current UTC date by default.
    console : rich.console.Console, optional
        Where progress is shown; nowhere by default.

    Returns
    -------
    list of Path
        The files, fetched now or before, in the order of ``sources``.

    Raises
    ------
    DataError
        An unknown source, an address that cannot be reached or answers with an error, a
        download that stays cut, or content that is not what the source should hold:
        named with source, address, what was expected and what to do.
    """
    console = console or Console(quiet=True)
    day = today or datetime.now(UTC).date()
    plan = [(source, file) for source in _lookup(sources) for file in source.files(day)]
    paths = []
    with open_session(retry) as session, _progress(console) as progress:
        run = _Run(session, destination, base_url, refresh, retry, progress)
        for source, file in plan:
            with _leaving_no_empty_folder(destination, source):
                path = run.fetch_file(source, file)
            if path is None:
                console.print(f"{source.name}: {file.name} is not published yet")
            else:
                paths.append(path)
    return paths


@dataclass(frozen=True)
class _Run:
    """What all downloads of one call share."""

    session: Session
    destination: Path
    base_url: str | None
    refresh: bool
    retry: Retry
    progress: Progress

    def fetch_file(self, source: Source, file: RemoteFile) -> Path | None:
        """Fetch one file where needed; None where it may be absent and is."""
        target = self.destination / source.name / file.name
        if not self.refresh and is_recorded(self.destination, target):
            return target
        url = (self.base_url or source.base_url).rstrip("/") + file.path
        try:
            part, came_from = self._download(f"{source.name}/{file.name}", url, target)
            _check(part, source, file, url)
        except AbsentError as absent:
            if file.may_be_absent:
                return None
            raise DataError(
                f"{source.name}: {url} does not exist at {source.publisher} (HTTP "
                f"{absent.status}); expected {file.name}.",
                "Check the address in data/sources/sources.py against that site.",
            ) from absent
        except DataError as error:
            raise DataError(f"{source.name}: {error.problem}", error.remedy) from error
        part.replace(target)
        record(self.destination, target, source=source.name, url=came_from)
        if urlsplit(came_from).netloc != urlsplit(url).netloc:
            self.progress.console.print(
                f"{source.name}: {file.name} came from {came_from}", markup=False
            )
        return target

    def _download(self, label: str, url: str, target: Path) -> Downloaded:
        task = self.progress.add_task(label, total=None)

        def report(done: int, total: int | None) -> None:
            self.progress.update(task, completed=done, total=total)

        return download(self.session, url, target, self.retry, report)


@contextmanager
def _leaving_no_empty_folder(destination: Path, source: Source) -> Iterator[None]:
    """Remove again, where nothing came, the folders that were made for it."""
    folders = [destination / source.name, destination]
    made = [folder for folder in folders if not folder.exists()]
    try:
        yield
    finally:
        for folder in made:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _lookup(names: Sequence[str]) -> list[Source]:
    unknown = [name for name in names if name not in SOURCES]
    if unknown or not names:
        raise DataError(
            f"Unknown source {unknown[0]!r}." if unknown else "No source is named.",
            f"Name some of {', '.join(SOURCES)}.",
        )
    return [SOURCES[name] for name in dict.fromkeys(names)]


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=console.quiet,
    )


def _check(part: Path, source: Source, file: RemoteFile, url: str) -> None:
    """Refuse, and remove, a whole download that is not the expected file."""
    try:
        file.check(part)
    except DataError as error:
        part.unlink()
        raise DataError(
            f"{url} did not send {file.name} ({source.title}) as expected: "
            f"{error.problem}",
            "Open the address in a browser to see what it serves now; nothing was "
            "kept. If the publisher has changed the layout, the parser must follow.",
        ) from error
