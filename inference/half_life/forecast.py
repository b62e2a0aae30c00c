"""How long new events will last, from a posterior of half-lives."""

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd
import xarray as xr
from scipy.special import ndtr

from data.arrays import FloatArray
from data.dims import COVARIATE, EVENT_TENOR, OUTCOME
from data.errors import DataError
from data.half_life.new_events import read_new_events
from inference.half_life.hazards import cumulative_baseline, thinned_samples
from inference.traced.forecast import AHEAD, SAMPLE, Forecast, ForecastRequest
from models.half_life.covariates import DEVIATION_SIZE, transform

EVENT = "event"

NUM_SAMPLES = 4000
"""Posterior draws, each with its own new date and what else is not known."""

HORIZON_DAYS = 20
"""Of the joint model, which watches no longer than it likes."""

ShareOpen = Callable[[xr.Dataset, FloatArray, FloatArray], FloatArray]
"""Maps draws (sample, ...), effects (sample, event) and days (day,) to the probability
that each event is still open at the end of each day, (sample, day, event)."""


def forecast_half_life(trace: xr.DataTree, request: ForecastRequest) -> Forecast:
    """Probability that new events are still open, day by day.

    Parameters
    ----------
    trace : xr.DataTree
        Of the regression of half-lives.
    request : ForecastRequest
        Its panel holds the events, see `data.half_life.new_events`.

    Returns
    -------
    Forecast
        ``probability_open`` (sample, ahead, event), `AHEAD` in days.

    Raises
    ------
    DataError
        If there are no events, or days are asked for that nobody watched.
    """
    is_linear = "intercept_days" in trace["posterior"]
    watched = int(trace["panel"]["days_watched"].max())
    horizon = request.horizon or watched
    if horizon > watched:
        raise DataError(
            f"--horizon is {horizon}, and no event was watched for more than {watched} "
            "days",
            f"Ask for at most {watched}.",
        )
    of_model = _open_by_line if is_linear else _open_by_hazard
    return _of_new_events(trace, request, horizon, of_model)


def forecast_joint_decay(trace: xr.DataTree, request: ForecastRequest) -> Forecast:
    """Probability that what new events move has not halved yet.

    As `forecast_half_life`; beyond days that anybody watched the Weibull goes on.
    """
    horizon = request.horizon or HORIZON_DAYS
    return _of_new_events(trace, request, horizon, _open_by_weibull)


def _open_by_hazard(
    draws: xr.Dataset, effect: FloatArray, days: FloatArray
) -> FloatArray:
    cumulative = np.hstack([np.zeros((len(effect), 1)), cumulative_baseline(draws)])
    return np.exp(-np.exp(effect)[:, None] * cumulative[:, days.astype(int), None])


def _open_by_weibull(
    draws: xr.Dataset, effect: FloatArray, days: FloatArray
) -> FloatArray:
    median, shape = (
        draws[name].to_numpy()[:, None] for name in ("median_half_life_days", "shape")
    )
    cumulative = np.log(2) * (days / median) ** shape
    return np.exp(-np.exp(effect)[:, None] * cumulative[..., None])


def _open_by_line(
    draws: xr.Dataset, effect: FloatArray, days: FloatArray
) -> FloatArray:
    mean, sd = (
        draws[name].to_numpy()[:, None, None]
        for name in ("intercept_days", "noise_sd_days")
    )
    return np.asarray(ndtr((mean + effect[:, None] - days[:, None]) / sd))


def _of_new_events(
    trace: xr.DataTree, request: ForecastRequest, horizon: int, of_model: ShareOpen
) -> Forecast:
    if request.panel is None:
        raise DataError(
            "half-lives are foretold of new events, and none are named",
            "Name a table of them with --panel; a template: python -m data template "
            "new-events",
        )
    events = read_new_events(request.panel)
    draws = thinned_samples(trace["posterior"].to_dataset(), NUM_SAMPLES)
    draws = draws.reset_index("sample")
    rng = np.random.default_rng(request.seed)
    effect = _covariate_effect(trace, draws, events, str(request.panel), rng)
    effect = effect + _event_effect(draws, events, rng)
    if "date_sd" in draws:
        sd = draws["date_sd"].to_numpy()[:, None]
        effect = effect + sd * rng.standard_normal(effect.shape)
    days = np.arange(horizon + 1.0)
    labels = _labels(events)
    share = xr.DataArray(
        of_model(draws, effect, days),
        dims=(SAMPLE, AHEAD, EVENT),
        coords={AHEAD: days.astype(int), EVENT: labels},
        attrs={"long_name": "probability of still being open", "units": ""},
    )
    return Forecast(
        xr.Dataset({"probability_open": share}),
        xr.Dataset(),
        tuple(_assumptions(trace, draws, events, share)),
    )


