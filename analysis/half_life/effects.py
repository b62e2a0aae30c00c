r"""From log hazard ratios to days: how long dislocations last at given covariates.

The share of dislocations still open after day d at the value x of one covariate, the
others at their mean, is

.. math::

    S_x(d) = \sum_c w_c \, E_v \exp\bigl(-e^{\beta z(x) + \alpha_c + v} H_d\bigr)

with the cumulative baseline hazard H, the effects :math:`\alpha_c` of event types by
tenors at the shares w in which they occur, and the effect v of a new date, normal with
the estimated standard deviation. It is an average over events, not an event of average
effects, so that it can be laid beside the data.
"""

import numpy as np
import pandas as pd
import xarray as xr

from analysis.estimates import stacked
from analysis.fit import Fit
from analysis.half_life.events import events_of, used_events
from data.arrays import FloatArray
from models.half_life.covariates import transform
from models.half_life.inputs import HalfLifeInputs
from models.half_life.stored_inputs import inputs_from_dataset

MAX_DRAWS = 500
"""Draws behind a curve: the error of an interval's end is below 5% of its width."""

NUM_NODES = 7
"""Of the Gauss-Hermite rule that averages over dates: exact to 1e-4 days here."""

LOW, HIGH = 0.1, 0.9
"""Quantiles of a covariate that count as a low and a high value."""


def inputs_of(fit: Fit) -> HalfLifeInputs:
    """Outcomes, covariates and their scales as the regression of a fit used them."""
    return inputs_from_dataset(fit.panel, fit.tree.attrs.get("notes", ()))


def entered_events(fit: Fit) -> pd.DataFrame:
    """Events that were followed and that the regression of a fit takes.

    Covariates that some events lack leave fewer than the panel holds.
    """
    used = used_events(events_of(fit))
    return used[used["outcome"].isin(inputs_of(fit).outcomes.index)]


def has_covariates(fit: Fit) -> bool:
    """Whether any covariate enters a regression."""
    return "coefficient" in fit.posterior


def cumulative_baseline(fit: Fit, max_draws: int = MAX_DRAWS) -> xr.DataArray:
    """Draws of the cumulative baseline hazard at the end of each day.

    Parameters
    ----------
    fit : Fit
        Of a duration model.
    max_draws : int
        Thinned to at most this many.

    Returns
    -------
    (day, sample) DataArray
        Zero on day 0.
    """
    log_hazard = _thinned(fit.posterior["baseline_log_hazard"], max_draws)
    hazard = xr.ufuncs.exp(log_hazard)
    cumulative = hazard.cumsum("day").assign_coords(day=hazard["day"])
    start = xr.zeros_like(cumulative.isel(day=[0])).assign_coords(day=[0])
    return xr.concat([start, cumulative], "day")


