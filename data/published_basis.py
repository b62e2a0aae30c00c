"""Published point estimates for the TIPS-Treasury basis, as the half-life notebook has.

The numbers are package data; `published/README.md` names source and units.
"""

from collections.abc import Sequence
from importlib import resources

import numpy as np
import pandas as pd
import xarray as xr

STATE_SPACE = "state_space"

VARIANCES = {
    "sigma2.level": "level_innovation_sd_bp",
    "sigma2.ar": "deviation_innovation_sd_bp",
    "sigma2.irregular": "noise_sd_bp",
}
"""Published variance -> the model's standard deviation, its square root."""

PERCENT = 100.0


def published_parameters() -> pd.DataFrame:
    """All published estimates: columns tenor, model, parameter, value, half_life_days.

    The model is "state_space" (local level, AR(1) and irregular) or "markov_ar".
    """
    return _read("tips_treasury_basis_parameters.csv")


def published_half_lives() -> pd.DataFrame:
    """Columns tenor, model, regime_id, phi_value, half_life_days (business days)."""
    return _read("tips_treasury_basis_half_lives.csv")


def published_variance_shares() -> pd.DataFrame:
    """Variances of deviation and structural mean (bp squared) and their shares.

    Columns tenor, deviation, structural_mean, structural_share, deviation_share. The
    published deviation is the basis less the level: AR(1) and irregular together.
    """
    return _read("tips_treasury_basis_variance.csv")


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
    table = published_parameters().query("model == @STATE_SPACE")
    values = table.pivot_table("value", "tenor", "parameter")
    half_life = table.set_index("tenor")["half_life_days"].dropna()
    share = published_variance_shares().set_index("tenor")["structural_share"]
    columns = {
        "persistence": values["phi"],
        "half_life_days": half_life[~half_life.index.duplicated()],
        "structural_share_pct": PERCENT * share,
        **{name: np.sqrt(values[given]) for given, name in VARIANCES.items()},
    }
    frame = pd.DataFrame({name: c.reindex(list(tenors)) for name, c in columns.items()})
    return xr.Dataset(
        {name: ("tenor", frame[name].to_numpy(dtype=np.float64)) for name in columns},
        coords={"tenor": list(tenors)},
    )


def _read(name: str) -> pd.DataFrame:
    with (resources.files("data") / "published" / name).open() as file:
        return pd.read_csv(file, comment="#")
