"""Inputs of a half-life regression as one dataset, for the trace, and back."""

from collections.abc import Sequence

import pandas as pd
import xarray as xr

from data.dims import (
    COVARIATE,
    EVENT_MIX,
    EVENT_TENOR,
    IMPUTATION,
    OUTCOME,
)
from models.half_life.inputs import HalfLifeInputs

OF_COVARIATES = ("transformation", "variance_inflation", "finding", "center", "scale")
"""Columns of `HalfLifeInputs.covariates`."""

TEXT = ("transformation", "finding")


def inputs_dataset(inputs: HalfLifeInputs) -> xr.Dataset:
    """Inputs as a dataset.

    Parameters
    ----------
    inputs : HalfLifeInputs
        Their notes are left to the attributes of a trace.

    Returns
    -------
    xr.Dataset
        By outcome: ``tenor`` (years), ``start_date`` (day of the basis that the
        deviation is measured from), ``event_types``, ``mix`` (position along event_mix)
        and, with covariate, ``covariate_value`` (unit of the panel) and
        ``standardized_covariate``. By imputation and outcome: ``half_life_days`` and
        ``days_watched``. ``mix_weight`` (event_mix, event_tenor). By covariate: those
        of `OF_COVARIATES`. See `models.half_life.inputs.HalfLifeInputs`.
    """
    outcomes, covariates = inputs.outcomes, inputs.covariates
    names = list(covariates.index)
    by_covariate = {
        name: (COVARIATE, covariates[name].astype(object if name in TEXT else float))
        for name in OF_COVARIATES
    }
    return xr.Dataset(
        {
            "tenor": (OUTCOME, outcomes["tenor"].to_numpy()),
            "start_date": (OUTCOME, outcomes["event_date"].to_numpy()),
            "event_types": (OUTCOME, outcomes["event_types"].astype(object)),
            "mix": (OUTCOME, inputs.mix),
            "covariate_value": ((OUTCOME, COVARIATE), outcomes[names].astype(float)),
            "standardized_covariate": ((OUTCOME, COVARIATE), inputs.standardized),
            "half_life_days": ((IMPUTATION, OUTCOME), inputs.half_life_days),
            "days_watched": ((IMPUTATION, OUTCOME), inputs.days_watched),
            "mix_weight": ((EVENT_MIX, EVENT_TENOR), inputs.mix_weight),
            **by_covariate,
        },
        coords={
            OUTCOME: list(outcomes.index),
            COVARIATE: names,
            EVENT_TENOR: inputs.event_tenors,
        },
    )


def inputs_from_dataset(dataset: xr.Dataset, notes: Sequence[str]) -> HalfLifeInputs:
    """Inputs as they were before `inputs_dataset`.

    Parameters
    ----------
    dataset : xr.Dataset
        Group ``panel`` of a trace.
    notes : sequence of str
        Attribute of the trace.
    """
    outcomes = pd.DataFrame(
        {
            "tenor": dataset["tenor"].to_numpy(),
            "event_date": dataset["start_date"].to_numpy(),
            "event_types": dataset["event_types"].to_numpy().astype(str),
        },
        index=dataset[OUTCOME].to_index(),
    )
    names = [str(name) for name in dataset[COVARIATE].to_numpy()]
    values = dataset["covariate_value"].transpose(OUTCOME, COVARIATE).to_numpy()
    dates = pd.DatetimeIndex(outcomes["event_date"].unique()).sort_values()
    return HalfLifeInputs(
        outcomes=outcomes.assign(**dict(zip(names, values.T, strict=True))),
        standardized=dataset["standardized_covariate"].to_numpy(),
        covariates=pd.DataFrame(
            {name: dataset[name].to_numpy() for name in OF_COVARIATES},
            index=pd.Index(names, name=COVARIATE),
        ),
        half_life_days=dataset["half_life_days"].to_numpy(),
        days_watched=dataset["days_watched"].to_numpy(),
        mix_weight=dataset["mix_weight"].to_numpy(),
        mix=dataset["mix"].to_numpy(),
        date=dates.get_indexer(pd.Index(outcomes["event_date"])),
        event_tenors=[str(cell) for cell in dataset[EVENT_TENOR].to_numpy()],
        dates=dates,
        notes=list(notes),
    )
