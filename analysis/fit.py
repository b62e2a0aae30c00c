"""A sampled posterior as the report sees it: its trace, its name and its verdict."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from arviz_base import xarray_sel_iter

from analysis.description import ModelDescription
from data.commands.simulated import SIMULATED
from inference.checks.diagnostics import RunDiagnostics
from inference.checks.predictive_checks import PredictiveCheck, compare_statistics
from inference.checks.verdict import Verdict

PASSED, MISFIT, FAILED = "passed", "DOES NOT FIT", "FAILED"
"""Words for a verdict in tables."""


@dataclass(frozen=True)
class PublishedWords:
    """Words of a caption about published numbers: "{fit.published: beside Table I}".

    They stand where the numbers do.
    """

    are_shown: bool

    def __format__(self, words: str) -> str:
        """The words behind the colon, or none."""
        return words if self.are_shown else ""


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
    judgement : Verdict
        What failed, and what to try.
    description : ModelDescription
        Names and units of the model.
    """

    name: str
    tree: xr.DataTree
    diagnostics: pd.DataFrame
    run: RunDiagnostics
    judgement: Verdict
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
    def predictive_check(self) -> PredictiveCheck:
        """What replicated data of the variant are compared with the data by."""
        return self.description.checks.predictive_check(self.variant)

    @cached_property
    def replicated_statistics(self) -> pd.DataFrame:
        """Statistics of the observed data beside those of posterior replications."""
        return compare_statistics(
            self.tree, self.predictive_check, "posterior_predictive"
        )

    @property
    def panel_hash(self) -> str:
        """SHA-256 of the panel file."""
        return str(self.tree.attrs["data_sha256"])

    @property
    def panel_name(self) -> str:
        """First digits of the hash, which tell panels of one report apart."""
        return self.panel_hash[:8]

    @property
    def simulated(self) -> str:
        """How the data were simulated; empty of others."""
        return str(self.tree.attrs.get(SIMULATED, ""))

    def beside[Frame: (pd.DataFrame, pd.Series)](self, published: Frame) -> Frame:
        """Published numbers to set the fit's beside, or none of them.

        Simulated data are drawn from published numbers: that they are found again is no
        evidence for them.
        """
        return published.iloc[:0] if self.simulated else published

    @property
    def published(self) -> PublishedWords:
        """What a caption says of the numbers of :meth:`beside`."""
        return PublishedWords(not self.simulated)

    @property
    def failures(self) -> tuple[str, ...]:
        """What failed, one sentence each; empty when the fit may be used."""
        return self.judgement.failures

    @property
    def is_usable(self) -> bool:
        """Whether anything may be concluded from the fit."""
        return self.judgement.passed

    @property
    def verdict(self) -> str:
        """The word for it in tables: "passed", "DOES NOT FIT" or "FAILED"."""
        if self.is_usable:
            return PASSED
        return MISFIT if self.judgement.has_sound_draws else FAILED

    @property
    def warning(self) -> str:
        """What stands in captions and on figures of a failed fit; else empty."""
        if self.is_usable:
            return ""
        if self.verdict == MISFIT:
            return f"DOES NOT FIT THE DATA ({self.name}): conclude nothing from it"
        count = len(self.failures)
        checks = "check" if count == 1 else "checks"
        return f"DIAGNOSTICS FAILED ({self.name}, {count} {checks}): do not use"

    def marked(self, frame: pd.DataFrame) -> pd.DataFrame:
        """A frame of the fit's numbers, with variant and verdict in every row."""
        return frame.assign(variant=self.variant, diagnostics=self.verdict)

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
        dates = self.tree[described.dates_path or f"panel/{described.time_dim}"]
        date = pd.DatetimeIndex(dates.to_numpy())
        ends = f"{date.min():%Y-%m-%d} to {date.max():%Y-%m-%d}"
        number_of, copies = len(date), ""
        if described.imputations_path:
            imputation = self.tree[described.imputations_path].to_numpy()
            imputations = len(np.unique(imputation))
            number_of //= imputations
            copies = f" in {imputations} imputations" if imputations > 1 else ""
        return f"{ends}, {number_of:,} {described.time_unit}s{copies}"

    @property
    def series(self) -> list[tuple[str, dict[str, Any]]]:
        """Words and coordinates of each series that is predicted one step ahead."""
        pit = self.group("one_step_ahead")[["pit"]]
        return [
            (self.description.checks.series_label(selection), selection)
            for _, selection, _ in xarray_sel_iter(
                pit, skip_dims={self.description.time_dim}
            )
        ]
