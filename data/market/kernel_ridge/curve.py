"""Discount curve of a day's bond prices in closed form: kernel ridge regression.

Filipović, Pelger & Ye (2022), "Stripping the Discount Curve", theorem 1: no start
values and no local minima, and linear in prices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import linalg

from data.arrays import FloatArray
from data.errors import DataError
from data.market.kernel_ridge.inputs import (
    BondsUsed,
    bonds_used,
    by_date,
    days_ahead,
    number_of_dates,
    payments_to_come,
)
from data.market.kernel_ridge.kernel import check_parameters, kernel, slope_covariance

DAYS_PER_YEAR = 365.0


@dataclass(frozen=True, kw_only=True)
class KernelRidgeCurve:
    """Discount function of one day.

    Attributes
    ----------
    cash_flows : (bond, payment) float
        Per 100 of face value; bonds with a weight, payments to come.
    payment_days : (payment,) float
        Increasing.
    prices : (bond,) float
        Dirty, per 100.
    noise : (bond,) float
        Lambda of the paper, the penalty over the weights.
    alpha, delta : float
        Of `data.market.kernel_ridge.kernel`.
    is_used : (all bonds,) bool
        Which of the bonds given have a weight and a price.
    """

    cash_flows: FloatArray
    payment_days: FloatArray
    prices: FloatArray
    noise: FloatArray
    alpha: float
    delta: float
    is_used: Any

    @property
    def last_day(self) -> float:
        """Of the last payment."""
        return float(self.payment_days[-1])

    @cached_property
    def covariance(self) -> FloatArray:
        """C K C', prior covariance of the bonds' prices for a scale of 1."""
        years = self.payment_days / DAYS_PER_YEAR
        between = kernel(years[:, None], years, self.alpha, self.delta)
        return np.asarray(self.cash_flows @ between @ self.cash_flows.T)

    @cached_property
    def factor(self) -> tuple[FloatArray, bool]:
        """Cholesky factor of C K C' + Lambda, as scipy's ``cho_solve`` takes it."""
        system = self.covariance + np.diag(self.noise)
        try:
            found = linalg.cho_factor(system, lower=True)
        except linalg.LinAlgError:
            found = None
        if found is None or _is_singular(found[0], system):
            raise DataError(
                "the prices of the bonds do not determine a curve: cash flows are "
                "repeated, or more payments repriced exactly than there are",
                "give a ridge above 0, or drop one of the bonds with the same cash "
                "flows.",
            )
        return found

    @cached_property
    def surprise(self) -> FloatArray:
        """Prices minus those of a discount function of 1 at every day, (bond,)."""
        return np.asarray(self.prices - self.cash_flows.sum(axis=1))

    @cached_property
    def bond_weights(self) -> FloatArray:
        """(C K C' + Lambda)^-1 (P - C 1), (bond,)."""
        return np.asarray(linalg.cho_solve(self.factor, self.surprise))

    @cached_property
    def payment_weights(self) -> FloatArray:
        """Beta of the paper, (payment,)."""
        return np.asarray(self.cash_flows.T @ self.bond_weights)

    @cached_property
    def fitted(self) -> FloatArray:
        """Prices on the curve, (bond,)."""
        return np.asarray(self.prices - self.noise * self.bond_weights)

    def discount(self, days: ArrayLike) -> FloatArray:
        """Value today of 1 paid after so many days."""
        return np.asarray(1 + self._loss(days))

    def log_yield(self, days: ArrayLike) -> FloatArray:
        """Zero-coupon yield, continuously compounded, a year of 365 days.

        At day 0 its limit, the short rate. NaN where the discount function is not
        positive, which happens only where it is extrapolated.
        """
        days = days_ahead(days)
        loss = np.atleast_1d(self._loss(days))
        at = np.atleast_1d(days)
        found = np.full(loss.shape, np.nan)
        defined = (loss > -1) & (at > 0)
        found[defined] = -np.log1p(loss[defined]) / (at[defined] / DAYS_PER_YEAR)
        found[at == 0] = -self._slope(np.zeros(1))[0]
        return found.reshape(np.shape(days))

    def forward(self, days: ArrayLike) -> FloatArray:
        """Instantaneous forward rate, continuously compounded; NaN as `log_yield`."""
        days = days_ahead(days)
        discount = self.discount(days)
        return np.where(
            discount > 0,
            -self._slope(days) / np.where(discount > 0, discount, 1.0),
            np.nan,
        )

    def extrapolated(self, days: ArrayLike) -> Any:
        """Whether days lie beyond the last payment of any bond."""
        return days_ahead(days) > self.last_day

    def price(self, cash_flows: ArrayLike, days: ArrayLike) -> FloatArray:
        """Dirty prices per 100 of other cash flows, (bond, day) on (day,).

        Raises
        ------
        DataError
            A cash flow lies beyond the last payment of the curve's bonds.
        """
        paid, at = payments_to_come(cash_flows, days)
        self.refuse_beyond(paid, at)
        return np.asarray(paid @ self.discount(at))

    def hedge(self, cash_flows: ArrayLike, days: ArrayLike) -> "Hedge":
        """Prices of other bonds as a line in the prices of the curve's own.

        Parameters
        ----------
        cash_flows, days
            As of `price`.

        Raises
        ------
        DataError
            As of `price`.
        """
        paid, at = payments_to_come(cash_flows, days)
        self.refuse_beyond(paid, at)
        own = self.payment_days / DAYS_PER_YEAR
        between = kernel(at[:, None] / DAYS_PER_YEAR, own, self.alpha, self.delta)
        shared = paid @ between @ self.cash_flows.T
        weights = np.asarray(linalg.cho_solve(self.factor, shared.T)).T
        constant = paid.sum(1) - weights @ self.cash_flows.sum(axis=1)
        return Hedge(constant, weights)

    def refuse_beyond(self, cash_flows: FloatArray, days: FloatArray) -> None:
        """Raise `DataError` when a bond is paid beyond the curve."""
        beyond = np.flatnonzero((cash_flows[:, self.extrapolated(days)] != 0).any(1))
        if beyond.size:
            raise DataError(
                f"bond {beyond[0]} is paid after the last day of the curve, "
                f"{self.last_day:g}: it has no fair value",
                "leave it out, or fit the curve to a bond that matures later.",
            )

    def _loss(self, days: ArrayLike) -> FloatArray:
        at = days_ahead(days)[..., None] / DAYS_PER_YEAR
        years = self.payment_days / DAYS_PER_YEAR
        return np.asarray(
            kernel(at, years, self.alpha, self.delta) @ self.payment_weights
        )

    def _slope(self, days: FloatArray) -> FloatArray:
        at = days[..., None] / DAYS_PER_YEAR
        years = self.payment_days / DAYS_PER_YEAR
        return np.asarray(
            slope_covariance(at, years, self.alpha, self.delta) @ self.payment_weights
        )


class Hedge(NamedTuple):
    """Dirty price on the curve = constant + weights @ dirty prices of its bonds.

    Attributes
    ----------
    constant : (bond,) float
        Per 100.
    weights : (bond, bond of the curve) float
        How far a price follows each of theirs.
    """

    constant: FloatArray
    weights: FloatArray


@dataclass(frozen=True)
class KernelRidgeCurves:
    """Discount functions of many days; every array begins with the date.

    Attributes
    ----------
    curves : sequence of KernelRidgeCurve
        One a date.
    """

    curves: Sequence[KernelRidgeCurve]

    def discount(self, days: ArrayLike) -> FloatArray:
        """As `KernelRidgeCurve.discount`, (date, ...)."""
        return np.stack([curve.discount(days) for curve in self.curves])

    def log_yield(self, days: ArrayLike) -> FloatArray:
        """As `KernelRidgeCurve.log_yield`, (date, ...)."""
        return np.stack([curve.log_yield(days) for curve in self.curves])

    def forward(self, days: ArrayLike) -> FloatArray:
        """As `KernelRidgeCurve.forward`, (date, ...)."""
        return np.stack([curve.forward(days) for curve in self.curves])

    def extrapolated(self, days: ArrayLike) -> Any:
        """As `KernelRidgeCurve.extrapolated`, (date, ...)."""
        return np.stack([curve.extrapolated(days) for curve in self.curves])

    def __len__(self) -> int:
        return len(self.curves)

    def __getitem__(self, date: int) -> KernelRidgeCurve:
        return self.curves[date]


def kernel_ridge_curve(
    cash_flows: Any,
    days: Any,
    prices: Any,
    weights: Any,
    alpha: float = 0.05,
    delta: float = 0.0,
    ridge: float = 1.0,
) -> Any:
    """Fit the discount curve to prices of bonds, of one date or of many at once.

    Parameters
    ----------
    cash_flows : (bond, day) array_like or scipy.sparse
        Per 100 of face value. Of many dates: (date, bond, day), or (bond, day) where
        the bonds are the same, or a sequence with one table a date.
    days : (day,) array_like
        Days from settlement to each column. Columns at day 0 or before are past and
        count for nothing. Of many dates: (date, day), (day,) or a sequence.
    prices : (bond,) array_like
        Dirty, per 100. Of many dates: (date, bond) with NaN where a bond has no quote,
        or a sequence.
    weights : (bond,) array_like
        Of squared price errors, as `duration_weights` gives them. 0 leaves a bond out,
        infinity reprices it exactly. Of many dates as prices.
    alpha : float
        Maturity weight, per year.
    delta : float
        0 to 1: penalty on the slope against that on the curvature.
    ridge : float
        The penalty lambda times the days to the longest cash flow.

    Returns
    -------
    KernelRidgeCurve or KernelRidgeCurves
        Of one date or of many, with ``discount(days)``, ``log_yield(days)`` and
        ``extrapolated(days)``.

    Raises
    ------
    DataError
        Shapes, prices or weights cannot be, no bond is left, or the bonds do not
        determine a curve.
    """
    check_parameters(alpha, delta)
    if not (np.isfinite(ridge) and ridge >= 0):
        raise DataError(f"ridge is {ridge:g}", "give a penalty of 0 or more.")
    arguments = ((cash_flows, 2), (days, 1), (prices, 1), (weights, 1))
    num_dates = number_of_dates(arguments)
    if num_dates is None:
        bonds = bonds_used(cash_flows, days, prices, weights)
        return _curve(bonds, alpha, delta, ridge)
    names = ("cash_flows", "days", "prices", "weights")
    by_dates = [
        by_date(argument, own, num_dates, name)
        for (argument, own), name in zip(arguments, names, strict=True)
    ]
    curves = []
    for date, of_date in enumerate(zip(*by_dates, strict=True)):
        try:
            curves.append(_curve(bonds_used(*of_date), alpha, delta, ridge))
        except DataError as error:
            raise DataError(f"date {date}: {error.problem}", error.remedy) from error
    return KernelRidgeCurves(curves)


def duration_weights(prices: ArrayLike, durations: ArrayLike) -> FloatArray:
    """Weights that make squared price errors squared yield errors: 1 / (M (D P)^2).

    Parameters
    ----------
    prices : (bond,) array_like
        Dirty.
    durations : (bond,) array_like
        Years, with continuous compounding (Macaulay's).
    """
    dollars = np.asarray(prices, float) * np.asarray(durations, float)
    return 1 / (dollars.size * dollars**2)


def _curve(
    bonds: BondsUsed, alpha: float, delta: float, ridge: float
) -> KernelRidgeCurve:
    penalty = ridge / bonds.payment_days[-1]
    curve = KernelRidgeCurve(
        cash_flows=bonds.cash_flows,
        payment_days=bonds.payment_days,
        prices=bonds.prices,
        noise=penalty / bonds.weights,
        alpha=alpha,
        delta=delta,
        is_used=bonds.is_used,
    )
    curve.factor  # noqa: B018 # bonds that do not determine a curve are refused here
    return curve


_CONDITION = 1e-7
"""Square root of the accuracy of a double, with room: a smaller pivot than this, for
its row, is rounding."""


def _is_singular(factor: FloatArray, system: FloatArray) -> bool:
    pivots = np.diag(factor) / np.sqrt(np.diag(system))
    return bool((pivots < _CONDITION).any())
