"""Former place of `models.price_pressure.nelson_siegel`."""

from models.price_pressure.nelson_siegel import nelson_siegel_loadings

__all__ = ["nelson_siegel_loadings"]
