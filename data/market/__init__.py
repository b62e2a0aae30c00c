"""Arithmetic of the Treasury market: bonds, curves, futures, calendars."""
