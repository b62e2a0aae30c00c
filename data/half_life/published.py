"""Published point estimates for the TIPS-Treasury basis, as the half-life notebook has.

`data/published/README.md` names source and units.
"""

from collections.abc import Sequence

import numpy as np
import xarray as xr

from data.published import published_estimates

VARIANCES = {
    "level_innovation_sd_bp": "level_innovation_variance",
    "deviation_innovation_sd_bp": "deviation_innovation_variance",
    "noise_sd_bp": "noise_variance",
}
"""The model's standard deviation -> published variance, its square."""

PERCENT = 100.0


def published_decomposition(tenors: Sequence[int]) -> xr.Dataset:
    """Point estimates under the names of the model's variables.

    Parameters
    ----------
    tenors : sequence of int
        Years.

    Returns
    -------
    (tenor,) xr.Dataset
        ``persistence``, ``half_life_days``, ``level_innovation_sd_bp``,
        ``deviation_innovation_sd_bp``, ``noise_sd_bp`` and ``structural_share_pct``;
        NaN for a tenor that was not published.
    """
    printed = published_estimates("tips_treasury_basis")
    values = printed.pivot_table("estimate", "tenor_years", "parameter")
    values = values.reindex(list(tenors))
    columns = {
        "persistence": values["persistence"],
        "half_life_days": values["half_life_days"],
        "structural_share_pct": PERCENT * values["level_share"],
        **{name: np.sqrt(values[given]) for name, given in VARIANCES.items()},
    }
    return xr.Dataset(
        {name: ("tenor", x.to_numpy(dtype=np.float64)) for name, x in columns.items()},
        coords={"tenor": list(tenors)},
    )
