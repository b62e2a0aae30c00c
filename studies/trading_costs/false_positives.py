"""Claims that trading costs go with the benchmark where only pricing errors do."""

from collections.abc import Callable

import pandas as pd

from models.trading_costs.scenarios import NOISE_ONLY, scenario
from models.trading_costs.specification import RESPONSES
from studies.trading_costs.replications import (
    Fitter,
    benchmark_slope,
    interval_row,
    replication_truth,
    simulated_replication,
)


def false_positives(
    replications: int, advance: Callable[[pd.DataFrame], None] = lambda _: None
) -> pd.DataFrame:
    """Fit every response to panels whose costs do not depend on the benchmark.

    Errors of the fair value do: they grow one for one with its illiquidity.

    Returns
    -------
    DataFrame
        One row a replication and response: ``seed``, ``response``, ``mean``,
        ``lower_95``, ``upper_95`` of the slope in benchmark illiquidity (bp, or log
        cost of joint, a standard deviation), ``excludes_zero``.
    """
    truth = replication_truth(scenario(NOISE_ONLY))
    fitters = {response: Fitter(response) for response in RESPONSES}
    rows = []
    for seed in range(1, replications + 1):
        replication = simulated_replication(seed, truth)
        for response, fitter in fitters.items():
            slope = benchmark_slope(fitter.posterior(replication, seed))
            rows.append({"seed": seed, "response": response, **interval_row(slope)})
        advance(pd.DataFrame(rows))
    return pd.DataFrame(rows)
