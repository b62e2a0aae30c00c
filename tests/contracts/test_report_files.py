"""What a report leaves for a paper: LaTeX that compiles, and the numbers of figures."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

import analysis
from analysis.every_model.checks import RANK, TRACE
from analysis.page.exhibit import Exhibit
from analysis.page.numbering import items_of
from analysis.page.section import ReportFigure, Section
from analysis.page.table import Table
from analysis.page.table_files import write_table
from analysis.report import load_fits, sections_of
from inference.store import write_trace
from models.half_life.specification import LINEAR, PROPORTIONAL_HAZARD
from tests.half_life.basis_traces import random_basis_tree
from tests.half_life.joint_traces import random_joint_tree
from tests.half_life.traces import imputed_half_life_tree, random_half_life_tree
from tests.latex import compile_tables
from tests.liquidity_regimes.traces import random_tree as random_regimes_tree
from tests.liquidity_regimes.traces import threshold_tree
from tests.price_pressure.traces import random_tree as random_price_pressure_tree
from tests.trading_costs.cost_traces import random_costs_tree
from tests.trading_costs.traces import random_curve_tree

OF_RAW_DRAWS = {TRACE.name, RANK.name}
"""Figures whose numbers are the draws, which the trace itself holds."""


def _persistent_errors() -> xr.DataTree:
    tree = random_price_pressure_tree("cash-inventory")
    tree.attrs["variant"] = "cash-inventory-persistent-errors"
    return tree


def _cleaned(name: str) -> xr.DataTree:
    tree = random_half_life_tree(PROPORTIONAL_HAZARD)
    tree.attrs["cleaning"] = name
    return tree


FAMILIES: dict[str, dict[str, Callable[[], xr.DataTree]]] = {
    "price_pressure": {
        **{
            variant: lambda variant=variant: random_price_pressure_tree(variant)
            for variant in ("net-inventory", "cash-futures-order-flow")
        },
        "persistent": _persistent_errors,
    },
    "liquidity_regimes": {
        "depth": lambda: random_regimes_tree("IV-depth"),
        "constant": lambda: random_regimes_tree("II-constant"),
        "thresholds": threshold_tree,
    },
    "half_life": {
        "basis": random_basis_tree,
        "joint": random_joint_tree,
        "placebo": lambda: random_joint_tree(placebo=True),
        "hazard": lambda: random_half_life_tree(PROPORTIONAL_HAZARD),
        "imputed": lambda: imputed_half_life_tree(PROPORTIONAL_HAZARD),
        "linear": lambda: random_half_life_tree(LINEAR),
        "wrds": lambda: _cleaned("wrds"),
        "workbench": lambda: _cleaned("workbench"),
    },
    "trading_costs": {
        "curve": random_curve_tree,
        "absolute": lambda: random_costs_tree("absolute", "volume-benchmark"),
        "signed": lambda: random_costs_tree("signed", "volume-benchmark"),
        "segments": lambda: random_costs_tree("signed", "segments"),
    },
}
"""Family -> name of a made-up trace -> the trace."""


@pytest.fixture(scope="module", params=FAMILIES)
def family(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, list[Section]]:
    folder = tmp_path_factory.mktemp("traces")
    paths = []
    for name, tree in FAMILIES[request.param].items():
        paths.append(folder / f"{name}.nc")
        write_trace(tree(), paths[-1])
    return request.param, sections_of(load_fits(paths))


def _declared(name: str) -> Iterator[Exhibit]:
    """Exhibits of the modules of a family."""
    package = importlib.import_module(f"{analysis.__name__}.{name}")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Exhibit):
                yield value


def test_every_latex_table_compiles(
    family: tuple[str, list[Section]], tmp_path: Path
) -> None:
    tables = [item for item in items_of(family[1]) if isinstance(item, Table)]
    compile_tables([write_table(table, tmp_path)[1] for table in tables], tmp_path)


def test_every_table_of_the_family_is_among_them(
    family: tuple[str, list[Section]],
) -> None:
    name, sections = family
    shown = {item.stem for item in items_of(sections)}
    assert {exhibit.name for exhibit in _declared(name)} - shown == set()


def test_every_figure_has_its_numbers(family: tuple[str, list[Section]]) -> None:
    figures = [item for item in items_of(family[1]) if isinstance(item, ReportFigure)]
    assert figures
    for figure in figures:
        has_numbers = isinstance(figure.frame, pd.DataFrame) and len(figure.frame)
        assert bool(has_numbers) == (figure.stem not in OF_RAW_DRAWS), figure.stem
