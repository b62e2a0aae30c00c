"""From a panel to the arrays that one variant needs."""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from data.errors import DataError
from data.market.tenors import MONTHS_PER_YEAR
from data.price_pressure.columns import (
    MARKETS,
    dv01_column,
    order_flow_surprise_column,
    yield_column,
)
from data.price_pressure.frequency import Frequency, frequency_of_dims
from data.price_pressure.order_flow import order_flow_surprise
from data.price_pressure.panel import PricePressurePanel
from models.price_pressure.variants import OrderFlowTerm, Variant

MINIMUM_WEEKS = 52
"""Fewest weeks to fit: a year, below which nothing of the persistence can be learnt."""


FORM = "inventory_form"
"""Attribute of selected inputs whose inventories are not those of the week."""


@dataclass(frozen=True)
class PricePressureInputs:
    """Complete inputs of one variant.

    Parameters
    ----------
    dataset : xr.Dataset
        The panel from the first week on in which every input is known. Dates of a panel
        of another frequency are days or months, here and below.
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

    @property
    def frequency(self) -> Frequency:
        """A row a week, a trading day or a month."""
        return frequency_of_dims(self.dataset.dims)

    @property
    def tenors(self) -> tuple[int, ...]:
        """Of the yields, years."""
        return tuple(self.dataset["tenor"].to_numpy().tolist())

    @property
    def tenor_months(self) -> tuple[int, ...]:
        """The same in months, the unit of the decay parameter delta."""
        return tuple(MONTHS_PER_YEAR * tenor for tenor in self.tenors)

    def first_dates(self, number: int) -> "PricePressureInputs":
        """Inputs of the first dates alone."""
        return PricePressureInputs(
            dataset=self.dataset.isel({self.frequency.dim: slice(number)}),
            yield_bp=self.yield_bp[:number],
            is_quoted=self.is_quoted[:number],
            inventory_dv01_musd=self.inventory_dv01_musd[:, :number],
            order_flow_surprise_busd=self.order_flow_surprise_busd[:number],
        )


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
    step, tenors = panel.frequency.dim, panel.dataset["tenor"].to_numpy().tolist()
    needed = _needed(panel.dataset, variant)
    num_dates = panel.dataset.sizes[step]
    known = np.isfinite(np.reshape(list(needed.values()), (len(needed), num_dates)).T)
    for column, is_known in zip(needed, known.T, strict=True):
        if not is_known.any():
            raise DataError(
                f"{panel.source}: column {column} is missing or empty, and the "
                f"variant {variant.name} needs it",
                "add the column, or choose a variant that does without: "
                "cash-inventory needs cash positions only",
            )
    first = int(known.argmax(axis=0).max(initial=0))
    _require_complete(panel, variant, list(needed), known, first)
    dataset = _with_form(panel.dataset, variant).isel({step: slice(first, None)})
    if dataset.sizes[step] < MINIMUM_WEEKS:
        raise DataError(
            f"{panel.source}: {dataset.sizes[step]} {step}s with all inputs of "
            f"{variant.name}; at least {MINIMUM_WEEKS} are needed",
            "lengthen the panel",
        )
    quoted = np.isfinite(dataset["yield_bp"].to_numpy())
    for tenor, is_quoted in zip(tenors, quoted.T, strict=True):
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
            inventory.transpose("market", step, "tenor")
        ),
        order_flow_surprise_busd=np.reshape(flows, (len(flows), len(known))).T[first:],
    )


def latest_inputs(panel: PricePressurePanel, variant: Variant) -> list[str]:
    """Columns of the inputs that are known last: a fit begins with them."""
    known = {
        name: int(np.isfinite(series).argmax())
        for name, series in _needed(panel.dataset, variant).items()
    }
    latest = max(known.values(), default=0)
    return [name for name, first in known.items() if first == latest > 0]


def _needed(dataset: xr.Dataset, variant: Variant) -> dict[str, NDArray[np.float64]]:
    """Input series by the name of the column that a user would have to supply."""
    needed = {}
    pressing = _with_form(dataset, variant)["dv01_musd"]
    for market in variant.inventory_markets:
        # A net position is the sum of two, each of which may be the one that lacks.
        for held in MARKETS if market == "net" else (market,):
            for tenor in dataset["tenor"].to_numpy().tolist():
                series = pressing.sel(market=held, tenor=tenor)
                needed[dv01_column(held, tenor)] = series.to_numpy()
    for term in variant.order_flow_terms:
        if term.tenor not in dataset["tenor"]:
            raise DataError(
                f"the variant {variant.name} has order flow of the {term.tenor}-year "
                "bucket, and the panel has no such tenor",
                "choose a variant without order flow, or one with persistent errors, "
                "whose order flow is of the panel's tenors.",
            )
        series = dataset["order_flow_surprise_busd"]
        series = series.sel(market=term.market, tenor=term.tenor)
        needed[_flow_column(term)] = series.to_numpy()
    return needed


def _with_form(dataset: xr.Dataset, variant: Variant) -> xr.Dataset:
    """Put inventories into the form in which a variant has them press.

    Inputs that were selected before are in that form already, and say so.
    """
    form = getattr(variant, "inventory_form", "level")
    if form == dataset.attrs.get(FORM, "level"):
        return dataset
    dv01 = dataset["dv01_musd"]
    if form == "lagged":
        formed = dv01.shift({frequency_of_dims(dataset.dims).dim: 1})
    else:
        # Each market and tenor has an AR(1) of its own.
        series = dv01.stack(series=("market", "tenor")).to_pandas()
        surprises = series.apply(order_flow_surprise).to_numpy()
        formed = dv01.copy(data=surprises.reshape(dv01.shape))
    return dataset.assign(dv01_musd=formed).assign_attrs({FORM: form})


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
    step = panel.frequency.dim
    date = panel.dataset[step].to_numpy()[row]
    raise DataError(
        f"{panel.source}: column {columns[column]} is missing at data row {row + 1} "
        f"({date:.10}); {len(gaps)} such gaps after the first complete {step}",
        f"the variant {variant.name} needs this input in every {step}: fill the gap "
        "from its source, or build the panel for a range without it (--start, --end)",
    )
