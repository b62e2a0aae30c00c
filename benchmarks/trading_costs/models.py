"""The mixed models that are measured: ours, and the same of others."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import pymc as pm

from models.likelihoods.mixed.distribution import GaussianMixed, response_statistics
from models.likelihoods.mixed.statistics import (
    Lengths,
    MixedStatistics,
    Rows,
    gather,
    total,
)

SEED = 20240215
SECURITIES, DAYS, REGRESSORS = 118, 1589, 10
"""As many securities and days as the paper has; ten regressors."""

DAYS_A_MONTH = 21
BATCH = 65_536
PRIOR_SD = 10.0
RESIDUAL_SD, SECURITY_SD, DAY_SD = 0.6, 0.2, 0.1


class Truth(NamedTuple):
    """What rows are simulated from, one batch after another."""

    coefficient: np.ndarray
    security: np.ndarray
    day: np.ndarray


def truth() -> Truth:
    """Coefficients and effects of the benchmark."""
    rng = np.random.default_rng(SEED)
    return Truth(
        rng.normal(0, 0.3, REGRESSORS),
        rng.normal(0, SECURITY_SD, SECURITIES),
        rng.normal(0, DAY_SD, DAYS),
    )


def batch(number: int, start: int, total_rows: int, *, has_days: bool) -> Rows:
    """Simulated rows `start` to `start + number`, in order of days."""
    rng = np.random.default_rng([SEED, start])
    effects = truth()
    fixed = rng.standard_normal((number, REGRESSORS))
    fixed[:, 0] = 1.0
    security = rng.integers(0, SECURITIES, number)
    day = (np.arange(start, start + number) * DAYS) // total_rows
    response = fixed @ effects.coefficient + effects.security[security]
    response += effects.day[day] * has_days
    response += RESIDUAL_SD * rng.standard_normal(number)
    one = np.ones((number, 1))
    return Rows(
        response,
        fixed,
        np.ones(number),
        security,
        one,
        day,
        one if has_days else np.zeros((number, 0)),
        day // DAYS_A_MONTH,
        np.zeros((number, 0), np.int64),
    )


def batches(number: int, *, has_days: bool) -> list[Rows]:
    """All rows, in batches."""
    return [
        batch(min(BATCH, number - start), start, number, has_days=has_days)
        for start in range(0, number, BATCH)
    ]


def lengths(*, has_days: bool) -> Lengths:
    """Of the statistics."""
    return Lengths(
        fixed=REGRESSORS,
        groups=SECURITIES,
        crossed=DAYS if has_days else 0,
        crossed_slopes=int(has_days),
        blocks=(DAYS - 1) // DAYS_A_MONTH + 1,
    )


def our_statistics(number: int, *, has_days: bool) -> MixedStatistics:
    """Statistics of simulated rows."""
    return gather(batches(number, has_days=has_days), lengths(has_days=has_days))


def our_model(statistics: MixedStatistics, *, has_days: bool) -> pm.Model:
    """Our model, effects and coefficients integrated out."""
    totals = total(statistics)
    size = len(response_statistics(totals))
    with pm.Model(coords={"statistic": np.arange(size)}) as model:
        residual = pm.LogNormal("residual_sd", 0.0, 1.0)
        security = pm.HalfNormal("security_sd", 1.0) * np.eye(1)
        day = pm.HalfNormal("day_sd", 1.0) * np.eye(1) if has_days else None
        GaussianMixed(
            "response",
            residual_sd=residual,
            group_scale=security,
            crossed_scale=day,
            prior_precision=np.full(REGRESSORS, PRIOR_SD**-2),
            totals=totals,
            dims="statistic",
        )
    return model


def peer_frame(number: int) -> pd.DataFrame:
    """The same rows as a table, without effects of days."""
    rows = batches(number, has_days=False)
    frame = pd.DataFrame(
        np.concatenate([x.fixed[:, 1:] for x in rows]),
        columns=[f"x{k}" for k in range(1, REGRESSORS)],
    )
    frame["y"] = np.concatenate([x.response for x in rows])
    codes = np.concatenate([x.group for x in rows])
    return frame.assign(security=pd.Categorical([f"s{code}" for code in codes]))


def pymc_model(number: int) -> pm.Model:
    """The same model with an intercept sampled for each security."""
    rows = batches(number, has_days=False)
    fixed = np.concatenate([x.fixed for x in rows])
    code = np.concatenate([x.group for x in rows])
    with pm.Model() as model:
        residual = pm.LogNormal("residual_sd", 0.0, 1.0)
        spread = pm.HalfNormal("security_sd", 1.0)
        effect = spread * pm.Normal("scaled", 0.0, 1.0, shape=SECURITIES)
        coefficient = pm.Normal("coefficient", 0.0, PRIOR_SD, shape=REGRESSORS)
        mean = (fixed * coefficient).sum(axis=1) + effect[code]
        pm.Normal(
            "y", mean, residual, observed=np.concatenate([x.response for x in rows])
        )
    return model
