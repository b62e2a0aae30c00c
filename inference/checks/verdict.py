"""Whether a trace may be concluded from: one judge for every door of the house.

Four questions in turn: are the draws there, did the chains converge, did they see every
mode of the posterior, and do the data contradict the model. A sampler that works on a
model that does not fit gives exact numbers about nothing.
"""

import warnings
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr

from inference.checks.diagnostics import (
    RunDiagnostics,
    diagnose,
    diagnose_run,
    failures,
)
from inference.checks.fit_to_data import FamilyChecks, check_data
from inference.checks.mode_checks import check_modes
from inference.sampling import SAMPLE_DIMS
from inference.sampling.imputation import num_imputations
from inference.sampling.incidental import (
    INCIDENTAL_DIMS,
    INCIDENTAL_R_HAT,
    LARGEST_INCIDENTAL_R_HAT,
    largest_incidental_r_hat,
)

PASSED = "passed"
FAILED = "failed"


DOES_NOT_FIT = "does not fit"
"""How a failure of the data begins."""

REMEDIES = {
    "draws": "Fit again: the trace is not whole, or holds numbers that are none.",
    "sampler": (
        "Fit again with more --tune and --draws, or a --target-accept closer to 1."
    ),
    "modes": (
        "Take a variant or priors under which the data decide between the modes; until "
        "then conclude nothing that differs between them."
    ),
}
"""Part of a verdict that fails -> what to try; of the data the family knows."""

GROUPS_OF_DRAWS = (
    "posterior",
    "sample_stats",
    "log_likelihood",
    "log_prior",
    "posterior_predictive",
)
"""Groups that hold numbers of every draw, none of which may be missing."""

LISTED_FAILURES = 3
"""Of each part in a summary."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a trace fails, by what was looked at.

    Parameters
    ----------
    draws : tuple of str
        Whether all draws that were asked for are there, and are numbers; one sentence
        a failure, as in the next two.
    sampler : tuple of str
        Whether the chains converged: `inference.checks.diagnostics.failures`.
    modes : tuple of str
        Whether they saw every mode: `inference.checks.mode_checks.check_modes`.
    data : tuple of str
        Whether the data contradict the model, one clause an aspect of them:
        `inference.checks.fit_to_data.check_data`.
    notes : tuple of str
        What is off and fails nothing.
    data_remedy : str
        Which variant or option to try where the model does not fit.
    looks_at_data : bool
        Whether anything was held against the data.
    """

    draws: tuple[str, ...] = ()
    sampler: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    data_remedy: str = ""
    looks_at_data: bool = True

    @property
    def failures(self) -> tuple[str, ...]:
        """All of them, one sentence each."""
        misfits = tuple(f"{DOES_NOT_FIT}: {clause}" for clause in self.data)
        return self.failures_of_the_draws + misfits

    @property
    def failures_of_the_draws(self) -> tuple[str, ...]:
        """Those that say that the draws are not the model's posterior."""
        return self.draws + self.sampler + self.modes

    @property
    def passed(self) -> bool:
        """Whether the trace may be concluded from."""
        return not self.failures

    @property
    def has_sound_draws(self) -> bool:
        """Whether the draws are those of the model's posterior, right or wrong."""
        return not self.failures_of_the_draws

    @property
    def word(self) -> str:
        """`PASSED` or `FAILED`."""
        return PASSED if self.passed else FAILED

    @property
    def summary(self) -> str:
        """All parts in one line: "draws ok, sampler ok, modes ok, fits the data"."""
        words = [_part_words(*part) for part in self._parts_of_the_draws().items()]
        of_data = "fits the data" if self.looks_at_data else "data not looked at"
        if self.data:
            of_data = f"{DOES_NOT_FIT}: {'; '.join(self.data)}"
        return ", ".join([*words, of_data])

    @property
    def remedies(self) -> tuple[str, ...]:
        """What to try, a sentence for each part that fails."""
        failed = [name for name, found in self._parts_of_the_draws().items() if found]
        of_data = (self.data_remedy,) if self.data_remedy else ()
        return (*(REMEDIES[name] for name in failed), *of_data)

    def _parts_of_the_draws(self) -> dict[str, tuple[str, ...]]:
        return {"draws": self.draws, "sampler": self.sampler, "modes": self.modes}


def _part_words(name: str, failures: tuple[str, ...]) -> str:
    if not failures:
        return f"{name} ok"
    more = len(failures) - LISTED_FAILURES
    others = f"; and {more} more" if more > 0 else ""
    return f"{name} FAILED ({'; '.join(failures[:LISTED_FAILURES])}{others})"


