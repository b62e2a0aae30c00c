"""The two days that the authors' program of the kernel ridge was run on."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

REFERENCE_DAYS = ("1961-06-30", "2018-12-31")


class ReferenceDay(NamedTuple):
    cash_flows: np.ndarray
    days: np.ndarray
    prices: np.ndarray
    bonds: pd.DataFrame
    curve: pd.DataFrame

    @property
    def weights(self):
        return 1 / self.bonds["inv_w"].to_numpy()


def reference_day(shared: Path, day: str) -> ReferenceDay:
    folder = shared / "data" / "kernel_ridge"
    flows = pd.read_csv(folder / f"cashflow_{day}.csv").pivot_table(
        index="bond", columns="day", values="cashflow", aggfunc="sum", fill_value=0
    )
    bonds = pd.read_csv(folder / f"kr_reference_bonds_{day}.csv")
    # The prices of 1961 are rounded in the table of bonds.
    prices = (
        bonds["dirty_mid"]
        if "dirty_mid" in bonds
        else pd.read_csv(folder / f"price_{day}.csv")["dirty_price"]
    )
    curve = pd.read_csv(
        folder / f"kr_reference_curve_{day}_alpha0.05_delta0_ridge1.csv"
    )
    return ReferenceDay(
        flows.to_numpy(), flows.columns.to_numpy(), prices.to_numpy(), bonds, curve
    )
