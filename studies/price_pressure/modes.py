"""Whether searches for the posterior mode give one answer whatever their seed.

The posterior of the paper's variants on real yields has a mode for each tenor that may
carry the noise. Scattered starts alone find the better one in some seeds and not in
others; starts with each tenor in turn carrying the noise do not depend on the seed.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from data.price_pressure.panel import PricePressurePanel
from inference.price_pressure.prepare import prepare_price_pressure
from inference.sampling.optimum import (
    DATA_DRIVEN,
    SAME_MODE_TOLERANCE,
    SCATTERED,
    PosteriorModeSearch,
)

KINDS = (DATA_DRIVEN, SCATTERED)


def mode_agreement(
    panel: PricePressurePanel,
    variant: str,
    seeds: Sequence[int],
    advance: Callable[[], None] = lambda: None,
) -> pd.DataFrame:
    """Search for the posterior mode with many seeds.

    Parameters
    ----------
    panel : PricePressurePanel
        Data, the same for every seed.
    variant : str
        Name in `models.price_pressure.variants.VARIANTS`.
    seeds : sequence of int
        Of the scattered starts.
    advance : callable
        Called after each seed.

    Returns
    -------
    DataFrame
        One row a seed: ``log_posterior`` of the mode found (nats) and
        ``nats_below_best``, that of all seeds; ``lesser_mass`` of the other modes that
        its starts ended at; ``noisy_tenor``, the tenor with the largest noise at the
        mode, years; ``pressure_20`` there, bp per USD million, of the first market;
        and, of each kind of start, ``starts`` and ``at_best``, how many ended at the
        best mode of all seeds.
    """
    prepared = prepare_price_pressure(panel, variant)
    search = PosteriorModeSearch(prepared.model)
    rows, heights = [], []
    for seed in seeds:
        found = search(seed, starts=prepared.starts or ())
        weighed = search.weigh(found)
        noise = found.mode["yield_noise_sd_bp"]
        rows.append(
            {
                "seed": seed,
                "log_posterior": found.mode.attrs["log_posterior"],
                "lesser_mass": 1 - float(weighed["mode_mass"].max()),
                "noisy_tenor": int(noise["tenor"][int(noise.argmax("tenor"))]),
                "pressure_20": float(
                    found.mode["price_pressure"].isel(inventory_market=0).sel(tenor=20)
                ),
            }
        )
        heights.append(found.starts)
        advance()
    best = max(row["log_posterior"] for row in rows)
    table = pd.DataFrame(rows)
    table.insert(2, "nats_below_best", best - table["log_posterior"])
    return table.join(pd.DataFrame([_counts(starts, best) for starts in heights]))


def _counts(starts: xr.Dataset, best: float) -> dict[str, int]:
    is_best = starts["log_density"].to_numpy() > best - SAME_MODE_TOLERANCE
    kinds = starts["kind"].to_numpy()
    return {
        f"{kind.replace('-', '_')}_{column}": int(np.sum(chosen & (kinds == kind)))
        for kind in KINDS
        for column, chosen in (
            ("starts", np.ones(len(kinds), dtype=bool)),
            ("at_best", is_best),
        )
    }


def summarize_agreement(rows: pd.DataFrame) -> pd.DataFrame:
    """In how many seeds starts of each kind, and all of them, found the best mode."""
    found = {kind: rows[f"{kind.replace('-', '_')}_at_best"] > 0 for kind in KINDS}
    found["both"] = found[DATA_DRIVEN] | found[SCATTERED]
    return pd.DataFrame(
        {
            "starts": list(found),
            "seeds": len(rows),
            "seeds_at_best": [int(one.sum()) for one in found.values()],
        }
    )
