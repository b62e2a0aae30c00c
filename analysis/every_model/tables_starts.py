"""Whether searches for the posterior mode agreed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from analysis.every_model.tables_comparison import of_fits
from analysis.every_model.tables_fit import FITS
from analysis.fit import Fit
from analysis.page.columns import rounded, words
from analysis.page.exhibit import Exhibit, items_of
from analysis.page.section import ReportFigure
from analysis.page.table import NOT_AVAILABLE, Table, number
from inference.checks.mode_checks import lesser_mass, share_words


def starts_of(fits: Sequence[Fit]) -> pd.DataFrame:
    """One row a fit with group `starts`: where its searches or chains began and ended.

    Columns fit, num_starts, num_at_best, best_log_density, at_best_by_kind,
    log_densities, lesser_mass (of the posterior, outside the best mode), modes,
    diagnostics; missing without a search.
    """
    return pd.DataFrame([_row(fit) for fit in fits if fit.has("starts")])


def _row(fit: Fit) -> dict[str, Any]:
    starts = fit.group("starts")
    density = np.sort(starts["log_density"].to_numpy())[::-1]
    row = {
        "fit": fit.name,
        "num_starts": starts.sizes["start"],
        "num_at_best": np.nan,
        "best_log_density": density[0],
        "at_best_by_kind": f"{starts['kind'].to_numpy()[0]}s",
        "log_densities": " ".join(f"{value:.2f}" for value in density),
        "lesser_mass": np.nan,
        "modes": ", ".join(number(value, 1) for value in density),
        "diagnostics": fit.verdict,
    }
    if "mode" not in starts:
        return row
    mass = fit.group("modes")["mode_mass"]
    return row | {
        "num_at_best": int(starts.attrs["num_at_best"]),
        "at_best_by_kind": _by_kind(starts),
        "lesser_mass": lesser_mass(mass),
        "modes": _modes(starts),
    }


def _agreement(frame: pd.DataFrame) -> pd.Series:
    agreed = frame["num_at_best"] == frame["num_starts"]
    is_search = frame["num_at_best"].notna()
    return agreed.map({True: "all", False: "NOT ALL"}).where(is_search, NOT_AVAILABLE)


def _mass_words(mass: float) -> str:
    if np.isnan(mass):
        return NOT_AVAILABLE
    return share_words(mass)


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


STARTS = Exhibit(
    name="table_starts",
    caption="Dispersed starts: how many searches for the posterior mode ended at the "
    "best one found, and the log density each reached. Not all at one mode: the "
    "posterior has lesser modes; the chains above were started at the best, and "
    "the verdict weighs the others by Laplace's approximation. Without a search "
    "the chains themselves started scattered, and the mean log density of each is "
    "given.",
    frame=starts_of,
    columns=(
        words("Fit", "fit"),
        words("Starts", "num_starts"),
        rounded("At the best mode", "num_at_best", 0),
        words("By kind of start", "at_best_by_kind"),
        words("Same mode", _agreement),
        words(
            "Mass of lesser modes", lambda frame: frame["lesser_mass"].map(_mass_words)
        ),
        words("Log densities (starts)", "modes"),
    ),
    shown=lambda fits: any(fit.has("starts") for fit in fits),
)


def tables_of_fits(fits: Sequence[Fit]) -> tuple[Table | ReportFigure, ...]:
    """What was fitted, and whether dispersed starts agreed where a trace says so."""
    return items_of(of_fits([FITS, STARTS], [fits]))
