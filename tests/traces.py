"""Groups that made-up traces of every model hold alike."""

import numpy as np
import xarray as xr

from inference.sampling import SAMPLE_DIMS, SAMPLE_STATISTICS


def sample_statistics(energy: np.ndarray) -> xr.Dataset:
    """Statistics of a sampler that went well, from its energies (chain, draw)."""
    flawless = dict.fromkeys(
        ("diverging", "reached_max_treedepth"), np.zeros(energy.shape, bool)
    )
    values = dict.fromkeys(SAMPLE_STATISTICS, energy) | flawless
    return xr.Dataset({name: (SAMPLE_DIMS, value) for name, value in values.items()})


def mode_search(
    posterior: xr.Dataset, log_likelihood: float = -900.0, num_parameters: int = 29
) -> dict[str, xr.Dataset]:
    """Three starts of a search for the mode, one of which ended at a lesser one."""
    mode = posterior.mean(SAMPLE_DIMS)
    mode.attrs = {
        "log_likelihood": log_likelihood,
        "num_parameters": num_parameters,
        "aic": 2 * num_parameters - 2 * log_likelihood,
        "num_starts": 3,
        "num_starts_at_mode": 2,
    }
    starts = xr.Dataset(
        {
            "log_density": ("start", [-900.0, -912.0, -900.0]),
            "mode": ("start", [0, 1, 0]),
            "kind": ("start", ["data-driven", "scattered", "scattered"]),
        },
        attrs={"num_starts": 3, "num_at_best": 2},
    )
    return {"posterior_mode": mode, "starts": starts}
