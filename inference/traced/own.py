"""A model of a user's own, fitted as those of the workbench are."""

from hashlib import sha256

import numpy as np
import pymc as pm
import xarray as xr

from inference.checks.fit_to_data import FamilyChecks
from inference.checks.predictive_checks import PredictiveCheck
from inference.traced.prepared import PreparedModel

OWN = "own"
"""Attribute ``model`` of its trace."""

OWN_CHECKS = FamilyChecks(
    predictive=PredictiveCheck(
        variable="",
        subject="data",
        statistics={},
        scale_statistics=(),
        relevant_difference={},
    ),
    series_label=lambda _: "data",
    predicts=False,
    searches=False,
)
"""Draws, sampler and modes: what the data of any model may be compared by, its author
knows."""


def prepare_own(model: pm.Model) -> PreparedModel:
    """Take a model as it is: no derived quantities, chains that start scattered.

    Parameters
    ----------
    model : pm.Model
        Unsampled, with at least one observed variable.

    Returns
    -------
    PreparedModel
        ``dataclasses.replace`` gives it checks of the data, starts or a mask.
    """
    digest = sha256()
    for variable in model.observed_RVs:
        value = model.rvs_to_values[variable]
        digest.update(np.ascontiguousarray(value.eval()).tobytes())
    return PreparedModel(
        model=model,
        used=xr.Dataset(),
        description={
            "model": OWN,
            "variant": model.name,
            "data_sha256": digest.hexdigest(),
            "data_source": "a model built in Python",
        },
        derive=lambda *_: {},
        checks=OWN_CHECKS,
        starts=None,
    )
