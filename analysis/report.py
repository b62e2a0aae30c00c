"""Write the report: one self-contained page, and every table and figure as files."""

from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from analysis.drawing import write_figures
from analysis.fits import Fit
from analysis.registry import MODEL_REPORTS
from analysis.section import ReportFigure, Section
from analysis.tables import Table, write_table
from data.errors import DataError
from data.files import replacing
from inference.diagnostics import diagnose, diagnose_run, failures
from inference.store import read_trace

TITLE = "Treasury market liquidity"


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


def load_fit(path: Path) -> Fit:
    """Read a trace and judge it.

    Parameters
    ----------
    path : Path
        A trace as `inference` writes it.

    Returns
    -------
    Fit
        Named by the stem of the file.

    Raises
    ------
    DataError
        If the file is no trace, its model has no report, or a group is missing.
    """
    tree = read_trace(path)
    model = tree.attrs.get("model")
    if model not in MODEL_REPORTS:
        raise DataError(
            f"{path}: no report for model {model!r}",
            f"Pass traces of: {', '.join(MODEL_REPORTS)}.",
        )
    required = MODEL_REPORTS[model].required_groups
    missing = [group for group in required if group not in tree.children]
    if missing:
        raise DataError(
            f"{path}: the trace lacks the groups {', '.join(missing)}",
            f"Write it again with: python -m inference fit {model} ...",
        )
    parameters, run = diagnose(tree), diagnose_run(tree)
    failed = tuple(failures(parameters, run))
    description = MODEL_REPORTS[model].description
    return Fit(path.stem, tree, parameters, run, failed, description)


def load_fits(paths: Sequence[Path]) -> list[Fit]:
    """Read several traces, refusing two of the same name.

    Parameters
    ----------
    paths : sequence of Path

    Returns
    -------
    list of Fit

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
    return [load_fit(path) for path in paths]


def sections_of(fits: Sequence[Fit]) -> list[Section]:
    """Make one section a model, or for models that share one, in order of appearance.

    Parameters
    ----------
    fits : sequence of Fit

    Returns
    -------
    list of Section
    """
    by_section: dict[Callable[[Sequence[Fit]], Section], list[Fit]] = {}
    for fit in fits:
        by_section.setdefault(MODEL_REPORTS[fit.model].section, []).append(fit)
    sections = {group[0].model: make(group) for make, group in by_section.items()}
    stems = Counter(item.file_stem for item in _items(list(sections.values())))
    return [
        _with_own_stems(section, model, stems) for model, section in sections.items()
    ]


def _with_own_stems(section: Section, model: str, stems: Counter[str]) -> Section:
    """Name the model in files that another section has under the same name."""
    blocks = tuple(
        replace(
            block,
            items=tuple(
                replace(item, fit_name="-".join(filter(None, (model, item.fit_name))))
                if stems[item.file_stem] > 1
                else item
                for item in block.items
            ),
        )
        for block in section.blocks
    )
    return replace(section, blocks=blocks)


def write_report(
    fits: Sequence[Fit],
    folder: Path,
    on_file: Callable[[str], None] = lambda _: None,
    max_processes: int = 1,
) -> WrittenReport:
    """Write `index.html`, `tables/` and `figures/`.

    Parameters
    ----------
    fits : sequence of Fit
    folder : Path
        Created where missing. Each file is complete or not there at all; the page
        comes last.
    on_file : callable
        Called with the stem of each table or figure before this process makes it.
    max_processes : int
        See :func:`analysis.drawing.write_figures`.

    Returns
    -------
    WrittenReport
    """
    sections = sections_of(fits)
    items = _items(sections)
    written: dict[str, list[Path]] = {}
    for item in items:
        if isinstance(item, Table):
            on_file(item.file_stem)
            written[item.file_stem] = write_table(item, folder / "tables")
    figures = [item for item in items if isinstance(item, ReportFigure)]
    drawn = write_figures(figures, folder / "figures", on_file, max_processes)
    embedded = {
        stem: b64encode(png.read_bytes()).decode("ascii")
        for stem, (png, _) in drawn.items()
    }
    written |= drawn
    page = folder / "index.html"
    with replacing(page) as temporary:
        temporary.write_text(_render(sections, fits, embedded), encoding="utf-8")
    failed = tuple(fit for fit in fits if not fit.is_usable)
    files = tuple(path for item in items for path in written[item.file_stem])
    return WrittenReport(page, files, failed)


def _items(sections: Sequence[Section]) -> list[Table | ReportFigure]:
    return [
        item for section in sections for block in section.blocks for item in block.items
    ]


def _render(
    sections: Sequence[Section], fits: Sequence[Fit], embedded: dict[str, str]
) -> str:
    environment = Environment(
        loader=PackageLoader("analysis"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["table"] = lambda item: isinstance(item, Table)
    css = (resources.files("analysis") / "templates" / "report.css").read_text()
    return environment.get_template("report.html.j2").render(
        title=TITLE,
        sections=sections,
        failed=[fit for fit in fits if not fit.is_usable],
        provenance=[_provenance(fit) for fit in fits],
        embedded=embedded,
        css=css,
    )


def _provenance(fit: Fit) -> dict[str, Any]:
    attributes = fit.tree.attrs
    return {
        "name": fit.name,
        "rows": {
            "Model, variant": f"{fit.model}, {fit.variant}",
            "Sample": fit.span,
            "Data": attributes["data_source"],
            "Data SHA-256": fit.panel_hash,
            "Seed": attributes["seed"],
            "Settings": _listed(attributes["settings"]),
            "Versions": _listed(attributes["versions"]),
            "Wall time": f"{float(attributes['wall_time_s']):.1f} s",
            "Sampled": attributes["created"],
        },
    }


def _listed(pairs: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in pairs.items())
