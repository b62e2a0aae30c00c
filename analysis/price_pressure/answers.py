"""What price pressure answers: basis points for a usual inventory, and for today's."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.estimates import is_settled, summarise_draws
from analysis.every_model.findings import joined, range_words
from analysis.every_model.tables_fit import uninformed_parameters
from analysis.fit import Fit
from analysis.page.table import number
from analysis.price_pressure.estimates import has_inventory
from analysis.price_pressure.pressure import coefficients_of, discovery_sentence

PREFERRED_TENOR = 10
"""Years; the longest of the panel where it has no such yield."""


def moves(fit: Fit) -> pd.DataFrame:
    """Yield that goes with one standard deviation of inventory, and with the last.

    Parameters
    ----------
    fit : Fit
        Of a variant with inventory.

    Returns
    -------
    DataFrame
        One row a market, tenor and ``of`` ("usual", "last"), with ``inventory_musd``
        (USD million of DV01) and, in basis points of the yield, the columns of
        `analysis.estimates.summarise_draws`. Coefficients that repeat their prior have
        no rows.
    """
    time = fit.description.time_dim
    inventory = fit.group("constant_data")["inventory_dv01_musd"]
    sizes = {
        "usual": inventory.std(time, ddof=1),
        "last": inventory.isel({time: -1}, drop=True),
    }
    silent = set(uninformed_parameters(fit))
    frames = []
    for of, size in sizes.items():
        summary = summarise_draws(fit.posterior["price_pressure"] * size)
        frame = summary.assign(inventory_musd=size).to_dataframe().reset_index()
        frames.append(frame.assign(of=of))
    found = pd.concat(frames, ignore_index=True)
    found = found.rename(columns={"inventory_market": "market"})
    names = [
        f"price_pressure[{market}, {tenor}]"
        for market, tenor in zip(found["market"], found["tenor"], strict=True)
    ]
    return found[[name not in silent for name in names]]


def _size_sentence(fit: Fit, rows: pd.DataFrame) -> str:
    usual, last = (rows[rows["of"] == of].iloc[0] for of in ("usual", "last"))
    time = fit.panel[fit.description.time_dim].to_numpy()[-1]
    settled = "" if is_settled(rows[rows["of"] == "usual"]).all() else ", sign open"
    return (
        f"One standard deviation of {usual['market']} inventory in the "
        f"{usual['tenor']}-year bucket ({number(usual['inventory_musd'], 2)} USD "
        f"million of DV01) goes with {number(usual['mean'], 1)} bp of its yield "
        f"({range_words(usual, 1)}{settled}); the inventory of "
        f"{np.datetime_as_string(time, unit='D')} "
        f"({number(last['inventory_musd'], 2)}) with {number(last['mean'], 1)} bp "
        f"({range_words(last, 1)})."
    )


def _tenors_sentence(frame: pd.DataFrame) -> str:
    """At which buckets the sign is settled, whatever their size."""
    usual = frame[frame["of"] == "usual"]
    if usual.empty:
        return ""
    is_sure = is_settled(usual)
    words = usual["tenor"].astype(str) + "y " + usual["market"]
    places = {
        "positive": words[is_sure & (usual["mean"] > 0)],
        "negative": words[is_sure & (usual["mean"] < 0)],
        "open": words[~is_sure],
    }
    parts = [f"{sign} for {joined(list(x))}" for sign, x in places.items() if len(x)]
    return f"The sign of price pressure is {joined(parts)}."


def price_pressure_answers(fit: Fit) -> Iterator[str]:
    """Economic size at one tenor, signs at all, and what order flow moves."""
    if has_inventory(fit):
        frame = moves(fit)
        if frame.empty:
            yield "The data say nothing about price pressure."
        tenors = set(frame["tenor"])
        shown = PREFERRED_TENOR if PREFERRED_TENOR in tenors else max(tenors, default=0)
        for _, rows in frame[frame["tenor"] == shown].groupby("market", sort=False):
            yield _size_sentence(fit, rows)
        yield _tenors_sentence(frame)
    if fit.has_order_flow:
        estimates = coefficients_of(fit).frame
        if estimates:
            yield discovery_sentence(fit, estimates(fit))
