"""Former place of `models.likelihoods.hidden_markov.emission`."""

from models.likelihoods.hidden_markov.emission import regression_log_density

__all__ = ["regression_log_density"]
