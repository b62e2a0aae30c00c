"""The report as a whole: page, files, failures, command line."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import analysis.checks as checks_module
import analysis.price_pressure_section as price_pressure_module
from analysis.__main__ import app
from analysis.checks import CHECK_FIGURES
from analysis.figures_calibration import figure_predictive_pit
from analysis.fits import Fit
from analysis.price_pressure_section import STATE_FIGURES, price_pressure_section
from analysis.registry import MODEL_REPORTS
from analysis.report import load_fit, load_fits, sections_of, write_report
from analysis.section import ReportFigure
from analysis.tables import Table
from analysis.tables_coefficients import COEFFICIENT_TABLES
from data.errors import DataError
from inference.store import write_trace
from tests.price_pressure_traces import random_fit, random_tree

VARIANTS = ("net-inventory", "cash-inventory")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two fits, the second of which failed, with one check figure each."""
    folder = tmp_path_factory.mktemp("report")
    fits = [random_fit(VARIANTS[0]), random_fit(VARIANTS[1], ("R-hat of x is 1.4",))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks_module, "CHECK_FIGURES", (figure_predictive_pit,))
        patch.setattr(price_pressure_module, "STATE_FIGURES", ())
        write_report(fits, folder)
    return folder


@pytest.fixture(scope="module")
def page(written: Path) -> str:
    return (written / "index.html").read_text(encoding="utf-8")


def test_page_loads_nothing_from_elsewhere(page: str) -> None:
    without_images = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "", page)
    assert not re.search(r"(?:src|href)=\"(?!#|\")", without_images)
    assert not re.search(r"<script|@import|url\(", without_images)
    assert "default-src 'none'" in page


def test_every_link_of_the_contents_leads_somewhere(page: str) -> None:
    targets = set(re.findall(r'href="#([^"]+)"', page))
    assert targets
    assert targets <= set(re.findall(r'id="([^"]+)"', page))


def test_identifiers_on_the_page_are_unique(page: str) -> None:
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_every_figure_is_on_the_page_and_on_disk(written: Path, page: str) -> None:
    stems = {path.stem for path in (written / "figures").glob("*.png")}
    assert stems == {path.stem for path in (written / "figures").glob("*.pdf")}
    assert page.count("data:image/png;base64,") == len(stems)
    assert {"figure_inventories", "figure_price_pressure__" + VARIANTS[1]} <= stems


def test_every_table_is_written_as_csv_and_latex(written: Path) -> None:
    stems = {path.stem for path in (written / "tables").glob("*.csv")}
    assert stems == {path.stem for path in (written / "tables").glob("*.tex")}
    for name in ("table_1_summary_statistics", "table_model_comparison", "table_aic"):
        assert name in stems
    assert "table_cash_inventory__cash-inventory" in stems


@pytest.mark.slow
@pytest.mark.parametrize("variant", COEFFICIENT_TABLES)
def test_every_variant_is_reported_in_full(variant: str, tmp_path: Path) -> None:
    written = write_report([random_fit(variant)], tmp_path)
    assert written.failed == ()
    assert all(path.stat().st_size > 0 for path in written.files)
    stems = {path.stem for path in written.files}
    for draw in CHECK_FIGURES + STATE_FIGURES:
        assert f"{draw.__name__}__{variant}" in stems


def test_latex_tables_are_ascii(written: Path) -> None:
    for path in (written / "tables").glob("*.tex"):
        assert path.read_text().isascii(), path.name


def test_page_says_what_was_fitted(page: str) -> None:
    for words in ("ab" * 32, "pymc 6.4.0", "2001-07-04", "seed 7", "60 weeks"):
        assert words in page


def test_failed_fit_is_marked_at_the_top_and_at_each_of_its_items(page: str) -> None:
    assert page.index("DIAGNOSTICS FAILED") < page.index("Findings</h3>")
    captioned = r'id="([^"]+)">\s*<figcaption>\s*<strong[^>]*>DIAGNOSTICS FAILED'
    marked = set(re.findall(captioned, page))
    of_failed = {
        name
        for name in re.findall(r'<figure class="[^"]+" id="([^"]+)"', page)
        if name.endswith(VARIANTS[1])
    }
    assert of_failed <= marked
    assert not any(name.endswith(VARIANTS[0]) for name in marked)
    assert "nothing is concluded from this fit" in page


def test_printing_cuts_no_figure(page: str) -> None:
    print_rules = page[page.index("@media print") : page.index("</style>")]
    assert "break-inside: avoid" in print_rules
    assert "table-header-group" in print_rules


def test_printing_leaves_no_heading_alone_at_the_foot_of_a_page(page: str) -> None:
    print_rules = page[page.index("@media print") : page.index("</style>")]
    assert "section + section { break-before: page; }" in print_rules
    (kept,) = re.findall(r"([^}]+) \{ break-after: avoid; \}\s+section", print_rules)
    assert {"h2", "h3", ".block > p"} <= {rule.strip() for rule in kept.split(",")}


