"""The report on cleaned transactions: what was removed, and what depends on it."""
