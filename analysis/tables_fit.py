"""What was fitted, and whether the draws can be used."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.fits import Fit
from analysis.predictive_statistics import compare_statistics
from analysis.tables import Table, interval, numbers, probability, without_repeats
from analysis.tables_comparison import combined_warning
from inference.diagnostics import (
    MAXIMUM_R_HAT,
    MINIMUM_EFFECTIVE_SAMPLE_SIZE,
    NOT_INFORMED,
)


def table_fits(fits: Sequence[Fit]) -> Table:
    """One row a fit: variant, sample, data, sampler, seed, time, verdict.

    Parameters
    ----------
    fits : sequence of Fit

    Returns
    -------
    Table
    """
    rows = [_description(fit) for fit in fits]
    frame = pd.DataFrame(rows)
    display = pd.DataFrame(
        {
            "Fit": frame["fit"],
            "Variant": frame["variant"],
            "Diagnostics": frame["diagnostics"],
            "Sample": frame["span"],
            "Data": frame["data_sha256"].str[:8],
            "Draws": frame["chains"].astype(str) + " × " + frame["draws"].astype(str),
            "Seed": frame["seed"].astype(str),
            "Wall time (s)": numbers(frame["wall_time_s"], 1),
            "Divergences": frame["divergences"].astype(str),
        }
    )
    caption = (
        "The fits of this report. Data: first digits of the SHA-256 of the panel file. "
        "Draws: chains × draws kept of each. Wall time includes compilation."
    )
    return Table("table_fits", caption, frame, display, combined_warning(fits))


def _description(fit: Fit) -> dict[str, Any]:
    attributes = fit.tree.attrs
    sizes = fit.posterior.sizes
    return {
        "fit": fit.name,
        "model": fit.model,
        "variant": fit.variant,
        "span": fit.span,
        "data_source": attributes["data_source"],
        "data_sha256": fit.panel_hash,
        "chains": sizes["chain"],
        "draws": sizes["draw"],
        "seed": attributes["seed"],
        "wall_time_s": float(attributes["wall_time_s"]),
        "created": attributes["created"],
        "divergences": fit.run.divergences,
        "diagnostics": fit.verdict,
    }


def table_diagnostics(fit: Fit) -> Table:
    """Convergence of each parameter and what the data said about it.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Table
    """
    rows = fit.diagnostics.reset_index(names="parameter")
    display = pd.DataFrame(
        {
            "Parameter": rows["parameter"],
            "R-hat": numbers(rows["r_hat"], 3),
            "Bulk ESS": numbers(rows["ess_bulk"], 0),
            "Tail ESS": numbers(rows["ess_tail"], 0),
            "Contraction": numbers(rows["contraction"], 2),
            "Prior sensitivity": numbers(rows["prior_sensitivity"], 2),
            "Data": rows["information"],
            "Remark": rows["power_scaling"],
        }
    )
    energy = ", ".join(f"{value:.2f}" for value in fit.run.e_bfmi)
    caption = (
        f"Diagnostics of {fit.name}: {fit.verdict}. {fit.run.divergences} divergences; "
        f"E-BFMI by chain {energy}. Required: R-hat at most {MAXIMUM_R_HAT}, effective "
        f"sample sizes at least {MINIMUM_EFFECTIVE_SAMPLE_SIZE:.0f}. Contraction is 1 "
        "minus posterior over prior variance; prior sensitivity is that of the "
        "posterior to power-scaling the prior."
    )
    frame = rows.assign(diagnostics=fit.verdict)
    return Table("table_diagnostics", caption, frame, display, fit.warning, fit.name)


def table_predictive_check(fit: Fit) -> Table:
    """Statistics of the observed data beside their posterior predictive draws.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Table
    """
    rows = compare_statistics(fit, "posterior_predictive")
    display = pd.DataFrame(
        {
            "Statistic": without_repeats(rows["statistic"]),
            "Of": rows["label"],
            "Observed": numbers(rows["observed"], 2),
            "Replicated median": numbers(rows["median"], 2),
            "95% of replications": interval(rows["lower_95"], rows["upper_95"], 2),
            "P(replicated ≥ observed)": probability(rows["probability_above"]),
        }
    )
    caption = (
        f"Statistics of the observed {fit.description.predictive_check.subject} beside "
        f"replications from the posterior of {fit.name} ({fit.span}). A "
        "probability near 0 or 1 marks a feature that the model does not reproduce."
    )
    frame = rows.assign(variant=fit.variant, diagnostics=fit.verdict)
    return Table(
        "table_predictive_check", caption, frame, display, fit.warning, fit.name
    )


def uninformed_parameters(fit: Fit) -> list[str]:
    """Names of the reported parameters that the data said nothing about."""
    uninformed = fit.diagnostics["information"] == NOT_INFORMED
    return [str(name) for name in fit.diagnostics.index[uninformed]]
