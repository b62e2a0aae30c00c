"""Command line: simulation studies of the models."""

import logging

import typer

from studies.families import STUDIES
from studies.study import add_groups

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
add_groups(app, STUDIES)


@app.callback()
def _configure() -> None:
    # PyMC logs every draw from the prior.
    logging.getLogger("pymc").setLevel(logging.WARNING)


if __name__ == "__main__":
    app(prog_name="python -m studies")
