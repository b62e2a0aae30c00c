"""Former place of `data.price_pressure.panel`."""

from data.price_pressure.panel import read_price_pressure_panel

__all__ = ["read_price_pressure_panel"]
