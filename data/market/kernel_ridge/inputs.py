"""What a curve is fitted to: cash flows, days, prices and weights, checked."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from data.arrays import FloatArray
from data.errors import DataError


class BondsUsed(NamedTuple):
    """The bonds of one date that have a price and a weight.

    Attributes
    ----------
    cash_flows : (bond, payment) float
        Of payments to come.
    payment_days : (payment,) float
        Increasing.
    prices, weights : (bond,) float
        Of those bonds.
    is_used : (all bonds,) bool
        Which they are.
    """

    cash_flows: FloatArray
    payment_days: FloatArray
    prices: FloatArray
    weights: FloatArray
    is_used: Any


def bonds_used(
    cash_flows: Any, days: ArrayLike, prices: ArrayLike, weights: ArrayLike
) -> BondsUsed:
    """Check the bonds of one date, and keep those with a price and a weight.

    Raises
    ------
    DataError
        Shapes do not agree, a price or weight cannot be, a bond has matured, or none
        is left.
    """
    price, weight = np.asarray(prices, float), np.asarray(weights, float)
    table = dense(cash_flows)
    if price.shape != weight.shape or price.ndim != 1 or table.shape[:1] != price.shape:
        raise DataError(
            f"cash flows of shape {table.shape}, prices {price.shape} and weights "
            f"{weight.shape}",
            "give one row, one price and one weight a bond.",
        )
    _refuse_first(weight < 0, "weight", weight, "give weights of 0 or more.")
    is_used = np.isfinite(price) & (weight > 0)
    _refuse_first(
        (is_used & (price <= 0)) | np.isinf(price),
        "price",
        price,
        "give dirty prices per 100 of face value.",
    )
    if not is_used.any():
        raise DataError(
            "no bond has a price and a weight",
            "give at least one bond with a price and a weight above 0.",
        )
    paid, at = payments_to_come(table[is_used], days)
    unpaid = np.flatnonzero(~(paid != 0).any(axis=1))
    if unpaid.size:
        raise DataError(
            f"bond {np.flatnonzero(is_used)[unpaid[0]]} has no cash flow to come",
            "leave out bonds that have matured: give them no price or a weight of 0.",
        )
    return BondsUsed(paid, at, price[is_used], weight[is_used], is_used)


def payments_to_come(cash_flows: Any, days: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Cash flows as a dense table and their days, without columns that pay nothing.

    Raises
    ------
    DataError
        Shapes do not agree, or a cell is not finite.
    """
    table, at = dense(cash_flows), finite_days(days)
    if table.ndim != 2 or at.ndim != 1 or table.shape[1] != at.size:
        raise DataError(
            f"cash flows of shape {table.shape} on days of shape {at.shape}",
            "give one row a bond and one column a day.",
        )
    if not np.isfinite(table).all():
        bond, day = np.argwhere(~np.isfinite(table))[0]
        raise DataError(
            f"the cash flow of bond {bond} on day {at[day]:g} is {table[bond, day]}",
            "give 0 where nothing is paid.",
        )
    pays = (at > 0) & (table != 0).any(axis=0)
    unique, column = np.unique(at[pays], return_inverse=True)
    merged = np.zeros((len(table), unique.size))
    np.add.at(merged.T, column, table[:, pays].T)
    return merged, unique


def finite_days(days: ArrayLike) -> FloatArray:
    """Days as an array; `DataError` where one is not finite."""
    at = np.asarray(days, float)
    if not np.isfinite(at).all():
        raise DataError(
            f"the days hold {at[~np.isfinite(at)].flat[0]}",
            "give days from settlement.",
        )
    return at


def days_ahead(days: ArrayLike) -> FloatArray:
    """Days as an array; `DataError` where one is before settlement."""
    at = finite_days(days)
    if (at < 0).any():
        raise DataError(
            f"a curve has no value at day {at.min():g}",
            "give days from settlement, 0 or more.",
        )
    return at


def dense(cash_flows: Any) -> FloatArray:
    """Table of cash flows as an array."""
    table = cash_flows.toarray() if sparse.issparse(cash_flows) else cash_flows
    return np.asarray(table, float)


def number_of_dates(arguments: Sequence[tuple[Any, int]]) -> int | None:
    """How many dates arguments are of; None where all are of one.

    Parameters
    ----------
    arguments : sequence of (argument, int)
        Each with its number of dimensions for one date.
    """
    for argument, own in arguments:
        if _num_dims(argument) == own + 1:
            return len(argument)
    return None


def by_date(argument: Any, own: int, num_dates: int, name: str) -> Sequence[Any]:
    """One argument a date, the same where it is given once for all."""
    if _num_dims(argument) == own:
        return [argument] * num_dates
    if len(argument) != num_dates:
        raise DataError(
            f"{name}: {len(argument)} dates, where other arguments have {num_dates}",
            "give every argument for the same dates, or once for all.",
        )
    return list(argument)


def _num_dims(argument: Any) -> int:
    """Of an array, or of a sequence of arrays that need not be equally long."""
    if sparse.issparse(argument):
        return 2
    if isinstance(argument, (list, tuple)):
        return 1 + (_num_dims(argument[0]) if argument else 0)
    return np.ndim(argument)


def _refuse_first(wrong: Any, name: str, values: FloatArray, remedy: str) -> None:
    if wrong.any():
        bond = int(np.flatnonzero(wrong)[0])
        raise DataError(f"the {name} of bond {bond} is {values[bond]:g}", remedy)
