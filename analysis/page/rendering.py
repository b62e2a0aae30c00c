"""The page of a report as text, from its sections and the files beside it."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined

from analysis.fit import FAILED, MISFIT, Fit
from analysis.page.section import Section
from analysis.page.simulated import WHOLLY
from analysis.page.table import Table

TITLE = "Treasury market liquidity"

ROWS_OF_A_PAGE = 40
"""Of a table in print: a longer one cannot be kept on one page."""

KINDS = {".csv": "CSV", ".tex": "TeX", ".png": "PNG", ".pdf": "PDF"}
"""Ending of a file beside the page -> what its link says."""


@dataclass(frozen=True)
class Link:
    """A file beside the page.

    Attributes
    ----------
    kind : str
    address : str
        From the folder of the page.
    """

    kind: str
    address: str


def links_to(files: Sequence[Path], folder: Path) -> list[Link]:
    """Links from a page in a folder to files under it."""
    return [
        Link(KINDS[path.suffix], quote(path.relative_to(folder).as_posix()))
        for path in files
    ]


def page_text(
    sections: Sequence[Section],
    fits: Sequence[Fit],
    written: Mapping[str, Sequence[Path]],
    folder: Path,
) -> str:
    """HTML of the whole report, its images inside.

    Parameters
    ----------
    sections : sequence of Section
        Numbered, see :func:`analysis.page.numbering.numbered`.
    fits : sequence of Fit
        All fits of the sections.
    written : mapping of str to sequence of Path
        File stem of each table and figure -> its files.
    folder : Path
        Of the page.
    """
    environment = Environment(
        loader=PackageLoader("analysis"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["table"] = lambda item: isinstance(item, Table)
    environment.tests["long"] = lambda table: len(table.display) > ROWS_OF_A_PAGE
    style = resources.files("analysis") / "templates" / "report.css"
    return environment.get_template("report.html.j2").render(
        title=TITLE,
        sections=sections,
        failed=[fit.name for fit in fits if fit.verdict == FAILED],
        misfits=[fit.name for fit in fits if fit.verdict == MISFIT],
        simulated=[section for section in sections if section.simulated],
        is_all_simulated=all(section.simulated == WHOLLY for section in sections),
        checked=[
            (place, section)
            for place, section in enumerate(sections, start=1)
            if section.appendix
        ],
        provenance=[_provenance(fit) for fit in fits],
        links={stem: links_to(files, folder) for stem, files in written.items()},
        embedded={
            stem: b64encode(path.read_bytes()).decode("ascii")
            for stem, files in written.items()
            for path in files
            if path.suffix == ".png"
        },
        css=style.read_text(encoding="utf-8"),
    )


def _provenance(fit: Fit) -> dict[str, Any]:
    attributes = fit.tree.attrs
    simulated = {"Simulated by": fit.simulated} if fit.simulated else {}
    return {
        "name": fit.name,
        "rows": {
            "Model, variant": f"{fit.model}, {fit.variant}",
            "Sample": fit.span,
            "Data": attributes["data_source"],
            **simulated,
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
