"""Do dealers' inventories press on yields: coefficients, and what they come to.

A sign is stated only where the 95% interval lies on one side of zero; everything else
is reported as not settled. "Goes with" is meant: the model is no experiment.
"""

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from analysis.estimates import (
    flat,
    gridded,
    is_settled,
    summarise_draws,
    thinned,
)
from analysis.every_model.findings import joined, range_words
from analysis.every_model.tables_fit import uninformed_parameters
from analysis.fit import Fit
from analysis.page.columns import (
    Column,
    answer,
    bounds,
    displayed,
    once,
    only_with,
    rounded,
    words,
)
from analysis.page.exhibit import Exhibit, drawn
from analysis.page.style import (
    GREY,
    MARKET_COLORS,
    MARKET_LINES,
    band,
    date_axis,
    shared_legend,
    zero_line,
)
from analysis.page.table import INTERVAL_NOTE, number, probability, range_text
from analysis.price_pressure.conclusion import economic_size
from analysis.price_pressure.dates import dates_of, panels_of, tenors_of
from analysis.price_pressure.estimates import (
    has_inventory,
    informed,
    tidy_estimates,
)
from analysis.price_pressure.words import (
    coefficient_label,
    decimals_of_parameter,
)
from data.price_pressure.published import KEYS, counterpart_of, published_counterpart

REPORTED = ["price_pressure", "price_discovery", "persistence"]
"""What the paper's tables hold, in their order."""


def estimates_beside_published(fit: Fit) -> pd.DataFrame:
    """Coefficients of a fit, with the published estimate and t-value.

    Returns
    -------
    DataFrame
        Columns :data:`data.price_pressure.published.KEYS`, mean, sd, lower_95,
        upper_95, probability_positive, estimate, t_value, standard_error,
        published_inside (whether the published estimate lies in the interval), variant,
        diagnostics.
    """
    ours = tidy_estimates(fit.posterior, REPORTED)
    published = fit.beside(published_counterpart(fit.variant))
    frame = ours.merge(published, on=KEYS, how="left")
    inside = frame["estimate"].between(frame["lower_95"], frame["upper_95"])
    inside = inside.where(frame["estimate"].notna())
    return fit.marked(frame.assign(published_inside=inside))


def _coefficients_caption(fit: Fit, _: pd.DataFrame) -> str:
    counterpart = counterpart_of(fit.variant)
    caption = f"Posterior of the {fit.variant} variant ({fit.span})"
    if fit.simulated:
        return f"{caption}. {INTERVAL_NOTE}"
    caption += (
        f" beside Table {counterpart.table} of the paper. {INTERVAL_NOTE} Paper "
        "inside: whether the published estimate lies in the interval. "
        f"{counterpart.caveat}"
    )
    return caption.strip()


def _sign(frame: pd.DataFrame) -> pd.Series:
    """Of what may have either sign."""
    sign = probability(frame["probability_positive"])
    return sign.where(frame["parameter"] != "persistence", "")


def pressure_sentences(fit: Fit, frame: pd.DataFrame) -> Iterable[str]:
    """Sign and size of each price-pressure coefficient, one sentence a market."""
    rows = informed(fit, frame[frame["parameter"] == "price_pressure"])
    for market, of_market in rows.groupby("market", sort=False):
        yield " ".join(_sentences_of_market(market, of_market))


def _sentences_of_market(market: object, rows: pd.DataFrame) -> Iterable[str]:
    settled = is_settled(rows)
    if settled.any():
        parts = [
            f"{number(row['mean'], 2)} bp at {row['tenor_years']} years "
            f"({range_words(row, 2)})"
            for _, row in rows[settled].iterrows()
        ]
        yield (
            f"One USD million more of dealers' {market} DV01 in a bucket goes with a "
            f"change of that bucket's yield of {joined(parts)}."
        )
    if not settled.all():
        parts = [
            f"{row['tenor_years']} years ({range_words(row, 2)}, probability of a "
            f"positive sign {row['probability_positive']:.2f})"
            for _, row in rows[~settled].iterrows()
        ]
        yield f"For {market} DV01 the data do not settle the sign at {joined(parts)}."


def economic_size_sentence(fit: Fit) -> str:
    """How far the yields move with a usual inventory; empty if the data do not say."""
    silent = uninformed_parameters(fit)
    parts = [
        f"{number(row['moved_bp'], 1)} bp at {row['tenor']} years "
        f"({range_text(row['moved_lower_95'], row['moved_upper_95'], 1)}, "
        f"{row['market']})"
        for _, row in economic_size(fit).iterrows()
        if f"price_pressure[{row['market']}, {row['tenor']}]" not in silent
    ]
    if not parts:
        return ""
    return (
        "One standard deviation of a bucket's inventory over the sample goes with a "
        f"move of its yield of {joined(parts)}."
    )


def published_sentence(fit: Fit, frame: pd.DataFrame) -> str:
    """How many price-pressure coefficients agree with the paper, and which do not.

    Empty where nothing published stands beside them.
    """
    frame = frame[frame["parameter"] == "price_pressure"]
    frame = frame.dropna(subset="estimate")
    if frame.empty:
        return ""
    inside = frame["published_inside"].astype(bool)
    outside = [coefficient_label(row) for _, row in frame[~inside].iterrows()]
    table = counterpart_of(fit.variant)
    sentence = (
        f"The estimate in Table {table.table} of the paper lies inside the 95% "
        f"interval for {inside.sum()} of {len(inside)} price-pressure coefficients"
    )
    sentence += f" (outside: {joined(outside)})." if outside else "."
    return f"{sentence} {table.caveat}".strip()


