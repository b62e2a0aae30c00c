"""The liquidity-regimes model on real volatilities, with the truth known.

Depth and price impact are simulated on top of volatilities that somebody measured, so
that the construction of the covariates meets real data and the estimates still have
something to be compared with.
"""

import numpy as np
import pandas as pd

from data.dims import DATE_COLUMN
from data.liquidity_regimes.build import volatility_surprises
from data.liquidity_regimes.columns import PERSISTENCE_COLUMN
from data.liquidity_regimes.panel import LiquidityPanel, liquidity_panel_from_frame
from inference.settings import SamplerSettings
from models.liquidity_regimes.inputs import select_inputs
from models.liquidity_regimes.model import model_from_inputs
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.liquidity_regimes.simulation import simulate_liquidity_given
from models.liquidity_regimes.specification import LiquidityRegimesSpecification
from models.liquidity_regimes.starts import starting_points
from studies.compiled_model import SearchedModel, search_columns
from studies.liquidity_regimes.recovery import PARAMETERS, truth_dataset
from studies.replications import compare_with_truth


def panel_on_real_volatilities(
    volatilities: pd.DataFrame, source: str, seed: int
) -> tuple[LiquidityPanel, LiquidityRegimesSpecification]:
    """Simulate depth and price impact at Table 3 on given volatilities.

    Parameters
    ----------
    volatilities : DataFrame
        Index ``date``; volatility and, for Model IV, the 1-month and 3-month
        volatilities, annualised basis points.
    source : str
        Where they came from; names the panel.
    seed : int
        Of the simulation.

    Returns
    -------
    panel : LiquidityPanel
        Without the first day, which has no surprise.
    specification : LiquidityRegimesSpecification
        Model IV, or Model II where the maturities are missing.

    Raises
    ------
    DataError
        The covariates cannot be made, or the panel fails a check.
    """
    surprises, _ = volatility_surprises(volatilities, source)
    market = volatilities.join(surprises).iloc[1:].rename_axis(DATE_COLUMN)
    model = "IV" if PERSISTENCE_COLUMN in market else "II"
    frame = simulate_liquidity_given(
        market.reset_index(), np.random.default_rng(seed), model
    )
    panel = liquidity_panel_from_frame(frame, f"simulated on {source}, seed {seed}")
    return panel, LiquidityRegimesSpecification(covariates=model)


def recovery_on_real_volatilities(
    volatilities: pd.DataFrame, source: str, settings: SamplerSettings
) -> pd.DataFrame:
    """Fit a panel simulated on given volatilities, and compare with its truth.

    Parameters
    ----------
    volatilities : DataFrame
        As in `panel_on_real_volatilities`.
    source : str
        Where they came from.
    settings : SamplerSettings
        Of the fit; the seed is also that of the simulation.

    Returns
    -------
    DataFrame
        One row a parameter element: ``source``, ``variant``, ``seed``, ``days``, and
        the columns of `studies.liquidity_regimes.recovery.recovery`.
    """
    panel, specification = panel_on_real_volatilities(
        volatilities, source, settings.seed
    )
    inputs = select_inputs(panel, specification)
    priors = LiquidityRegimesPriors()
    model = model_from_inputs(inputs, specification, priors)
    draws = SearchedModel(model, PARAMETERS).fit(
        {}, settings, starting_points(inputs, specification, priors)
    )
    table = compare_with_truth(
        draws["posterior"].to_dataset(), truth_dataset(specification)
    )
    described: dict[str, str | int] = {
        "source": source,
        "variant": specification.name,
        "seed": settings.seed,
        "days": panel.dataset.sizes["day"],
    }
    for place, (name, value) in enumerate(described.items()):
        table.insert(place, name, value)
    table["divergences"] = int(draws["sample_stats"]["diverging"].sum())
    return table.assign(**search_columns(draws["starts"].to_dataset()))
