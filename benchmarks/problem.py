"""The data that every implementation is measured on."""

from pathlib import Path

from benchmarks.implementations import VARIANT
from data.panels import PricePressurePanel, read_price_pressure_panel, write_panel
from models.price_pressure_simulation import simulate_price_pressure
from models.price_pressure_variants import VARIANTS

NUM_WEEKS = 872
"""Length of Mixon & Tuzun's sample."""

SEED = 20180418


def benchmark_panel(folder: Path) -> PricePressurePanel:
    """Panel simulated at the published estimates, written once into the folder."""
    path = folder / "panel.parquet"
    if not path.exists():
        frame = simulate_price_pressure(VARIANTS[VARIANT], SEED, num_weeks=NUM_WEEKS)
        write_panel(frame, path)
    return read_price_pressure_panel(path)
