"""Ratios that the project set out to reach, from what was measured."""

from dataclasses import dataclass

from benchmarks.implementations import JAX_SCAN, OURS, PYMC_EXTRAS, STATSMODELS

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


def price_pressure_targets(results: Results) -> list[Target]:
    """Compare the measurements with the aims; skip what could not be measured.

    Parameters
    ----------
    results : dict
        (implementation, quantity) -> value.
    """
    cold = results[f"{OURS}, {COLD}", "posterior_s"]
    return [
        *_gradient("(a) the JAX scan", 10.0, JAX_SCAN, results),
        *_gradient(
            "(b) statespace, its standard filter",
            300.0,
            f"{PYMC_EXTRAS}-standard",
            results,
        ),
        *_gradient("(b) statespace, its fastest filter", 300.0, PYMC_EXTRAS, results),
        *_effective_draws(results),
        _posterior_under_fit(results),
        _below("posterior, cold cache: seconds", 20.0, cold),
        *_linear_in_length(results),
    ]


def liquidity_regimes_targets(results: Results) -> list[Target]:
    """Compare the measurements with the aims, as `price_pressure_targets`."""
    return [
        *_gradient("(a) the JAX scan", 8.0, JAX_SCAN, results),
        *_gradient("(b) the marginalised chain", 20.0, PYMC_EXTRAS, results),
        *_effective_draws(results),
        _posterior_under_fit(results),
        *_linear_in_length(results),
    ]


def _gradient(peer: str, wanted: float, prefix: str, results: Results) -> list[Target]:
    """Against the fastest of the peers whose names start alike."""
    found = [
        value
        for (name, quantity), value in results.items()
        if name.startswith(prefix) and quantity == "gradient_us"
    ]
    if not found:
        return []
    ratio = min(found) / results[OURS, "gradient_us"]
    return [_at_least(f"gradient: times faster than {peer}", wanted, ratio)]


def _effective_draws(results: Results) -> list[Target]:
    ours = results[f"{OURS}, {WARM}", "ess_per_s"]
    return [
        _at_least("min bulk ESS/s: times (a)", 10.0, ours / value)
        for (name, quantity), value in results.items()
        if quantity == "ess_per_s" and name.startswith(JAX_SCAN) and WARM in name
    ]


def _posterior_under_fit(results: Results) -> Target:
    aim = "posterior, warm cache: seconds, under one statsmodels fit"
    fit = results[STATSMODELS, "fit_s"]
    return _below(aim, fit, results[f"{OURS}, {WARM}", "posterior_s"])


def _linear_in_length(results: Results) -> list[Target]:
    rates = [
        value
        for (_, quantity), value in results.items()
        if quantity.startswith("gradient_us_per_")
    ]
    if len(rates) < 2:
        return []
    # In short samples the fixed cost of a call dominates; in long ones caches run out.
    growth = rates[-1] / min(rates)
    aim = "longest sample: microseconds a date over the smallest of all lengths"
    return [_below(aim, 2.0, growth)]


def _at_least(aim: str, wanted: float, reached: float) -> Target:
    return Target(aim, wanted, reached, reached >= wanted)


def _below(aim: str, wanted: float, reached: float) -> Target:
    return Target(aim, wanted, reached, reached < wanted)
