"""Do customers' order flows move the curve: their share of variance, and their effect.

Price discovery stays; `analysis.price_pressure.pressure` holds its coefficients.
"""

from collections.abc import Iterable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.estimates import flat, summarise_draws
from analysis.every_model.findings import range_words
from analysis.fit import Fit
from analysis.page.columns import bounds, only_with, rounded, words
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import (
    MARKET_COLORS,
    MARKET_LINES,
    band,
    shared_legend,
    zero_line,
)
from analysis.page.table import INTERVAL_NOTE
from analysis.price_pressure.dates import panels_of, tenors_of
from analysis.price_pressure.estimates import (
    order_flow_term_keys,
    variance_ratio_pct,
)
from analysis.price_pressure.order_flow_response import (
    order_flow_response_bp,
    responding_markets,
)
from analysis.price_pressure.words import coefficient_label
from data.price_pressure.published import (
    published_order_flow_responses,
    published_variance_ratios,
)


def _has_order_flow(fit: Fit) -> bool:
    return fit.has_order_flow


def variance_ratios(fit: Fit) -> pd.DataFrame:
    """Variance ratios of a fit's order-flow terms, beside Table VI.

    Parameters
    ----------
    fit : Fit
        Of a variant with order flow.

    Returns
    -------
    DataFrame
        Columns factor, market, tenor_years, mean, sd, lower_95, upper_95 (per cent),
        published, variant, diagnostics.
    """
    surprise = fit.group("constant_data")["order_flow_surprise_busd"]
    draws = variance_ratio_pct(fit.posterior, surprise)
    summary = summarise_draws(draws).to_dataframe()
    keys = order_flow_term_keys(summary.index.to_numpy())
    frame = pd.concat([keys, summary], axis=1).drop(columns="probability_positive")
    published = published_variance_ratios().rename(
        columns={"variance_ratio_pct": "published"}
    )
    published = fit.beside(published)
    frame = frame.merge(published, on=["factor", "market", "tenor_years"], how="left")
    return fit.marked(frame)


def _largest_share(_: Fit, frame: pd.DataFrame) -> Iterable[str]:
    largest = frame.iloc[int(frame["mean"].argmax())]
    yield (
        f"Of the order flows, {coefficient_label(largest)} has the largest share: "
        f"{range_words(largest, 2)} per cent of the variance of the factor's "
        "innovation."
    )


VARIANCE_RATIO = Exhibit(
    name="table_6_variance_ratio",
    caption="Variance of each factor due to order flow relative to the variance of its "
    "innovation, {fit.variant} variant ({fit.span}), per cent"
    "{fit.published:, beside Table VI of the paper (net order flow)}. "
    f"{INTERVAL_NOTE} The ratio cannot be negative: an interval that starts near zero "
    "says that the data allow for no effect.",
    frame=variance_ratios,
    columns=(
        words("Factor", "factor"),
        words(
            "Order flow",
            lambda frame: frame["tenor_years"].astype(str) + "y " + frame["market"],
        ),
        rounded("Mean (%)", "mean", 2),
        rounded("SD", "sd", 2),
        bounds(2),
        *only_with("published", rounded("Paper (%)", "published", 2)),
    ),
    sentences=_largest_share,
    shown=_has_order_flow,
)


def order_flow_responses(fit: Fit) -> pd.DataFrame:
    """Columns order_flow_tenor_years, market, maturity_years, and of a summary, bp."""
    rows = []
    for tenor in tenors_of(fit):
        for market in responding_markets(fit, tenor):
            summary = summarise_draws(order_flow_response_bp(fit, market, tenor))
            here = flat(summary, "maturity_years")
            here.insert(0, "market", market)
            here.insert(0, "order_flow_tenor_years", tenor)
            rows.append(here)
    return fit.marked(pd.concat(rows, ignore_index=True))


def figure_order_flow_response(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Band: 95% interval. Rings: what the text of the paper says of its variant."""
    tenors = tenors_of(fit)
    figure, axes = panels_of(tenors, 2.2)
    published = fit.beside(published_order_flow_responses())
    published = published[published["variant"] == fit.variant]
    for one, tenor in zip(axes, tenors, strict=True):
        of_tenor = frame[frame["order_flow_tenor_years"] == tenor]
        for market, rows in of_tenor.groupby("market", sort=False):
            _plot_response(one, rows, str(market))
            points = published[
                (published["market"] == market)
                & (published["order_flow_tenor_years"] == tenor)
            ]
            _plot_published(one, points, MARKET_COLORS[str(market)])
        zero_line(one)
        one.set_title(f"{tenor}-year order flow")
        one.set_xticks([2, 5, 10, 15, 20])
    for one in axes[::2]:
        one.set_ylabel("basis points")
    for one in axes[-2:]:
        one.set_xlabel("maturity (years)")
    shared_legend(figure, axes, 4)
    return figure


def _plot_response(axes: Axes, rows: pd.DataFrame, market: str) -> None:
    maturity, color = rows["maturity_years"], MARKET_COLORS[market]
    band(axes, maturity, rows["lower_95"], rows["upper_95"], color)
    axes.plot(
        maturity,
        rows["mean"],
        color=color,
        linestyle=MARKET_LINES[market],
        label=f"{market} order flow",
    )


def _plot_published(axes: Axes, points: pd.DataFrame, color: str) -> None:
    if points.empty:
        return
    axes.plot(
        points["tenor_years"],
        points["yield_change_bp"],
        "o",
        markersize=4,
        markerfacecolor="white",
        markeredgecolor=color,
    )
    # The legend shows the shape; the colour is that of the market.
    axes.plot([], [], "o", mfc="white", mec="black", markersize=4, label="paper")


RESPONSE = drawn(
    figure_order_flow_response,
    "Change of the yield curve at the date of an order flow of one standard deviation, "
    "basis points (Figure 4 of the paper): posterior mean and pointwise 95% interval"
    "{fit.published:. Rings: numbers in the text of the paper for the same variant}.",
    frame=order_flow_responses,
    shown=_has_order_flow,
)
