"""Share of dislocations still open by day: Kaplan-Meier beside the model's."""

import numpy as np
import pandas as pd
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.estimates import TAIL, stacked
from analysis.every_model.findings import joined
from analysis.fit import Fit
from analysis.half_life.description import event_type_name
from analysis.half_life.effects import entered_events, inputs_of
from analysis.half_life.events import horizon_days
from analysis.half_life.survival import pooled_kaplan_meier, replicated_survival
from analysis.page.exhibit import drawn
from analysis.page.style import BAND_ALPHA, BLACK, BLUE, new_figure, shared_legend
from data.arrays import FloatArray
from models.half_life.specification import LINEAR

EXPECTED_OUTSIDE = 0.1
"""Share of days outside 95% bands that chance and correlated days still explain."""

LISTED_CELLS = 4


def survival_cells(fit: Fit) -> list[tuple[str, int]]:
    """Event types and tenors of the fit's outcomes, types in alphabetical order."""
    used = entered_events(fit)
    pairs = used[["event_type", "tenor"]].drop_duplicates()
    rows = pairs.sort_values(["event_type", "tenor"]).itertuples(index=False)
    return [(str(kind), int(tenor)) for kind, tenor in rows]


def replicated_cells(fit: Fit) -> dict[tuple[str, int], FloatArray]:
    """Kaplan-Meier curves of replicated data by event type and tenor.

    Parameters
    ----------
    fit : Fit
        Of a duration model.

    Returns
    -------
    dict
        Event type and tenor -> (sample, day) float, from day 0, one row a predictive
        draw of the trace. Each replication is watched as long as the outcomes were in
        the imputation whose posterior it was drawn from.
    """
    inputs = inputs_of(fit)
    drawn = fit.group("posterior_predictive")["half_life"]
    label = drawn.coords.get("imputation", xr.zeros_like(drawn["chain"]))
    imputation = label.broadcast_like(drawn.isel(outcome=0, drop=True))
    days = stacked(drawn).transpose("sample", "outcome").to_numpy()
    watched = inputs.days_watched[stacked(imputation).to_numpy().astype(int)]
    kinds = inputs.outcomes["event_types"].str.split("+")
    tenors = inputs.outcomes["tenor"].to_numpy()
    curves = {}
    for kind, tenor in survival_cells(fit):
        of_kind = kinds.map(lambda names, kind=kind: kind in names).to_numpy()
        chosen = of_kind & (tenors == tenor)
        curves[kind, tenor] = replicated_survival(
            days[:, chosen], watched[:, chosen], inputs.horizon_days
        )
    return curves


def survival_curves(fit: Fit) -> pd.DataFrame:
    """Share still open by event type, tenor and trading day after the event.

    Returns
    -------
    DataFrame
        Columns event_type, tenor, day, num_events, kaplan_meier, and mean, lower_95,
        upper_95 of replicated data.
    """
    events = entered_events(fit)
    horizon = horizon_days(events)
    frames = []
    for (kind, tenor), replicated in replicated_cells(fit).items():
        rows = events[(events["event_type"] == kind) & (events["tenor"] == tenor)]
        estimate = pooled_kaplan_meier(rows, horizon)
        lower, upper = np.nanquantile(replicated, [TAIL, 1 - TAIL], axis=0)
        frames.append(
            pd.DataFrame(
                {
                    "event_type": kind,
                    "tenor": tenor,
                    "day": range(horizon + 1),
                    "num_events": estimate["num_events"].iloc[0],
                    "kaplan_meier": estimate["survival"].to_numpy(),
                    "mean": np.nanmean(replicated, axis=0),
                    "lower_95": lower,
                    "upper_95": upper,
                }
            )
        )
    return fit.marked(pd.concat(frames, ignore_index=True))


