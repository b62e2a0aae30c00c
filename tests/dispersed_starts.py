"""Groups of a made-up trace that say where searches for the posterior mode ended."""

import numpy as np
import xarray as xr

BEST = -900.0
"""Log density of the best mode, nats."""


def one_mode(num_starts: int = 5) -> dict[str, xr.Dataset]:
    """Groups of searches that all ended at one mode."""
    starts = xr.Dataset(
        {
            "log_density": ("start", np.full(num_starts, BEST)),
            "mode": ("start", np.zeros(num_starts, dtype=int)),
            "kind": ("start", np.full(num_starts, "scattered", dtype=object)),
        },
        attrs={"num_starts": num_starts, "num_at_best": num_starts},
    )
    return {"starts": starts, "modes": weighed_modes([BEST], [1.0])}


def weighed_modes(
    log_density: list[float], mass: list[float], **parameters: tuple[object, ...]
) -> xr.Dataset:
    """Modes of given heights and masses, with values of parameters at each."""
    return xr.Dataset(
        {
            "log_density": ("mode", log_density),
            "log_volume": ("mode", np.zeros(len(mass))),
            "mode_mass": ("mode", mass),
            "num_starts": ("mode", np.ones(len(mass), dtype=int)),
            **parameters,
        }
    )
