"""Command line: the variants of the liquidity-regimes model at full length."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from data.errors import DataError
from data.files.unfinished import beside
from inference.settings import SamplerSettings
from models.liquidity_regimes.simulation import NUM_DAYS
from studies.console import console, read_earlier, require_csv, show, write
from studies.liquidity_regimes.variants import VARIANTS, fit_variant

EXAMPLES = """Examples

python -m studies variants liquidity-regimes
--out studies/results/liquidity_regimes_variants.csv

python -m studies variants liquidity-regimes --variant IV-depth-2-states
--out quick.csv
"""

SHOWN = [
    "variant",
    "passed",
    "max_r_hat",
    "min_ess_bulk",
    "divergences",
    "starts_at_mode",
    "covered",
    "intervals",
    "processor_s",
]


def variants_liquidity_regimes(
    out: Annotated[Path, typer.Option(help="Table to write, .csv.")],
    variant: Annotated[
        list[str] | None,
        typer.Option(help=f"One of {', '.join(VARIANTS)}; repeatable. All."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of panels and fits.")] = 1,
    days: Annotated[int, typer.Option(help="Length of each panel.")] = NUM_DAYS,
) -> None:
    """Fit each variant that the paper does not have to a panel simulated from it.

    Writes one row a variant to OUT, and one a parameter to OUT's name with _elements;
    after each variant. Those that OUT holds already are not fitted again.
    """
    require_csv(out)
    for name in variant or ():
        if name not in VARIANTS:
            raise DataError(
                f"there is no variant {name!r} in this study",
                f"Choose one of {', '.join(VARIANTS)}.",
            )
    rows, elements = _earlier(out, seed, days)
    done = set(rows.get("variant", ()))
    for name in [x for x in variant or VARIANTS if x not in done]:
        with console.status(f"fitting {name}"):
            row, own = fit_variant(VARIANTS[name], SamplerSettings(seed=seed), days)
        rows = pd.concat([rows, pd.DataFrame([row])], ignore_index=True)
        elements = pd.concat([elements, own], ignore_index=True)
        write(elements, beside(out, "elements"))
        write(rows, out)
    show("Variants at full length", rows[SHOWN])


def _earlier(out: Path, seed: int, days: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables that a run before wrote; empty where there was none."""
    if not out.is_file():
        return pd.DataFrame(), pd.DataFrame()
    rows = read_earlier(out, ("variant", "seed", "days"))
    if (rows["seed"] != seed).any() or (rows["days"] != days).any():
        raise DataError(
            f"{out} holds fits to other panels",
            "Name another file, or the --seed and --days of those panels.",
        )
    elements = read_earlier(
        beside(out, "elements"), ("variant", "element"), dtype={"element": str}
    )
    # Elements are written first: a run that was killed has some that no row is of.
    return rows, elements[elements["variant"].isin(rows["variant"])]
