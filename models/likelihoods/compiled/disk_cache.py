"""Find a place for what is compiled, and throw damaged entries of it away.

Imported before PyTensor, which makes its folder when it is imported and fails where it
cannot: with a home that is read-only, even for a command that compiles nothing. What
numba finds on disk it unpickles unseen: an entry that a full disk or a copy cut short
would fail every later run.
"""

import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

from numba.core.caching import IndexDataCacheFile

FLAGS = "PYTENSOR_FLAGS"

PLACE = "base_compiledir"
"""Flag of PyTensor that names the folder."""


def find_place() -> None:
    """Let PyTensor compile into a temporary folder where its own cannot be written.

    A place that the user chose, by flags or by PyTensor's file of settings, stays.
    """
    flags = os.environ.get(FLAGS, "")
    settings = Path(os.environ.get("PYTENSORRC", "~/.pytensorrc"))
    try:
        home = Path.home()
        is_chosen = PLACE in flags or settings.expanduser().exists()
    except (OSError, RuntimeError):
        return
    refusal = None if is_chosen or os.name == "nt" else _refusal(home / ".pytensor")
    if refusal is None:
        return
    place = _temporary_place()
    os.environ[FLAGS] = ",".join(filter(None, (flags, f"{PLACE}={place}")))
    print(
        f"Note: {refusal}: what is compiled is kept in {place}. Choose another place "
        f"with {FLAGS}={PLACE}=FOLDER.",
        file=sys.stderr,
    )


def _refusal(folder: Path) -> str | None:
    """Why a folder cannot be written to; None where it can."""
    try:
        folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return f"{folder} cannot be written ({error.strerror})"


def _temporary_place() -> Path:
    """Folder of this user alone, the same for later runs.

    What lies there is run: a folder that somebody else could have filled is not taken.
    """
    shared = Path(tempfile.gettempdir()) / f"pytensor-{os.getuid()}"
    try:
        shared.mkdir(mode=0o700, exist_ok=True)
        found = shared.lstat()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="pytensor-"))
    is_ours = found.st_uid == os.getuid() and stat.S_ISDIR(found.st_mode)
    if is_ours and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return shared
    return Path(tempfile.mkdtemp(prefix="pytensor-"))


def pass_over_damage() -> None:
    """Let numba compile again what it cannot read of its files."""
    load_index, load = IndexDataCacheFile._load_index, IndexDataCacheFile.load

    def index_or_none(self: Any) -> Any:
        try:
            return load_index(self)
        except Exception:
            return {}

    def entry_or_none(self: Any, key: Any) -> Any:
        try:
            return load(self, key)
        except Exception:
            return None

    IndexDataCacheFile._load_index = index_or_none
    IndexDataCacheFile.load = entry_or_none


find_place()
pass_over_damage()
