"""Durations in whole days, right-censored."""
