"""Costs of trading off-the-run Treasuries: trades and quotes beside a fair value."""
