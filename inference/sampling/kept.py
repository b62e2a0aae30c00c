"""Imputations that are done, kept beside the trace to be until it is written.

Hundreds of posteriors take minutes or hours. A run that is stopped leaves those that it
finished, and the next one with the same data, model and settings takes them up.
"""

import glob
import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from inference.settings import SamplerSettings
from inference.store import ENGINE, installed_versions, write_groups

DIGITS_OF_A_KEY = 16


class KeptImputations:
    """Groups of each imputation in a file of its own, in a hidden folder.

    Parameters
    ----------
    out : Path
        Trace to be; the folder lies beside it.
    description : mapping
        What is fitted to what: the attributes of the trace, the hash of the data among
        them.
    settings : SamplerSettings
        Of each imputation.
    number : int
        Of imputations.
    """

    def __init__(
        self,
        out: Path,
        description: Mapping[str, Any],
        settings: SamplerSettings,
        number: int,
    ) -> None:
        told = [dict(description), settings.to_dict(), number, installed_versions()]
        text = json.dumps(told, sort_keys=True, default=str)
        key = hashlib.sha256(text.encode()).hexdigest()[:DIGITS_OF_A_KEY]
        self._stem = f".{out.stem}-imputations-"
        self._folder = out.with_name(self._stem + key)

    def read(self, imputation: int) -> dict[str, xr.Dataset] | None:
        """Groups of an imputation; None where it is not done or its file damaged."""
        path = self._path(imputation)
        if not path.is_file():
            return None
        try:
            with xr.open_datatree(path, engine=ENGINE) as stored:
                tree = stored.load()
        except (OSError, ValueError, KeyError, RuntimeError):
            return None
        return {name: group.to_dataset() for name, group in tree.children.items()}

    def write(self, imputation: int, groups: Mapping[str, xr.Dataset]) -> None:
        """Keep an imputation that is done."""
        write_groups(xr.DataTree.from_dict(dict(groups)), self._path(imputation))

    def remove(self) -> None:
        """Forget all of them, also those of other settings for the same trace."""
        for folder in self._folder.parent.glob(f"{glob.escape(self._stem)}*"):
            shutil.rmtree(folder)

    def _path(self, imputation: int) -> Path:
        return self._folder / f"{imputation}.nc"
