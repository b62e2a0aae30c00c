"""Former place of `data.price_pressure.factor_exposures`."""

from data.price_pressure.factor_exposures import factor_exposure

__all__ = ["factor_exposure"]
