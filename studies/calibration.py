"""What simulation-based calibrations of all families share: ranks, and their verdict.

The rank of the truth among the posterior draws is uniform when likelihood, simulator
and sampler agree (Talts, Betancourt, Simpson, Vehtari & Gelman 2018, arXiv:1804.06788).
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import arviz as az
import pandas as pd
import pymc as pm
import typer
import xarray as xr
from scipy.stats import kstest
from statsmodels.stats.multitest import multipletests

from data.files.atomic import replacing
from inference.checks.calibration import relative_ranks, simulation_seeds, uniformity
from inference.checks.mode_checks import check_modes
from inference.sampling import SIMULATION_BACKEND
from inference.settings import SamplerSettings
from studies.compiled_model import search_columns
from studies.console import console, show
from studies.figures import figure_rank_ecdf
from studies.sweep import Plan

RANK_OF = "rank of "
"""Begins the name of a column of ranks."""

MODE_FAILURES = "mode_failures"
"""Column of what the check of modes finds wrong with a fit, where there is one."""

SOUND = "_sound"
"""Ends the columns that judge the fits alone in which it finds nothing."""

SUFFIXES = ("ranks", None)
"""Of the files of ranks and of the verdict on them."""

SHOWN = ["parameter", "coverage_95", "p_value", "is_calibrated"]

Simulations = Annotated[
    int, typer.Option(min=10, help="Draws from the prior, each fitted.")
]
StudySeed = Annotated[int, typer.Option(min=0, help="Of all random numbers.")]


def draw_from_prior(model: pm.Model, seed: int) -> tuple[xr.Dataset, xr.Dataset]:
    """One draw of the parameters from the prior, and of the data given them."""
    tree = pm.sample_prior_predictive(
        1, model=model, random_seed=seed, backend=SIMULATION_BACKEND
    )
    prior, data = (
        tree[name].to_dataset().isel(chain=0, draw=0, drop=True)
        for name in ("prior", "prior_predictive")
    )
    return prior, data


def calibration_plan(
    simulation: Callable[..., pd.DataFrame],
    number: int,
    seed: int,
    settings: SamplerSettings,
    **chosen: Any,
) -> Plan:
    """Rank parameters drawn from the prior among the posteriors of their data.

    Parameters
    ----------
    simulation : callable
        Seed of a draw from the prior, and by name `settings`, ``panel_seed`` and what
        is chosen -> a row of `simulation_row`.
    number : int
        Of draws from the prior, each fitted once.
    seed : int
        Of the study, and of the panel that gives what is not simulated.
    settings : SamplerSettings
        Of each fit; the seed is replaced by that of the simulation.
    **chosen
        Options of the study.
    """
    keys = [(one,) for one in simulation_seeds(number, seed)]
    return Plan(simulation, keys, {"panel_seed": seed, "settings": settings, **chosen})


def rank_prior_draw(
    model: pm.Model,
    seed: int,
    names: Iterable[str],
    fit: Callable[[xr.Dataset], xr.DataTree],
) -> pd.DataFrame:
    """Draw parameters and data from the prior, fit the data and rank the parameters.

    Parameters
    ----------
    model : pm.Model
    seed : int
        Of the draw.
    names : iterable of str
        Parameters to rank, of which the model need not have all.
    fit : callable
        Simulated data -> posterior.

    Returns
    -------
    DataFrame
        One row, see `simulation_row`.
    """
    drawn, seen = draw_from_prior(model, seed)
    truth = drawn[[name for name in names if name in drawn]]
    tree = fit(seen)
    posterior = tree["posterior"].to_dataset()
    return simulation_row(seed, truth, posterior, fit_quality(tree))


def simulation_row(
    seed: int, truth: xr.Dataset, posterior: xr.Dataset, quality: Mapping[str, Any]
) -> pd.DataFrame:
    """What one simulation says.

    Parameters
    ----------
    seed : int
        Of the simulation.
    truth : xr.Dataset
        Parameters drawn from the prior.
    posterior : (chain, draw, ...) xr.Dataset
        Draws of them, given data simulated from them, and of others.
    quality : mapping
        How the fit went.

    Returns
    -------
    DataFrame
        One row: ``seed``, `quality`, and the relative rank of every element of the
        parameters, ``rank of ELEMENT``.
    """
    ranked = posterior[list(truth.data_vars)]
    ranks = relative_ranks(truth, ranked, seed).expand_dims("simulation")
    elements = az.dataset_to_dataframe(ranks, sample_dims=["simulation"])
    row = pd.DataFrame([{"seed": seed, **quality}])
    return row.join(elements.add_prefix(RANK_OF).reset_index(drop=True))


def ranks_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Relative ranks (simulation, element) in a table of simulations."""
    ranks = rows.filter(regex=f"^{RANK_OF}")
    return ranks.rename(columns=lambda name: name.removeprefix(RANK_OF))


