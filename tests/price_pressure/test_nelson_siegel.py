"""Nelson-Siegel loadings."""

import numpy as np
import pytensor.tensor as pt
import pytest
from numpy.testing import assert_allclose

from data.price_pressure.factor_exposures import factor_loadings
from models.price_pressure.nelson_siegel import nelson_siegel_loadings

ROUNDING = 1e-12
"""Relative; the same closed form in double precision."""


def test_the_paper_decay_peaks_curvature_near_thirty_months():
    months = np.arange(1, 241)
    curvature = nelson_siegel_loadings(0.0609, months)[:, 2]
    # Diebold & Li (2006) chose 0.0609 so that the loading peaks at 30 months.
    assert months[curvature.argmax()] in (29, 30)


def test_loadings_tend_to_level_at_long_maturities():
    assert_allclose(nelson_siegel_loadings(0.0609, [1e6])[0], [1, 0, 0], atol=1e-4)


def test_loadings_tend_to_level_plus_slope_at_short_maturities():
    assert_allclose(nelson_siegel_loadings(0.0609, [1e-9])[0], [1, 1, 0], atol=1e-9)


def test_tensor_and_number_agree():
    months = [24, 60, 120, 240]
    symbolic = nelson_siegel_loadings(pt.constant(0.05), months).eval()
    assert_allclose(symbolic, nelson_siegel_loadings(0.05, months), rtol=ROUNDING)


@pytest.mark.parametrize("years", [0.5, 2.0, 20.0])
def test_model_and_exposures_use_the_same_loadings(years):
    ours = nelson_siegel_loadings(0.0609, [12 * years])[0]
    assert_allclose(ours, factor_loadings(np.array([years]))[0], rtol=ROUNDING)
