"""Statistics of a wandering series by tenor: its changes, and how far it travels.

The level of a series near a unit root says little about a model: its mean and deviation
are those of one path. Changes are compared instead; a change to or from a value that
was not observed is left out.
"""

import xarray as xr


def by_tenor(values: xr.DataArray) -> xr.DataArray:
    """Name the elements along "tenor" as a predictive check shows them: "10y"."""
    labels = [f"{tenor}y" for tenor in values["tenor"].to_numpy()]
    return values.rename(tenor="label").assign_coords(label=labels)


def changes(series: xr.DataArray, time_dim: str, steps: int = 1) -> xr.DataArray:
    """Change over a number of dates; NaN on the first ones.

    Parameters
    ----------
    series : (..., time, ...) DataArray
    time_dim : str
        Dimension along which it is observed.
    steps : int
        Dates between the two ends of a change.

    Returns
    -------
    (..., time, ...) DataArray
        Without dates.
    """
    undated = series.drop_vars(time_dim, errors="ignore")
    return undated - undated.shift({time_dim: steps})


def change_sd(series: xr.DataArray, time_dim: str) -> xr.DataArray:
    """Standard deviation of the change from one date to the next, by tenor."""
    return by_tenor(changes(series, time_dim).std(time_dim, ddof=1))


def change_autocorrelation(series: xr.DataArray, time_dim: str) -> xr.DataArray:
    """Lag-1 autocorrelation of the change, by tenor; noise makes it negative."""
    change = changes(series, time_dim)
    return by_tenor(xr.corr(change, change.shift({time_dim: 1}), time_dim))


def change_excess_kurtosis(series: xr.DataArray, time_dim: str) -> xr.DataArray:
    """Excess kurtosis of the change, by tenor; zero for a normal variable."""
    change = changes(series, time_dim)
    deviation = change - change.mean(time_dim)
    ratio = (deviation**4).mean(time_dim) / (deviation**2).mean(time_dim) ** 2
    return by_tenor(ratio - 3)


def travelled(series: xr.DataArray, time_dim: str) -> xr.DataArray:
    """Highest minus lowest value of the sample, by tenor."""
    return by_tenor(series.max(time_dim) - series.min(time_dim))
