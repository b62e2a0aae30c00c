"""Whether searches for the posterior mode agreed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import xarray as xr

from analysis.fits import Fit
from analysis.tables import Table, number
from analysis.tables_comparison import combined_warning


def table_starts(fits: Sequence[Fit]) -> Table:
    """Whether searches from dispersed starts found the same mode.

    Parameters
    ----------
    fits : sequence of Fit
        At least one with group `starts`.

    Returns
    -------
    Table
    """
    rows = []
    for fit in fits:
        if not fit.has("starts"):
            continue
        starts = fit.group("starts")
        density = np.sort(starts["log_density"].to_numpy())[::-1]
        rows.append(
            {
                "fit": fit.name,
                "num_starts": int(starts.attrs["num_starts"]),
                "num_at_best": int(starts.attrs["num_at_best"]),
                "best_log_density": density[0],
                "at_best_by_kind": _by_kind(starts),
                "log_densities": " ".join(f"{value:.2f}" for value in density),
                "modes": _modes(starts),
                "diagnostics": fit.verdict,
            }
        )
    frame = pd.DataFrame(rows)
    agreed = frame["num_at_best"] == frame["num_starts"]
    display = pd.DataFrame(
        {
            "Fit": frame["fit"],
            "Starts": frame["num_starts"].astype(str),
            "At the best mode": frame["num_at_best"].astype(str),
            "By kind of start": frame["at_best_by_kind"],
            "Same mode": agreed.map({True: "all", False: "NOT ALL"}),
            "Log densities (searches)": frame["modes"],
        }
    )
    caption = (
        "Searches for the posterior mode from dispersed starts: how many ended at the "
        "best mode found, and the log density each reached. Not all at one mode: the "
        "posterior has lesser modes; the chains above were started at the best, and "
        "R-hat says whether they stayed together."
    )
    return Table("table_starts", caption, frame, display, combined_warning(fits))


def _modes(starts: xr.Dataset) -> str:
    """Log density of each mode found and how many searches ended at it, best first."""
    frame = starts[["log_density", "mode"]].to_dataframe()
    by_mode = frame.groupby("mode")["log_density"].agg(["max", "size"])
    return ", ".join(
        f"{number(row['max'], 1)} ({row['size']:.0f})"
        for _, row in by_mode.sort_values("max", ascending=False).iterrows()
    )


def _by_kind(starts: xr.Dataset) -> str:
    """How many starts of each kind ended at the best mode: "data-driven 3 of 3"."""
    frame = starts[["kind", "mode"]].to_dataframe()
    at_best = (frame["mode"] == 0).groupby(frame["kind"], sort=False)
    return ", ".join(f"{kind} {found.sum()} of {len(found)}" for kind, found in at_best)
