"""Akaike's criterion of each variant beside the paper's."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.every_model.tables_comparison import by_panel
from analysis.fit import Fit
from analysis.page.columns import counted, only_with, rounded, words
from analysis.page.exhibit import Exhibit
from analysis.price_pressure.dates import dates_of
from data.price_pressure.published import published_aic


def compare_aic(fits: Sequence[Fit]) -> pd.DataFrame:
    """Akaike's criterion at the posterior mode, beside the paper's.

    Parameters
    ----------
    fits : sequence of Fit
        Each with group `posterior_mode`.

    Returns
    -------
    DataFrame
        Columns fit, variant, data_sha256, num_weeks, num_parameters, log_likelihood,
        aic, aic_difference, published_aic, published_difference, num_starts,
        num_starts_at_mode. Differences are to the first fit of the same data and are
        missing where the weeks differ.
    """
    published = published_aic()
    rows = []
    for group in by_panel([fit for fit in fits if fit.has("posterior_mode")]):
        first = group[0]
        base = first.tree["posterior_mode"].attrs["aic"]
        for fit in group:
            mode = fit.tree["posterior_mode"].attrs
            same_weeks = dates_of(fit).equals(dates_of(first))
            theirs = np.nan if fit.simulated else published.get(fit.variant, np.nan)
            rows.append(
                {
                    "fit": fit.name,
                    "variant": fit.variant,
                    "data_sha256": fit.panel_hash,
                    "num_weeks": len(dates_of(fit)),
                    "num_parameters": int(mode["num_parameters"]),
                    "log_likelihood": float(mode["log_likelihood"]),
                    "aic": float(mode["aic"]),
                    "aic_difference": mode["aic"] - base if same_weeks else np.nan,
                    "published_aic": theirs,
                    "published_difference": theirs
                    - published.get(first.variant, np.nan),
                    "num_starts": int(mode["num_starts"]),
                    "num_starts_at_mode": int(mode["num_starts_at_mode"]),
                    "diagnostics": fit.verdict,
                }
            )
    return pd.DataFrame(rows)


AIC = Exhibit(
    name="table_aic",
    caption="Akaike's information criterion at the posterior mode; where published, "
    "that at maximum likelihood. Lower is better, differences are to the first fit of "
    "the same data. Levels compare only over the same weeks and data; the mode is "
    "pulled by the priors, so this AIC is never below that of maximum likelihood. "
    "Starts at mode: how many searches from dispersed starts ended at it.",
    frame=compare_aic,
    columns=(
        words("Fit", "fit"),
        words("Variant", "variant"),
        counted("Weeks", "num_weeks"),
        words("Parameters", "num_parameters"),
        rounded("Log likelihood", "log_likelihood", 1),
        rounded("AIC", "aic", 1),
        rounded("Difference", "aic_difference", 1),
        *only_with(
            "published_aic",
            rounded("Paper AIC", "published_aic", 1),
            rounded("Paper difference", "published_difference", 1),
        ),
        words(
            "Starts at mode",
            lambda frame: (
                frame["num_starts_at_mode"].astype(str)
                + " of "
                + frame["num_starts"].astype(str)
            ),
        ),
    ),
    shown=lambda fits: any(fit.has("posterior_mode") for fit in fits),
)
