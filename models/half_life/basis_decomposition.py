r"""What in a daily basis lasts, what dies out, and what is noise.

Each tenor's basis is the sum of a local level, an autoregressive deviation and white
noise (Harvey 1989, chapter 2; Durbin & Koopman 2012, chapter 3):

.. math::

    b_t &= \mu_t + x_t + \varepsilon_t \\
    \mu_t &= \mu_{t-1} + \eta_t, \qquad
    x_t = \phi x_{t-1} + \omega_t, \qquad \phi = 2^{-1/\tau}

========  ============================  ============  ===================
symbol    name in code                  shape         unit
========  ============================  ============  ===================
b         basis_bp                      (day, tenor)  basis points
phi       persistence                   (tenor,)      per business day
tau       half_life_days                (tenor,)      business days
sd eta    level_innovation_sd_bp        (tenor,)      basis points a day
sd omega  deviation_innovation_sd_bp    (tenor,)      basis points a day
sd eps    noise_sd_bp                   (tenor,)      basis points
========  ============================  ============  ===================

Time runs in trading days: single weekdays without any basis are holidays and no days of
the model. A missing cell, and a longer gap, is integrated out exactly.

The data can leave open which of level and deviation carries the lasting moves: as
:math:`\phi \to 1` the deviation is a second level, and without innovations of its own
its half-life is anything. What they do fix is the sum of the two innovation variances.
So the model is sampled in that sum (``innovation_sd_bp``, squared) and the deviation's
share of it (``deviation_innovation_share``); half-life and share then move without
touching the rest. And the prior of the half-life says what a deviation is: that which
halves within days to weeks. All that is slower is level.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import pytensor.tensor as pt
import xarray as xr

from data.dims import DAY, TENOR
from data.half_life.basis_panel import BasisPanel
from models.likelihoods.kalman.local_level_autoregression import (
    LocalLevelAutoregression,
)
from models.priors import LogNormalPrior, log_normal

LONGEST_HOLIDAY_DAYS = 2
"""Weekdays in a row on which the Treasury market may be closed: Christmas and the day
after, a storm."""


@dataclass(frozen=True, kw_only=True)
class BasisDecompositionPriors:
    """Priors, all proper.

    Parameters
    ----------
    half_life_days : LogNormalPrior
        Of the deviation. Five business days, nine times in ten between two and 13: the
        half-life notebook watches a dislocation for ten days. On this scale a
        persistence near one is far away, see the module.
    innovation_sd_bp : LogNormalPrior
        Standard deviation of the sum of both innovations; the basis moves by some
        basis points a day. From 0.2 to 20.
    noise_sd_bp : LogNormalPrior
        Prices of single days are off by about a basis point. From 0.1 to 10.
    initial_level_mean_bp, initial_level_sd_bp : float
        The first day's level is normal: within 200 bp of zero whatever follows.

    Notes
    -----
    The deviation's share of the innovation variance is uniform: any split of the
    lasting moves between the two is as likely before the data.
    """

    half_life_days: LogNormalPrior = LogNormalPrior(median=5.0, log_sd=0.6)
    innovation_sd_bp: LogNormalPrior = LogNormalPrior(median=2.0, log_sd=1.0)
    noise_sd_bp: LogNormalPrior = LogNormalPrior(median=1.0, log_sd=1.0)
    initial_level_mean_bp: float = 0.0
    initial_level_sd_bp: float = 100.0


def basis_decomposition_model(
    panel: BasisPanel, priors: BasisDecompositionPriors | None = None
) -> pm.Model:
    """Build the decomposition of every tenor of a panel.

    Parameters
    ----------
    panel : BasisPanel
        Of its days `trading_days` are kept.
    priors : BasisDecompositionPriors, optional
        The defaults where left out.

    Returns
    -------
    pm.Model
        Unsampled. The observed variable ``basis_bp`` (day, tenor) has one log density a
        day: that of its quoted tenors given all earlier days.
    """
    priors = priors or BasisDecompositionPriors()
    dataset = trading_days(panel.dataset)
    basis = dataset["basis_bp"].transpose(DAY, TENOR).to_numpy()
    is_quoted = np.isfinite(basis)
    coords = {
        DAY: dataset[DAY].to_numpy(),
        TENOR: dataset[TENOR].to_numpy().tolist(),
    }
    with pm.Model(coords=coords) as model:
        quiet = quiet_components(priors)
        LocalLevelAutoregression(
            "basis_bp",
            num_series=basis.shape[1],
            is_observed=pm.Data(
                "is_quoted", is_quoted.astype(np.float64), dims=(DAY, TENOR)
            ),
            **quiet._asdict(),
            initial_level_mean=priors.initial_level_mean_bp,
            initial_level_variance=priors.initial_level_sd_bp**2,
            observed=pm.Data(
                "quoted_basis_bp", np.where(is_quoted, basis, 0.0), dims=(DAY, TENOR)
            ),
            dims=(DAY, TENOR),
        )
    return model


class QuietComponents(NamedTuple):
    """Persistence of the deviation and variances of the components, (tenor,) each."""

    persistence: Any
    level_variance: Any
    deviation_variance: Any
    noise_variance: Any


def quiet_components(priors: BasisDecompositionPriors) -> QuietComponents:
    """Add the parameters of level, deviation and noise to the model at hand."""
    half_life = log_normal("half_life_days", priors.half_life_days, TENOR)
    persistence = pm.Deterministic("persistence", 2 ** (-1 / half_life), dims=TENOR)
    innovation_sd = log_normal("innovation_sd_bp", priors.innovation_sd_bp, TENOR)
    share = pm.Uniform("deviation_innovation_share", dims=TENOR)
    level_sd = pm.Deterministic(
        "level_innovation_sd_bp", innovation_sd * pt.sqrt(1 - share), dims=TENOR
    )
    deviation_sd = pm.Deterministic(
        "deviation_innovation_sd_bp", innovation_sd * pt.sqrt(share), dims=TENOR
    )
    noise_sd = log_normal("noise_sd_bp", priors.noise_sd_bp, TENOR)
    return QuietComponents(persistence, level_sd**2, deviation_sd**2, noise_sd**2)


def trading_days(dataset: xr.Dataset) -> xr.Dataset:
    """Leave out holidays: weekdays on which no tenor has a basis, two in a row at most.

    A holiday is no time that passes in the market. And it would cost as much as fifty
    days: it breaks the steady state of the filter.

    Parameters
    ----------
    dataset : xr.Dataset
        ``basis_bp`` (day, tenor), as in `data.half_life.basis_panel.BasisPanel`.

    Returns
    -------
    xr.Dataset
        The same without holidays; longer gaps stay.
    """
    is_empty = dataset["basis_bp"].isnull().all(TENOR).to_numpy()
    run = np.cumsum(np.diff(is_empty, prepend=is_empty[:1]))
    length = np.bincount(run)[run]
    return dataset.isel({DAY: ~(is_empty & (length <= LONGEST_HOLIDAY_DAYS))})
