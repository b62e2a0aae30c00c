"""A sampled posterior as the report sees it: its trace, its name and its verdict."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import xarray as xr
from arviz_base import xarray_sel_iter

from analysis.description import ModelDescription
from inference.diagnostics import RunDiagnostics


@dataclass(frozen=True, eq=False)
class Fit:
    """One trace with the outcome of its diagnostics; equal to itself only.

    Attributes
    ----------
    name : str
        Stem of the trace file; unique within a report.
    tree : DataTree
        Groups posterior, sample_stats, panel, ...: as written by `inference`.
    diagnostics : DataFrame
        One row a reported parameter.
    run : RunDiagnostics
        Divergences and energy of the run as a whole.
    failures : tuple of str
        What failed, one sentence each; empty when the fit may be used.
    description : ModelDescription
        Names and units of the model.
    """

    name: str
    tree: xr.DataTree
    diagnostics: pd.DataFrame
    run: RunDiagnostics
    failures: tuple[str, ...]
    description: ModelDescription

    @property
    def model(self) -> str:
        """Name of the model, the key of the report's section."""
        return str(self.tree.attrs["model"])

    @property
    def variant(self) -> str:
        """Name of the model's variant."""
        return str(self.tree.attrs["variant"])

    @cached_property
    def posterior(self) -> xr.Dataset:
        """Posterior draws (chain, draw, ...)."""
        return self.group("posterior")

    @cached_property
    def panel(self) -> xr.Dataset:
        """The data that were fitted, as far as they were used."""
        return self.group("panel")

    @property
    def panel_hash(self) -> str:
        """SHA-256 of the panel file."""
        return str(self.tree.attrs["data_sha256"])

    @property
    def is_usable(self) -> bool:
        """Whether every diagnostic passed."""
        return not self.failures

    @property
    def verdict(self) -> str:
        """The word for the diagnostics in tables: "passed" or "FAILED"."""
        return "passed" if self.is_usable else "FAILED"

    @property
    def warning(self) -> str:
        """What stands in captions and on figures of a failed fit; else empty."""
        if self.is_usable:
            return ""
        count = len(self.failures)
        checks = "check" if count == 1 else "checks"
        return f"DIAGNOSTICS FAILED ({self.name}, {count} {checks}): do not use"

    def group(self, name: str) -> xr.Dataset:
        """One group of the trace."""
        return self.tree[name].to_dataset()

    def has(self, group: str) -> bool:
        """Whether the trace holds a group that is written only on request."""
        return group in self.tree.children

    @property
    def has_order_flow(self) -> bool:
        """Whether the variant lets order flow move the factors."""
        return self.posterior.sizes.get("order_flow_term", 0) > 0

    @property
    def span(self) -> str:
        """First and last date of the data and their number, in words."""
        described = self.description
        dates = self.panel[described.date_variable or described.time_dim]
        date = pd.DatetimeIndex(dates.to_numpy())
        ends = f"{date.min():%Y-%m-%d} to {date.max():%Y-%m-%d}"
        return f"{ends}, {len(date)} {described.time_unit}s"

    @property
    def series(self) -> list[tuple[str, dict[str, Any]]]:
        """Words and coordinates of each series that is predicted one step ahead."""
        pit = self.group("one_step_ahead")[["pit"]]
        return [
            (self.description.series_label(selection), selection)
            for _, selection, _ in xarray_sel_iter(
                pit, skip_dims={self.description.time_dim}
            )
        ]
