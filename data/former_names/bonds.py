"""Former place of `data.market.bonds`."""

from data.market.bonds import cash_dv01_musd

__all__ = ["cash_dv01_musd"]
