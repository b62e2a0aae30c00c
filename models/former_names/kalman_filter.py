"""Former place of `models.likelihoods.kalman.filter`."""

from models.likelihoods.kalman.filter import kalman_filter

__all__ = ["kalman_filter"]