def figure_survival_check(_: Fit, frame: pd.DataFrame) -> Figure:
    """Steps: Kaplan-Meier; band and blue steps: of replicated data."""
    types = sorted(frame["event_type"].unique())
    tenors = sorted(frame["tenor"].unique())
    figure, axes = new_figure(
        len(types), len(tenors), 0.9 + 1.05 * len(types), sharex=True, sharey=True
    )
    for position, one in enumerate(axes):
        kind, tenor = types[position // len(tenors)], tenors[position % len(tenors)]
        if position < len(tenors):
            one.set_title(f"{tenor}-year")
        if position % len(tenors) == 0:
            one.set_ylabel(event_type_name(kind).replace(" ", "\n", 1), fontsize=6.5)
        rows = frame[(frame["event_type"] == kind) & (frame["tenor"] == tenor)]
        if not rows.empty:
            _plot_cell(one, rows)
    axes[0].set_ylim(0, 1.2)
    axes[0].set_yticks([0, 0.5, 1])
    horizon = int(frame["day"].max())
    axes[0].set_xticks([0, horizon // 2, horizon])
    axes[-1 - len(tenors) // 2].set_xlabel("trading days after the event")
    figure.supylabel("share still open", fontsize=8)
    shared_legend(figure, axes, 3)
    return figure


def _plot_cell(axes: Axes, rows: pd.DataFrame) -> None:
    day = rows["day"]
    axes.fill_between(
        day,
        rows["lower_95"],
        rows["upper_95"],
        step="post",
        color=BLUE,
        alpha=BAND_ALPHA,
        linewidth=0,
        label="replicated, 95%",
    )
    steps = (
        (rows["mean"], BLUE, 0.7, "replicated, mean"),
        (rows["kaplan_meier"], BLACK, 1.1, "Kaplan-Meier"),
    )
    for share, color, width, label in steps:
        axes.step(day, share, where="post", color=color, linewidth=width, label=label)
    axes.text(
        0.98,
        1.0,
        f"n={rows['num_events'].iloc[0]:.0f}",
        transform=axes.transAxes,
        ha="right",
        va="top",
        fontsize=6,
    )


def cells_outside(fit: Fit) -> pd.DataFrame:
    """How often the Kaplan-Meier estimate leaves the band of replications.

    Parameters
    ----------
    fit : Fit
        Of a duration model.

    Returns
    -------
    DataFrame
        Columns event_type, tenor, num_days (with an estimate), num_outside (of the
        95% range of the replications, day by day).
    """
    events = entered_events(fit)
    horizon = horizon_days(events)
    rows = []
    for (kind, tenor), replicated in replicated_cells(fit).items():
        chosen = events[(events["event_type"] == kind) & (events["tenor"] == tenor)]
        observed = pooled_kaplan_meier(chosen, horizon)["survival"].to_numpy()[1:]
        lower, upper = np.nanquantile(replicated[:, 1:], [TAIL, 1 - TAIL], axis=0)
        known = np.isfinite(observed)
        outside = (observed < lower) | (observed > upper)
        rows.append(
            {
                "event_type": kind,
                "tenor": tenor,
                "num_days": int(known.sum()),
                "num_outside": int((outside & known).sum()),
            }
        )
    return pd.DataFrame(rows)


def survival_sentence(frame: pd.DataFrame) -> str:
    """Whether replicated data reproduce the Kaplan-Meier curves."""
    outside = frame["num_outside"].sum()
    days = frame["num_days"].sum()
    sentence = (
        f"Over {len(frame)} event types by tenors, {outside} of {days} daily "
        "Kaplan-Meier shares lie outside the 95% band of replicated data"
    )
    if outside <= EXPECTED_OUTSIDE * days:
        return f"{sentence}: the model reproduces them."
    worst = frame.sort_values("num_outside", ascending=False).head(LISTED_CELLS)
    names = [_cell_name(row) for _, row in worst.iterrows()]
    return f"{sentence}, most of all for {joined(names)}."


def _cell_name(row: pd.Series) -> str:
    return f"{event_type_name(row['event_type'])} {row['tenor']}y"


SURVIVAL_CHECK = drawn(
    figure_survival_check,
    "Share of dislocations still open, by event type and tenor: Kaplan-Meier estimate "
    "(black) beside those of data replicated from the posterior (mean and 95% range). "
    "Where black leaves the band the model misses the data.",
    frame=survival_curves,
    shown=lambda fit: fit.variant != LINEAR,
)
