"""States of a hidden Markov regression given the data, and predictions, from draws."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pymc as pm
import xarray as xr
from scipy.special import stdtr

from data.arrays import FloatArray, IntArray
from inference.states.evaluation import observed_variable
from models.likelihoods.hidden_markov.distribution import (
    CORE_NDIM,
    regression_log_emission,
)
from models.likelihoods.hidden_markov.paths import (
    draw_path,
    filter_and_smooth,
    most_likely_path,
    predicted_probability,
    transition_matrices,
)


class HiddenMarkovDraw(NamedTuple):
    """Data and parameters of one draw.

    Attributes
    ----------
    observation, is_observed : (time, series) float
    covariates : (time, P) float
    slope : (K, series, P) float
    noise_sd : (K, series) float
    degrees_of_freedom : (K,) float
    initial : (K,) float
    transition_intercept, transition_slope : (K, K - 1) float
    transition_covariate : (time,) float
        See `models.likelihoods.hidden_markov.distribution.HiddenMarkovRegression`.
    """

    observation: FloatArray
    is_observed: FloatArray
    covariates: FloatArray
    slope: FloatArray
    noise_sd: FloatArray
    degrees_of_freedom: FloatArray
    initial: FloatArray
    transition_intercept: FloatArray
    transition_slope: FloatArray
    transition_covariate: FloatArray

    @property
    def transition(self) -> FloatArray:
        """Transition matrix after each day but the last, (time - 1, K, K)."""
        return transition_matrices(
            self.transition_intercept,
            self.transition_slope,
            self.transition_covariate[:-1],
        )

    @property
    def log_emission(self) -> FloatArray:
        """Log density of each day's data in each state, (time, K)."""
        return regression_log_emission(*self[:6])


class StateSummary(NamedTuple):
    """States and one-step-ahead predictions, over the draws.

    Attributes
    ----------
    smoothed, filtered, predicted : (time, K) float
        Probability of each state given all data, given those up to the day, and given
        those up to the day before.
    path : (draw, time) int
        One path of the states given all data for each draw, from 0.
    mean, sd : (time, series) float
        Of each cell given all earlier days, also where it was not observed. The
        standard deviation is infinite where a Student-t noise has none.
    pit : (time, series) float
        Probability below the observed value; NaN where not observed.
    """

    smoothed: FloatArray
    filtered: FloatArray
    predicted: FloatArray
    path: IntArray
    mean: FloatArray
    sd: FloatArray
    pit: FloatArray


def hidden_markov_draws(
    model: pm.Model, name: str, draws: xr.Dataset
) -> Iterator[HiddenMarkovDraw]:
    """Evaluate a hidden Markov regression of a model at posterior draws.

    Parameters
    ----------
    model : pm.Model
        Model with a variable of
        `models.likelihoods.hidden_markov.distribution.HiddenMarkovRegression`.
    name : str
        Name of that variable.
    draws : (chain, draw, ...) xr.Dataset
        Draws of at least every free parameter.

    Yields
    ------
    HiddenMarkovDraw
        One a draw, chain after chain.
    """
    found = observed_variable(model, name, draws, CORE_NDIM)
    observation = found.observation.reshape(len(found.observation), -1)
    for is_observed, covariates, *parameters in found.parameters:
        yield HiddenMarkovDraw(observation, is_observed.T, covariates, *parameters)


def summarize_states(
    draws: Sequence[HiddenMarkovDraw], rng: np.random.Generator
) -> StateSummary:
    """States given the data, and each day's prediction from earlier days.

    Parameters
    ----------
    draws : sequence of HiddenMarkovDraw
        All with the same data; at least one.
    rng : numpy.random.Generator
        Of the paths.
    """
    smoothed, filtered, predicted, paths, predictions = [], [], [], [], []
    for draw in draws:
        transition = draw.transition
        states = filter_and_smooth(draw.log_emission, draw.initial, transition)
        ahead = predicted_probability(states.filtered, draw.initial, transition)
        smoothed.append(states.smoothed)
        filtered.append(states.filtered)
        predicted.append(ahead)
        paths.append(draw_path(states.filtered, transition, rng))
        predictions.append(_predict(draw, ahead))
    mean, variance, below = (np.stack(x) for x in zip(*predictions, strict=True))
    return StateSummary(
        smoothed=np.mean(smoothed, axis=0),
        filtered=np.mean(filtered, axis=0),
        predicted=np.mean(predicted, axis=0),
        path=np.stack(paths),
        mean=mean.mean(axis=0),
        sd=np.sqrt(variance.mean(axis=0) + mean.var(axis=0)),
        pit=np.where(draws[0].is_observed != 0.0, below.mean(axis=0), np.nan),
    )


class DayAhead(NamedTuple):
    """What one draw predicts of each day given all earlier ones.

    Attributes
    ----------
    probability : (time, K) float
        Of each state.
    pit : (time, series) float
        Probability below the observed value; NaN where not observed.
    """

    probability: FloatArray
    pit: FloatArray


def predict_days(draw: HiddenMarkovDraw) -> DayAhead:
    """Predict each day from all earlier ones at one draw.

    NaN throughout where the draw rules the data out: it was drawn given earlier days
    only, and the later ones leave it no weight.
    """
    transition = draw.transition
    try:
        states = filter_and_smooth(draw.log_emission, draw.initial, transition)
    except ValueError:
        nothing = np.full((len(draw.observation), len(draw.initial)), np.nan)
        return DayAhead(nothing, np.full(draw.observation.shape, np.nan))
    ahead = predicted_probability(states.filtered, draw.initial, transition)
    below = _predict(draw, ahead)[2]
    return DayAhead(ahead, np.where(draw.is_observed != 0.0, below, np.nan))


def likely_path(draw: HiddenMarkovDraw) -> IntArray:
    """Path of the states with the highest probability, (time,), from 0."""
    return most_likely_path(draw.log_emission, draw.initial, draw.transition)


def _predict(
    draw: HiddenMarkovDraw, probability: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Mean, variance and distribution function at the data of each day's mixture."""
    weight = probability[:, :, None]
    freedom = draw.degrees_of_freedom[:, None]
    state_mean = np.einsum("tp,knp->tkn", draw.covariates, draw.slope)
    score = (draw.observation[:, None] - state_mean) / draw.noise_sd
    mean = (weight * state_mean).sum(axis=1)
    second_moment = state_mean**2 + draw.noise_sd**2 * _unit_variance(freedom)
    # A state that is ruled out adds nothing, not even where its variance is infinite.
    possible = np.where(weight > 0, second_moment, 0.0)
    variance = (weight * possible).sum(axis=1) - mean**2
    return mean, variance, (weight * stdtr(freedom, score)).sum(axis=1)


def _unit_variance(degrees_of_freedom: FloatArray) -> FloatArray:
    """Variance of a Student t; infinite from two degrees of freedom down."""
    reciprocal = 1 - 2 / degrees_of_freedom
    return np.where(reciprocal > 0, 1 / np.where(reciprocal > 0, reciprocal, 1), np.inf)
