"""What a trace keeps of the rows of a regression, to place a new trade among them."""

import numpy as np
import pandas as pd
import xarray as xr

from models.trading_costs.observations import Levels


def stored_levels(panel: xr.Dataset) -> Levels:
    """Levels as the group ``panel`` of a trace holds them.

    Parameters
    ----------
    panel : xr.Dataset
        Of `inference.trading_costs.prepare.used_dataset`.
    """
    told = panel.attrs
    none = np.empty(0)
    return Levels(
        securities=list(map(str, panel["security"].to_numpy())),
        dates=list(pd.DatetimeIndex(panel["date"].to_numpy())),
        number=int(told["rows"]),
        response_sd=float(told["response_sd"]),
        spread_center=float(told["spread_center"]),
        seasoning_center=float(told["seasoning_center"]),
        spread_deciles=none,
        seasoning_terciles=none,
        benchmark_terciles=np.asarray(told["benchmark_terciles"], np.float64),
        relative_terciles=np.asarray(told["relative_terciles"], np.float64),
        security_means=pd.DataFrame(
            {
                "spread": panel["mean_spread"].to_numpy(),
                "seasoning": panel["mean_seasoning"].to_numpy(),
            },
            index=panel["security"].to_numpy(),
        ),
        variance=None,
    )
