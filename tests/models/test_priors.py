"""Priors that a trace keeps and gives back."""

import json
from dataclasses import asdict

import pytest

from data.errors import DataError
from models.half_life.basis_decomposition import BasisDecompositionPriors
from models.liquidity_regimes.priors import LiquidityRegimesPriors
from models.price_pressure.model import SAMPLED_DECAY, PricePressurePriors
from models.priors import stored_priors


@pytest.mark.parametrize(
    "priors",
    [
        PricePressurePriors(),
        PricePressurePriors(decay_per_month=SAMPLED_DECAY),
        LiquidityRegimesPriors(),
        BasisDecompositionPriors(),
    ],
    ids=["price-pressure", "sampled-decay", "liquidity-regimes", "basis"],
)
def test_priors_survive_being_stored(
    priors: PricePressurePriors | LiquidityRegimesPriors | BasisDecompositionPriors,
) -> None:
    stored = json.loads(json.dumps(asdict(priors)))
    assert stored_priors(type(priors), stored) == priors


def test_priors_of_another_version_are_refused_by_name() -> None:
    stored = asdict(LiquidityRegimesPriors()) | {"departure_log_odds_sd": 5.0}
    with pytest.raises(DataError, match=r"departure_log_odds_sd"):
        stored_priors(LiquidityRegimesPriors, stored)
