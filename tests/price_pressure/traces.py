"""Traces with every group of the trace format and made-up draws, for analysis tests."""

from functools import lru_cache

import numpy as np
import pandas as pd
import xarray as xr
from arviz_base import dataset_to_dataframe
from scipy.special import ndtr

from analysis.fit import Fit
from analysis.price_pressure.description import PRICE_PRESSURE
from data.price_pressure.published import published_counterpart
from inference.checks.diagnostics import INFORMED, RunDiagnostics
from inference.checks.verdict import Verdict
from tests.dispersed_starts import one_mode
from tests.traces import mode_search, sample_statistics

TENORS = [2, 5, 10, 20]
MARKETS = ["cash", "futures", "net"]
FACTORS = ["level", "slope", "curvature"]

INVENTORY_MARKETS = {
    "net-inventory": ["net"],
    "cash-inventory": ["cash"],
    "cash-futures-inventory": ["cash", "futures"],
    "net-order-flow": ["cash", "futures"],
    "cash-futures-order-flow": ["cash", "futures"],
}
ORDER_FLOW_TERMS = {
    "net-order-flow": [f"{f}:net:{t}" for t in TENORS for f in FACTORS[:2]],
    "cash-futures-order-flow": [
        "level:net:2",
        "slope:net:2",
        "level:net:5",
        "slope:cash:5",
        "slope:futures:5",
        "level:cash:10",
        "slope:cash:10",
        "level:futures:10",
        "slope:futures:10",
        "level:net:20",
        "slope:net:20",
    ],
}


def random_panel(num_weeks: int, rng: np.random.Generator) -> xr.Dataset:
    """A panel dataset in which every series moves; futures offset half the cash."""
    week = pd.date_range("2001-07-04", periods=num_weeks, freq="W-WED").astype(
        "datetime64[ns]"
    )

    def walk(sd: float, size: tuple[int, ...]) -> np.ndarray:
        steps = rng.normal(0, sd, (num_weeks, *size))
        for i in range(1, num_weeks):
            steps[i] += 0.97 * steps[i - 1]
        return steps

    cash, other = walk(5, (4,)), walk(3, (4,))
    inventory = np.stack([cash, -0.5 * cash + other], axis=1)
    inventory = np.concatenate([inventory, inventory.sum(1, keepdims=True)], axis=1)
    flow = -np.diff(inventory, axis=0, prepend=np.nan)
    duration = np.array([2, 4, 8, 14]) / 10
    exposure_cash = walk(8, (3,))
    exposure = np.stack([exposure_cash, -0.55 * exposure_cash + walk(3, (3,))], axis=1)
    exposure = np.concatenate([exposure, exposure.sum(1, keepdims=True)], axis=1)
    by_tenor = ("week", "market", "tenor")
    return xr.Dataset(
        {
            "yield_bp": (("week", "tenor"), _yields((num_weeks,), rng)),
            "inventory_busd": (by_tenor, inventory),
            "dv01_musd": (by_tenor, inventory * duration),
            "order_flow_busd": (by_tenor, flow),
            "order_flow_surprise_busd": (by_tenor, np.nan_to_num(flow)),
            "exposure_musd": (("week", "market", "factor"), exposure),
        },
        coords={"week": week, "tenor": TENORS, "market": MARKETS, "factor": FACTORS},
    )


