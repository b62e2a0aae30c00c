"""Regressions whose coefficients follow a hidden Markov chain."""
