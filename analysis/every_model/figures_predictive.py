"""What the priors and the posterior predict, beside what was observed."""

from collections.abc import Callable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

from analysis.estimates import element_estimates
from analysis.fit import Fit
from analysis.page.style import (
    BLUE,
    GREY,
    VERMILLION,
    new_figure,
    shared_legend,
)
from inference.checks.predictive_checks import PredictiveCheck, compare_statistics

MAX_LEVEL_LABELS = 6
"""Labels that fit side by side below a statistic."""


def prior_beside_posterior(fit: Fit) -> pd.DataFrame:
    """Prior and posterior intervals in units of the prior.

    Returns
    -------
    DataFrame
        Columns parameter, label, and {prior, posterior}_{lower_95, mean, upper_95}, all
        minus the prior mean and over the prior standard deviation; variant and
        diagnostics.
    """
    described = fit.description
    names = [name for name in described.shown_parameters if name in fit.group("prior")]
    prior = element_estimates(fit.group("prior"), names, described.element_label)
    posterior = element_estimates(fit.posterior, names, described.element_label)
    columns = ["lower_95", "mean", "upper_95"]
    scaled = {
        f"{group}_{column}": (frame[column] - prior["mean"]) / prior["sd"]
        for group, frame in (("prior", prior), ("posterior", posterior))
        for column in columns
    }
    return fit.marked(prior[["parameter", "label"]].assign(**scaled))


def figure_prior_posterior(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Every parameter's prior and posterior on the scale of the prior.

    Returns
    -------
    Figure
        95% intervals in prior standard deviations from the prior mean: a posterior as
        wide as its prior says that the data did not inform it.
    """
    figure, (axes,) = new_figure(1, 1, 1.1 + 0.17 * len(frame))
    y = range(len(frame))
    axes.hlines(
        y,
        frame["prior_lower_95"],
        frame["prior_upper_95"],
        color=GREY,
        linewidth=5,
        alpha=0.45,
        label="prior, 95%",
    )
    axes.hlines(
        y,
        frame["posterior_lower_95"],
        frame["posterior_upper_95"],
        color=BLUE,
        linewidth=2,
        label="posterior, 95%",
    )
    axes.plot(
        frame["posterior_mean"],
        y,
        "o",
        color=BLUE,
        markersize=3,
        label="posterior mean",
    )
    names = frame["parameter"].map(fit.description.parameter_name)
    axes.set_yticks(y, (names + ": " + frame["label"]).str.removesuffix(": "))
    axes.set_ylim(len(frame) - 0.4, -0.6)
    axes.set_xlabel("prior standard deviations from the prior mean")
    shared_legend(figure, [axes], 3)
    return figure


def figure_posterior_predictive_check(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Statistics of the observed data beside their posterior predictive draws.

    Returns
    -------
    Figure
        Thin and thick line: 95% and 50% of the replications. Diamond: observed.
    """
    return _predictive_check(fit.predictive_check, frame, _leave_linear)


def prior_statistics(fit: Fit) -> pd.DataFrame:
    """Statistics of the observed data beside those drawn from the prior."""
    check = fit.predictive_check
    return fit.marked(compare_statistics(fit.tree, check, "prior_predictive"))


def figure_prior_predictive_check(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Statistics of the observed data beside draws from the prior.

    Returns
    -------
    Figure
        As the posterior check; sizes on a logarithmic axis. The observed value should
        lie well inside: the prior allows it without insisting on it.
    """
    return figure_prior_check(fit.predictive_check, frame)


def figure_prior_check(check: PredictiveCheck, frame: pd.DataFrame) -> Figure:
    """As `figure_prior_predictive_check`, of statistics that were compared already."""
    return _predictive_check(check, frame, _make_logarithmic)


def _leave_linear(axes: Axes) -> None:
    """Keep the axis as it is."""


def _make_logarithmic(axes: Axes) -> None:
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _predictive_check(
    check: PredictiveCheck, frame: pd.DataFrame, scale_axis: Callable[[Axes], None]
) -> Figure:
    rows = -(-len(check.statistics) // 2)
    figure, axes = new_figure(rows, 2, 0.3 + 1.9 * rows)
    for one, title in zip(axes, check.statistics, strict=False):
        _plot_statistic(one, frame[frame["statistic"] == title].reset_index())
        if title in check.scale_statistics:
            scale_axis(one)
        one.set_title(title[0].upper() + title[1:])
    for one in axes[len(check.statistics) :]:
        one.remove()
    shared_legend(figure, axes[:1], 3)
    return figure


def _plot_statistic(axes: Axes, rows: pd.DataFrame) -> None:
    # Beside each other: a narrow interval would hide behind its diamond.
    x = rows.index - 0.13
    axes.vlines(
        x, rows["lower_95"], rows["upper_95"], color=BLUE, label="replicated, 95%"
    )
    axes.vlines(
        x,
        rows["lower_50"],
        rows["upper_50"],
        color=BLUE,
        linewidth=4,
        label="replicated, 50%",
    )
    axes.plot(
        rows.index + 0.13,
        rows["observed"],
        "D",
        color=VERMILLION,
        markeredgecolor="white",
        markeredgewidth=0.6,
        markersize=5.5,
        label="observed",
    )
    axes.set_xticks(rows.index, rows["label"])
    if len(rows) > MAX_LEVEL_LABELS:
        axes.tick_params("x", rotation=90)
    axes.set_xlim(-0.6, len(rows) - 0.4)
    axes.margins(y=0.15)
