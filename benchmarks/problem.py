"""What a benchmark is about: data, implementations and aims."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.implementations import Implementation
from benchmarks.targets import Results, Target

SEED = 20180418

Task = tuple[str, Callable[..., dict[str, float]], tuple[Any, ...]]
"""Subject in the results, module-level function, arguments."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One model on one panel.

    Parameters
    ----------
    name : str
        Command ``python -m benchmarks NAME``.
    title : str
        In words, with its article.
    path : str
        Where it is, "module:name": a measurement's fresh process, which does not get it
        from its parent, finds it there.
    make_panel : callable
        folder of the run -> the panel, written there once.
    lengthen : callable
        (panel, number of dates) -> a panel of that length.
    date : str
        What one date is: week or day.
    lengths : tuple of int
        Numbers of dates at which our gradient is timed.
    implementations : mapping of str to Implementation
        By name; ours first.
    natural_parameters : tuple of str
        Variables of the model that make up the parameter vector of the statsmodels
        peer, in order.
    measure_fit : callable
        folder of the run -> measurements of statsmodels' maximum likelihood.
    further_tasks : tuple of Task
        What else is measured; each gets its arguments alone.
    evaluate_targets : callable
        Measurements -> the aims.
    """

    name: str
    title: str
    path: str
    make_panel: Callable[[Path], Any]
    lengthen: Callable[[Any, int], Any]
    date: str
    lengths: tuple[int, ...]
    implementations: Mapping[str, Implementation]
    natural_parameters: tuple[str, ...]
    measure_fit: Callable[[Path], dict[str, float]]
    further_tasks: tuple[Task, ...] = ()
    evaluate_targets: Callable[[Results], list[Target]]
