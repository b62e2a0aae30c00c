"""Write the report: one self-contained page, and every table and figure as files."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analysis.every_model.answers import answer_of_fit
from analysis.families import MODEL_REPORTS
from analysis.fit import MISFIT, Fit
from analysis.model_report import ModelReport
from analysis.page.drawing import write_figures
from analysis.page.numbering import Item, each_item, items_of, numbered
from analysis.page.rendering import page_text
from analysis.page.section import ReportFigure, Section, VerdictLine
from analysis.page.simulated import mark_simulated
from analysis.page.table import Table
from analysis.page.table_files import write_table
from data.errors import DataError
from data.files.atomic import publishing
from inference.checks.verdict import check
from inference.traced.reading import read_model_trace

PAGE = "index.html"

Reports = Mapping[str, ModelReport]
"""How traces of each model are reported, by its name."""


@dataclass(frozen=True)
class WrittenReport:
    """What :func:`write_report` wrote.

    Attributes
    ----------
    page : Path
        The report.
    files : tuple of Path
        Tables and figures.
    failed : tuple of Fit
        Fits whose diagnostics failed.
    """

    page: Path
    files: tuple[Path, ...]
    failed: tuple[Fit, ...]


def load_fit(path: Path, reports: Reports = MODEL_REPORTS) -> Fit:
    """Read a trace and judge it.

    Parameters
    ----------
    path : Path
        A trace as `inference` writes it.
    reports : mapping of str to ModelReport
        By the name of the model.

    Returns
    -------
    Fit
        Named by the stem of the file.

    Raises
    ------
    DataError
        If the file is no trace, its model has no report, or the trace does not hold
        what traces of its model promise.
    """
    tree, model = read_model_trace(
        path, {name: report.model for name, report in reports.items()}
    )
    parameters, run, _, verdict = check(tree, model.checks)
    description = reports[model.name].description.of(tree["panel"].to_dataset())
    return Fit(path.stem, tree, parameters, run, verdict, description)


def load_fits(paths: Sequence[Path], reports: Reports = MODEL_REPORTS) -> list[Fit]:
    """Read several traces, refusing two of the same name.

    Parameters
    ----------
    paths : sequence of Path
    reports : mapping of str to ModelReport
        As of :func:`load_fit`.

    Raises
    ------
    DataError
        As :func:`load_fit`, or if two files share a stem.
    """
    seen: set[str] = set()
    for path in paths:
        if path.stem in seen:
            raise DataError(
                f"two traces are called {path.stem}",
                "Rename one: tables and figures are named after the trace.",
            )
        seen.add(path.stem)
    return [load_fit(path, reports) for path in paths]


def sections_of(fits: Sequence[Fit], reports: Reports = MODEL_REPORTS) -> list[Section]:
    """Make one section a model, or for models that share one, in order of appearance.

    Parameters
    ----------
    fits : sequence of Fit
    reports : mapping of str to ModelReport
        As of :func:`load_fit`.
    """
    by_section: dict[Callable[[Sequence[Fit]], Section], list[Fit]] = {}
    for fit in fits:
        by_section.setdefault(reports[fit.model].section, []).append(fit)
    sections = {
        group[0].model: _section_of(make, group, reports)
        for make, group in by_section.items()
    }
    stems = Counter(item.file_stem for item in items_of(list(sections.values())))
    return [
        _with_own_stems(section, model, stems) for model, section in sections.items()
    ]


def _verdict_line(fit: Fit) -> VerdictLine:
    judged = fit.judgement
    failed = (judged.draws, judged.sampler, judged.modes)
    parts = [
        (name, "FAILED" if found else "ok")
        for name, found in zip(("Draws", "Sampler", "Modes"), failed, strict=True)
    ]
    fits_the_data = MISFIT if judged.data else "ok"
    return VerdictLine(
        fit.name,
        judged.summary,
        not fit.is_usable,
        f"{fit.span} ({fit.tree.attrs['data_source']})",
        (*parts, ("Fit to the data", fits_the_data)),
    )


def _section_of(
    make: Callable[[Sequence[Fit]], Section], fits: Sequence[Fit], reports: Reports
) -> Section:
    """Section with verdict and answer of each fit, and what of it is simulated."""
    section = make(fits)
    answers = tuple(
        answer_of_fit(fit, reports[fit.model].answers)
        for fit in fits
        if fit.name not in section.spoken_for
    )
    judged = replace(
        section,
        verdicts=tuple(map(_verdict_line, fits)),
        answers=(*answers, *section.answers),
    )
    is_simulated = {
        name: bool(fit.simulated) for fit in fits for name in (fit.name, fit.panel_name)
    }
    simulated = [fit.name for fit in fits if fit.simulated]
    return mark_simulated(judged, simulated, is_simulated)


def _with_own_stems(section: Section, model: str, stems: Counter[str]) -> Section:
    """Name the model in files that another section has under the same name."""

    def own(item: Item) -> Item:
        if stems[item.file_stem] == 1:
            return item
        name = "-".join(filter(None, (model, item.fit_name)))
        return replace(item, fit_name=name)

    return each_item(section, own)


def write_report(
    fits: Sequence[Fit],
    folder: Path,
    on_file: Callable[[str], None] = lambda _: None,
    max_processes: int = 1,
    reports: Reports = MODEL_REPORTS,
    further_sections: Sequence[Section] = (),
) -> WrittenReport:
    """Write `index.html`, `tables/` and `figures/`.

    Parameters
    ----------
    fits : sequence of Fit
    folder : Path
        Created where missing. The files take their places when all are made, the page
        last.
    on_file : callable
        Called with the stem of each table or figure before this process makes it.
    max_processes : int
        See :func:`analysis.page.drawing.write_figures`.
    reports : mapping of str to ModelReport
        As of :func:`load_fit`.
    further_sections : sequence of Section
        Of what is not sampled; put before those of the fits.
    """
    sections = numbered([*further_sections, *sections_of(fits, reports)])
    items = items_of(sections)
    with publishing(folder, last=PAGE) as staging:
        written: dict[str, list[Path]] = {}
        for item in items:
            if isinstance(item, Table):
                on_file(item.file_stem)
                written[item.file_stem] = write_table(item, staging / "tables")
        figures = [item for item in items if isinstance(item, ReportFigure)]
        written |= write_figures(figures, staging / "figures", on_file, max_processes)
        # Names of files need not be text.
        text = page_text(sections, fits, written, staging)
        (staging / PAGE).write_text(text, encoding="utf-8", errors="backslashreplace")
    failed = tuple(fit for fit in fits if not fit.is_usable)
    files = tuple(
        folder / path.relative_to(staging)
        for item in items
        for path in written[item.file_stem]
    )
    return WrittenReport(folder / PAGE, files, failed)
