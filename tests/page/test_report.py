"""The report as a whole: page, files, failures, command line."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pandas as pd
import pytest

import analysis.every_model.checks as checks_module
import analysis.price_pressure.section as price_pressure_module
from analysis.every_model.answers import answer_of_fit
from analysis.every_model.checks import CALIBRATION, CHECK_FIGURES
from analysis.families import MODEL_REPORTS
from analysis.fit import Fit
from analysis.page.numbering import numbered
from analysis.page.rendering import ROWS_OF_A_PAGE, page_text
from analysis.page.section import Block, ReportFigure, Section
from analysis.page.table import Table
from analysis.price_pressure.pressure import (
    COEFFICIENT_TABLES,
    PRESSURE_THROUGH_TIME,
)
from analysis.price_pressure.section import exhibits_of, price_pressure_section
from analysis.report import sections_of, write_report
from inference.checks.verdict import Verdict
from tests.latex import compile_tables
from tests.price_pressure.traces import random_fit

CAPTIONED = (
    r'id="([^"]+)">\s*<figcaption>\s*<strong class="number">[^<]*</strong>'
    r"\s*<strong[^>]*>"
)
"""Beginning of the caption of an item with a warning, after its number."""

VARIANTS = ("net-inventory", "cash-inventory")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two fits, the second of which failed, with one check figure each."""
    folder = tmp_path_factory.mktemp("report")
    fits = [random_fit(VARIANTS[0]), random_fit(VARIANTS[1], ("R-hat of x is 1.4",))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks_module, "CHECK_FIGURES", (CALIBRATION,))
        patch.setattr(price_pressure_module, "OF_A_FIT", (PRESSURE_THROUGH_TIME,))
        write_report(fits, folder)
    return folder


@pytest.fixture(scope="module")
def page(written: Path) -> str:
    return (written / "index.html").read_text(encoding="utf-8")


def test_page_loads_nothing_from_elsewhere(page: str) -> None:
    without_images = re.sub(r"data:image/png;base64,[A-Za-z0-9+/=]+", "", page)
    assert not re.search(r"src=\"(?!\")", without_images)
    assert not re.search(r"<script|@import|url\(", without_images)
    assert "default-src 'none'" in page


def test_every_item_links_to_its_files(written: Path, page: str) -> None:
    links = re.findall(r'href="([^"#]+)">(\w+)</a>', page)
    files = {str(path.relative_to(written)) for path in written.glob("*/*")}
    assert {unquote(address) for address, _ in links} == files
    kinds = {"csv": "CSV", "tex": "TeX", "png": "PNG", "pdf": "PDF"}
    assert all(kinds[address.rpartition(".")[2]] == kind for address, kind in links)


def test_tables_and_figures_are_numbered_as_they_are_read(page: str) -> None:
    labels = re.findall(r'<strong class="number">(\w+ A?\d+)\.</strong>', page)
    assert len(labels) == page.count("<figcaption>")
    for kind in ("Table ", "Figure ", "Table A", "Figure A"):
        numbers = [x.removeprefix(kind) for x in labels if x.startswith(kind)]
        numbers = [x for x in numbers if x.isdecimal()]
        assert numbers == [str(i + 1) for i in range(len(numbers))]
        assert numbers


def test_checks_stand_in_an_appendix(page: str) -> None:
    appendix = page.index('<section id="appendix">')
    checks = [m.start() for m in re.finditer(r"<h3>Checks: ", page)]
    assert len(checks) == len(VARIANTS)
    assert min(checks) > appendix
    assert all(x < appendix for x in map(page.index, ("<h3>Findings", "<h3>Estimates")))


def test_opening_page_answers_behind_the_verdict(page: str) -> None:
    opening = page[page.index('<header id="opening">') : page.index("</header>")]
    assert page.index("</header>") < page.index("<section")
    order = [
        "How far do Treasury yields move",
        "60 weeks (panel.csv)",
        "FAILED</td>",
        "in the 10-year bucket",
        "DIAGNOSTICS FAILED (cash-inventory, 1 check): do not use",
        "R-hat of x is 1.4",
        "it says nothing",
    ]
    places = [opening.rindex(words) for words in order]
    assert places == sorted(places)


