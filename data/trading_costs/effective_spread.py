"""Effective spread of a trade: twice its distance from the fair value."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from data.arrays import FloatArray

BP_PER_UNIT = 1e4


class EffectiveSpread(NamedTuple):
    """In price, per 100, and over the dollar duration, in basis points of yield.

    Attributes
    ----------
    signed_price, signed_bp : (trade,) float
        Positive where the customer paid; NaN where the side is not known.
    absolute_price, absolute_bp : (trade,) float
        Sokolinskiy (2025), equations (1) and (2): the side is taken to be that of the
        deviation, so errors of the fair value count as cost.
    """

    signed_price: FloatArray
    signed_bp: FloatArray
    absolute_price: FloatArray
    absolute_bp: FloatArray


def effective_spread(
    price: ArrayLike, fair_value: ArrayLike, side: ArrayLike, dollar_duration: ArrayLike
) -> EffectiveSpread:
    """Measure what trades cost, from both sides of the spread.

    Parameters
    ----------
    price, fair_value : (trade,) array_like
        Per 100, both clean or both dirty.
    side : (trade,) array_like
        The customer's: 1 buys, -1 sells, 0 not known.
    dollar_duration : (trade,) array_like
        Modified duration (years) times dirty price.
    """
    sign = np.asarray(side, float)
    deviation = np.asarray(price, float) - np.asarray(fair_value, float)
    signed = 2 * np.where(sign == 0, np.nan, sign) * deviation
    absolute = 2 * np.abs(deviation)
    scale = BP_PER_UNIT / np.asarray(dollar_duration, float)
    return EffectiveSpread(signed, signed * scale, absolute, absolute * scale)
