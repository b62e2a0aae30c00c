"""Simulated trades with known costs."""
