"""A family that no other file knows: what data, models, inference and analysis ask.

A daily number, normal around one mean. Every layer gets its declaration and no more.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
import pymc as pm
import typer
import xarray as xr

from analysis.description import ModelDescription
from analysis.every_model.checks import checks_block
from analysis.every_model.findings import findings_of_fit
from analysis.every_model.tables_starts import tables_of_fits
from analysis.fit import Fit
from analysis.model_report import ModelReport
from analysis.page.section import Block, Section
from data.commands.command import Command
from data.dims import DATE_COLUMN, DAY
from data.errors import DataError
from data.files.cells import date_cells, number_cells, require_columns
from data.files.panel_file import NEEDED, Columns, PanelFile
from data.panel import BuiltPanel, PanelKind
from inference.checks.fit_to_data import FamilyChecks
from inference.checks.predictive_checks import PredictiveCheck
from inference.traced.layout import (
    MODE_SEARCH,
    TraceLayout,
    drawn,
    joined,
    observed,
    scored,
)
from inference.traced.model import TracedModel
from inference.traced.prepared import Masking, PreparedModel

VALUE = "value"
IS_SEEN = "is_seen"
NAME = "toy"


class ToyPanel(NamedTuple):
    dataset: xr.Dataset
    source: str
    sha256: str


# data


def _checked(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    require_columns(raw, (DATE_COLUMN, VALUE), source)
    dates = date_cells(raw[DATE_COLUMN], source)
    values = number_cells(raw[VALUE], dates, source)
    return pd.DataFrame({DATE_COLUMN: dates, VALUE: values})


def _panel(frame: pd.DataFrame, source: str, sha256: str) -> ToyPanel:
    dataset = xr.Dataset({VALUE: (DAY, frame[VALUE])}, {DAY: frame[DATE_COLUMN]})
    return ToyPanel(dataset, source, sha256)


FILE = PanelFile(
    build=NAME,
    layout=(
        Columns((DATE_COLUMN,), "`YYYY-MM-DD`", NEEDED),
        Columns((VALUE,), "units", NEEDED),
    ),
    checked=_checked,
    panel=_panel,
)


def build_toy_panel(
    *,
    raw: Annotated[Path, typer.Option(help="Table of dates and values.")],
    unit: Annotated[float, typer.Option(help="Of the values.")] = 1.0,
) -> BuiltPanel:
    """Take the values, in a unit of one's own."""
    frame = FILE.frame(raw)
    return BuiltPanel(frame.assign(value=frame[VALUE] / unit), [f"{len(frame)} days"])


PANEL = PanelKind(
    name=NAME,
    title="Toy panel",
    file=FILE,
    build=build_toy_panel,
    examples="Example: python -m data build toy --raw raw.csv --out toy.csv",
)


# models


def toy_model(dataset: xr.Dataset, mean_sd: float) -> pm.Model:
    values = dataset[VALUE].to_numpy()
    is_seen = np.isfinite(values).astype(float)
    with pm.Model(coords={DAY: dataset[DAY].to_numpy()}) as model:
        mean = pm.Normal("mean", 0.0, mean_sd)
        sd = pm.HalfNormal("sd", 3.0)
        pm.CustomDist(
            VALUE,
            mean,
            sd,
            pm.Data(IS_SEEN, is_seen, dims=DAY),
            logp=_log_density,
            random=_simulate,
            observed=np.where(is_seen > 0, values, 0.0),
            dims=DAY,
        )
    return model


def _log_density(value, mean, sd, is_seen):
    return is_seen * pm.logp(pm.Normal.dist(mean, sd), value)


def _simulate(mean, sd, is_seen, rng=None, size=None):
    return rng.normal(mean, sd, size)


def simulate_toy(
    out: Annotated[Path, typer.Option(help="Panel to write.")],
    seed: Annotated[int, typer.Option(help="Seed.")] = 1,
) -> None:
    """Simulate sixty days, one of them missing."""
    values = np.random.default_rng(seed).normal(3.0, 2.0, 60)
    values[7] = np.nan
    days = pd.bdate_range("2020-01-01", periods=60)
    FILE.write(pd.DataFrame({DATE_COLUMN: days, VALUE: values}), out)


SIMULATION = Command(name=NAME, run=simulate_toy)


# inference


def total(values: xr.DataArray) -> xr.DataArray:
    return values.sum(DAY).expand_dims(label=["all days"])


CHECKS = FamilyChecks(
    predictive=PredictiveCheck(
        variable=VALUE,
        subject="numbers",
        statistics={"sum (units)": total},
        scale_statistics=[],
        relevant_difference={"sum (units)": 10.0},
        observed_mask=IS_SEEN,
    ),
    series_label=lambda _: "number",
    predicts=False,
)


def specify(
    *, mean_sd: Annotated[float, typer.Option(help="Prior sd of the mean.")] = 10.0
) -> dict[str, float]:
    """Mean and spread of a daily number."""
    if mean_sd <= 0:
        raise DataError(f"--mean-sd is {mean_sd}", "Give a positive number.")
    return {"mean_sd": mean_sd}


def prepare(panel: ToyPanel, mean_sd: float) -> PreparedModel:
    return PreparedModel(
        model=toy_model(panel.dataset, mean_sd),
        used=panel.dataset,
        description={
            "model": NAME,
            "variant": "normal",
            "data_sha256": panel.sha256,
            "data_source": panel.source,
            "mean_sd": mean_sd,
        },
        derive=lambda *_: {},
        checks=CHECKS,
        masking=Masking(IS_SEEN),
        notes=["a toy"],
    )


def prepare_again(trace: xr.DataTree) -> PreparedModel:
    panel = ToyPanel(
        trace["panel"].to_dataset(),
        trace.attrs["data_source"],
        trace.attrs["data_sha256"],
    )
    return prepare(panel, trace.attrs["mean_sd"])


MODEL = TracedModel(
    name=NAME,
    panel=PANEL,
    holds=TraceLayout(
        always=joined(
            drawn({"mean": (), "sd": ()}),
            observed(VALUE, (DAY,), (DAY,)),
            MODE_SEARCH,
            {"constant_data": {IS_SEEN: (DAY,)}, "panel": {VALUE: (DAY,)}},
        ),
        sometimes=scored((DAY,), {}),
    ),
    checks=CHECKS,
    prepare=prepare,
    specify=specify,
    prepare_again=prepare_again,
    examples="Example: python -m inference fit toy --panel toy.csv --out toy.nc",
)


# analysis


def toy_sentences(fit: Fit) -> Iterable[str]:
    yield f"The mean is {float(fit.posterior['mean'].mean()):.1f}."


def toy_section(fits: Sequence[Fit]) -> Section:
    return Section(
        title="Toy",
        question="How large is the number?",
        findings=tuple(findings_of_fit(fit, toy_sentences) for fit in fits),
        how_to_read=(),
        blocks=(
            Block("What was fitted", "", tables_of_fits(fits)),
            *(checks_block(fit) for fit in fits),
        ),
    )


REPORT = ModelReport(
    model=MODEL,
    section=toy_section,
    answers=toy_sentences,
    description=ModelDescription(
        parameter_words={"mean": "mean (units)", "sd": "sd (units)"},
        shown_parameters=["mean", "sd"],
        element_label=lambda _: "",
        checks=CHECKS,
        time_dim=DAY,
        time_unit="trading day",
        num_lags=5,
    ),
)
