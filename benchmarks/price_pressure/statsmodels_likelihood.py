"""Peer (c): maximum likelihood by statsmodels."""

from pathlib import Path
from typing import Any

import numpy as np
from statsmodels.tsa.statespace.mlemodel import MLEModel

from benchmarks.agreement import Reference
from benchmarks.implementations import STATSMODELS
from benchmarks.measurements import measure_fits
from data.arrays import FloatArray
from data.market.tenors import TENOR_MONTHS
from data.price_pressure.panel import PricePressurePanel, read_price_pressure_panel
from models.price_pressure.inputs import select_inputs
from models.price_pressure.model import PricePressurePriors
from models.price_pressure.nelson_siegel import nelson_siegel_loadings
from models.price_pressure.variants import VARIANTS

VARIANT = "net-inventory"


class NetInventoryMLE(MLEModel):
    """The net-inventory model as a statsmodels state space model.

    Parameters are, in this order: price pressure (N), noise standard deviations (N),
    persistence (K), factor means (K), innovation standard deviations (K). All else is
    statsmodels' default, except the univariate treatment of the yields and the memory
    options, which make its filter faster.

    Parameters
    ----------
    yield_bp, inventory_dv01_musd : (week, N) float
        Basis points, USD million.
    loading : (N, K) float
        Nelson-Siegel loadings.
    initial_mean, initial_variance : (K,) float
        Of the factors in the first week.
    """

    def __init__(
        self,
        yield_bp: FloatArray,
        inventory_dv01_musd: FloatArray,
        loading: FloatArray,
        initial_mean: FloatArray,
        initial_variance: FloatArray,
    ) -> None:
        num_series, num_factors = loading.shape
        super().__init__(yield_bp, k_states=num_factors, k_posdef=num_factors)
        self.inventory = inventory_dv01_musd
        self.loading = loading
        sizes = (num_series, num_series, num_factors, num_factors, num_factors)
        self._ends = np.cumsum(sizes)
        self["design"] = loading
        self["selection"] = np.eye(num_factors)
        self.ssm.initialize_known(initial_mean, np.diag(initial_variance))
        self.ssm.filter_univariate = True
        self.ssm.memory_no_smoothing = True
        self.ssm.memory_no_gain = True

    @property
    def param_names(self) -> list[str]:
        """One name an element of the parameter vector."""
        names = ("pi", "noise_sd", "persistence", "factor_mean", "innovation_sd")
        starts = np.concatenate([[0], self._ends[:-1]])
        return [
            f"{name}_{i}"
            for name, start, end in zip(names, starts, self._ends, strict=True)
            for i in range(end - start)
        ]

    @property
    def start_params(self) -> FloatArray:
        """Diebold and Li's two steps: regress each week's curve, then the factors."""
        yields = np.asarray(self.endog, dtype=float)
        factors = np.linalg.lstsq(self.loading, yields.T, rcond=None)[0].T
        residual = yields - factors @ self.loading.T
        held = self.inventory - self.inventory.mean(axis=0)
        centred = residual - residual.mean(axis=0)
        pi = (held * centred).sum(axis=0) / (held**2).sum(axis=0)
        before, after = factors[:-1], factors[1:]
        mean = factors.mean(axis=0)
        slope = ((before - mean) * (after - mean)).sum(axis=0) / (
            (before - mean) ** 2
        ).sum(axis=0)
        persistence = np.clip(slope, 0.5, 0.999)
        shock = after - mean - persistence * (before - mean)
        noise = np.maximum((centred - pi * held).std(axis=0), 0.5)
        return np.concatenate([pi, noise, persistence, mean, shock.std(axis=0)])

    def transform_params(self, unconstrained: FloatArray) -> FloatArray:
        """Positive standard deviations; persistence between 0 and 1."""
        pi, noise, persistence, mean, innovation = self._split(unconstrained)
        stationary = 1.0 / (1.0 + np.exp(-persistence))
        return np.concatenate([pi, np.exp(noise), stationary, mean, np.exp(innovation)])

    def untransform_params(self, constrained: FloatArray) -> FloatArray:
        """Inverse of `transform_params`."""
        pi, noise, persistence, mean, innovation = self._split(constrained)
        logit = np.log(persistence) - np.log1p(-persistence)
        return np.concatenate([pi, np.log(noise), logit, mean, np.log(innovation)])

    def update(self, params: FloatArray, **kwargs: Any) -> None:
        """Put the parameters into the system matrices."""
        params = super().update(params, **kwargs)
        pi, noise, persistence, mean, innovation = self._split(params)
        self["obs_intercept"] = pi[:, None] * self.inventory.T
        self["obs_cov"] = np.diag(noise**2)
        self["transition"] = np.diag(persistence)
        self["state_intercept"] = ((1.0 - persistence) * mean)[:, None]
        self["state_cov"] = np.diag(innovation**2)

    def _split(self, params: FloatArray) -> list[FloatArray]:
        return np.split(np.asarray(params), self._ends[:-1])


def net_inventory_mle(panel: PricePressurePanel) -> NetInventoryMLE:
    """Put a panel into the statsmodels model, with our model's fixed quantities.

    Parameters
    ----------
    panel : PricePressurePanel
        Panel without missing yields.

    Returns
    -------
    NetInventoryMLE
        With the loadings and the initial state of `models.price_pressure.model`.
    """
    inputs = select_inputs(panel, VARIANTS[VARIANT])
    priors = PricePressurePriors()
    num_factors = len(priors.factor_mean_bp)
    return NetInventoryMLE(
        yield_bp=inputs.yield_bp,
        inventory_dv01_musd=inputs.inventory_dv01_musd[0],
        loading=nelson_siegel_loadings(priors.decay_per_month, TENOR_MONTHS),
        initial_mean=np.array(priors.factor_mean_bp),
        initial_variance=np.full(num_factors, priors.initial_factor_sd_bp**2),
    )


def measure_price_pressure_fit(folder: Path) -> dict[str, float]:
    """Measure `benchmarks.measurements.measure_fits` of this model.

    Parameters
    ----------
    folder : Path
        Holds the panel and the reference.
    """
    model = net_inventory_mle(read_price_pressure_panel(folder / "panel.parquet"))
    reference = Reference.load(folder)
    reference.require_same_likelihood(STATSMODELS, model.loglike)

    def density(x: FloatArray) -> tuple[float, FloatArray]:
        value = model.loglike(x, transformed=False)
        return value, model.score(x, transformed=False)

    return measure_fits(
        model.fit, density, model.untransform_params(reference.natural[0])
    )
