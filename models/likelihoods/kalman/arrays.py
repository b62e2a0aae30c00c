"""Arrays that the passes of the Kalman filter read and write, and their shapes.

T dates, U rows of the input to the states; symbols as in
`models.likelihoods.kalman.filter`.
"""

from typing import Any, NamedTuple


class StateSpace(NamedTuple):
    """Data and parameters, in the order of the table of `kalman.filter`.

    That table gives shape and meaning of each field.
    """

    observation: Any
    is_observed: Any
    loading: Any
    persistence: Any
    state_variance: Any
    observation_variance: Any
    initial_mean: Any
    initial_variance: Any
    state_input: Any
    observation_input: Any


class Filtered(NamedTuple):
    """What the forward pass finds.

    Attributes
    ----------
    log_likelihood : (time,) float
        Log density of the observed cells of each date given all earlier dates. All
        dates are -inf where a predictive variance is not positive and finite.
    standardized_innovation : (time, N) float
        Innovation over its standard deviation; 0 where not observed, and at all dates
        where the filter failed. (time, 0) unless it was asked for.
    predicted_mean : (time, K) float
        Mean of the state given all earlier dates.
    innovation : (time, N) float
        Each series less its prediction from earlier dates *and* from the series before
        it on the same date; 0 where not observed.
    predicted_covariance : (time, K, K) float
        Covariance of the state given all earlier dates; written only for the dates
        that ``covariance_date`` refers to.
    covariance_date : (time,) int
        The date whose covariance, gain and predictive variance hold at each date;
        itself outside steady stretches. -1 where the filter failed.
    gain : (time, N, K) float
        What each innovation adds to the mean of the state; 0 where not observed.
        Written, as the variance, for the dates that ``covariance_date`` refers to.
    predictive_variance : (time, N) float
        Variance of each innovation.
    """

    log_likelihood: Any
    standardized_innovation: Any
    predicted_mean: Any
    innovation: Any
    predicted_covariance: Any
    covariance_date: Any
    gain: Any
    predictive_variance: Any


class FilterGradient(NamedTuple):
    """Gradient of a weighted sum of what was found, one field an input.

    That of ``observation`` is minus that of ``observation_input``.
    """

    loading: Any
    persistence: Any
    state_variance: Any
    observation_variance: Any
    initial_mean: Any
    initial_variance: Any
    state_input: Any
    observation_input: Any


def inputs_of(N: int, K: int) -> StateSpace:
    """Shapes for N series and K factors."""
    return StateSpace(
        observation=("T", N),
        is_observed=("T", N),
        loading=(N, K),
        persistence=(K,),
        state_variance=(K,),
        observation_variance=(N,),
        initial_mean=(K,),
        initial_variance=(K,),
        state_input=("U", K),
        observation_input=("T", N),
    )


def filtered_of(N: int, K: int, S: int, dates: str = "T") -> Filtered:
    """Shapes of what is found.

    Parameters
    ----------
    N, K : int
        Series and factors.
    S : int
        Series whose innovations are standardised: N, or 0 where nobody asks for them.
    dates : str
        How many dates predictions reach over.
    """
    return Filtered(
        log_likelihood=("T",),
        standardized_innovation=("T", S),
        predicted_mean=(dates, K),
        innovation=("T", N),
        predicted_covariance=(dates, K, K),
        covariance_date=("T",),
        gain=("T", N, K),
        predictive_variance=("T", N),
    )


def gradients_of(N: int, K: int) -> FilterGradient:
    """Shapes of the gradient."""
    shapes = inputs_of(N, K)
    return FilterGradient(*(getattr(shapes, x) for x in FilterGradient._fields))
