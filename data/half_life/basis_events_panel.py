"""The basis with its events: one row a day and tenor, with who traded on event days."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from data.dims import DATE_COLUMN, DAY, TENOR
from data.errors import DataError
from data.files.cells import (
    date_cells,
    number_cells,
    optional_number_cells,
    refuse_repeated_rows,
    require_columns,
    whole_number_cells,
)
from data.files.panel_file import NEEDED, Columns, PanelFile, column_names
from data.files.schema import check_cells
from data.half_life.basis_panel import (
    BasisPanel,
    basis_column,
    basis_panel_from_frame,
)
from data.half_life.checks import COVARIATES, covariate_schema
from data.half_life.event_panel import COVARIATE_LAYOUT

EVENT_TYPES = "event_types"
"""Column: types of the events of a day and tenor, joined by "+"; empty without any."""

LAYOUT = (
    Columns((DATE_COLUMN,), "`YYYY-MM-DD`, a weekday", NEEDED),
    Columns(("tenor",), "whole years", NEEDED),
    Columns(("basis_bp",), "basis points; empty where missing", NEEDED),
    Columns(
        (EVENT_TYPES,),
        'types of the events of that day and tenor, joined by "+"; empty without any',
        NEEDED,
    ),
    *COVARIATE_LAYOUT,
)

REQUIRED_COLUMNS = column_names(LAYOUT, NEEDED)


@dataclass(frozen=True)
class BasisEventsPanel:
    """A checked basis with events.

    Parameters
    ----------
    basis : BasisPanel
        Every weekday.
    events : pd.DataFrame
        One row a day and tenor with events, by date and tenor: ``date``
        datetime64[ns], ``tenor`` int, years, ``event_types`` str, joined by "+", and
        float columns `data.half_life.checks.COVARIATES`, NaN where not known.
    source : str
        Where the panel came from, usually a path.
    sha256 : str
        SHA-256 of the file's bytes.
    """

    basis: BasisPanel
    events: pd.DataFrame
    source: str
    sha256: str


def basis_events_frame(basis: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """Layout of a panel file from its two parts.

    Parameters
    ----------
    basis : (day, tenor) DataFrame
        Basis points; index dates, columns tenors in years.
    events : DataFrame
        As of `BasisEventsPanel`; covariates may be left out.

    Returns
    -------
    DataFrame
        Empty tenors, days and tenors alike, stay rows.
    """
    wide = basis.rename_axis(index=DATE_COLUMN, columns=None).reset_index()
    frame = wide.melt(DATE_COLUMN, var_name="tenor", value_name="basis_bp")
    frame["tenor"] = frame["tenor"].astype(np.int64)
    frame = frame.sort_values([DATE_COLUMN, "tenor"], ignore_index=True)
    merged = frame.merge(events, how="left", on=[DATE_COLUMN, "tenor"])
    merged[EVENT_TYPES] = merged[EVENT_TYPES].fillna("")
    return merged.reindex(columns=[*REQUIRED_COLUMNS, *COVARIATES])


def _typed(raw: pd.DataFrame, source: str) -> pd.DataFrame:
    require_columns(raw, REQUIRED_COLUMNS, source)
    dates = date_cells(raw[DATE_COLUMN], source)
    text = raw[EVENT_TYPES].astype(object)
    frame = pd.DataFrame(
        {
            DATE_COLUMN: dates,
            "tenor": whole_number_cells(raw["tenor"], dates, source),
            "basis_bp": number_cells(raw["basis_bp"], dates, source),
            EVENT_TYPES: text.where(text.notna(), "").astype(str).str.strip(),
            **{
                name: optional_number_cells(raw, name, dates, source)
                for name in COVARIATES
            },
        }
    ).reset_index(drop=True)
    check_cells(
        frame,
        covariate_schema(),
        source,
        lambda row: f"row {row + 1} ({frame[DATE_COLUMN].iloc[row]:%Y-%m-%d})",
    )
    refuse_repeated_rows(frame, (DATE_COLUMN, "tenor"), source)
    return frame


def _as_panel(frame: pd.DataFrame, source: str, sha256: str) -> BasisEventsPanel:
    wide = frame.pivot_table(
        "basis_bp", DATE_COLUMN, "tenor", dropna=False, observed=False
    )
    wide.columns = [basis_column(int(tenor)) for tenor in wide.columns]
    basis = basis_panel_from_frame(wide.reset_index(), source)
    events = frame[frame[EVENT_TYPES] != ""].drop(columns="basis_bp")
    if events.empty:
        raise DataError(
            f"{source}: no day has an event",
            f"name the types of each day's events in {EVENT_TYPES}.",
        )
    ordered = events.sort_values([DATE_COLUMN, "tenor"], ignore_index=True)
    return BasisEventsPanel(basis, ordered, source, sha256)


def panel_dataset(panel: BasisEventsPanel) -> xr.Dataset:
    """Both parts as one dataset, for a trace.

    Returns
    -------
    xr.Dataset
        ``basis_bp`` (day, tenor); ``event_types`` str and every covariate that some
        event has, (day, tenor).
    """
    dataset = panel.basis.dataset
    known = [name for name in COVARIATES if panel.events[name].notna().any()]
    indexed = panel.events.set_index([DATE_COLUMN, "tenor"])
    cells = pd.MultiIndex.from_product(
        [dataset[DAY].to_numpy(), dataset[TENOR].to_numpy()]
    )
    found = indexed.reindex(cells)
    shape = dataset.sizes[DAY], dataset.sizes[TENOR]
    types = found[EVENT_TYPES].fillna("").to_numpy(dtype=object).reshape(shape)
    return dataset.assign(
        {EVENT_TYPES: ((DAY, TENOR), types)}
        | {
            name: ((DAY, TENOR), found[name].to_numpy().reshape(shape))
            for name in known
        }
    )


def panel_from_dataset(
    dataset: xr.Dataset, source: str, sha256: str
) -> BasisEventsPanel:
    """Panel as it was before `panel_dataset`, whatever else the dataset holds."""
    cells = [name for name, x in dataset.items() if set(x.dims) == {DAY, TENOR}]
    dataset = dataset[cells]
    frame = dataset.to_dataframe().reset_index().rename(columns={DAY: DATE_COLUMN})
    frame[EVENT_TYPES] = frame[EVENT_TYPES].astype(str)
    events = frame[frame[EVENT_TYPES] != ""].drop(columns="basis_bp")
    events = events.reindex(columns=[DATE_COLUMN, "tenor", EVENT_TYPES, *COVARIATES])
    ordered = events.sort_values([DATE_COLUMN, "tenor"], ignore_index=True)
    basis = BasisPanel(dataset[["basis_bp"]], source, sha256)
    return BasisEventsPanel(basis, ordered, source, sha256)


BASIS_EVENTS_FILE = PanelFile(
    build="basis-events", layout=LAYOUT, checked=_typed, panel=_as_panel
)

read_basis_events_panel = BASIS_EVENTS_FILE.read
basis_events_from_frame = BASIS_EVENTS_FILE.of
write_basis_events_panel = BASIS_EVENTS_FILE.write