def _thinned(draws: xr.DataArray, max_draws: int = MAX_DRAWS) -> xr.DataArray:
    sample = stacked(draws).reset_coords(drop=True)
    step = -(-sample.sizes["sample"] // max_draws)
    return sample.isel(sample=slice(None, None, step))


def survival(
    fit: Fit,
    log_hazard_ratio: xr.DataArray,
    event_tenor_weight: xr.DataArray,
    max_draws: int = MAX_DRAWS,
) -> xr.DataArray:
    """Share still open by day, averaged over event types, tenors and dates.

    Parameters
    ----------
    fit : Fit
        Of a duration model.
    log_hazard_ratio : (..., sample) DataArray
        Of the covariates; 0 at their means.
    event_tenor_weight : (event_tenor,) DataArray
        Shares, adding up to 1.
    max_draws : int
        As many as the ratio was thinned to.

    Returns
    -------
    (..., day, sample) DataArray
        From day 0, where it is 1.
    """
    cumulative = cumulative_baseline(fit, max_draws)
    shown = event_tenor_weight[event_tenor_weight.to_numpy() > 0]
    effect = _thinned(fit.posterior["event_tenor_effect"], max_draws).sel(
        event_tenor=shown["event_tenor"]
    )
    nodes, node_weight = np.polynomial.hermite_e.hermegauss(NUM_NODES)
    node_weight = node_weight / node_weight.sum()
    date_sd: xr.DataArray | float = 0.0
    if "date_sd" in fit.posterior:
        date_sd = _thinned(fit.posterior["date_sd"], max_draws)
    total = xr.zeros_like(log_hazard_ratio) * cumulative
    for node, weight in zip(nodes, node_weight, strict=True):
        ratio = xr.ufuncs.exp(log_hazard_ratio + effect + node * date_sd)
        open_ = xr.ufuncs.exp(-ratio * cumulative)
        total = total + weight * (shown * open_).sum("event_tenor")
    return total.transpose(..., "day", "sample")


def event_tenor_weight(
    inputs: HalfLifeInputs, tenor: int | None = None
) -> xr.DataArray:
    """Share of each event type by tenor among the outcomes, of one tenor or of all."""
    mix = inputs.mix_weight[inputs.mix]
    if tenor is not None:
        mix = mix[inputs.outcomes["tenor"].to_numpy() == tenor]
    return xr.DataArray(
        mix.mean(axis=0),
        dims="event_tenor",
        coords={"event_tenor": inputs.event_tenors},
    )


def average_survival(
    fit: Fit,
    inputs: HalfLifeInputs,
    max_draws: int = MAX_DRAWS,
    tenor: int | None = None,
) -> xr.DataArray:
    """Share open by day at mean covariates, of one tenor or all, (day, sample)."""
    baseline = fit.posterior["baseline_log_hazard"].isel(day=0, drop=True)
    at_mean = xr.zeros_like(_thinned(baseline, max_draws))
    return survival(fit, at_mean, event_tenor_weight(inputs, tenor), max_draws)


def imputation_of_draws(fit: Fit, max_draws: int) -> FloatArray:
    """Imputation that each of the thinned draws belongs to, (sample,) int."""
    posterior = fit.posterior
    one = posterior["event_tenor_effect"].isel(event_tenor=0, drop=True)
    return _thinned(posterior["imputation"].broadcast_like(one), max_draws).to_numpy()


def covariate_survival(
    fit: Fit,
    inputs: HalfLifeInputs,
    covariate: str,
    values: FloatArray,
    tenor: int | None = None,
) -> xr.DataArray:
    """Share still open by day at several values of one covariate.

    Parameters
    ----------
    fit : Fit
        Of a duration model.
    inputs : HalfLifeInputs
        Of :func:`inputs_of`.
    covariate : str
        One that enters the regression.
    values : (value,) float
        In the unit of the panel.
    tenor : int, optional
        Average over the events of this tenor (years) only.

    Returns
    -------
    (value, day, sample) DataArray
    """
    standardized = standardized_values(inputs, covariate, values)
    at = xr.DataArray(standardized, dims="value", coords={"value": values})
    coefficient = _thinned(fit.posterior["coefficient"].sel(covariate=covariate))
    return survival(fit, at * coefficient, event_tenor_weight(inputs, tenor))


def standardized_values(
    inputs: HalfLifeInputs, covariate: str, values: FloatArray
) -> FloatArray:
    """Values of a covariate as they enter the regression: standard deviations."""
    scale = inputs.covariates.loc[covariate]
    transformed = transform(pd.DataFrame({covariate: values}), "values")[:, 0]
    return np.asarray((transformed - scale["center"]) / scale["scale"], dtype=float)


def restricted_mean_days(share_open: xr.DataArray) -> xr.DataArray:
    """Expected half-life, cut off at the horizon, trading days.

    Parameters
    ----------
    share_open : (..., day, sample) DataArray
        From day 0 to the horizon.

    Returns
    -------
    (..., sample) DataArray
        Expectation of the half-life or the horizon, whichever is shorter: nothing is
        said of days that nobody watched (Royston and Parmar 2013,
        doi 10.1186/1471-2288-13-152).
    """
    return share_open.isel(day=slice(None, -1)).sum("day")


def median_days(share_open: xr.DataArray) -> xr.DataArray:
    """First day by which half of the dislocations have halved; infinite if none.

    Returns
    -------
    (..., sample) DataArray
        Trading days; infinite where more than half are open at the horizon.
    """
    halved = share_open <= 0.5
    day = share_open["day"].astype(float)
    return day.where(halved, np.inf).min("day")


def low_and_high(inputs: HalfLifeInputs, covariate: str) -> tuple[float, float]:
    """A low and a high value of a covariate among the outcomes.

    Returns
    -------
    tuple of float
        Its quantiles :data:`LOW` and :data:`HIGH`, the unit of the panel; 0 and 1 for
        an indicator, both the same for a constant.
    """
    values = inputs.outcomes[covariate]
    if set(values.unique()) == {0.0, 1.0}:
        return 0.0, 1.0
    low, high = values.quantile([LOW, HIGH])
    return float(low), float(high)


def effect_days(fit: Fit, inputs: HalfLifeInputs, covariate: str) -> xr.DataArray:
    """Draws of what one standard deviation more of a covariate does, trading days.

    Parameters
    ----------
    fit : Fit
        Of any variant.
    inputs : HalfLifeInputs
    covariate : str

    Returns
    -------
    (sample,) DataArray
        Duration models: difference of :func:`restricted_mean_days` between half a
        standard deviation above and below the mean. Linear variant: its coefficient.
    """
    if "baseline_log_hazard" not in fit.posterior:
        return stacked(fit.posterior["coefficient"].sel(covariate=covariate, drop=True))
    coefficient = _thinned(fit.posterior["coefficient"].sel(covariate=covariate))
    at = xr.DataArray([-0.5, 0.5], dims="value")
    days = restricted_mean_days(
        survival(fit, at * coefficient, event_tenor_weight(inputs))
    )
    return days.isel(value=1) - days.isel(value=0)
