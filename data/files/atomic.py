"""Write a file, or several that belong together, completely or not at all."""

import hashlib
import os
import platform
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from data.errors import DataError

OLD_SECONDS = 24 * 3600.0
"""Age from which a temporary file of another machine counts as left behind."""

UNFINISHED = "unfinished"
"""Stem of the hidden folders of `publishing`."""

_MIB = 2**20


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path that takes the name ``path`` when the block succeeds.

    The temporary file lies in the same folder, so the rename is atomic: whoever reads
    ``path`` sees the old content or the new, never a part. When the block raises, what
    stood at ``path`` still stands. What a killed process left of an attempt to write
    the same file is removed.

    Parameters
    ----------
    path : Path
        Final name. Its folder is created where missing.

    Yields
    ------
    Path
        Name to write to, with the suffix of ``path``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(path)
    handle, name = tempfile.mkstemp(
        prefix=f".{path.stem}-{_machine()}-{os.getpid()}-",
        suffix=path.suffix,
        dir=path.parent,
    )
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        # mkstemp makes the file private; the result gets the permissions that an
        # ordinary open() would have given it.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def publishing(folder: Path, last: str) -> Iterator[Path]:
    """Yield a temporary folder whose files take their places when the block succeeds.

    Files of several kinds that belong together are so of one run, but for the moment
    of the renaming. What a killed process left of an attempt is removed.

    Parameters
    ----------
    folder : Path
        Where the files belong, at the same place below it. Created where missing;
        what else lies there stays.
    last : str
        Name of the file that is renamed after all others.

    Yields
    ------
    Path
        Folder to write to, inside ``folder``.
    """
    is_new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(folder / UNFINISHED)
    prefix = f".{UNFINISHED}-{_machine()}-{os.getpid()}-"
    staging = Path(tempfile.mkdtemp(prefix=prefix, dir=folder))
    try:
        yield staging
        made = sorted(path for path in staging.rglob("*") if path.is_file())
        for path in sorted(made, key=lambda each: each.name == last):
            place = folder / path.relative_to(staging)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if is_new and not any(folder.iterdir()):
            folder.rmdir()


def require_place(path: Path, num_bytes: int = _MIB) -> None:
    """Try whether a file can be written before the work that it is to hold.

    Parameters
    ----------
    path : Path
        Of the file to be. Folders that it lacks are not made.
    num_bytes : int
        What the file is expected to take.

    Raises
    ------
    DataError
        A folder stands there, a part of the path is a file, the folder may not be
        written to, or too little space is left.
    """
    if path.is_dir():
        raise DataError(f"{path} is a folder", "name a file to write.")
    folder = path.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise DataError(
            f"{path} cannot be written: {folder} is a file, not a folder",
            "choose another place to write to.",
        )
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".place-"):
            left = shutil.disk_usage(folder).free
    except OSError as error:
        raise DataError(
            f"{path} cannot be written: {error.strerror} ({folder})",
            "choose a folder that you may write to.",
        ) from error
    if left < num_bytes:
        raise DataError(
            f"{path} takes about {num_bytes / _MIB:,.0f} MiB, and {left / _MIB:,.0f} "
            f"MiB are left in {folder}",
            "make room there, or choose another place to write to.",
        )


def _remove_leftovers(path: Path) -> None:
    """Remove temporary files of the same name whose writer is gone."""
    start = f".{path.stem}-"
    for other in path.parent.iterdir():
        if not other.name.startswith(start) or other.suffix != path.suffix:
            continue
        machine, _, rest = other.name.removeprefix(start).partition("-")
        process, _, random = rest.partition("-")
        if not process.isdigit() or not random or "-" in random:
            # Of another file, whose name begins alike.
            continue
        is_ours = machine == _machine()
        if (is_ours and not _is_running(int(process))) or _is_old(other):
            if other.is_dir():
                shutil.rmtree(other, ignore_errors=True)
            else:
                other.unlink(missing_ok=True)


def _machine() -> str:
    """Short name of this machine, where several write to one folder."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime > OLD_SECONDS
    except OSError:
        return False


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
