"""Figure of a simulation-based calibration."""

import arviz as az
import numpy as np
import xarray as xr
from arviz_stats.ecdf_utils import ecdf_pit
from matplotlib.figure import Figure
from scipy.stats import ecdf

from inference.checks.calibration import ENVELOPE_PROBABILITY, ENVELOPE_SIMULATIONS

TITLES = {
    "price_pressure": "Price pressure",
    "price_discovery": "Price discovery",
    "persistence": "Persistence",
    "factor_mean_bp": "Mean of the factors",
    "factor_innovation_sd_bp": "Innovation sd of the factors",
    "yield_noise_sd_bp": "Noise sd of the yields",
    "price_impact_slope": "Slopes of price impact",
    "noise_sd": "Noise sd of price impact",
    "transition_intercept": "Transition intercepts",
    "transition_depth_slope": "Transition slopes on depth",
}


def figure_rank_ecdf(ranks: xr.Dataset) -> Figure:
    """Distribution of the ranks less the uniform one, a panel a group of parameters.

    Parameters
    ----------
    ranks : (replication, ...) xr.Dataset
        Relative ranks of the variables in `TITLES`, or of some.

    Returns
    -------
    Figure
        Lines: elements. Grey: where all of one calibrated element's line lies with a
        probability of 99%.
    """
    # The envelope depends on the number of simulations alone.
    points, _, lower, upper = ecdf_pit(
        np.linspace(0.0, 1.0, ranks.sizes["replication"]),
        ENVELOPE_PROBABILITY,
        ENVELOPE_SIMULATIONS,
    )
    shown = [name for name in TITLES if name in ranks]
    figure = Figure(figsize=(9.0, 5.4), layout="constrained")
    axes = figure.subplots(
        2, -(-len(shown) // 2), sharex=True, sharey=True, squeeze=False
    )
    for axis in axes.flat[len(shown) :]:
        axis.remove()
    for axis, name in zip(axes.flat, shown, strict=False):
        elements = az.dataset_to_dataframe(ranks[[name]], sample_dims=["replication"])
        for element in elements.columns:
            share = ecdf(elements[element].to_numpy()).cdf.evaluate(points)
            axis.step(points, share - points, where="post", linewidth=1.0)
        axis.fill_between(
            points, lower - points, upper - points, color="0.88", zorder=0
        )
        axis.axhline(0.0, color="0.5", linewidth=0.6)
        count = len(elements.columns)
        axis.set_title(f"{TITLES[name]} ({count} elements)", fontsize=10)
    figure.supxlabel("Relative rank of the truth among posterior draws", fontsize=10)
    figure.supylabel("Share of simulations below, less uniform", fontsize=10)
    num_simulations = ranks.sizes["replication"]
    figure.suptitle(
        f"Ranks in {num_simulations} simulations from the prior; grey: 99% "
        "simultaneous envelope of one element",
        fontsize=11,
    )
    return figure
