"""Command line: simulate data from a model."""

import typer

from data.commands.command import group
from models.families import SIMULATIONS
from models.marking import marking

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(
    group("Simulate a panel from known parameters.", map(marking, SIMULATIONS)),
    name="simulate",
)


if __name__ == "__main__":
    app(prog_name="python -m models")