def _labels(events: pd.DataFrame) -> list[str]:
    return [
        f"{row + 1} ({kind}, {tenor}y)"
        for row, (kind, tenor) in enumerate(
            zip(events["event_type"], events["tenor"], strict=True)
        )
    ]


def _covariate_effect(
    trace: xr.DataTree,
    draws: xr.Dataset,
    events: pd.DataFrame,
    source: str,
    rng: np.random.Generator,
) -> FloatArray:
    """What covariates add, (sample, event).

    Those that an event lacks are those of an event of the sample, drawn anew for every
    posterior draw.
    """
    size = draws.sizes["sample"], len(events)
    if "coefficient" not in draws:
        return np.zeros(size)
    panel = trace["panel"].to_dataset()
    names = [str(name) for name in panel[COVARIATE].to_numpy()]
    table = events.assign(**{DEVIATION_SIZE: events["deviation_bp"].abs()})[names]
    center, scale = (panel[name].to_numpy() for name in ("center", "scale"))
    value = (transform(table, source) - center) / scale
    sample = panel["standardized_covariate"].transpose(OUTCOME, COVARIATE).to_numpy()
    complete = sample[np.isfinite(sample).all(axis=1)]
    if not len(complete):
        complete = np.nan_to_num(sample)
    other = complete[rng.integers(len(complete), size=size)]
    entered = np.where(np.isnan(value), other, value)
    coefficient = draws["coefficient"].transpose("sample", COVARIATE).to_numpy()
    return np.asarray(np.einsum("sek,sk->se", entered, coefficient))


def _spread(draws: xr.Dataset) -> FloatArray:
    name = "event_tenor_sd" if "event_tenor_sd" in draws else "event_tenor_sd_days"
    return draws[name].to_numpy()


def _event_effect(
    draws: xr.Dataset, events: pd.DataFrame, rng: np.random.Generator
) -> FloatArray:
    """Effect of each event's types in its tenor, (sample, event); drawn where new."""
    found = np.empty((draws.sizes["sample"], len(events)))
    for row, cells in enumerate(_cells(events)):
        known = [_known_effect(draws, cell, rng) for cell in cells]
        found[:, row] = np.mean(known, axis=0)
    return found


def _known_effect(draws: xr.Dataset, cell: str, rng: np.random.Generator) -> FloatArray:
    if cell in draws[EVENT_TENOR]:
        return draws["event_tenor_effect"].sel({EVENT_TENOR: cell}).to_numpy()
    return _spread(draws) * rng.standard_normal(draws.sizes["sample"])


def _cells(events: pd.DataFrame) -> list[list[str]]:
    """Event types by tenor of each event."""
    return [
        [f"{one.strip()}:{tenor}" for one in kinds.split("+")]
        for kinds, tenor in zip(events["event_type"], events["tenor"], strict=True)
    ]


def _assumptions(
    trace: xr.DataTree, draws: xr.Dataset, events: pd.DataFrame, share: xr.DataArray
) -> Iterator[str]:
    yield "Day 0 is that of the event; each has a date of its own."
    new = sorted(
        {cell for cells in _cells(events) for cell in cells}
        - {str(cell) for cell in draws[EVENT_TENOR].to_numpy()}
    )
    if new:
        yield f"Never seen, so drawn like any other kind of event: {', '.join(new)}."
    names = [str(name) for name in trace["panel"][COVARIATE].to_numpy()]
    source = {DEVIATION_SIZE: "deviation_bp"}
    lacking = [name for name in names if events[source.get(name, name)].isna().any()]
    if lacking:
        yield f"Averaged over events of the sample where missing: {', '.join(lacking)}."
    mean = share.mean(SAMPLE)
    for label in share[EVENT].to_numpy():
        closed = mean.sel({EVENT: label}) <= 0.5
        if closed.any():
            day = int(closed[AHEAD][closed.to_numpy()][0])
            yield f"Event {label} is more likely than not over by day {day}."
        else:
            yield f"Event {label} is more likely than not open to the end."