def test_text_from_a_trace_is_escaped(tmp_path: Path) -> None:
    fit = random_fit("net-inventory")
    tree = fit.tree.copy()
    tree.attrs = tree.attrs | {"data_source": "<script>alert(1)</script>"}
    section = price_pressure_section([replace(fit, tree=tree)])
    tables_only = tuple(
        replace(block, items=tuple(i for i in block.items if isinstance(i, Table)))
        for block in section.blocks
    )
    with pytest.MonkeyPatch.context() as patch:
        report = replace(
            MODEL_REPORTS["price-pressure"],
            section=lambda _: replace(section, blocks=tables_only),
        )
        patch.setitem(MODEL_REPORTS, "price-pressure", report)
        write_report([replace(fit, tree=tree)], tmp_path)
    assert "<script>" not in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize("variant", ["cash-inventory", "net-order-flow"])
def test_items_of_a_section_are_named_after_functions(variant: str) -> None:
    section = price_pressure_section([random_fit(variant)])
    items = [item for block in section.blocks for item in block.items]
    for item in items:
        prefix = "figure_" if isinstance(item, ReportFigure) else "table_"
        assert item.stem.startswith(prefix)
    stems = [item.file_stem for item in items]
    assert len(stems) == len(set(stems))


def test_panels_of_two_data_sets_are_shown_apart() -> None:
    other = random_fit("cash-inventory")
    tree = other.tree.copy()
    tree.attrs = tree.attrs | {"data_sha256": "cd" * 32}
    fits: list[Fit] = [random_fit("net-inventory"), replace(other, tree=tree)]
    titles = [block.title for block in price_pressure_section(fits).blocks]
    assert "The data abababab" in titles
    assert "The data cdcdcdcd" in titles


def test_model_is_looked_up_in_the_registry() -> None:
    fit = random_fit("net-inventory")
    tree = fit.tree.copy()
    tree.attrs = tree.attrs | {"model": "another"}
    with pytest.MonkeyPatch.context() as patch:
        sentinel = price_pressure_section([fit])
        report = replace(MODEL_REPORTS["price-pressure"], section=lambda _: sentinel)
        patch.setitem(MODEL_REPORTS, "another", report)
        assert sections_of([replace(fit, tree=tree)]) == [sentinel]


def _stored(tmp_path: Path, *, without: str = "", **attributes: object) -> Path:
    tree = random_tree("net-inventory", draws=150)
    if without:
        del tree[without]
    tree.attrs = tree.attrs | attributes
    path = tmp_path / "trace.nc"
    write_trace(tree, path)
    return path


def test_trace_is_judged_when_it_is_read(tmp_path: Path) -> None:
    fit = load_fit(_stored(tmp_path))
    assert (fit.name, fit.variant, fit.failures) == ("trace", "net-inventory", ())
    assert "price_pressure[net, 10]" in fit.diagnostics.index


def test_missing_group_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="lacks the groups smoothed"):
        load_fit(_stored(tmp_path, without="smoothed"))


def test_unknown_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no report for model 'tea'"):
        load_fit(_stored(tmp_path, model="tea"))


def test_two_traces_of_one_name_are_refused() -> None:
    with pytest.raises(DataError, match="two traces are called a"):
        load_fits([Path("x/a.nc"), Path("y/a.nc")])


def _run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.output


def test_missing_trace_ends_with_two_and_a_remedy(tmp_path: Path) -> None:
    code, output = _run("report", tmp_path / "no.nc", "--out", tmp_path / "r")
    assert code == 2
    assert "Remedy" in output
    assert not (tmp_path / "r").exists()


def test_wrong_use_ends_with_two(tmp_path: Path) -> None:
    assert _run("report", "--out", tmp_path)[0] == 2


def test_help_shows_an_example() -> None:
    code, output = _run("report", "--help")
    assert code == 0
    assert "python -m analysis report traces/twin.nc --out report" in output


def _without_figures(patch: pytest.MonkeyPatch) -> None:
    """Leave the drawing to the other tests."""
    report = MODEL_REPORTS["price-pressure"]

    def section(fits: list[Fit]) -> object:
        made = price_pressure_section(fits)
        return replace(made, blocks=made.blocks[:1])

    patch.setitem(MODEL_REPORTS, "price-pressure", replace(report, section=section))


def test_sound_trace_ends_with_zero(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_figures(monkeypatch)
    code, output = _run("report", _stored(tmp_path), "--out", tmp_path / "r")
    assert code == 0, output
    assert "index.html" in output


def test_divergent_trace_ends_with_one_but_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_figures(monkeypatch)
    tree = random_tree("net-inventory", draws=150)
    diverging = np.zeros((4, 150), bool)
    diverging[0, 3] = True
    statistics = tree["sample_stats"].to_dataset()
    statistics["diverging"] = (("chain", "draw"), diverging)
    tree["sample_stats"] = statistics
    path = tmp_path / "bad.nc"
    write_trace(tree, path)
    code, output = _run("report", path, "--out", tmp_path / "r")
    assert code == 1
    assert "FAILED bad: 1 divergent" in output
    text = (tmp_path / "r" / "index.html").read_text()
    assert "DIAGNOSTICS FAILED" in text
