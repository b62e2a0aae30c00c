"""Prior families that several models share."""

from collections.abc import Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
import pymc as pm
from pytensor.graph.basic import Variable

from data.errors import DataError


@dataclass(frozen=True, kw_only=True)
class LogNormalPrior:
    """Log-normal prior of a positive quantity.

    Parameters
    ----------
    median : float
        In the unit of the quantity.
    log_sd : float
        Standard deviation of its natural logarithm.
    """

    median: float
    log_sd: float


def log_normal(
    name: str,
    prior: LogNormalPrior,
    dims: str | tuple[str, ...] | None = None,
    **options: Any,
) -> Variable:
    """Add a positive quantity to the model on the context stack."""
    return pm.LogNormal(name, np.log(prior.median), prior.log_sd, dims=dims, **options)


@dataclass(frozen=True, kw_only=True)
class StudentTPrior:
    """Student-t prior of a quantity of either sign.

    Parameters
    ----------
    centre, scale : float
        In the unit of the quantity.
    degrees_of_freedom : float
    """

    centre: float
    scale: float
    degrees_of_freedom: float


def stored_priors[Priors](kind: type[Priors], stored: Mapping[str, Any]) -> Priors:
    """Priors from what `dataclasses.asdict` and JSON have made of them.

    Parameters
    ----------
    kind : type
        Dataclass of the priors.
    stored : mapping
        Its fields by name; a prior is a mapping, a tuple may be a list.

    Raises
    ------
    DataError
        The trace is of a version whose priors had other parameters.
    """
    unknown = sorted(set(stored) - set(signature(kind).parameters))
    if unknown:
        raise DataError(
            f"the trace was drawn under priors of another version ({unknown[0]})",
            "Fit the model again.",
        )
    return kind(**{name: _restored(value) for name, value in stored.items()})


def _restored(value: Any) -> Any:
    if isinstance(value, Mapping):
        kind = LogNormalPrior if "median" in value else StudentTPrior
        return kind(**value)
    return tuple(value) if isinstance(value, list) else value
