"""A day's yield curve: what quotes tell of it, and what it tells of quotes left out."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.figure import Figure

from analysis.description import ModelDescription
from analysis.estimates import TAIL, element_estimates, flat, summarise_draws
from analysis.every_model.checks import checks_block
from analysis.every_model.findings import findings_of_exhibits, range_words
from analysis.every_model.tables_starts import tables_of_fits
from analysis.fit import Fit
from analysis.page.columns import bounds, rounded, words
from analysis.page.exhibit import Exhibit, drawn, estimates_block, of_fit
from analysis.page.glossary import glossary
from analysis.page.section import Block, Section
from analysis.page.style import BLUE, GREY, VERMILLION, band, new_figure, shared_legend
from analysis.page.table import INTERVAL_NOTE, number, range_text
from data.trading_costs.checks import BP_PER_UNIT
from inference.trading_costs.curve_checks import CURVE_CHECKS

PARAMETER_WORDS = {
    "scale": "scale of the discount function",
    "noise_bp": "noise (bp of yield)",
    "price_noise": "price noise (per 100)",
    "degrees_of_freedom": "degrees of freedom of the noise (1)",
}
"""Parameter -> words and unit."""

QUESTION = (
    "What is the discount curve of a day, and how sure do its quotes make of it "
    "(Filipović, Pelger & Ye 2022, as a Gaussian process whose scale is estimated)? "
    "Beyond the last payment the curve is the prior's, and is drawn as such."
)

SHOWN_YEARS = (0.5, 1, 2, 3, 5, 7, 10, 20, 30)
NUM_BINS = 10


def _label(selection: Mapping[str, Any]) -> str:
    return " ".join(map(str, selection.values()))


DESCRIPTION = ModelDescription(
    parameter_words=PARAMETER_WORDS,
    shown_parameters=list(PARAMETER_WORDS),
    element_label=_label,
    checks=CURVE_CHECKS,
    time_dim="security",
    time_unit="quote",
    num_lags=1,
    dates_path="panel/date",
)


def curve_estimates(fit: Fit) -> pd.DataFrame:
    """Yields and forwards at some maturities.

    Returns
    -------
    DataFrame
        Columns maturity_year, is_extrapolated, kernel_ridge_percent, and of
        yield_percent and forward_percent mean, lower_95 and upper_95 (per cent a year,
        continuously compounded) with those names before them; variant, diagnostics.
    """
    curve = fit.group("curve")
    curve = curve.sel(maturity_year=list(SHOWN_YEARS))
    columns: dict[str, Any] = {
        "maturity_year": curve["maturity_year"].to_numpy(),
        "is_extrapolated": curve["is_extrapolated"].to_numpy().astype(bool),
        "kernel_ridge_percent": curve["kernel_ridge_percent"].to_numpy(),
    }
    for name in ("yield", "forward"):
        summary = summarise_draws(curve[f"{name}_percent"])
        for part in ("mean", "lower_95", "upper_95"):
            columns[f"{name}_{part}"] = summary[part].to_numpy()
    return fit.marked(pd.DataFrame(columns))


def _of(frame: pd.DataFrame, name: str) -> pd.Series:
    """Mean and interval in one cell; none where the curve is the prior's."""
    cells = [
        f"{number(mean, 3)} [{number(low, 3)}, {number(high, 3)}]"
        for mean, low, high in zip(
            *(frame[f"{name}_{x}"] for x in ("mean", "lower_95", "upper_95")),
            strict=True,
        )
    ]
    beyond = frame["is_extrapolated"].astype(bool)
    return pd.Series(cells, index=frame.index).mask(beyond, "beyond the data")


def _curve_sentences(fit: Fit, frame: pd.DataFrame) -> Iterable[str]:
    within = frame[~frame["is_extrapolated"]]
    width = BP_PER_UNIT / 100 * (within["yield_upper_95"] - within["yield_lower_95"])
    if width.empty:
        return
    widest = within["maturity_year"].iloc[int(np.argmax(width))]
    yield (
        f"On {fit.tree.attrs['date']} the 95% interval of the yield is "
        f"{range_text(width.min(), width.max(), 1)} bp wide within the "
        f"data, widest at {widest:g} years."
    )


CURVE = Exhibit(
    name="table_yield_curve",
    caption="Yield and forward rate of {fit.name}, {fit.tree.attrs[date]}, per cent a "
    "year, continuously compounded: posterior mean and 95% interval, beside the kernel "
    "ridge curve in closed form.",
    frame=curve_estimates,
    columns=(
        words("Years", lambda frame: frame["maturity_year"].map("{:g}".format)),
        words("Yield", lambda frame: _of(frame, "yield")),
        words("Forward", lambda frame: _of(frame, "forward")),
        rounded("Kernel ridge yield", "kernel_ridge_percent", 3),
    ),
    sentences=_curve_sentences,
)


def noise_estimates(fit: Fit) -> pd.DataFrame:
    """Scale and noise of the curve."""
    frame = element_estimates(fit.posterior, list(PARAMETER_WORDS), _label)
    return fit.marked(frame.drop(columns="probability_positive"))


def _noise_sentences(_: Fit, frame: pd.DataFrame) -> Iterable[str]:
    noise = frame[frame["parameter"] == "noise_bp"].iloc[0]
    yield (
        f"A quote lies off the curve by noise of {range_words(noise, 2)} bp of yield "
        "(95% interval), beside that of its price."
    )


