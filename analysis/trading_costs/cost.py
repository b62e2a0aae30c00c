"""What a trade will cost: the posterior of a regression at a trade that has not been.

Size is chosen knowing liquidity: a cost at another size than customers chose is an
extrapolation that no regression on trades can vouch for.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr
from formulae import design_matrices

from analysis.estimates import stacked
from data.dims import COEFFICIENT
from data.errors import DataError
from data.trading_costs.checks import BP_PER_UNIT
from models.trading_costs.observations import VOLUME_BINS, with_regressors
from models.trading_costs.specification import JOINT, TradingCostsSpecification
from models.trading_costs.stored_levels import stored_levels

USD_PER_MUSD = 1e6
PER_100 = 100.0

SEED = 20250101
"""Of effects of securities and days that have not been seen."""


@dataclass(frozen=True, kw_only=True)
class Trade:
    """A trade to be.

    Parameters
    ----------
    volume_musd : float
        Face, USD million.
    indicative_spread_bp : float
        Bid-ask spread of the indicative quote, basis points of yield.
    age_years : float
        Since issue.
    maturity_years : float
        Left.
    dollar_duration : float
        Modified duration (years) times dirty price per 100.
    benchmark_illiquidity : float
        Standardised as in the panel; 0 is a usual day, higher is worse.
    relative_illiquidity : float
        Of the security to its maturity, as in the panel.
    security : str, optional
        One of the panel's; any other where left out.
    mean_spread_bp, mean_age_years : float, optional
        Usual indicative spread and age of a security that the panel does not hold;
        those of the trade where left out.
    is_ats, is_retail : bool
        Where and by whom.
    other_spread_bp : float, optional
        Effective spread of the other segment in the security that day, where the
        formula asks for it.
    """

    volume_musd: float
    indicative_spread_bp: float
    age_years: float
    maturity_years: float
    dollar_duration: float
    benchmark_illiquidity: float = 0.0
    relative_illiquidity: float = 0.0
    security: str | None = None
    mean_spread_bp: float | None = None
    mean_age_years: float | None = None
    is_ats: bool = False
    is_retail: bool = False
    other_spread_bp: float | None = None

    def __post_init__(self) -> None:
        for name in ("volume_musd", "indicative_spread_bp", "dollar_duration"):
            if not getattr(self, name) > 0:
                raise DataError(
                    f"{name} is {getattr(self, name)}", "Give a positive number."
                )


def trading_cost(trace: xr.DataTree, trade: Trade) -> xr.Dataset:
    """Posterior of what a trade costs.

    Parameters
    ----------
    trace : xr.DataTree
        Of `inference fit trading-costs`, with the response signed or joint; of
        absolute, every error of the fair value counts as cost.
    trade : Trade

    Returns
    -------
    (sample,) xr.Dataset
        ``effective_spread_bp``, twice the expected cost in basis points of yield;
        ``cost_bp``, half of it; ``cost_per_100`` of face and ``cost_usd``, of the whole
        trade. On a day as any other: its effect is drawn, as is that of a security that
        the panel does not hold.

    Raises
    ------
    DataError
        The security is not in the panel, or the formula asks for what a trade does not
        say.
    """
    posterior = trace["posterior"].to_dataset()
    row, slopes = design_row(trace, trade)
    linear = stacked(posterior["coefficient"] * row).sum(COEFFICIENT)
    rng = np.random.default_rng(SEED)
    linear = linear + _security_effect(posterior, trade.security, slopes, rng)
    if "day_sd" in posterior:
        sd = stacked(posterior["day_sd"])
        sd = sd.isel(effect=0, drop=True) if "effect" in sd.dims else sd
        linear = linear + sd * rng.standard_normal(sd.sizes["sample"])
    is_joint = trace.attrs["variant"] == JOINT
    half = np.exp(linear) if is_joint else linear / 2
    per_100 = half / BP_PER_UNIT * trade.dollar_duration
    face = trade.volume_musd * USD_PER_MUSD
    return xr.Dataset(
        {
            "effective_spread_bp": 2 * half,
            "cost_bp": half,
            "cost_per_100": per_100,
            "cost_usd": per_100 / PER_100 * face,
        }
    )


def design_row(
    trace: xr.DataTree, trade: Trade
) -> tuple[xr.DataArray, xr.DataArray | float]:
    """Row of the fixed effects, (coefficient,), and of those of a security, (effect,).

    Raises
    ------
    DataError
        See `trading_cost`.
    """
    specification = TradingCostsSpecification(
        formula=trace.attrs["formula"],
        response=trace.attrs["variant"],
        cost_shape=trace.attrs["cost_shape"],
    )
    panel = trace["panel"].to_dataset()
    securities = list(map(str, panel["security"].to_numpy()))
    if trade.security is not None and trade.security not in securities:
        raise DataError(
            f"the panel of the trace holds no security {trade.security!r}",
            "Leave the security out for one that was never seen.",
        )
    levels = stored_levels(panel)
    frame = with_regressors(_as_rows(trade), levels, specification.response)
    if trade.security is None and specification.response != JOINT:
        spread = _or_else(trade.mean_spread_bp, trade.indicative_spread_bp)
        age = _or_else(trade.mean_age_years, trade.age_years)
        frame = frame.assign(
            spread_mean=spread - levels.spread_center,
            seasoning_mean=age - levels.seasoning_center,
        )
    names = [str(name) for name in panel[COEFFICIENT].to_numpy()]
    row = xr.DataArray(
        _evaluated(specification.common, frame, names),
        {COEFFICIENT: panel[COEFFICIENT]},
        (COEFFICIENT,),
    )
    effects = trace["posterior"].to_dataset()["security_effect"]
    if "effect" not in effects.dims:
        return row, 1.0
    slopes = list(map(str, effects["effect"].to_numpy()))
    expression = specification.effects_of("security")
    return row, xr.DataArray(
        _evaluated(expression, frame, slopes), {"effect": slopes}, ("effect",)
    )


def _or_else(given: float | None, otherwise: float) -> float:
    return otherwise if given is None else given


def _as_rows(trade: Trade) -> pd.DataFrame:
    """The trade, in a frame as the panel's rows are."""
    other = trade.other_spread_bp
    return pd.DataFrame(
        {
            "security": [trade.security],
            "indicative_spread_bp": [trade.indicative_spread_bp],
            "age_years": [trade.age_years],
            "benchmark_illiquidity": [trade.benchmark_illiquidity],
            "relative_illiquidity": [trade.relative_illiquidity],
            "maturity_years": [trade.maturity_years],
            "dollar_duration": [trade.dollar_duration],
            "volume_musd": [trade.volume_musd],
            "gap_hours": [0.0],
            "ats": [int(trade.is_ats)],
            "retail": [int(trade.is_retail)],
            **({} if other is None else {"other_spread": [other]}),
        }
    )


