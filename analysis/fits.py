"""A sampled posterior as the report sees it: its trace, its name and its verdict."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import xarray as xr

from inference.diagnostics import RunDiagnostics


@dataclass(frozen=True)
class Fit:
    """One trace with the outcome of its diagnostics.

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
    """

    name: str
    tree: xr.DataTree
    diagnostics: pd.DataFrame
    run: RunDiagnostics
    failures: tuple[str, ...]

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
        """The data that were fitted, weeks as used."""
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
    def weeks(self) -> str:
        """First and last week and their number, in words."""
        week = pd.DatetimeIndex(self.panel["week"].to_numpy())
        return f"{week[0]:%Y-%m-%d} to {week[-1]:%Y-%m-%d}, {len(week)} weeks"
