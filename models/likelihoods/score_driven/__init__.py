"""Innovations whose covariance and scale are driven by their own score."""
