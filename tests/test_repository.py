"""What the README promises, and what the layout must keep."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from tests.places import ROOT

README = (ROOT / "README.md").read_text()
EVIDENCE = (ROOT / "docs" / "evidence.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SOURCES = ("data", "models", "inference", "analysis", "studies", "benchmarks")
MOST_ROOMS = 15
OPENERS = re.compile(r"(open|load|from)_(datatree|dataset|dataarray|mfdataset|netcdf)")
"""Functions of xarray and ArviZ that open a trace."""


@pytest.mark.parametrize("package", ["data", "models", "inference", "analysis"])
def test_packages_are_those_of_the_checkout(package):
    found = Path(importlib.import_module(package).__file__)
    assert found.is_relative_to(ROOT), "a package of the same name shadows ours"


@pytest.mark.parametrize("package", ["data", "models", "inference", "analysis"])
def test_a_floor_has_no_more_rooms_than_a_person_keeps_in_mind(package):
    """Former names are not counted: they are found, not looked at."""
    rooms = {
        path.stem
        for path in (ROOT / package).iterdir()
        if path.suffix == ".py" or (path.is_dir() and any(path.glob("*.*")))
    }
    rooms -= {"__init__", "__main__", "__pycache__", "former_names"}
    assert len(rooms) <= MOST_ROOMS, sorted(rooms)


def test_every_function_beside_an_equation_exists():
    names = re.findall(
        r"\| `((?:data|models|inference|analysis)[\w.]+\.\w+)` \|", EVIDENCE
    )
    assert len(names) >= 18
    for name in names:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name


def test_every_test_beside_an_equation_exists():
    tests = re.findall(r"`(tests/[\w/]+\.py)`", EVIDENCE)
    assert len(tests) >= 18
    for name in tests:
        assert (ROOT / name).is_file(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda x: x.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_to_a_file(page):
    for link in re.findall(r"\]\((?!http)([^)#\s]+)", page.read_text()):
        assert (page.parent / link).is_file(), link


def test_the_readme_is_no_longer_than_a_person_reads():
    assert len(README.split()) < 700
    assert "    make test " in README
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "make test"


@pytest.mark.parametrize(
    "name",
    [
        "analysis.fragility.fragility",
        "data.bonds.cash_dv01_musd",
        "data.factor_exposures.factor_exposure",
        "data.half_life.half_lives",
        "data.order_flow.order_flow_surprise",
        "data.panels.read_price_pressure_panel",
        "models.basis_decomposition.basis_decomposition_model",
        "models.forward_backward.hidden_markov_log_likelihood",
        "models.half_life.half_life_model",
        "models.kalman_filter.kalman_filter",
        "models.liquidity_regimes.liquidity_regimes_model",
        "models.nelson_siegel.nelson_siegel_loadings",
        "models.price_pressure.price_pressure_model",
        "models.regression_emission.regression_log_density",
        "models.threshold_regression.threshold_regression_model",
    ],
)
def test_names_that_an_earlier_readme_printed_can_be_imported(name):
    module, _, attribute = name.rpartition(".")
    assert callable(getattr(importlib.import_module(module), attribute))


def test_only_the_store_opens_a_trace():
    """Whoever else did would pass by the format's number, and by the verdict."""
    opening = {
        path.relative_to(ROOT).as_posix()
        for folder in SOURCES
        for path in (ROOT / folder).rglob("*.py")
        if any(map(opens_a_trace, ast.walk(ast.parse(path.read_text()))))
    }
    # The second keeps parts of a fit that is not finished, which are no traces.
    assert opening == {"inference/store.py", "inference/sampling/kept.py"}


def opens_a_trace(node):
    if isinstance(node, ast.Attribute):
        return bool(OPENERS.fullmatch(node.attr))
    if isinstance(node, ast.Import | ast.ImportFrom):
        names = [alias.name for alias in node.names]
        modules = {name.partition(".")[0] for name in names}
        if isinstance(node, ast.ImportFrom):
            modules = {str(node.module).partition(".")[0]}
        return bool(modules & {"netCDF4", "h5py", "h5netcdf"}) or any(
            map(OPENERS.fullmatch, names)
        )
    return False