def discovery_sentence(fit: Fit, frame: pd.DataFrame) -> str:
    """Which order flows move a factor; empty for a variant without order flow."""
    if not fit.has_order_flow:
        return ""
    rows = informed(fit, frame[frame["parameter"] == "price_discovery"])
    names = [
        f"{coefficient_label(row)} ({range_words(row, 2)} bp per USD billion)"
        for _, row in rows[is_settled(rows)].iterrows()
    ]
    if not names:
        return "No price-discovery coefficient has a settled sign."
    return f"Price discovery has a settled sign for {joined(names)}."


def _coefficient_sentences(fit: Fit, frame: pd.DataFrame) -> Iterable[str]:
    yield from pressure_sentences(fit, frame)
    yield economic_size_sentence(fit)
    yield published_sentence(fit, frame)
    yield discovery_sentence(fit, frame)


def columns_of_estimates(fit: Fit) -> tuple[Column, ...]:
    """What a table of coefficients of a fit begins with."""
    units = fit.description.parameter_words
    return (
        once("Parameter", lambda frame: frame["parameter"].map(units)),
        words("Of", lambda frame: frame.apply(coefficient_label, axis=1)),
        rounded("Mean", "mean", decimals_of_parameter),
        rounded("SD", "sd", decimals_of_parameter),
        bounds(decimals_of_parameter),
    )


def _laid_out(fit: Fit, frame: pd.DataFrame) -> pd.DataFrame:
    columns = (
        *columns_of_estimates(fit),
        Column("P(> 0)", _sign),
        *only_with(
            "estimate",
            rounded("Paper", "estimate", decimals_of_parameter),
            rounded("t-value", "t_value", 2),
            answer("Paper inside", "published_inside"),
        ),
    )
    return displayed(frame, columns)


COEFFICIENTS = Exhibit(
    name="table_persistent_errors",
    caption=_coefficients_caption,
    frame=estimates_beside_published,
    columns=_laid_out,
    sentences=_coefficient_sentences,
    shown=has_inventory,
)

COEFFICIENT_TABLES = {
    "net-inventory": "table_3_net_inventory",
    "cash-futures-inventory": "table_4_cash_futures_inventory",
    "net-order-flow": "table_5_net_order_flow",
    "cash-futures-order-flow": "table_7_cash_futures_order_flow",
    "cash-inventory": "table_cash_inventory",
}
"""Variant of the paper -> its table; the errors of all others persist."""


def coefficients_of(fit: Fit) -> Exhibit:
    """Coefficients of a fit, under the name of the paper's table where it has one."""
    return replace(
        COEFFICIENTS, name=COEFFICIENT_TABLES.get(fit.variant, COEFFICIENTS.name)
    )


def price_pressure_bp(fit: Fit) -> xr.DataArray:
    """Draws of the yield deviation that dealers' inventory goes with.

    Returns
    -------
    (inventory_market, date, tenor, sample) DataArray
        Basis points: coefficient times DV01.
    """
    dv01 = fit.group("constant_data")["inventory_dv01_musd"]
    pressure = thinned(fit.posterior["price_pressure"]) * dv01
    return pressure.transpose(
        "inventory_market", fit.description.time_dim, "tenor", "sample"
    )


OF_WHICH = "mean_{}"
"""Column of what one market contributes to the mean."""


def pressure_paths(fit: Fit) -> pd.DataFrame:
    """Price pressure through time.

    Returns
    -------
    DataFrame
        Columns tenor (years), date by its name, those of `summarise_draws` for the sum
        over markets, and the mean of each market where there are two, bp.
    """
    by_market = price_pressure_bp(fit)
    paths = summarise_draws(by_market.sum("inventory_market"))
    markets = by_market["inventory_market"].to_numpy()
    parts = {
        OF_WHICH.format(market): by_market.sel(inventory_market=market, drop=True).mean(
            "sample"
        )
        for market in (markets if len(markets) > 1 else ())
    }
    return fit.marked(flat(paths.assign(parts), "tenor", fit.description.time_dim))


def figure_price_pressure(fit: Fit, frame: pd.DataFrame) -> Figure:
    """Line: mean over all markets; thin lines: of each market where there are two."""
    tenors, dates = tenors_of(fit), dates_of(fit)
    figure, axes = panels_of(tenors, 2.1)
    paths = gridded(frame, "tenor", fit.description.time_dim)
    parts = {
        market: OF_WHICH.format(market)
        for market in MARKET_COLORS
        if OF_WHICH.format(market) in paths
    }
    for one, tenor in zip(axes, tenors, strict=True):
        here = paths.sel(tenor=tenor)
        band(one, dates, here["lower_95"], here["upper_95"], GREY, "95% interval")
        one.plot(dates, here["mean"], color="black", label="posterior mean")
        for market, column in parts.items():
            one.plot(
                dates,
                here[column],
                color=MARKET_COLORS[market],
                linestyle=MARKET_LINES[market],
                linewidth=0.7,
                label=f"of which {market}",
            )
        zero_line(one)
        date_axis(one)
        one.set_title(f"{tenor}-year yield")
    for one in axes[::2]:
        one.set_ylabel("basis points")
    shared_legend(figure, axes, 4)
    return figure


PRESSURE_THROUGH_TIME = drawn(
    figure_price_pressure,
    "Price pressure through time: coefficient times DV01, basis points (Figure 3 of "
    "the paper). Posterior mean and pointwise 95% interval of the sum over markets.",
    frame=pressure_paths,
    shown=has_inventory,
)
