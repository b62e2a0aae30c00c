"""Command line: simulate data from a model."""

import typer

from models.basis_command import EXAMPLE as BASIS_EXAMPLE
from models.basis_command import simulate_basis_panel
from models.half_life_command import EXAMPLE as HALF_LIFE_EXAMPLE
from models.half_life_command import simulate_half_life_panel
from models.liquidity_regimes_command import EXAMPLES as LIQUIDITY_REGIMES_EXAMPLES
from models.liquidity_regimes_command import simulate_liquidity_regimes_panel
from models.price_pressure_command import EXAMPLE, simulate_price_pressure_panel

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
simulate = typer.Typer(
    help="Simulate a panel from known parameters.", no_args_is_help=True
)
app.add_typer(simulate, name="simulate")


simulate.command("price-pressure", epilog=EXAMPLE, no_args_is_help=True)(
    simulate_price_pressure_panel
)
simulate.command(
    "liquidity-regimes", epilog=LIQUIDITY_REGIMES_EXAMPLES, no_args_is_help=True
)(simulate_liquidity_regimes_panel)
simulate.command("basis", epilog=BASIS_EXAMPLE, no_args_is_help=True)(
    simulate_basis_panel
)
simulate.command("half-life", epilog=HALF_LIFE_EXAMPLE, no_args_is_help=True)(
    simulate_half_life_panel
)


if __name__ == "__main__":
    app(prog_name="python -m models")
