"""What a report leaves for a paper: LaTeX that compiles, and the numbers of figures."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import xarray as xr

import analysis
from analysis.every_model.checks import RANK, TRACE
from analysis.families import MODEL_REPORTS
from analysis.fit import Fit
from analysis.page.exhibit import Exhibit
from analysis.page.numbering import items_of
from analysis.page.section import ReportFigure, Section
from analysis.page.table import Table
from analysis.page.table_files import write_table
from analysis.report import sections_of
from inference.checks.verdict import check
from models.half_life.specification import LINEAR, PROPORTIONAL_HAZARD
from tests.half_life import traces as half_life
from tests.half_life.basis_traces import random_basis_fit
from tests.half_life.joint_traces import random_joint_fit
from tests.latex import compile_tables
from tests.liquidity_regimes import traces as liquidity_regimes
from tests.price_pressure import traces as price_pressure
from tests.trading_costs.cost_traces import random_costs_tree
from tests.trading_costs.traces import random_curve_tree

OF_RAW_DRAWS = {TRACE.name, RANK.name}
"""Figures whose numbers are the draws, which the trace itself holds."""


RUN = {
    "settings": {"draws": 100, "chains": 4, "seed": 7},
    "seed": 7,
    "versions": {"pymc": "6.4.0"},
    "wall_time_s": 12.3,
    "created": "2025-01-02T03:04:05+00:00",
}
"""Attributes of every trace, which made-up ones of trading costs lack."""


def _judged(tree: xr.DataTree) -> Fit:
    report = MODEL_REPORTS[tree.attrs["model"]]
    parameters, run, _, verdict = check(tree, report.model.checks)
    made = tree.copy()
    made.attrs = RUN | tree.attrs
    return Fit("", made, parameters, run, verdict, report.description)


def _with_persistent_errors() -> Fit:
    fit = price_pressure.random_fit("cash-inventory")
    tree = fit.tree.copy()
    tree.attrs = tree.attrs | {"variant": "cash-inventory-persistent-errors"}
    return replace(fit, tree=tree)


def _cleaned(name: str) -> Fit:
    tree = half_life.random_half_life_tree(PROPORTIONAL_HAZARD)
    tree.attrs["cleaning"] = name
    return half_life.half_life_fit(tree)


FAMILIES: dict[str, dict[str, Callable[[], Fit]]] = {
    "price_pressure": {
        "net": lambda: price_pressure.random_fit("net-inventory"),
        "flow": lambda: price_pressure.random_fit("cash-futures-order-flow"),
        "persistent": _with_persistent_errors,
    },
    "liquidity_regimes": {
        "depth": lambda: liquidity_regimes.random_fit("IV-depth"),
        "constant": lambda: liquidity_regimes.random_fit("II-constant"),
        "thresholds": liquidity_regimes.threshold_fit,
    },
    "half_life": {
        "basis": random_basis_fit,
        "joint": random_joint_fit,
        "placebo": lambda: random_joint_fit(placebo=True),
        "hazard": lambda: half_life.random_half_life_fit(PROPORTIONAL_HAZARD),
        "imputed": lambda: half_life.imputed_half_life_fit(PROPORTIONAL_HAZARD),
        "linear": lambda: half_life.random_half_life_fit(LINEAR),
        "wrds": lambda: _cleaned("wrds"),
        "workbench": lambda: _cleaned("workbench"),
    },
    "trading_costs": {
        "curve": lambda: _judged(random_curve_tree()),
        "absolute": lambda: _judged(random_costs_tree("absolute", "volume-benchmark")),
        "signed": lambda: _judged(random_costs_tree("signed", "volume-benchmark")),
        **{
            formula: lambda formula=formula: _judged(
                random_costs_tree("signed", formula)
            )
            for formula in ("segments", "retail")
        },
        "venue": lambda: _judged(random_costs_tree("absolute", "venue")),
    },
}
"""Family -> name -> a fit of a made-up trace."""


@pytest.fixture(scope="module", params=FAMILIES)
def family(request: pytest.FixtureRequest) -> tuple[str, list[Section]]:
    made = FAMILIES[request.param].items()
    fits = [replace(make(), name=name) for name, make in made]
    return request.param, sections_of(fits)


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
        has_numbers = figure.numbers is not None and not figure.numbers().empty
        assert has_numbers == (figure.stem not in OF_RAW_DRAWS), figure.stem