def _evaluated(formula: str, frame: pd.DataFrame, names: list[str]) -> np.ndarray:
    """Columns of a formula at the first row.

    The formula is read on rows that hold every category, or it would know one alone.
    """
    every = pd.concat([frame] * len(VOLUME_BINS), ignore_index=True)
    for name in ("volume_bin", "benchmark_group", "relative_group"):
        known = frame[name].cat.categories
        codes = np.arange(len(every)) % len(known)
        every[name] = pd.Categorical.from_codes(codes, known)
    try:
        common = design_matrices(formula, every, na_action="pass").common
        found = common.evaluate_new_data(frame)
        columns = [str(name) for name in common.as_dataframe().columns]
    except Exception as error:
        raise DataError(
            f"the formula {formula!r} asks for what a trade does not say: {error}",
            "Fit a formula of the regressors that every trade has.",
        ) from error
    if columns != names:
        raise DataError(
            f"the formula {formula!r} has other columns here than in the trace",
            "Fit a formula without functions that learn from all rows.",
        )
    return np.asarray(found.design_matrix, np.float64).reshape(len(frame), -1)[0]


def _security_effect(
    posterior: xr.Dataset,
    security: str | None,
    slopes: xr.DataArray | float,
    rng: np.random.Generator,
) -> xr.DataArray:
    """Effect of a security of the panel, or of one drawn like them, (sample,)."""
    effect = stacked(posterior["security_effect"])
    if security is not None:
        own = effect.sel(security=security, drop=True) * slopes
        return own.sum("effect") if "effect" in own.dims else own
    # A security that was never seen is as likely to be like one as like another.
    sd = stacked(posterior["security_sd"])
    drawn = sd * xr.DataArray(rng.standard_normal(sd.shape), dims=sd.dims)
    if "effect" in drawn.dims:
        return (drawn * slopes).sum("effect")
    return drawn
