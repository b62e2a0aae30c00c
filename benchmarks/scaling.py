"""How the cost of our gradient grows with the length of the sample."""

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from benchmarks.agreement import Reference
from benchmarks.density import compiled_density, microseconds_per_call
from benchmarks.implementations import IMPLEMENTATIONS, OURS
from benchmarks.problem import benchmark_panel
from data.panels import PricePressurePanel

LENGTHS = (100, 872, 1_000, 10_000, 100_000)
"""Weeks."""

FIRST_DAY = "1800-01-01"


def measure_scaling(folder: Path, num_weeks: int) -> dict[str, float]:
    """Microseconds of one log density with gradient for a sample of some length.

    Parameters
    ----------
    folder : Path
        Holds the panel and the reference.
    num_weeks : int
        Length T.

    Returns
    -------
    dict
        ``gradient_us`` and ``gradient_us_per_week``.
    """
    panel = _panel_of_length(benchmark_panel(folder), num_weeks)
    _, compiled = IMPLEMENTATIONS[OURS].compile(panel)
    density = compiled_density(compiled)
    point = Reference.load(folder).first_point(compiled)
    microseconds = microseconds_per_call(density, point)["median_us"]
    return {
        "gradient_us": microseconds,
        "gradient_us_per_week": microseconds / num_weeks,
    }


def _panel_of_length(panel: PricePressurePanel, num_weeks: int) -> PricePressurePanel:
    """Run through the panel forwards and backwards until it is long enough."""
    original = panel.dataset.sizes["week"]
    there_and_back = np.concatenate([np.arange(original), np.arange(original)[::-1]])
    rows = np.resize(there_and_back, num_weeks)
    # A day apart: nanosecond dates cannot hold 100,000 weeks.
    days = pd.date_range(FIRST_DAY, periods=num_weeks, freq="D").astype(
        "datetime64[ns]"
    )
    dataset: xr.Dataset = panel.dataset.isel(week=rows).assign_coords(week=days)
    return PricePressurePanel(
        dataset=dataset, source=f"{num_weeks} weeks", sha256=panel.sha256
    )