def summarize_calibration(rows: pd.DataFrame) -> pd.DataFrame:
    """Judge the uniformity of every parameter's ranks.

    Parameters
    ----------
    rows : DataFrame
        Rows of `simulation_row`.

    Returns
    -------
    DataFrame
        One row an element: ``parameter``, the columns of
        `inference.checks.calibration.uniformity`, ``p_value`` (Kolmogorov-Smirnov) and
        ``p_value_holm`` over all elements. Where fits were checked for modes, the same
        with the ending ``_sound``, of those that passed: what is chosen by the data
        leaves ranks uniform.
    """
    table = _judged(ranks_of(rows))
    sound = rows.query(f"{MODE_FAILURES} == 0") if MODE_FAILURES in rows else rows[:0]
    if len(sound):
        table = table.join(_judged(ranks_of(sound)).add_suffix(SOUND))
    return table.reset_index()


def _judged(ranks: pd.DataFrame) -> pd.DataFrame:
    table = uniformity(ranks).rename_axis("parameter")
    table["p_value"] = [kstest(ranks[x], "uniform").pvalue for x in table.index]
    table["p_value_holm"] = multipletests(table["p_value"], method="holm")[1]
    return table


def fit_quality(tree: xr.DataTree) -> dict[str, Any]:
    """How a fit went.

    Parameters
    ----------
    tree : xr.DataTree
        Of a model of `studies.compiled_model`.

    Returns
    -------
    dict
        Divergences, largest R-hat and least bulk effective sample size; of a fit from
        the mode also `search_columns` and how much the check of modes finds wrong.
    """
    posterior = tree["posterior"].to_dataset()
    quality = {
        "divergences": int(tree["sample_stats"]["diverging"].sum()),
        "max_r_hat": float(az.rhat(posterior).to_array().max()),
        "min_ess_bulk": float(az.ess(posterior).to_array().min()),
    }
    if "starts" not in tree.children:
        return quality
    failures = check_modes(tree, searches=True).failures
    searches = search_columns(tree["starts"].to_dataset())
    return quality | searches | {MODE_FAILURES: len(failures)}


def told_of_calibration(rows: pd.DataFrame, summary: pd.DataFrame, out: Path) -> None:
    """Draw the ranks, and print whether they are uniform.

    Parameters
    ----------
    rows, summary : DataFrame
        Of `simulation_row` and `summarize_calibration`.
    out : Path
        Table of the summary; the figure goes to it with the ending .png.
    """
    with replacing(out.with_suffix(".png")) as temporary:
        figure_rank_ecdf(ranks_of(rows)).savefig(temporary, dpi=110)
    show("Uniformity of ranks", summary[SHOWN])
    if "coverage_95" + SOUND in summary:
        failed = int((rows[MODE_FAILURES] > 0).sum())
        console.print(
            f"{failed} of {len(rows)} fits fail the check of modes; those that pass "
            f"cover {summary['coverage_95' + SOUND].mean():.3f}"
        )
    console.print(
        f"Divergent fits {(rows['divergences'] > 0).sum()} of {len(rows)}; "
        f"largest R-hat {rows['max_r_hat'].max():.3f}"
    )