def test_answer_of_a_misfit_stands_behind_its_mark() -> None:
    verdict = Verdict(data=("calibration of the 10-year yield (0.2)",))
    fit = replace(random_fit(VARIANTS[0]), judgement=verdict)
    answer = answer_of_fit(fit, lambda _: ["One sd moves 3 bp.", ""])
    assert answer.is_warning
    assert answer.sentences == ("One sd moves 3 bp.",)
    assert answer.caveats[0] == f"{fit.warning}."
    assert answer.caveats[-1] == "What it would say, which is not to be concluded:"
    failed = replace(fit, judgement=Verdict(sampler=("R-hat of x is 1.4",)))
    assert answer_of_fit(failed, lambda _: ["One sd moves 3 bp."]).sentences == ()


def _simulated(fit: Fit) -> Fit:
    tree = fit.tree.copy()
    tree.attrs = tree.attrs | {"simulated": "simulate price-pressure, seed 1"}
    return replace(fit, tree=tree)


def test_simulated_data_say_so_everywhere(tmp_path: Path) -> None:
    fit = _simulated(random_fit(VARIANTS[0]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks_module, "CHECK_FIGURES", (CALIBRATION,))
        patch.setattr(price_pressure_module, "OF_A_FIT", ())
        patch.setattr(price_pressure_module, "OF_A_PANEL", ())
        page = write_report([fit], tmp_path).page.read_text(encoding="utf-8")
    assert page.index("<strong>SIMULATED DATA.</strong> All data") < page.index("<h2>")
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", page, re.DOTALL)
    assert captions
    assert all("Simulated data." in caption for caption in captions)
    assert page.count("Simulated data: what follows is about the simulation") == 2
    assert "simulate price-pressure, seed 1" in page


def test_simulated_data_are_not_set_beside_what_they_were_drawn_from() -> None:
    fit = random_fit("cash-futures-order-flow")
    (real,), (twin,) = sections_of([fit]), sections_of([_simulated(fit)])
    tables = [
        [item for block in x.blocks for item in block.items if isinstance(item, Table)]
        for x in (real, twin)
    ]
    of_the_paper = [["Paper" in " ".join(x.display) for x in found] for found in tables]
    assert sum(of_the_paper[0]) >= 4
    assert not any(of_the_paper[1])
    assert not [x.stem for x in tables[1] if "of the paper" in x.caption]
    said = [" ".join(section.findings[0].sentences) for section in (real, twin)]
    assert "of the paper lies inside" in said[0]
    assert "of the paper" not in said[1]


def test_among_real_data_only_what_is_simulated_is_marked() -> None:
    fits = [_simulated(random_fit(VARIANTS[0])), random_fit(VARIANTS[1])]
    (section,) = sections_of(fits)
    assert section.simulated == f"Simulated data: {VARIANTS[0]}."
    captions = {
        item.fit_name: item.caption for block in section.blocks for item in block.items
    }
    assert captions[VARIANTS[0]].startswith("Simulated data. ")
    assert not captions[VARIANTS[1]].startswith("Simulated data")
    assert captions[""].startswith(f"Simulated data: {VARIANTS[0]}. ")


def test_every_latex_table_compiles(written: Path, tmp_path: Path) -> None:
    compile_tables(sorted((written / "tables").glob("*.tex")), tmp_path)


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


@pytest.mark.long
def test_the_fullest_variant_is_reported_in_full(tmp_path: Path) -> None:
    written = write_report([random_fit("cash-futures-order-flow")], tmp_path)
    assert written.failed == ()
    assert all(path.stat().st_size > 0 for path in written.files)
    (section,) = sections_of([random_fit("cash-futures-order-flow")])
    stems = {item.file_stem for block in section.blocks for item in block.items}
    assert stems <= {path.stem for path in written.files}


@pytest.mark.parametrize("variant", COEFFICIENT_TABLES)
def test_every_variant_has_its_exhibits(variant: str) -> None:
    fit = random_fit(variant)
    (section,) = sections_of([fit])
    stems = {item.file_stem for block in section.blocks for item in block.items}
    for exhibit in (*CHECK_FIGURES, *exhibits_of(fit)):
        assert (f"{exhibit.name}__{variant}" in stems) == exhibit.shown(fit)


def test_latex_tables_are_ascii(written: Path) -> None:
    for path in (written / "tables").glob("*.tex"):
        assert path.read_text().isascii(), path.name


def test_page_says_what_was_fitted(page: str) -> None:
    for words in ("ab" * 32, "pymc 6.4.0", "2001-07-04", "seed 7", "60 weeks"):
        assert words in page


def test_failed_fit_is_marked_at_the_top_and_at_each_of_its_items(page: str) -> None:
    assert page.index("DIAGNOSTICS FAILED") < page.index("Findings</h3>")
    captioned = CAPTIONED + "DIAGNOSTICS FAILED"
    marked = set(re.findall(captioned, page))
    of_failed = {
        name
        for name in re.findall(r'<figure class="[^"]+" id="([^"]+)"', page)
        if name.endswith(VARIANTS[1])
    }
    assert of_failed <= marked
    assert not any(name.endswith(VARIANTS[0]) for name in marked)
    assert "nothing is concluded from this fit" in page


def test_verdict_is_the_first_line_of_a_section(page: str) -> None:
    first = f"<strong>{VARIANTS[0]}:</strong> draws ok, sampler ok"
    second = f"<strong>{VARIANTS[1]}:</strong> draws ok, sampler FAILED (R-hat of x"
    section = page[page.index("<section") :]
    assert section.index(first) < section.index(second) < section.index('class="lead"')


def test_fit_that_does_not_fit_is_marked_as_such(tmp_path: Path) -> None:
    verdict = Verdict(data=("calibration of the 10-year yield (0.2)",))
    fit = replace(random_fit(VARIANTS[0]), judgement=verdict)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks_module, "CHECK_FIGURES", ())
        patch.setattr(price_pressure_module, "OF_A_FIT", (PRESSURE_THROUGH_TIME,))
        written = write_report([fit], tmp_path)
    page = written.page.read_text(encoding="utf-8")
    assert written.failed == (fit,)
    assert "DIAGNOSTICS FAILED" not in page
    banner = f"<strong>DOES NOT FIT THE DATA</strong>: {VARIANTS[0]}"
    assert page.index(banner) < page.index("<section")
    captioned = CAPTIONED + "DOES NOT FIT THE DATA"
    assert f"figure_price_pressure__{VARIANTS[0]}" in re.findall(captioned, page)


