"""Names of the dimensions that model variables carry."""

WEEK = "week"
TENOR = "tenor"
FACTOR = "factor"
INVENTORY_MARKET = "inventory_market"
ORDER_FLOW_TERM = "order_flow_term"
