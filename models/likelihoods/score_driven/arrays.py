"""Arrays that the passes of score-driven innovations read and write, and their shapes.

T dates; symbols as in `models.likelihoods.score_driven.passes`.
"""

from typing import Any, NamedTuple


class Innovations(NamedTuple):
    """Data and parameters.

    Attributes
    ----------
    innovation : (time, N) float
        z; what stands where it was not observed is not used.
    is_observed : (time, N) float
        1 where observed, else 0.
    dynamics : (5,) float
        p, a, phi, kappa, nu.
    log_constant : (N + 1,) float
        Of the Student t's density for n = 0, ..., N series.
    """

    innovation: Any
    is_observed: Any
    dynamics: Any
    log_constant: Any


class ScoreDriven(NamedTuple):
    """What the forward pass finds.

    Attributes
    ----------
    log_density : (time,) float
        Of each date's innovations given all earlier ones. All dates are -inf where a
        scale matrix is not positive definite or not finite.
    log_scale : (time,) float
        l. The first is NaN where the pass failed.
    scale_matrix : (time, N, N) float
        G.
    precision : (time, N, N) float
        Inverse of G's observed rows and columns; 0 elsewhere.
    weighted : (time, N) float
        Precision times e.
    distance : (time,) float
        q.
    """

    log_density: Any
    log_scale: Any
    scale_matrix: Any
    precision: Any
    weighted: Any
    distance: Any


class ScoreDrivenGradient(NamedTuple):
    """Gradient of a weighted sum of the log densities, one field an input."""

    innovation: Any
    dynamics: Any
    log_constant: Any


def innovations_of(N: int) -> Innovations:
    """Shapes of data and parameters."""
    return Innovations(
        innovation=("T", N), is_observed=("T", N), dynamics=(5,), log_constant=(N + 1,)
    )


def score_driven_of(N: int) -> ScoreDriven:
    """Shapes of what is found."""
    return ScoreDriven(
        log_density=("T",),
        log_scale=("T",),
        scale_matrix=("T", N, N),
        precision=("T", N, N),
        weighted=("T", N),
        distance=("T",),
    )


def gradient_of(N: int) -> ScoreDrivenGradient:
    """Shapes of the gradient."""
    shapes = innovations_of(N)
    return ScoreDrivenGradient(
        *(getattr(shapes, x) for x in ScoreDrivenGradient._fields)
    )
