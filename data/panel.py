"""What a kind of panel is: its file, and how it is built."""

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import pandas as pd
import typer

from data.commands.command import Command, option, options_of, with_options
from data.errors import DataError
from data.files.atomic import replacing, require_place
from data.files.cells import require_panel_suffix
from data.files.panel_file import Columns, PanelFile, words_of

OUT = option(
    "out", Annotated[Path, typer.Option(help="Panel to write, .csv or .parquet.")]
)


_DAY = ["%Y-%m-%d"]

FirstDay = Annotated[
    datetime | None,
    typer.Option(formats=_DAY, help="First day; all days by default."),
]
LastDay = Annotated[
    datetime | None,
    typer.Option(formats=_DAY, help="Last day; all days by default."),
]
"""Options of what is built day by day."""


class BuiltPanel(NamedTuple):
    """A panel in the layout of its file, and what to know about how it was made.

    Attributes
    ----------
    frame : DataFrame
        One column a series, as the file has them.
    notes : list of str
        One line each.
    """

    frame: pd.DataFrame
    notes: list[str]


@dataclass(frozen=True, kw_only=True)
class PanelKind[Panel]:
    """One kind of panel, the checked table that a model is fitted to.

    Attributes
    ----------
    name : str
        Command ``python -m data build NAME``.
    title : str
        In the help of the commands that read one.
    file : PanelFile
        How it is read, checked and written.
    example : callable, optional
        Made-up rows of the file, enough to be read back: its template.
    build : callable
        Makes a panel from raw files. Its keyword-only parameters are the options of
        the command, its docstring the help.
    examples : str
        Of the command.
    """

    name: str
    title: str = "Panel"
    file: PanelFile[Panel]
    example: Callable[[], pd.DataFrame] | None = None
    build: Callable[..., BuiltPanel]
    examples: str

    @property
    def templates(self) -> tuple["Template", ...]:
        """The file to begin with, where there are made-up rows."""
        if self.example is None:
            return ()
        name, file = self.name, self.file
        rows = self.example
        return (Template(name=name, layout=file.layout, rows=rows, read=file.read),)


@dataclass(frozen=True, kw_only=True)
class Template:
    """A file to begin with: every column, its unit, and rows of made-up numbers.

    Attributes
    ----------
    name : str
        Of what is to be filled in, ``python -m data template NAME``.
    layout : tuple of Columns
        What the columns hold and in what unit.
    rows : callable
        Made-up rows, enough to be read back.
    read : callable
        Reads and checks such a file.
    """

    name: str
    layout: tuple[Columns, ...]
    rows: Callable[[], pd.DataFrame]
    read: Callable[[Path], Any]

    @cached_property
    def words(self) -> dict[str, str]:
        """Column -> what it holds, in the order of the file."""
        return words_of(self.layout, map(str, self.rows().columns))

    def write(self, path: Path) -> None:
        """Write the file, .csv or .xlsx, over none that stands there.

        Raises
        ------
        DataError
            If the name has another ending, or a file stands there.
        """
        if path.exists():
            raise DataError(f"{path} is there already", "choose another name.")
        frame = self.rows()
        numbers = frame.select_dtypes("number").round(DECIMALS)
        frame = frame.assign(**{str(name): numbers[name] for name in numbers})
        kind = path.suffix.lower()
        if kind == ".csv":
            text = io.StringIO()
            text.write(f"# {MADE_UP}\n")
            text.writelines(f"# {name}: {what}\n" for name, what in self.words.items())
            frame.to_csv(text, index=False, date_format="%Y-%m-%d", lineterminator="\n")
            with replacing(path) as temporary:
                temporary.write_text(text.getvalue(), encoding="utf-8")
        elif kind == ".xlsx":
            words = {"column": list(self.words), "what": list(self.words.values())}
            with (
                replacing(path) as temporary,
                pd.ExcelWriter(
                    temporary, engine="xlsxwriter", datetime_format="yyyy-mm-dd"
                ) as writer,
            ):
                frame.to_excel(writer, sheet_name=self.name[:31], index=False)
                told = pd.DataFrame(words)
                told.loc[len(told)] = ["", MADE_UP]
                told.to_excel(writer, sheet_name="columns", index=False)
        else:
            raise DataError(
                f"{path}: no template is written to a name that ends so",
                "end it in .csv or .xlsx.",
            )


DECIMALS = 3

MADE_UP = "Numbers are made up: replace them by your own."

TEMPLATE_EXAMPLES = """Examples

python -m data template price-pressure

python -m data template price-pressure --out mine.xlsx
"""


def template_command(templates: Iterable[Template]) -> Command:
    """Command that writes a template, or lists columns where no file is named."""
    by_name = {template.name: template for template in templates}

    def template(
        kind: Annotated[
            str, typer.Argument(metavar="KIND", help=f"One of {', '.join(by_name)}.")
        ],
        out: Annotated[
            Path | None, typer.Option(help="File to write, .csv or .xlsx.")
        ] = None,
    ) -> None:
        """Write a file to begin with: columns, units, and made-up rows to replace."""
        if kind not in by_name:
            raise DataError(
                f"there is no template {kind!r}", f"Choose one of {', '.join(by_name)}."
            )
        if out is None:
            for name, what in by_name[kind].words.items():
                typer.echo(f"{name}: {what}")
            return
        require_place(out)
        by_name[kind].write(out)
        typer.echo(out)

    return Command(name="template", run=template, examples=TEMPLATE_EXAMPLES)


def build_command(kind: PanelKind[Any]) -> Command:
    """Command that builds a panel, writes it and prints what there is to know."""

    def run(given: Mapping[str, Any]) -> None:
        out: Path = given["out"]
        require_panel_suffix(out)
        require_place(out)
        built = kind.build(**{name: x for name, x in given.items() if name != "out"})
        kind.file.write(built.frame, out)
        for note in built.notes:
            typer.echo(note)
        typer.echo(out)

    options = (*options_of(kind.build), OUT)
    return Command(
        name=kind.name,
        run=with_options(run, options, kind.build.__doc__),
        examples=kind.examples,
    )
