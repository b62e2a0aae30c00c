"""Traces of the yield curve with made-up draws, for tests of layout and analysis."""

from functools import lru_cache

import numpy as np
import xarray as xr

from data.trading_costs.quote_panel import quote_panel_from_frame
from inference.trading_costs.curve_prepare import MODEL_NAME, prepare_yield_curve
from models.trading_costs.cross_section import (
    CrossSection,
    CrossSectionSpecification,
    select_cross_section,
)
from models.trading_costs.yield_curve import OBSERVED, directions_of
from tests.traces import sample_statistics
from tests.trading_costs.quote_frames import flat_quotes

SPECIFICATION = CrossSectionSpecification()
CHAINS, DRAWS = 4, 60


def curve_panel():
    """A panel whose last day holds ten notes and bonds."""
    return quote_panel_from_frame(flat_quotes(), "made up")


def cross_section() -> CrossSection:
    """That day."""
    return select_cross_section(curve_panel(), SPECIFICATION)


@lru_cache
def random_curve_tree() -> xr.DataTree:
    """A trace around the kernel ridge curve of the made-up day."""
    rng = np.random.default_rng(8)
    bonds = cross_section()
    prepared = prepare_yield_curve(curve_panel(), SPECIFICATION)
    informed = prepared.model.dim_lengths["informed_direction"].eval()
    rest = len(directions_of(bonds).variance) - int(informed)

    def draws(chains: int, number: int) -> xr.Dataset:
        shape, dims = (chains, number), ("chain", "draw")
        beyond = 3 * np.exp(rng.normal(0, 0.3, shape))
        parameters = {
            name: (dims, median * np.exp(rng.normal(0, 0.2, shape)))
            for name, median in {
                "scale": 0.004,
                "noise_bp": 0.5,
                "price_noise": 0.01,
            }.items()
        }
        return xr.Dataset(
            {
                **parameters,
                "freedom_beyond_1": (dims, beyond),
                "degrees_of_freedom": (dims, 1 + beyond),
                "informed": (
                    (*dims, "informed_direction"),
                    rng.normal(0, 0.5, (*shape, int(informed))),
                ),
                "uninformed": (
                    (*dims, "uninformed_direction"),
                    rng.normal(size=(*shape, rest)),
                ),
            }
        )

    def predictive(chains: int, number: int) -> xr.Dataset:
        size = (chains, number, len(bonds.securities))
        values = 0.5 * rng.standard_t(4, size)
        return xr.Dataset({OBSERVED: (("chain", "draw", "security"), values)}, coords)

    coords = {"security": bonds.securities.to_numpy()}
    posterior = draws(CHAINS, DRAWS)
    observed = 0.3 * rng.standard_t(4, len(bonds.securities))
    density = rng.normal(size=(CHAINS, DRAWS, len(bonds.securities)))
    energy = sample_statistics(rng.normal(0, 4, (CHAINS, DRAWS)))
    tree = xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "prior": draws(1, 50),
            "sample_stats": energy,
            "log_likelihood": xr.Dataset(
                {OBSERVED: (("chain", "draw", "security"), density)}, coords
            ),
            "log_prior": posterior[["scale"]],
            "prior_predictive": predictive(1, 50),
            "posterior_predictive": predictive(CHAINS, 25),
            "observed_data": xr.Dataset({OBSERVED: ("security", observed)}, coords),
            "constant_data": xr.Dataset(),
            "starts": xr.Dataset(
                {
                    "log_density": ("start", np.zeros(CHAINS)),
                    "kind": ("start", ["chain"] * CHAINS),
                }
            ),
            "panel": prepared.used,
        }
    )
    for name, group in prepared.derive(prepared.model, tree, 40, 1).items():
        tree[name] = group
    tree.attrs.update(prepared.description, diagnostics="passed")
    assert tree.attrs["model"] == MODEL_NAME
    return tree
