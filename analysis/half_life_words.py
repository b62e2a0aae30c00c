"""Words of the report on half-lives: the question, the terms, the captions."""

from collections.abc import Callable

from matplotlib.figure import Figure

from analysis.figures_half_life import (
    figure_half_life_concentration,
    figure_partial_effects,
    figure_who_closes_basis,
)
from analysis.figures_survival import figure_survival_check

QUESTION = (
    "How long do dislocations of the TIPS-Treasury basis last after policy and auction "
    "events, and with whom in the market does closing them go? The half-life notebook "
    "takes the days until a deviation has halved, drops those that did not within ten "
    "days, and regresses the rest on who traded. Here what it drops is right-censored, "
    "events that share a date share their outcome, and effects of event types by "
    "tenors are partially pooled."
)

HOW_TO_READ = (
    (
        "Half-life of an event",
        "First trading day after the event on which the deviation is at most half of "
        "what it was on the event day. Still open: not halved when last watched.",
    ),
    (
        "Expected half-life",
        "Mean of the half-life or the horizon, whichever is shorter: nobody watched "
        "longer. Median: first day by which half of the dislocations have halved.",
    ),
    (
        "Log hazard ratio",
        "By how much the log of the chance to halve on any day, given that it has not "
        "yet, rises with one standard deviation of a covariate. Positive: faster.",
    ),
    (
        "ATS share, principal share, dealer HHI",
        "Share of volume traded on alternative trading systems; share traded by "
        "dealers as principals; sum of squared dealer shares, 1 for a single dealer.",
    ),
    (
        "95% interval",
        "Equal-tailed credible interval: given model, priors and data, the quantity "
        "lies in it with 95% probability, with 2.5% on either side.",
    ),
    (
        "Informed by the data",
        "Whether the posterior is narrower than the prior or has moved. A coefficient "
        "that is not informed repeats its prior and is not a finding.",
    ),
)

CAPTIONS: dict[Callable[..., Figure], str] = {
    figure_half_life_concentration: (
        "Half-life against dealer concentration by tenor, trading days. Line and band: "
        "expected half-life within the horizon, posterior mean and 95% interval, other "
        "covariates at their means. Dots: outcomes that halved; open triangles: "
        "outcomes still open when last watched. Days are jittered."
    ),
    figure_partial_effects: (
        "Expected half-life within the horizon over the range of each covariate, "
        "trading days: posterior mean and 95% interval, the other covariates at their "
        "means. Ticks: outcomes."
    ),
    figure_who_closes_basis: (
        "Who closes the basis: expected and median half-life, trading days, at a low "
        "and a high value of each covariate (10% and 90% quantiles; 0 and 1 of an "
        "indicator), the others at their means, with 95% intervals."
    ),
    figure_survival_check: (
        "Share of dislocations still open, by event type and tenor: Kaplan-Meier "
        "estimate (black) beside those of data replicated from the posterior (mean "
        "and 95% range). Where black leaves the band the model misses the data."
    ),
}
"""Function that draws the figure -> caption."""
