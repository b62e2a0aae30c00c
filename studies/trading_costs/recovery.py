"""Intervals of signed and joint costs beside the truth of simulated trades."""

from dataclasses import replace

import pandas as pd

from models.trading_costs.scenarios import FAITHFUL, IDENTITY, LOG, scenario
from models.trading_costs.specification import JOINT, SIGNED
from studies.replications import compare_with_truth
from studies.sweep import Plan, seeds
from studies.trading_costs.replications import (
    known_truth,
    posterior,
    replication_truth,
    simulated_replication,
)

LINKS = {SIGNED: IDENTITY, JOINT: LOG}
"""Response -> link of the mean cost for which it is the right model."""


def recovery_plan(replications: int) -> Plan:
    """Fit panels of the scenario ``faithful``, each response with its own link."""
    return Plan(replication, seeds(replications))


def replication(seed: int) -> pd.DataFrame:
    """Fit one panel a response.

    Returns
    -------
    DataFrame
        One row a parameter element: ``variant`` (the response), ``seed``, the columns
        of `studies.replications.compare_with_truth`, ``divergences`` (none is counted).
    """
    tables: list[pd.DataFrame] = []
    for response, link in LINKS.items():
        parameters = replace(replication_truth(scenario(FAITHFUL)), link=link)
        simulated = simulated_replication(seed, parameters)
        draws = posterior(response, simulated, parameters, seed)
        truth = known_truth(response, simulated.simulated)
        rows = compare_with_truth(draws.sel({x: truth[x] for x in truth.dims}), truth)
        rows.insert(0, "variant", response)
        rows.insert(1, "seed", seed)
        tables.append(rows.assign(divergences=0))
    return pd.concat(tables, ignore_index=True)
