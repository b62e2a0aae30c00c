"""Posteriors of what it costs to trade an off-the-run Treasury."""
