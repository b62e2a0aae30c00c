"""Prior families that several models share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


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


def stored_priors[Priors](kind: type[Priors], stored: Mapping[str, Any]) -> Priors:
    """Priors from what `dataclasses.asdict` and JSON have made of them.

    Parameters
    ----------
    kind : type
        Dataclass of the priors.
    stored : mapping
        Its fields by name; a log-normal prior is a mapping, a tuple may be a list.

    Returns
    -------
    Priors
    """
    return kind(**{name: _restored(value) for name, value in stored.items()})


def _restored(value: Any) -> Any:
    if isinstance(value, Mapping):
        return LogNormalPrior(**value)
    return tuple(value) if isinstance(value, list) else value
