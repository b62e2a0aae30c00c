"""Intervals of signed and joint costs beside the truth of simulated trades."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from models.trading_costs.scenarios import FAITHFUL, IDENTITY, LOG, scenario
from models.trading_costs.specification import JOINT, SIGNED
from studies.replications import compare_with_truth
from studies.trading_costs.replications import (
    Fitter,
    known_truth,
    replication_truth,
    simulated_replication,
)

LINKS = {SIGNED: IDENTITY, JOINT: LOG}
"""Response -> link of the mean cost for which it is the right model."""


def recovery(
    replications: int, advance: Callable[[pd.DataFrame], None] = lambda _: None
) -> pd.DataFrame:
    """Fit panels of the scenario ``faithful``, each response with its own link.

    Returns
    -------
    DataFrame
        One row a replication and parameter element: ``variant`` (the response),
        ``seed``, the columns of `studies.replications.compare_with_truth`,
        ``divergences`` (none is counted).
    """
    faithful = replication_truth(scenario(FAITHFUL))
    fitters = {response: Fitter(response) for response in LINKS}
    tables: list[pd.DataFrame] = []
    for seed in range(1, replications + 1):
        for response, link in LINKS.items():
            replication = simulated_replication(seed, replace(faithful, link=link))
            posterior = fitters[response].posterior(replication, seed)
            truth = known_truth(response, replication.simulated)
            selected = {dim: truth[dim] for dim in truth.dims}
            rows = compare_with_truth(posterior.sel(selected), truth)
            rows.insert(0, "variant", response)
            rows.insert(1, "seed", seed)
            tables.append(rows.assign(divergences=0))
        advance(pd.concat(tables, ignore_index=True))
    return pd.concat(tables, ignore_index=True)
