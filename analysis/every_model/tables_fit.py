"""What was fitted, and whether the draws can be used."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.fit import Fit
from analysis.page.columns import bounds, chance, once, rounded, words
from analysis.page.exhibit import Exhibit
from inference.checks.diagnostics import (
    MAXIMUM_R_HAT,
    MINIMUM_EFFECTIVE_SAMPLE_SIZE,
    NOT_INFORMED,
)


def described(fits: Sequence[Fit]) -> pd.DataFrame:
    """One row a fit: variant, sample, data, sampler, seed, time, verdict."""
    return pd.DataFrame([_description(fit) for fit in fits])


FITS = Exhibit(
    name="table_fits",
    caption="The fits of this report. Data: first digits of the SHA-256 of the panel "
    "file. Draws: chains × draws kept of each. Wall time includes compilation.",
    frame=described,
    columns=(
        words("Fit", "fit"),
        words("Variant", "variant"),
        words("Diagnostics", "diagnostics"),
        words("Sample", "span"),
        words("Data", lambda frame: frame["data_sha256"].str[:8]),
        words(
            "Draws",
            lambda frame: (
                frame["chains"].astype(str) + " × " + frame["draws"].astype(str)
            ),
        ),
        words("Seed", "seed"),
        rounded("Wall time (s)", "wall_time_s", 1),
        words("Divergences", "divergences"),
    ),
)


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


def _diagnostics(fit: Fit) -> pd.DataFrame:
    rows = fit.diagnostics.reset_index(names="parameter")
    return rows.assign(diagnostics=fit.verdict)


def _diagnostics_caption(fit: Fit, _: pd.DataFrame) -> str:
    energy = ", ".join(f"{value:.2f}" for value in fit.run.e_bfmi)
    return (
        f"Diagnostics of {fit.name}: {fit.verdict}. {fit.run.divergences} divergences; "
        f"E-BFMI by chain {energy}. Required: R-hat at most {MAXIMUM_R_HAT}, effective "
        f"sample sizes at least {MINIMUM_EFFECTIVE_SAMPLE_SIZE:.0f}. Contraction is 1 "
        "minus posterior over prior variance; prior sensitivity is that of the "
        "posterior to power-scaling the prior."
    )


DIAGNOSTICS = Exhibit(
    name="table_diagnostics",
    caption=_diagnostics_caption,
    frame=_diagnostics,
    columns=(
        words("Parameter", "parameter"),
        rounded("R-hat", "r_hat", 3),
        rounded("Bulk ESS", "ess_bulk", 0),
        rounded("Tail ESS", "ess_tail", 0),
        rounded("Contraction", "contraction", 2),
        rounded("Prior sensitivity", "prior_sensitivity", 2),
        words("Data", "information"),
        words("Remark", "power_scaling"),
    ),
)

PREDICTIVE_CHECK = Exhibit(
    name="table_predictive_check",
    caption="Statistics of the observed {fit.predictive_check.subject} beside "
    "replications from the posterior of {fit.name} ({fit.span}). A probability near 0 "
    "or 1 marks a feature that the model does not reproduce.",
    frame=lambda fit: fit.marked(fit.replicated_statistics),
    columns=(
        once("Statistic", "statistic"),
        words("Of", "label"),
        rounded("Observed", "observed", 2),
        rounded("Replicated median", "median", 2),
        bounds(2, "95% of replications"),
        chance("P(replicated ≥ observed)", "probability_above"),
    ),
)


def uninformed_parameters(fit: Fit) -> list[str]:
    """Names of the reported parameters that the data said nothing about."""
    uninformed = fit.diagnostics["information"] == NOT_INFORMED
    return [str(name) for name in fit.diagnostics.index[uninformed]]
