"""From a liquidity panel to the arrays that one specification needs."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from data.arrays import FloatArray
from data.errors import DataError
from data.liquidity_regimes.columns import COVARIATE_COLUMNS, DEPTH_COLUMN
from data.liquidity_regimes.panel import LiquidityPanel
from models.liquidity_regimes.specification import (
    MARKET_WIDE,
    LiquidityRegimesSpecification,
)

MINIMUM_DAYS = 250
"""Fewest days to fit: a year, below which a rare state is hardly ever met."""


@dataclass(frozen=True)
class LiquidityRegimesInputs:
    """Complete inputs of one specification.

    Parameters
    ----------
    dataset : xr.Dataset
        The panel's securities of the specification, on the days used.
    price_impact : (day, security) float
        0 where missing.
    is_observed : (day, security) float
        1 where price impact was observed.
    covariates : (day, covariate) float
        Basis points, V first.
    depth_musd : (day,) float
        Market depth, USD million; averaged over the securities of a market-wide model.
    slope_unit : (security,) float
        Least-squares slope of price impact on V through the origin.
    noise_unit : (security,) float
        Standard deviation of the residuals of that regression.
    """

    dataset: xr.Dataset
    price_impact: FloatArray
    is_observed: FloatArray
    covariates: FloatArray
    depth_musd: FloatArray
    slope_unit: FloatArray
    noise_unit: FloatArray

    @property
    def standardized_depth(self) -> FloatArray:
        """Depth less its mean, over its standard deviation."""
        result: FloatArray = (
            self.depth_musd - self.depth_musd.mean()
        ) / self.depth_musd.std()
        return result


def select_inputs(
    panel: LiquidityPanel, specification: LiquidityRegimesSpecification
) -> LiquidityRegimesInputs:
    """Pick the inputs of a specification and check that they are complete.

    Days before the first and after the last on which all securities are there are left
    out. Price impact may be missing on any day.

    Raises
    ------
    DataError
        The panel lacks the security or a covariate, too few days remain, or price
        impact does not rise with volatility.
    """
    dataset = panel.dataset.sel(security=_securities(panel, specification))
    names = list(specification.covariate_names)
    columns = [COVARIATE_COLUMNS[name] for name in names]
    covariates = dataset["covariate_bp"].sel(covariate=names).to_numpy()
    depth = dataset[DEPTH_COLUMN].to_numpy()
    days = _complete_days(panel, specification, columns, covariates, depth)
    dataset, covariates, depth = dataset.isel(day=days), covariates[days], depth[days]
    price_impact = dataset["price_impact"].to_numpy()
    is_observed = np.isfinite(price_impact)
    units = [
        _units(panel, str(label), y[seen], covariates[seen, 0])
        for label, y, seen in zip(
            dataset["security"].to_numpy(), price_impact.T, is_observed.T, strict=True
        )
    ]
    slope_unit, noise_unit = np.transpose(units)
    return LiquidityRegimesInputs(
        dataset=dataset,
        price_impact=np.where(is_observed, price_impact, 0.0),
        is_observed=is_observed.astype(np.float64),
        covariates=covariates,
        depth_musd=depth.mean(axis=1),
        slope_unit=slope_unit,
        noise_unit=noise_unit,
    )


def _securities(
    panel: LiquidityPanel, specification: LiquidityRegimesSpecification
) -> list[str]:
    labels = [str(label) for label in panel.dataset["security"].to_numpy()]
    if specification.is_market_wide:
        return labels
    if specification.security is None and len(labels) == 1:
        return labels
    if specification.security not in labels:
        raise DataError(
            f"{panel.source} has the securities {', '.join(labels)}, and the "
            f"specification names {specification.security or 'none'}",
            f"name one of them, or {MARKET_WIDE}",
        )
    return [specification.security]


def _complete_days(
    panel: LiquidityPanel,
    specification: LiquidityRegimesSpecification,
    columns: list[str],
    covariates: FloatArray,
    depth: FloatArray,
) -> slice:
    """Days on which every security is there; a checked panel has no other gaps."""
    for name, values in zip(columns, covariates.T, strict=True):
        if not np.isfinite(values).any():
            raise DataError(
                f"{panel.source}: column {name} is missing or empty, and Model "
                f"{specification.covariates} needs it",
                "python -m data build liquidity-regimes adds the surprises to "
                "volatilities; Model I needs volatility alone",
            )
    complete = np.flatnonzero(np.isfinite(depth).all(axis=1))
    if complete.size < MINIMUM_DAYS:
        raise DataError(
            f"{panel.source}: {complete.size} days on which every security is there; "
            f"at least {MINIMUM_DAYS} are needed",
            "lengthen the panel, or fit one security at a time",
        )
    return slice(int(complete[0]), int(complete[-1]) + 1)


def _units(
    panel: LiquidityPanel, label: str, y: FloatArray, volatility: FloatArray
) -> tuple[float, float]:
    """Slope through the origin, and standard deviation of its residuals."""
    slope = float(volatility @ y / (volatility @ volatility)) if y.size else 0.0
    if slope <= 0.0:
        raise DataError(
            f"{panel.source}: price impact of {label} does not rise with volatility",
            "check its sign and the unit of both; liquidity states are ranked by "
            "their positive volatility slopes",
        )
    return slope, float(np.std(y - slope * volatility))
