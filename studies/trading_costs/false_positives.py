"""Claims that trading costs go with the benchmark where only pricing errors do."""

import pandas as pd

from models.trading_costs.scenarios import NOISE_ONLY, scenario
from models.trading_costs.specification import RESPONSES
from studies.sweep import Plan, seeds
from studies.trading_costs.replications import (
    benchmark_slope,
    interval_row,
    posterior,
    replication_truth,
    simulated_replication,
)


def false_positives_plan(replications: int) -> Plan:
    """Fit every response to panels whose costs do not depend on the benchmark."""
    return Plan(replication, seeds(replications))


def replication(seed: int) -> pd.DataFrame:
    """Fit every response to one panel.

    Errors of the fair value, not costs, grow with the benchmark's illiquidity.

    Returns
    -------
    DataFrame
        One row a response: ``seed``, ``response``, ``mean``, ``lower_95``,
        ``upper_95`` of the slope in benchmark illiquidity (bp, or log cost of joint, a
        standard deviation), ``excludes_zero``.
    """
    truth = replication_truth(scenario(NOISE_ONLY))
    simulated = simulated_replication(seed, truth)
    slopes = {
        response: benchmark_slope(posterior(response, simulated, truth, seed))
        for response in RESPONSES
    }
    return pd.DataFrame(
        {"seed": seed, "response": response, **interval_row(slope)}
        for response, slope in slopes.items()
    )
