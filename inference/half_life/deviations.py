"""Deviations of the basis, taken from the posterior of its decomposition."""

import numpy as np
import pandas as pd
import xarray as xr

from data.dims import DAY, TENOR
from data.errors import DataError
from data.half_life.deviations import ESTIMATES, Deviations, with_seven_years
from inference.checks.verdict import Verdict, check
from inference.half_life.basis_decomposition import MODEL_NAME
from inference.half_life.checks import BASIS_CHECKS

COMPONENTS = ("autoregressive", "transitory")
"""What the deviation is: the autoregressive part of the basis alone, or all of it that
is not level, which is what the half-life notebook calls the deviation. The latter holds
the white noise, which is not a dislocation and does not halve."""

MARKING = "Or mark what is made from it: --allow-failed."
"""What else can be done with a trace that fails."""


class FailedDecompositionError(DataError):
    """Deviations were asked for of a trace that fails a check.

    Parameters
    ----------
    source : str
        How errors name the trace.
    verdict : Verdict
        On it.
    """

    def __init__(self, source: str, verdict: Verdict) -> None:
        number = len(verdict.failures)
        super().__init__(
            f"{source} fails {number} of its checks: {verdict.summary}",
            " ".join((*verdict.remedies, MARKING)),
        )
        self.verdict = verdict


def posterior_deviations(
    trace: xr.DataTree,
    source: str,
    *,
    draws: int = 1,
    estimate: str = "filtered",
    component: str = COMPONENTS[0],
    allow_failed: bool = False,
) -> Deviations:
    """Deviations of every tenor: one estimate, or several paths drawn given all data.

    Parameters
    ----------
    trace : xr.DataTree
        Of ``fit basis-decomposition``.
    source : str
        How errors name the trace, usually its path.
    draws : int
        1 for one estimate; more for that many posterior draws, evenly spaced.
    estimate : str
        Of `data.half_life.deviations.ESTIMATES`; which estimate when `draws` is 1. The
        smoothed one is the mean of the draws.
    component : str
        Of `COMPONENTS`. On a day without a basis, the transitory part is expected to be
        the autoregressive one.
    allow_failed : bool
        Take a trace that fails a check; the deviations then say so.

    Returns
    -------
    Deviations
        Basis points. The 7-year one is added where the 5- and the 10-year one are
        known.

    Raises
    ------
    DataError
        The trace is of another model or holds too few draws.
    FailedDecompositionError
        It fails a check.
    """
    for kind, name, choices in (
        ("estimate", estimate, ESTIMATES),
        ("component", component, COMPONENTS),
    ):
        if name not in choices:
            raise DataError(
                f"there is no {kind} {name!r}", f"Choose {' or '.join(choices)}."
            )
    states = _states(trace, source, draws, estimate)
    verdict = check(trace, BASIS_CHECKS).verdict
    if not (verdict.passed or allow_failed):
        raise FailedDecompositionError(source, verdict)
    deviation = states["deviation_bp"].astype(np.float64)
    if component == "transitory":
        # Draws are in single precision; the difference is taken in double.
        basis = trace["panel"]["basis_bp"].astype(np.float64)
        deviation = (basis - states["level_bp"]).fillna(states["deviation_bp"])
    if draws == 1:
        deviation = deviation.mean("sample").expand_dims("sample")
    deviation = deviation.transpose(TENOR, "sample", DAY)
    by_tenor = {
        int(tenor): path.to_numpy()
        for tenor, path in zip(deviation[TENOR].to_numpy(), deviation, strict=True)
    }
    days = pd.DatetimeIndex(deviation[DAY].to_numpy())
    return Deviations(with_seven_years(by_tenor), days, source, len(verdict.failures))


def _states(trace: xr.DataTree, source: str, draws: int, estimate: str) -> xr.Dataset:
    """Level and deviation (sample, day, tenor) of the draws that are taken."""
    if draws < 1:
        raise DataError(f"{draws} draws", "Ask for 1, the estimate, or for several.")
    group = "smoothed" if draws > 1 else estimate
    if trace.attrs.get("model") != MODEL_NAME or group not in trace.children:
        raise DataError(
            f"{source}: no {group} deviations of the basis in the trace",
            f"Give the trace of python -m inference fit {MODEL_NAME}.",
        )
    states = trace[group].to_dataset()
    if "sample" not in states.dims:
        return states.expand_dims("sample")
    available = states.sizes["sample"]
    if draws == 1:
        return states
    if draws > available:
        raise DataError(
            f"{source}: {draws} draws, but {available} are kept",
            f"Ask for at most {available}.",
        )
    chosen = np.linspace(0, available - 1, draws).round().astype(int)
    return states.isel(sample=chosen)
