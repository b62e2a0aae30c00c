"""Whether the chains saw all of the posterior: what dispersed starts say about it.

Chains that start at one mode agree with each other whatever other modes there are, so
R-hat says nothing about them. The searches do: each mode that they found has a mass
(`inference.sampling.modes`), and a mode with mass that no chain went to is a part of
the posterior that the draws leave out.
"""

from typing import NamedTuple

import arviz as az
import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.sampling import SAMPLE_DIMS
from inference.sampling.imputation import along_imputations, over_imputations

LARGEST_UNVISITED_MASS = 0.01
"""Of a mode that the draws leave out: a hundredth moves no 95% interval by more than
its own Monte Carlo error."""

FEWEST_VISITS = 0.1
"""Of the draws that a mode's mass asks for. Laplace's approximation may well be off by
a factor of some units, hardly by one of ten."""

REACH_NATS = 20.0
"""Height below the best mode from which a search that ended at no peak is of no matter:
it would take a ridge of 5e8 times the best mode's volume."""

LARGEST_R_HAT_OF_HEIGHTS = 1.1
"""R-hat of the log posterior density of chains that start scattered. Chains around
different modes differ by several nats, a multiple of the spread within each; those of a
few dozen effective draws around the same one stay well below."""

SMALLEST_PER_CENT = 1e-4
"""Of a mass that is put into words; Laplace's approximation says no more of less."""

SCATTERED_CHAIN = "scattered chain"
"""Kind of start where the mode is not searched for: the chains' own."""


class ModeVerdict(NamedTuple):
    """What dispersed starts say of a trace.

    Attributes
    ----------
    failures : tuple of str
        One sentence each.
    notes : tuple of str
        Lesser modes that do not matter.
    """

    failures: tuple[str, ...]
    notes: tuple[str, ...] = ()


def check_modes(trace: xr.DataTree, *, searches: bool) -> ModeVerdict:
    """Judge what the starts of a trace say about its posterior.

    Parameters
    ----------
    trace : xr.DataTree
        Trace with group ``starts``, and ``modes`` where the mode was searched for.
    searches : bool
        Whether it was; if not, its chains started scattered.
    """
    if not searches:
        return ModeVerdict(tuple(_disagreeing_chains(trace)))
    if not {"starts", "modes"} <= set(trace.children):
        return ModeVerdict((_NO_RECORD,))
    modes = trace["modes"].to_dataset()
    if modes.sizes["mode"] == 1:
        is_weighed = bool(np.isfinite(modes["mode_mass"]).all())
        return ModeVerdict(() if is_weighed else (_NO_PEAK,))
    shares = visited_shares(trace["posterior"].to_dataset(), modes)
    return _judged(modes, shares)


_NO_RECORD = (
    "the trace does not say where searches for the posterior mode ended: fit it again"
)

_NO_PEAK = (
    "no search for the posterior mode ended at a peak: the density does not fall on "
    "all sides of where they did"
)


def _judged(modes: xr.Dataset, shares: NDArray[np.float64]) -> ModeVerdict:
    mass, height = modes["mode_mass"].to_numpy(), modes["log_density"].to_numpy()
    if not np.isfinite(mass).any():
        return ModeVerdict((_NO_PEAK,))
    below = height[int(np.nanargmax(mass))] - height
    failures = [
        f"a search ended {nats:.1f} nats below the mode of the most mass, at no peak"
        for nats in below[np.isnan(mass)]
        if nats < REACH_NATS
    ]
    failures += [
        f"a mode has {100 * expected:.0f}% of the mass and {100 * share:.1f}% of the "
        "draws"
        for expected, share in zip(mass, shares, strict=True)
        if expected > LARGEST_UNVISITED_MASS and share < FEWEST_VISITS * expected
    ]
    lesser = modes["num_starts"].to_numpy()[np.isfinite(mass) & (below > 0)]
    if failures or not len(lesser):
        return ModeVerdict(tuple(failures))
    note = (
        f"{lesser.sum()} of {int(modes['num_starts'].sum())} starts ended at lesser "
        f"modes, with {share_words(lesser_mass(modes['mode_mass']))} of the mass"
    )
    return ModeVerdict((), (note,))


def lesser_mass(mass: xr.DataArray) -> float:
    """Share of the mass at all modes but the one of the most."""
    return float(mass.sum() - mass.max())


def share_words(share: float) -> str:
    """Share in per cent, as far as it can tell anyone anything."""
    per_cent = 100 * share
    return f"{per_cent:.2g}%" if per_cent >= SMALLEST_PER_CENT else "none"


def visited_shares(posterior: xr.Dataset, modes: xr.Dataset) -> NDArray[np.float64]:
    """Share of the draws that are nearer to each mode than to any other.

    Parameters
    ----------
    posterior : (chain, draw, ...) xr.Dataset
        Draws of the free parameters.
    modes : (mode, ...) xr.Dataset
        The same parameters at the modes.

    Returns
    -------
    (mode,) float
        Distances are taken in posterior standard deviations of each element.
    """
    names = [str(name) for name in modes.data_vars if name in posterior]
    distances = [_squared_distance(posterior[name], modes[name]) for name in names]
    nearest = xr.concat(distances, "parameter").sum("parameter").argmin("mode")
    return np.array([float((nearest == i).mean()) for i in range(modes.sizes["mode"])])


def _squared_distance(draws: xr.DataArray, at: xr.DataArray) -> xr.DataArray:
    # A fixed element is at no distance from itself.
    away = ((draws - at) / draws.std(SAMPLE_DIMS)).fillna(0.0)
    return (away**2).sum([dim for dim in draws.dims if dim not in SAMPLE_DIMS])


def chain_starts(sample_stats: xr.Dataset) -> xr.Dataset:
    """Where chains that started scattered ended, in the form of ``starts`` of a search.

    Parameters
    ----------
    sample_stats : (chain, draw) xr.Dataset
        With ``lp``, the log posterior density on the unconstrained scale.

    Returns
    -------
    (start,) xr.Dataset
        ``log_density``, the mean over each chain's draws (nats), and ``kind``.
    """
    height = sample_stats["lp"].mean("draw").to_numpy()
    return xr.Dataset(
        {
            "log_density": ("start", height),
            "kind": ("start", np.full(len(height), SCATTERED_CHAIN, dtype=object)),
        },
        attrs={"num_starts": len(height)},
    )


def _disagreeing_chains(trace: xr.DataTree) -> list[str]:
    """Say where chains that started scattered ended at different heights."""
    statistics = trace["sample_stats"].to_dataset()
    if "lp" not in statistics:
        return ["the trace does not say at what log posterior density its chains ended"]
    parts = along_imputations(statistics[["lp"]])
    worst = float(over_imputations(az.rhat, parts)["lp"].max())
    if worst <= LARGEST_R_HAT_OF_HEIGHTS:
        return []
    return [
        f"chains that started scattered ended at different heights: R-hat of the log "
        f"posterior density is {worst:.2f}, above {LARGEST_R_HAT_OF_HEIGHTS}"
    ]
