"""Regressions of trading costs beside their peers."""
