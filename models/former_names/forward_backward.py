"""Former place of `models.likelihoods.hidden_markov.op`."""

from models.likelihoods.hidden_markov.op import hidden_markov_log_likelihood

__all__ = ["hidden_markov_log_likelihood"]
