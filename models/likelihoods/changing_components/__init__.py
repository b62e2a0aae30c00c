"""Series that are sums of components whose persistence and variance change."""
