"""Ratios that the project set out to reach, from what was measured."""

from dataclasses import dataclass

from benchmarks.implementations import JAX_SCAN, OURS, STATESPACE, STATSMODELS

Results = dict[tuple[str, str], float]
"""(implementation, quantity) -> value."""

COLD, WARM = "cold cache", "warm cache"


@dataclass(frozen=True)
class Target:
    """One aim and what came of it.

    Parameters
    ----------
    aim : str
        In words.
    wanted, reached : float
        The bound, and the measured value.
    is_met : bool
        Whether it is on the right side of the bound.
    """

    aim: str
    wanted: float
    reached: float
    is_met: bool


def evaluate_targets(results: Results) -> list[Target]:
    """Compare the measurements with the aims; skip what could not be measured.

    Parameters
    ----------
    results : dict
        (implementation, quantity) -> value.

    Returns
    -------
    list of Target
    """
    gradient = {
        name: value
        for (name, quantity), value in results.items()
        if quantity == "gradient_us"
    }
    ours = gradient[OURS]
    targets = [
        _at_least("gradient: times faster than (a) the JAX scan", 10.0, peer / ours)
        for peer in _fastest(gradient, JAX_SCAN)
    ]
    standard = gradient.get(f"{STATESPACE}-standard")
    if standard is not None:
        aim = "gradient: times faster than (b) statespace, its standard filter"
        targets.append(_at_least(aim, 300.0, standard / ours))
    targets += [
        _at_least(
            "gradient: times faster than (b) statespace, its fastest filter",
            300.0,
            peer / ours,
        )
        for peer in _fastest(gradient, STATESPACE)
    ]
    warm, cold = f"{OURS}, {WARM}", f"{OURS}, {COLD}"
    targets += [
        _at_least("min bulk ESS/s: times (a)", 10.0, results[warm, "ess_per_s"] / value)
        for (name, quantity), value in results.items()
        if quantity == "ess_per_s" and name.startswith(JAX_SCAN) and WARM in name
    ]
    fit = results[STATSMODELS, "fit_s"]
    aim = "posterior, warm cache: seconds, under one statsmodels fit"
    targets.append(_below(aim, fit, results[warm, "posterior_s"]))
    targets.append(
        _below("posterior, cold cache: seconds", 20.0, results[cold, "posterior_s"])
    )
    return [*targets, *_linear_in_length(results)]


def _linear_in_length(results: Results) -> list[Target]:
    rates = [
        value
        for (_, quantity), value in results.items()
        if quantity == "gradient_us_per_week"
    ]
    if len(rates) < 2:
        return []
    # Below 1,000 weeks the fixed cost of a call dominates; above, caches run out.
    growth = rates[-1] / min(rates)
    aim = "longest sample: microseconds a week over the smallest of all lengths"
    return [_below(aim, 2.0, growth)]


def _fastest(gradient: dict[str, float], prefix: str) -> list[float]:
    found = [value for name, value in gradient.items() if name.startswith(prefix)]
    return [min(found)] if found else []


def _at_least(aim: str, wanted: float, reached: float) -> Target:
    return Target(aim, wanted, reached, reached >= wanted)


def _below(aim: str, wanted: float, reached: float) -> Target:
    return Target(aim, wanted, reached, reached < wanted)