def test_printing_cuts_no_figure(page: str) -> None:
    print_rules = page[page.index("@media print") : page.index("</style>")]
    assert "break-inside: avoid" in print_rules
    assert "table-header-group" in print_rules


def test_printing_leaves_no_heading_alone_at_the_foot_of_a_page(page: str) -> None:
    print_rules = page[page.index("@media print") : page.index("</style>")]
    assert "section { break-before: page; }" in print_rules
    assert "counter(page)" in print_rules
    assert "target-counter(attr(href), page)" in print_rules
    (kept,) = re.findall(r"([^}]+) \{ break-after: avoid; \}\s+section", print_rules)
    assert {"h2", "h3", ".block > p"} <= {rule.strip() for rule in kept.split(",")}


def test_only_a_table_longer_than_a_page_is_broken_in_print(tmp_path: Path) -> None:
    tables = []
    for stem, rows in (("table_short", ROWS_OF_A_PAGE), ("table_long", 41)):
        frame = pd.DataFrame({"row": range(rows)})
        tables.append(Table(stem, "Rows.", frame, frame.astype(str)))
    block = Block("Tables", "", tuple(tables))
    section = Section("Long", "How long?", (), (), (block,))
    links = {table.stem: [] for table in tables}
    page = page_text(numbered([section]), [], links, tmp_path)
    looks = dict(re.findall(r'<figure class="([^"]+)" id="([^"]+)"', page))
    assert looks == {"of-table": "table_short", "of-table long": "table_long"}
    assert "figure.long { break-inside: auto; }" in page


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
    assert "The data: panel.csv, abababab" in titles
    assert "The data: panel.csv, cdcdcdcd" in titles


def test_model_is_looked_up_in_the_registry() -> None:
    fit = random_fit("net-inventory")
    tree = fit.tree.copy()
    tree.attrs = tree.attrs | {"model": "another"}
    with pytest.MonkeyPatch.context() as patch:
        sentinel = price_pressure_section([fit])
        report = replace(MODEL_REPORTS["price-pressure"], section=lambda _: sentinel)
        patch.setitem(MODEL_REPORTS, "another", report)
        (section,) = sections_of([replace(fit, tree=tree)])
    assert replace(section, verdicts=(), answers=()) == sentinel
