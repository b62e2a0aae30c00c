"""Peer (c) of the liquidity regimes: maximum likelihood by statsmodels."""

from pathlib import Path

import numpy as np
from statsmodels.tsa.regime_switching.markov_regression import MarkovRegression

from benchmarks.agreement import Reference
from benchmarks.implementations import STATSMODELS
from benchmarks.measurements import measure_fits
from data.arrays import FloatArray
from data.liquidity_regimes.panel import read_liquidity_panel
from models.likelihoods.hidden_markov.distribution import regression_log_emission
from models.likelihoods.hidden_markov.passes import forward_backward
from models.likelihoods.hidden_markov.paths import transition_matrices
from models.liquidity_regimes.inputs import LiquidityRegimesInputs, select_inputs
from models.liquidity_regimes.specification import LiquidityRegimesSpecification

SPECIFICATION = LiquidityRegimesSpecification()
"""Model IV of the paper: three covariates, transitions driven by depth."""

NATURAL_PARAMETERS = (
    "price_impact_slope",
    "noise_sd",
    "transition_intercept",
    "transition_depth_slope",
)


class RegimesMLE:
    """Model IV as statsmodels' Markov regression, on standardised depth.

    Parameters
    ----------
    inputs : LiquidityRegimesInputs
        Days without gaps.
    """

    def __init__(self, inputs: LiquidityRegimesInputs) -> None:
        self.inputs = inputs
        self.mean, self.sd = inputs.depth_musd.mean(), inputs.depth_musd.std()
        depth = inputs.standardized_depth
        # statsmodels' row t moves the state into day t, ours out of it.
        before = np.concatenate([depth[:1], depth[:-1]])
        self.initial = np.full(SPECIFICATION.num_states, 1 / SPECIFICATION.num_states)
        self.model = MarkovRegression(
            inputs.price_impact[:, 0],
            k_regimes=SPECIFICATION.num_states,
            trend="n",
            exog=inputs.covariates,
            switching_variance=True,
            exog_tvtp=np.column_stack([np.ones(len(depth)), before]),
        )
        self.model.initialize_known(self.initial)

    def parameters(self, natural: FloatArray) -> FloatArray:
        """Return statsmodels' parameter vector: log odds against its last regime."""
        slope, noise_sd, intercept, depth_slope = self._split(natural)
        values = {}
        odds = (intercept + depth_slope * self.mean, depth_slope * self.sd)
        for n, against_first in enumerate(np.pad(x, ((0, 0), (1, 0))) for x in odds):
            against_last = against_first - against_first[:, -1:]
            for (i, j), value in np.ndenumerate(against_last[:, :-1]):
                values[f"p[{i}->{j}].tvtp{n}"] = value
        for (i, p), value in np.ndenumerate(slope):
            values[f"x{p + 1}[{i}]"] = value
        for i, value in enumerate(noise_sd):
            values[f"sigma2[{i}]"] = value**2
        return np.array([values[name] for name in self.model.param_names])

    def our_log_likelihood(self, natural: FloatArray) -> float:
        """Return our log likelihood from where statsmodels starts.

        That is two moves before the first day, both by the first row.
        """
        slope, noise_sd, intercept, depth_slope = self._split(natural)
        depth = self.inputs.depth_musd
        first = transition_matrices(intercept, depth_slope, depth[0])
        emission = regression_log_emission(
            self.inputs.price_impact[:, 0],
            self.inputs.is_observed[:, 0],
            self.inputs.covariates,
            slope,
            noise_sd,
        )
        result = forward_backward(len(noise_sd)).forward(
            np.ascontiguousarray(emission.T),
            self.initial @ first @ first,
            intercept,
            depth_slope,
            np.ascontiguousarray(depth),
        )
        return float(result[0].sum())

    def _split(self, natural: FloatArray) -> list[FloatArray]:
        K, P = SPECIFICATION.num_states, self.inputs.covariates.shape[1]
        shapes = [(K, P), (K,), (K, K - 1), (K, K - 1)]
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
        pieces = np.split(np.asarray(natural), ends)
        return [x.reshape(shape) for x, shape in zip(pieces, shapes, strict=True)]


def measure_liquidity_regimes_fit(folder: Path) -> dict[str, float]:
    """Measure `benchmarks.measurements.measure_fits` of this model.

    Parameters
    ----------
    folder : Path
        Holds the panel and the reference.

    Raises
    ------
    DisagreementError
        If statsmodels computes another likelihood than ours.
    """
    panel = read_liquidity_panel(folder / "panel.parquet")
    peer = RegimesMLE(select_inputs(panel, SPECIFICATION))
    reference = Reference.load(folder)
    ours = np.array([peer.our_log_likelihood(x) for x in reference.natural])
    reference.require_same_likelihood(
        STATSMODELS, lambda x: peer.model.loglike(peer.parameters(x)), ours
    )

    def density(x: FloatArray) -> tuple[float, FloatArray]:
        value = peer.model.loglike(x, transformed=False)
        return value, peer.model.score(x, transformed=False)

    start = peer.model.untransform_params(peer.parameters(reference.natural[0]))
    return measure_fits(peer.model.fit, density, start)