def _yields(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Yields (..., week, tenor), basis points: a level that wanders, and noise."""
    level = rng.normal(0, 10, shape)
    for i in range(1, shape[-1]):
        level[..., i] += 0.97 * level[..., i - 1]
    average = np.array([180, 250, 350, 410])
    return average + level[..., None] + rng.normal(0, 3, (*shape, 4))


def _published(variant: str, parameter: str) -> dict[tuple[str, str, int], float]:
    frame = published_counterpart(variant)
    rows = frame[frame["parameter"] == parameter]
    keys = zip(rows["factor"], rows["market"], rows["tenor_years"], strict=True)
    return dict(zip(keys, rows["estimate"], strict=True))


def _draws(
    variant: str, shape: tuple[int, int], spread: float, rng: np.random.Generator
) -> xr.Dataset:
    markets = INVENTORY_MARKETS[variant]
    terms = ORDER_FLOW_TERMS.get(variant, [])
    pressure = _published(variant, "price_pressure")
    discovery = _published(variant, "price_discovery")
    centre = np.array([[pressure["", m, t] for t in TENORS] for m in markets])
    keys = [(f, m, int(t)) for f, m, t in (term.split(":") for term in terms)]
    effect = np.array([discovery[key] for key in keys])

    def normal(around: np.ndarray, sd: float) -> np.ndarray:
        return rng.normal(around, spread * sd, (*shape, *np.shape(around)))

    def positive(around: list[float]) -> np.ndarray:
        return np.asarray(around) * np.exp(rng.normal(0, 0.05, (*shape, len(around))))

    sample = ("chain", "draw")
    persistence = 1 - positive([0.001, 0.005, 0.002])
    variables = {
        "price_pressure": ((*sample, "inventory_market", "tenor"), normal(centre, 0.1)),
        "persistence": ((*sample, "factor"), persistence),
        "half_life_weeks": ((*sample, "factor"), -np.log(2) / np.log(persistence)),
        "factor_mean_bp": ((*sample, "factor"), normal(np.array([450, -200, 0]), 100)),
        "factor_innovation_sd_bp": ((*sample, "factor"), positive([12, 15, 35])),
        "yield_noise_sd_bp": ((*sample, "tenor"), positive([0.5, 8, 4, 5])),
    }
    if terms:
        dims = (*sample, "order_flow_term")
        variables["price_discovery"] = (dims, normal(effect, 0.1))
    return xr.Dataset(
        variables,
        coords={
            "inventory_market": markets,
            "tenor": TENORS,
            "factor": FACTORS,
            "order_flow_term": np.array(terms, dtype=str),
            "chain": np.arange(shape[0]),
            "draw": np.arange(shape[1]),
        },
    )


def _predictive(
    panel: xr.Dataset, shape: tuple[int, int], rng: np.random.Generator
) -> xr.Dataset:
    dims = ("chain", "draw", "week", "tenor")
    coords = {"week": panel["week"], "tenor": TENORS}
    drawn = _yields((*shape, panel.sizes["week"]), rng)
    return xr.Dataset({"yield_bp": (dims, drawn)}, coords=coords)


def _one_step_ahead(panel: xr.Dataset, rng: np.random.Generator) -> xr.Dataset:
    shape, dims = panel["yield_bp"].shape, ("week", "tenor")
    innovation = rng.normal(0, 1, shape)
    return xr.Dataset(
        {
            "pit": (dims, ndtr(innovation)),
            "standardized_innovation": (dims, innovation),
            "mean_bp": (dims, panel["yield_bp"].to_numpy() - innovation * 10),
            "sd_bp": (dims, np.full(shape, 10.0)),
        },
        coords={"week": panel["week"], "tenor": TENORS},
    )


def _smoothed(panel: xr.Dataset, rng: np.random.Generator) -> xr.Dataset:
    num_weeks, sample = panel.sizes["week"], 50
    factor = rng.normal(0, 10, (sample, num_weeks, 3)) + np.array([450, -200, 0])
    noise = rng.normal(0, 5, (sample, num_weeks, 4))
    return xr.Dataset(
        {
            "factor_bp": (("sample", "week", "factor"), factor),
            "efficient_yield_bp": (
                ("sample", "week", "tenor"),
                panel["yield_bp"].to_numpy() + noise,
            ),
        },
        coords={"week": panel["week"], "tenor": TENORS, "factor": FACTORS},
    )


def _constant_data(variant: str, panel: xr.Dataset) -> xr.Dataset:
    terms = ORDER_FLOW_TERMS.get(variant, [])
    markets = INVENTORY_MARKETS[variant]
    dv01 = panel["dv01_musd"].sel(market=markets).rename(market="inventory_market")
    quoted = xr.ufuncs.isfinite(panel["yield_bp"]).astype(float)
    data = {"inventory_dv01_musd": dv01, "is_quoted": quoted}
    if terms:
        keys = [term.split(":")[1:] for term in terms]
        columns = [
            panel["order_flow_surprise_busd"].sel(market=m, tenor=int(t)).to_numpy()
            for m, t in keys
        ]
        dims = ("week", "order_flow_term")
        data["order_flow_surprise_busd"] = (dims, np.column_stack(columns))
    return xr.Dataset(
        data,
        coords={"order_flow_term": np.array(terms, dtype=str), "week": panel["week"]},
    )


def random_tree(
    variant: str, *, num_weeks: int = 60, draws: int = 100, seed: int = 0
) -> xr.DataTree:
    """A trace of the price-pressure model with draws around the published estimates."""
    rng = np.random.default_rng(seed)
    panel = random_panel(num_weeks, rng)
    weeks = {"week": panel["week"]}
    posterior = _draws(variant, (4, draws), 1.0, rng)
    elpd = rng.normal(-14, 1, num_weeks)
    weekly = ("chain", "draw", "week")
    tree = xr.DataTree.from_dict(
        {
            "posterior": posterior,
            "sample_stats": sample_statistics(rng.normal(0, 4, (4, draws))),
            "log_likelihood": xr.Dataset(
                {"yield_bp": (weekly, rng.normal(-14, 1, (4, draws, num_weeks)))},
                coords=weeks,
            ),
            "log_prior": xr.Dataset(
                {
                    "price_pressure": (
                        posterior["price_pressure"].dims,
                        rng.normal(0, 1, posterior["price_pressure"].shape),
                    )
                }
            ),
            "prior": _draws(variant, (1, 200), 20.0, rng),
            "prior_predictive": _predictive(panel, (1, 60), rng),
            "posterior_predictive": _predictive(panel, (4, 100), rng),
            "observed_data": panel[["yield_bp"]].fillna(0.0),
            "constant_data": _constant_data(variant, panel),
            "panel": panel,
            "smoothed": _smoothed(panel, rng),
            "one_step_ahead": _one_step_ahead(panel, rng),
            **mode_search(posterior, log_likelihood=-3000.0 - len(variant)),
            **one_mode(),
            "leave_future_out": xr.Dataset(
                {
                    "elpd": ("week", elpd),
                    "pareto_k": ("week", rng.uniform(0, 0.5, num_weeks)),
                },
                coords=weeks,
            ),
        }
    )
    tree.attrs = {
        "model": "price-pressure",
        "variant": variant,
        "data_sha256": "ab" * 32,
        "data_source": "panel.csv",
        "versions": {"pymc": "6.4.0", "arviz": "1.3.0"},
        "settings": {"draws": draws, "tune": 100, "chains": 4, "seed": 7},
        "seed": 7,
        "wall_time_s": 12.3,
        "created": "2025-01-02T03:04:05+00:00",
    }
    return tree


def diagnostics_frame(tree: xr.DataTree) -> pd.DataFrame:
    """Diagnostics of a made-up trace, every number good, as `diagnose` names them."""
    labels = dataset_to_dataframe(tree["posterior"].to_dataset()).columns
    return pd.DataFrame(
        {
            "r_hat": 1.001,
            "ess_bulk": 1500.0,
            "ess_tail": 1400.0,
            "mcse_mean": 0.01,
            "contraction": 0.95,
            "shift": 0.4,
            "prior_sensitivity": 0.01,
            "likelihood_sensitivity": 0.2,
            "power_scaling": "",
            "information": INFORMED,
        },
        index=pd.Index(labels, name="parameter"),
    )


@lru_cache
def _shared_tree(variant: str, seed: int) -> xr.DataTree:
    return random_tree(variant, seed=seed)


def random_fit(variant: str, failures: tuple[str, ...] = (), seed: int = 0) -> Fit:
    """A fit of :func:`random_tree`: groups may be replaced, their arrays are shared."""
    tree = _shared_tree(variant, seed).copy()
    run = RunDiagnostics(0, (0.9, 1.0, 1.1, 1.0), 0)
    diagnostics = diagnostics_frame(tree)
    verdict = Verdict(sampler=failures)
    return Fit(variant, tree, diagnostics, run, verdict, PRICE_PRESSURE)
