from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from data.price_pressure.panel import panel_from_frame
from studies.price_pressure.false_positives import (
    false_positives_plan,
    summarize_false_positives,
    without_pressure,
)
from tests.price_pressure.frames import cash_panel


def _rows() -> pd.DataFrame:
    """Ten panels of two coefficients: 1 and 2 false positives, in panels 1 and 2."""
    hits = {("cash, 2", 1), ("cash, 10", 1), ("cash, 10", 2)}
    rows = [
        {
            "variant": "cash-inventory",
            "seed": seed,
            "element": element,
            "lower_95": -1.0,
            "upper_95": 1.0,
            "sd": 0.5,
            "r_hat": 1.0 + seed / 1000,
            "ess_bulk": 400.0 + seed,
            "divergences": int(seed == 3),
            "is_false_positive": (element, seed) in hits,
        }
        for seed in range(1, 11)
        for element in ("cash, 2", "cash, 10")
    ]
    return pd.DataFrame(rows)


def test_shares_are_over_panels_and_any_counts_a_panel_once() -> None:
    summary = summarize_false_positives(_rows()).set_index("element")
    assert summary["panels"].tolist() == [10, 10, 10]
    assert summary["false_positives"].to_dict() == {
        "cash, 2": 1,
        "cash, 10": 2,
        "any": 2,
    }
    assert summary["mean_width_bp"].tolist() == [2.0, 2.0, 2.0]
    assert summary.loc["any", "divergent_fits"] == 1
    # Wilson's interval of 2 of 10.
    assert summary.loc["any", "lower_95"] == pytest.approx(0.0567, abs=1e-4)
    assert summary.loc["any", "upper_95"] == pytest.approx(0.5098, abs=1e-4)


def test_inventories_stay_and_yields_are_others() -> None:
    panel = panel_from_frame(cash_panel(), "panel")
    first, again, other = (without_pressure(panel, seed).dataset for seed in (1, 1, 2))
    assert first["dv01_musd"].identical(panel.dataset["dv01_musd"])
    assert np.array_equal(first["yield_bp"], again["yield_bp"])
    assert not np.array_equal(first["yield_bp"], other["yield_bp"])


def test_a_table_of_another_panel_is_not_gone_on_with() -> None:
    panel = panel_from_frame(cash_panel(), "panel")
    names = ["cash-inventory"]
    digests = {
        false_positives_plan(*chosen).digest
        for chosen in (
            (panel, names, 10, "laplace"),
            (replace(panel, sha256="another"), names, 10, "laplace"),
            (panel, names, 10, "nuts"),
        )
    }
    assert len(digests) == 3
    more = false_positives_plan(panel, ["cash-only", *names], 99, "laplace")
    assert more.digest in digests