class Check(NamedTuple):
    """A verdict with the numbers that it rests on.

    Attributes
    ----------
    parameters : DataFrame
        Result of `inference.checks.diagnostics.diagnose`.
    run : RunDiagnostics
        Result of `inference.checks.diagnostics.diagnose_run`.
    data : DataFrame
        Checks of the data: table of `inference.checks.fit_to_data.check_data`.
    verdict : Verdict
        What follows from them and from the draws themselves.
    """

    parameters: pd.DataFrame
    run: RunDiagnostics
    data: pd.DataFrame
    verdict: Verdict


def check(trace: xr.DataTree, checks: FamilyChecks) -> Check:
    """Judge a trace by what it holds, never by what was once written on it.

    Parameters
    ----------
    trace : xr.DataTree
        Result of a fit, or the same read from its file.
    checks : FamilyChecks
        Of its model: `inference.families.checks_of`.
    """
    draws = (*missing_draws(trace), *_broken_draws_of(trace))
    with warnings.catch_warnings():
        if draws:
            # What follows of draws that are none is not looked at.
            warnings.simplefilter("ignore")
        return _judged(trace, checks, draws)


def _judged(trace: xr.DataTree, checks: FamilyChecks, draws: tuple[str, ...]) -> Check:
    parameters, run = diagnose(trace), diagnose_run(trace)
    modes = check_modes(trace, searches=checks.searches)
    data = check_data(trace, checks)
    largest = trace.attrs.get(LARGEST_INCIDENTAL_R_HAT, {})
    verdict = Verdict(
        draws=draws,
        sampler=tuple(failures(parameters, run, _incidental_r_hat(trace), largest)),
        modes=modes.failures,
        data=data.failures,
        notes=(*modes.notes, *data.notes),
        data_remedy=data.remedy,
        looks_at_data=len(data.table) > 0,
    )
    return Check(parameters, run, data.table, verdict)


def stamp_verdict(trace: xr.DataTree, checks: FamilyChecks) -> None:
    """Write the verdict on a trace, for whoever reads the file without this project."""
    verdict = check(trace, checks).verdict
    trace.attrs["diagnostics"] = verdict.word
    trace.attrs["diagnostic_failures"] = list(verdict.failures)
    trace.attrs["verdict"] = verdict.summary
    trace.attrs["remedies"] = list(verdict.remedies)


def missing_draws(trace: xr.DataTree) -> list[str]:
    """Say how far the stored draws fall short of the settings of the run."""
    posterior = trace["posterior"].to_dataset()
    settings = trace.attrs.get("settings", {})
    if not {"draws", "chains"} <= set(settings):
        return ["the trace does not say how many draws were asked for"]
    asked = {
        "chain": settings["chains"] * num_imputations(posterior),
        "draw": settings["draws"],
    }
    words = {"chain": "chains", "draw": "draws of each chain"}
    return [
        f"{posterior.sizes[dim]} {words[dim]} are stored of {number} asked for"
        for dim, number in asked.items()
        if posterior.sizes[dim] < number
    ]


def _broken_draws_of(trace: xr.DataTree) -> list[str]:
    """Of every group of draws; those of parameters go by their name alone."""
    found = []
    for group in GROUPS_OF_DRAWS:
        if group in trace.children:
            prefix = "" if group == "posterior" else f"{group}/"
            found += broken_draws(trace[group].dataset, prefix)
    return found


def broken_draws(posterior: xr.Dataset, prefix: str = "") -> list[str]:
    """Name every variable with a draw that is not finite, and count such draws.

    Parameters
    ----------
    posterior : (chain, draw, ...) xr.Dataset
        Draws. No model stores a missing value among them: what a variant lacks has no
        element.
    prefix : str
        Put before the names.
    """
    found = []
    for name, draws in posterior.data_vars.items():
        is_broken = ~xr.apply_ufunc(np.isfinite, draws)
        broken = is_broken.any([dim for dim in draws.dims if dim not in SAMPLE_DIMS])
        if broken.any():
            found.append(
                f"{int(broken.sum())} of {broken.size} draws of {prefix}{name} are not "
                "finite numbers"
            )
    return found


def _incidental_r_hat(trace: xr.DataTree) -> dict[str, float]:
    """Of what the trace holds, and as recorded of what it is too small to hold."""
    dims = trace.attrs.get(INCIDENTAL_DIMS, ())
    held = largest_incidental_r_hat(trace["posterior"].to_dataset(), dims)
    return {**trace.attrs.get(INCIDENTAL_R_HAT, {}), **held}
