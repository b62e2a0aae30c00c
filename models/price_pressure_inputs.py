"""From a panel to the arrays that one variant needs."""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from data.columns import (
    MARKETS,
    TENOR_YEARS,
    dv01_column,
    order_flow_surprise_column,
    yield_column,
)
from data.errors import DataError
from data.panels import PricePressurePanel
from models.price_pressure_variants import OrderFlowTerm, Variant

MINIMUM_WEEKS = 52
"""Fewest weeks to fit: a year, below which nothing of the persistence can be learnt."""


@dataclass(frozen=True)
class PricePressureInputs:
    """Complete inputs of one variant.

    Parameters
    ----------
    dataset : xr.Dataset
        The panel from the first week on in which every input is known.
    yield_bp : (week, tenor) float
        0 where not quoted.
    is_quoted : (week, tenor) float
        1 where quoted.
    inventory_dv01_musd : (inventory_market, week, tenor) float
        Dealer inventory as dollar value of a basis point, USD million.
    order_flow_surprise_busd : (week, order_flow_term) float
        Non-dealer order flow less its AR(1) prediction, USD billion.
    """

    dataset: xr.Dataset
    yield_bp: NDArray[np.float64]
    is_quoted: NDArray[np.float64]
    inventory_dv01_musd: NDArray[np.float64]
    order_flow_surprise_busd: NDArray[np.float64]


def select_inputs(panel: PricePressurePanel, variant: Variant) -> PricePressureInputs:
    """Pick the inputs of a variant and check that they are complete.

    Leading weeks in which an input is not known yet are left out (the first two weeks
    of a panel have no order-flow surprise; futures positions start later than cash).
    Yields may be missing anywhere.

    Raises
    ------
    DataError
        An input is missing altogether or in a later week, too few weeks remain, or a
        tenor is never quoted.
    """
    needed = _needed(panel.dataset, variant)
    known = np.isfinite(np.stack(list(needed.values()), axis=1))
    for column, is_known in zip(needed, known.T, strict=True):
        if not is_known.any():
            raise DataError(
                f"{panel.source}: column {column} is missing or empty, and the "
                f"variant {variant.name} needs it",
                "add the column, or choose a variant that does without: "
                "cash-inventory needs cash positions only",
            )
    first = int(known.argmax(axis=0).max())
    _require_complete(panel, variant, list(needed), known, first)
    dataset = panel.dataset.isel(week=slice(first, None))
    if dataset.sizes["week"] < MINIMUM_WEEKS:
        raise DataError(
            f"{panel.source}: {dataset.sizes['week']} weeks with all inputs of "
            f"{variant.name}; at least {MINIMUM_WEEKS} are needed",
            "lengthen the panel",
        )
    quoted = np.isfinite(dataset["yield_bp"].to_numpy())
    for tenor, is_quoted in zip(TENOR_YEARS, quoted.T, strict=True):
        if not is_quoted.any():
            raise DataError(
                f"{panel.source}: column {yield_column(tenor)} has no value",
                "a tenor that is never quoted cannot be fitted; supply its yields",
            )
    flows = [needed[_flow_column(term)] for term in variant.order_flow_terms]
    inventory = dataset["dv01_musd"].sel(market=list(variant.inventory_markets))
    return PricePressureInputs(
        dataset=dataset,
        yield_bp=dataset["yield_bp"].fillna(0.0).to_numpy(),
        is_quoted=quoted.astype(np.float64),
        inventory_dv01_musd=np.ascontiguousarray(
            inventory.transpose("market", "week", "tenor")
        ),
        order_flow_surprise_busd=np.reshape(flows, (len(flows), len(known))).T[first:],
    )


def _needed(dataset: xr.Dataset, variant: Variant) -> dict[str, NDArray[np.float64]]:
    """Input series by the name of the column that a user would have to supply."""
    needed = {}
    for market in variant.inventory_markets:
        # A net position is the sum of two, each of which may be the one that lacks.
        for held in MARKETS if market == "net" else (market,):
            for tenor in TENOR_YEARS:
                series = dataset["dv01_musd"].sel(market=held, tenor=tenor)
                needed[dv01_column(held, tenor)] = series.to_numpy()
    for term in variant.order_flow_terms:
        series = dataset["order_flow_surprise_busd"]
        series = series.sel(market=term.market, tenor=term.tenor)
        needed[_flow_column(term)] = series.to_numpy()
    return needed


def _flow_column(term: OrderFlowTerm) -> str:
    return order_flow_surprise_column(term.market, term.tenor)


def _require_complete(
    panel: PricePressurePanel,
    variant: Variant,
    columns: list[str],
    known: NDArray[np.bool_],
    first: int,
) -> None:
    gaps = np.argwhere(~known[first:])
    if not gaps.size:
        return
    row, column = gaps[0][0] + first, gaps[0][1]
    week = panel.dataset["week"].to_numpy()[row]
    raise DataError(
        f"{panel.source}: column {columns[column]} is missing at data row {row + 1} "
        f"({week:.10}); {len(gaps)} such gaps after the first complete week",
        f"the variant {variant.name} needs this input in every week: fill the gap from "
        "its source, or build the panel for a range without it (--start, --end)",
    )
