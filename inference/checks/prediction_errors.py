r"""Whether one-step-ahead predictions are calibrated, and what their errors remember.

Under the model the probability integral transforms of successive observations, each
given all earlier ones, are independent and uniform (Rosenblatt 1952; Dawid 1984, doi
10.2307/2981683; Diebold, Gunther & Tay 1998, doi 10.2307/2527342). Parameters fitted
to the same data pull them towards it, so that chance is overstated, never understated.

The autocorrelation of standardised errors is judged with a standard error that allows
for changing volatility, since a sum of :math:`e_t e_{t-k}` over its own root of summed
squares is standard normal for any errors without memory in the mean (White 1980, doi
10.2307/1912934).
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import xarray as xr
from arviz_base import xarray_sel_iter
from scipy import stats

from data.arrays import FloatArray
from inference.checks.predictive_checks import RELEVANT_CORRELATION

CALIBRATION = "calibration"
OUT_OF_SAMPLE = "calibration out of sample"
AUTOCORRELATION = "autocorrelation of errors"
CLUSTERED_VOLATILITY = "autocorrelation of squared errors"
"""Aspects of the fit that are looked at series by series."""

LARGEST_DISTANCE = 0.05
"""Between the distribution of PIT values and the uniform (Kolmogorov's). An interval
said to hold 95% then holds 85% at least, and quoted probabilities are right to a
twentieth, which is as fine as they are read."""

LAGS = (1, 2, 3, 4, 5)
"""A week of trading days, or a month of weeks: longer memory shows at these too."""

FEWEST_PAIRS = 8
"""With fewer no correlation is beyond chance."""


class DataCheck(NamedTuple):
    """One number that the data are held against.

    Attributes
    ----------
    aspect : str
        What is looked at: `CALIBRATION`, `AUTOCORRELATION`, `CLUSTERED_VOLATILITY` or
        the title of a statistic.
    label : str
        Of which series or element: "20-year yield", "10y".
    size : float
        How far off the model is.
    limit : float
        Largest size that does not matter.
    p_value : float
        Probability under the model of being as far off by chance; NaN where nothing
        was observed.
    words : str
        The numbers as they are read in a sentence.
    """

    aspect: str
    label: str
    size: float
    limit: float
    p_value: float
    words: str


def prediction_checks(
    predictions: xr.Dataset, series_label: Callable[[Mapping[str, Any]], str]
) -> Iterator[DataCheck]:
    """Calibration and memory of the errors of every series.

    Parameters
    ----------
    predictions : (time, ...) xr.Dataset
        Group ``one_step_ahead``: ``pit`` and ``standardized_innovation``, NaN where
        nothing was observed, time first.
    series_label : callable
        Words for a series, from its coordinates by dimension other than time.
    """
    time_dim = str(predictions["pit"].dims[0])
    for _, selection, _ in xarray_sel_iter(predictions[["pit"]], skip_dims={time_dim}):
        label, series = series_label(selection), predictions.sel(selection)
        error = series["standardized_innovation"].to_numpy()
        yield _calibration(label, series["pit"].to_numpy())
        yield from _memory(AUTOCORRELATION, label, error)
        yield from _memory(CLUSTERED_VOLATILITY, label, _centred(error**2))


def out_of_sample_checks(
    scored: xr.Dataset, series_label: Callable[[Mapping[str, Any]], str]
) -> Iterator[DataCheck]:
    """Calibration where each date was predicted by fits to earlier dates alone.

    Parameters
    ----------
    scored : (time, ...) xr.Dataset
        Group ``leave_future_out``; nothing is looked at where it has no ``pit``, or
        where chains of its fits disagreed.
    series_label : callable
        As of `prediction_checks`.
    """
    if "pit" not in scored or not scored.attrs.get("reliable", 1):
        return
    time_dim = str(scored["elpd"].dims[0])
    for _, selection, _ in xarray_sel_iter(scored[["pit"]], skip_dims={time_dim}):
        pit = scored["pit"].sel(selection).to_numpy()
        yield _calibration(series_label(selection), pit, OUT_OF_SAMPLE)


def _centred(values: FloatArray) -> FloatArray:
    known = values[np.isfinite(values)]
    # Where nothing was observed there is nothing to centre.
    result: FloatArray = values - known.sum() / max(len(known), 1)
    return result


def _calibration(label: str, pit: FloatArray, aspect: str = CALIBRATION) -> DataCheck:
    known = pit[np.isfinite(pit)]
    distance, p_value = stats.kstest(known, "uniform") if len(known) else (np.nan,) * 2
    return DataCheck(
        aspect,
        label,
        float(distance),
        LARGEST_DISTANCE,
        float(p_value),
        f"{distance:.2f} from uniform",
    )


def _memory(aspect: str, label: str, values: FloatArray) -> Iterator[DataCheck]:
    for lag in LAGS:
        correlation, score = autocorrelation(values, lag)
        yield DataCheck(
            aspect,
            label,
            abs(correlation),
            RELEVANT_CORRELATION,
            float(2 * stats.norm.sf(abs(score))),
            f"{correlation:.2f} at lag {lag}",
        )


def autocorrelation(values: FloatArray, lag: int) -> tuple[float, float]:
    """Autocorrelation of errors with mean zero, and the same in standard errors.

    Parameters
    ----------
    values : (time,) float
        NaN where not observed.
    lag : int
        Dates between the two of a pair.

    Returns
    -------
    correlation, score : float
        The score is standard normal where errors have no memory in the mean, whatever
        their volatility remembers. NaN with fewer than `FEWEST_PAIRS` pairs.
    """
    product = values[lag:] * values[:-lag]
    both = np.isfinite(product)
    if both.sum() < FEWEST_PAIRS:
        return np.nan, np.nan
    product = product[both]
    scale = np.sqrt((values[lag:][both] ** 2).sum() * (values[:-lag][both] ** 2).sum())
    return (
        float(product.sum() / scale),
        float(product.sum() / np.sqrt((product**2).sum())),
    )
