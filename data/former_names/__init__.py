"""Modules whose names the README of version 0.1 printed, for scripts that import them.

This folder is on the path of `data`: ``data.factor_exposures`` is found in it.
"""
