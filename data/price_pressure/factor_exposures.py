"""Dollar exposure of a position to the level, slope and curvature of the yield curve.

Appendix A of Mixon & Tuzun (2018), equations (7) to (9).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from data.market.bonds import BASIS_POINT, CashFlows
from data.market.futures import CONTRACT_FACE_USD, Deliverable

Floats = NDArray[np.float64]

DECAY_PER_MONTH = 0.0609
"""Nelson-Siegel decay delta of the paper, with maturities in months."""


def factor_loadings(times_years: Floats) -> Floats:
    """Change of the zero-coupon yield per unit of each factor.

    Parameters
    ----------
    times_years : ndarray, shape (...)
        Maturities, above 0.

    Returns
    -------
    ndarray, shape (..., 3)
        Level, slope and curvature loading (equation 3).
    """
    decayed = DECAY_PER_MONTH * 12 * times_years
    slope = -np.expm1(-decayed) / decayed
    return np.stack([np.ones_like(decayed), slope, slope - np.exp(-decayed)], axis=-1)


def zero_curve_price(flows: CashFlows, zero_yield_percent: Floats) -> Floats:
    """Full price per 100 of face value on the zero-coupon curve, shape (week,).

    Parameters
    ----------
    flows : CashFlows
        Payments of the bond.
    zero_yield_percent : ndarray, shape (week, payment)
        Continuously compounded yields at the payments' times.
    """
    return np.asarray(_present_values(flows, zero_yield_percent).sum(axis=1))


def factor_exposure(flows: CashFlows, zero_yield_percent: Floats) -> Floats:
    """Fall of the price per 100 of face value when one factor rises by 1 bp.

    Equation (9): the sum over payments of present value times time times loading.

    Parameters
    ----------
    flows : CashFlows
        Payments of the bond.
    zero_yield_percent : ndarray, shape (week, payment)
        Continuously compounded yields at the payments' times.

    Returns
    -------
    ndarray, shape (week, 3)
        For level, slope and curvature; per basis point.
    """
    weights = _present_values(flows, zero_yield_percent) * flows.times
    exposure = np.einsum("wp,wpf->wf", weights, factor_loadings(flows.times))
    return np.asarray(exposure * BASIS_POINT)


def cash_exposure_musd(
    market_value_busd: ArrayLike, flows: CashFlows, zero_yield_percent: Floats
) -> Floats:
    """Exposure of a position whose market value is held in one bond.

    The zero-coupon curve turns the market value into face value, as in Appendix A.

    Returns
    -------
    ndarray, shape (week, 3)
        USD million per basis point of level, slope and curvature; positive when long.
    """
    price = zero_curve_price(flows, zero_yield_percent)
    face_musd = np.asarray(market_value_busd, dtype=np.float64) * 1_000 / price
    return face_musd[:, None] * factor_exposure(flows, zero_yield_percent)


def futures_exposure_musd(
    contracts: ArrayLike,
    contract: int,
    deliverable: Deliverable,
    zero_yield_percent: Floats,
) -> Floats:
    """Exposure of a futures position through its deliverable bond.

    The bond's exposure is divided by the conversion factor, as for the DV01, so that
    level exposure and DV01 measure the same position.

    Returns
    -------
    ndarray, shape (week, 3)
        USD million per basis point of level, slope and curvature; positive when long.
    """
    face_musd = np.asarray(contracts, dtype=np.float64) * CONTRACT_FACE_USD[contract]
    bonds = face_musd / 1e6 / 100 / deliverable.conversion_factor
    return bonds[:, None] * factor_exposure(deliverable.flows, zero_yield_percent)


def _present_values(flows: CashFlows, zero_yield_percent: Floats) -> Floats:
    return flows.amounts * np.exp(-flows.times * zero_yield_percent / 100)
