"""Command line: simulate data from a model."""

import typer

from models.price_pressure_command import EXAMPLE, simulate_price_pressure_panel

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
simulate = typer.Typer(
    help="Simulate a panel from the published estimates.", no_args_is_help=True
)
app.add_typer(simulate, name="simulate")


@simulate.callback()
def _group() -> None:
    """Keep ``simulate MODEL`` a group while it has one model."""


simulate.command("price-pressure", epilog=EXAMPLE, no_args_is_help=True)(
    simulate_price_pressure_panel
)


if __name__ == "__main__":
    app(prog_name="python -m models")
