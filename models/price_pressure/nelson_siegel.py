"""Nelson-Siegel loadings of zero-coupon yields on level, slope and curvature."""

from typing import Any

import numpy as np
import pytensor.tensor as pt
from numpy.typing import ArrayLike


def nelson_siegel_loadings(decay_per_month: Any, tenor_months: ArrayLike) -> Any:
    """Loadings of equation (3) of Mixon & Tuzun (2018).

    ``level 1, slope (1 - exp(-x)) / x, curvature slope - exp(-x)`` with
    ``x = decay * maturity``.

    Parameters
    ----------
    decay_per_month : float or scalar tensor
        delta, above 0. A tensor gives a tensor.
    tenor_months : (tenor,) array_like
        Maturities, above 0.

    Returns
    -------
    (tenor, 3) array or tensor
        Change of each yield per unit of each factor.
    """
    months = np.asarray(tenor_months, dtype=np.float64)
    library = np if isinstance(decay_per_month, float) else pt
    scaled = decay_per_month * months
    slope = -library.expm1(-scaled) / scaled
    columns = [np.ones_like(months), slope, slope - library.exp(-scaled)]
    return library.stack(columns, axis=1)