NOISE = Exhibit(
    name="table_curve_noise",
    caption=f"Scale and noise of {{fit.name}}. {INTERVAL_NOTE}",
    frame=noise_estimates,
    columns=(
        words("Parameter", lambda frame: frame["parameter"].map(PARAMETER_WORDS)),
        rounded("Mean", "mean", 4),
        rounded("SD", "sd", 4),
        bounds(4),
    ),
    sentences=_noise_sentences,
)


def left_out_coverage(fit: Fit) -> float:
    """Share of quotes inside the 95% interval that all others give."""
    pit = fit.group("prices")["left_out_pit"].to_numpy()
    return float(np.mean((pit > TAIL) & (pit < 1 - TAIL)))


CURVES = ("yield", "forward")


def whole_curves(fit: Fit) -> pd.DataFrame:
    """Columns curve, maturity_year, is_extrapolated, of `summarise_draws` (percent)."""
    group = fit.group("curve")
    both = xr.concat(
        [summarise_draws(group[f"{name}_percent"]) for name in CURVES],
        pd.Index(CURVES, name="curve"),
    )
    beyond = group["is_extrapolated"].astype(bool)
    frame = flat(both.assign(is_extrapolated=beyond), "curve", "maturity_year")
    return fit.marked(frame)


def figure_yield_curve(_: Fit, frame: pd.DataFrame) -> Figure:
    """Line: posterior mean; band: 95% interval; grey beyond the last payment."""
    figure, axes = new_figure(1, 2, 3.0)
    for one, name in zip(axes, CURVES, strict=True):
        of_curve = frame[frame["curve"] == name]
        beyond = of_curve["is_extrapolated"]
        for here, color, label in (
            (of_curve[~beyond], BLUE, "posterior mean and 95%"),
            (of_curve[beyond], GREY, "beyond the last payment: the prior's"),
        ):
            if here.empty:
                continue
            year = here["maturity_year"]
            band(one, year, here["lower_95"], here["upper_95"], color)
            one.plot(year, here["mean"], color=color, label=label)
        one.set_xlabel("maturity (years)")
        one.set_title(f"{name.capitalize()}, continuously compounded")
    axes[0].set_ylabel("per cent a year")
    shared_legend(figure, axes, 2)
    return figure


def left_out_quotes(fit: Fit) -> pd.DataFrame:
    """Columns security, maturity_years, above_the_curve_bp, left_out_pit."""
    prices, used = fit.group("prices"), fit.panel
    error = used["dirty_price"] - prices["price"].mean("sample")
    error_bp = BP_PER_UNIT * error / used["dollar_duration"]
    frame = pd.DataFrame(
        {
            "security": used["security"].to_numpy(),
            "maturity_years": used["maturity_years"].to_numpy(),
            "above_the_curve_bp": error_bp.to_numpy(),
            "left_out_pit": prices["left_out_pit"].to_numpy(),
        }
    )
    return fit.marked(frame)


def figure_left_out_quotes(_: Fit, frame: pd.DataFrame) -> Figure:
    """Left: price errors in yield. Right: where quotes lie in what all others say."""
    figure, axes = new_figure(1, 2, 2.8)
    axes[0].axhline(0, color=GREY, linewidth=0.8)
    axes[0].plot(
        frame["maturity_years"],
        frame["above_the_curve_bp"],
        "o",
        color=BLUE,
        markersize=2.5,
    )
    axes[0].set_xlabel("maturity (years)")
    axes[0].set_ylabel("price above the curve (bp of yield)")
    pit = frame["left_out_pit"].to_numpy()
    counts, edges = np.histogram(pit, NUM_BINS, (0, 1))
    axes[1].bar(
        edges[:-1], counts, np.diff(edges), align="edge", color=BLUE, edgecolor="white"
    )
    expected = len(pit) / NUM_BINS
    axes[1].axhline(expected, color=VERMILLION, linewidth=1, linestyle=(0, (4, 2)))
    axes[1].set_xlabel("probability below the quote, given all others")
    axes[1].set_ylabel("quotes")
    return figure


def _coverage_sentence(fit: Fit, _: pd.DataFrame) -> Iterable[str]:
    number_of_quotes = fit.group("prices").sizes["security"]
    yield (
        f"Of {number_of_quotes} quotes, each left out in turn, "
        f"{left_out_coverage(fit):.0%} lie in the 95% interval that the others give."
    )


YIELD_CURVE_FIGURE = drawn(
    figure_yield_curve,
    "Yield and forward curve: posterior mean and pointwise 95% interval.",
    frame=whole_curves,
)

LEFT_OUT_QUOTES = drawn(
    figure_left_out_quotes,
    "Left: price of each security above the curve, basis points of yield. Right: where "
    "each quote lies in what all other quotes say of it; flat where the curve and its "
    "noise are right (dashed).",
    frame=left_out_quotes,
    sentences=_coverage_sentence,
)


def yield_curve_section(fits: Sequence[Fit]) -> Section:
    """Everything the report says of yield curves."""
    exhibits = (CURVE, NOISE, YIELD_CURVE_FIGURE, LEFT_OUT_QUOTES)
    estimates = [of_fit(exhibits, fit) for fit in fits]
    return Section(
        title="Yield curves",
        question=QUESTION,
        findings=tuple(map(findings_of_exhibits, fits, estimates)),
        how_to_read=glossary("interval", "informed"),
        blocks=(
            Block("What was fitted", "", tables_of_fits(fits)),
            *map(estimates_block, fits, estimates),
            *map(checks_block, fits),
        ),
    )
