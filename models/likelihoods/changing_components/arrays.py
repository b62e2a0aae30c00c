"""Arrays that the passes of changing components read and write, and their shapes.

T dates, N series, K components; symbols as in
`models.likelihoods.changing_components.passes`.
"""

from typing import Any, NamedTuple


class Components(NamedTuple):
    """Data and parameters; the table of `changing_components.passes` says of each."""

    observation: Any
    is_observed: Any
    persistence: Any
    innovation_variance: Any
    noise_variance: Any
    initial_mean: Any
    initial_variance: Any


class Predicted(NamedTuple):
    """What the forward pass finds.

    Attributes
    ----------
    log_density : (time, N) float
        Of each cell given all earlier dates of its series; 0 where not observed. All
        are -inf where a predictive variance is not positive and finite.
    standardized_innovation : (time, N) float
        Innovation over its standard deviation; 0 where not observed.
    predicted_mean : (time, N, K) float
        Of the components given all earlier dates.
    predicted_covariance : (time, N, K, K) float
        Of the components given all earlier dates.
    innovation : (time, N) float
        Series less its prediction; 0 where not observed.
    predictive_variance : (time, N) float
        Of the innovation, also where it was not observed. The first is NaN where the
        pass failed.
    """

    log_density: Any
    standardized_innovation: Any
    predicted_mean: Any
    predicted_covariance: Any
    innovation: Any
    predictive_variance: Any


class ComponentsGradient(NamedTuple):
    """Gradient of a weighted sum of what was found, one field an input."""

    observation: Any
    persistence: Any
    innovation_variance: Any
    noise_variance: Any
    initial_mean: Any
    initial_variance: Any


def components_of(K: int) -> Components:
    """Shapes of data and parameters."""
    return Components(
        observation=("T", "N"),
        is_observed=("T", "N"),
        persistence=("T", "N", K),
        innovation_variance=("T", "N", K),
        noise_variance=("N",),
        initial_mean=("N", K),
        initial_variance=("N", K),
    )


def predicted_of(K: int) -> Predicted:
    """Shapes of what is found."""
    return Predicted(
        log_density=("T", "N"),
        standardized_innovation=("T", "N"),
        predicted_mean=("T", "N", K),
        predicted_covariance=("T", "N", K, K),
        innovation=("T", "N"),
        predictive_variance=("T", "N"),
    )


def gradient_of(K: int) -> ComponentsGradient:
    """Shapes of the gradient."""
    shapes = components_of(K)
    return ComponentsGradient(*(getattr(shapes, x) for x in ComponentsGradient._fields))
