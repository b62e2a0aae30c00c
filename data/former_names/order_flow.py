"""Former place of `data.price_pressure.order_flow`."""

from data.price_pressure.order_flow import order_flow_surprise

__all__ = ["order_flow_surprise"]
