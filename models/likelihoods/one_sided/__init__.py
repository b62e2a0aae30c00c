"""One-sided costs seen through two-sided errors."""
