"""Hidden Markov regressions in JAX, `hidden_markov.op` and `hidden_markov.emission`.

The recursions are those of
`models.likelihoods.hidden_markov.passes`, one day at a time.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

from models.likelihoods.hidden_markov.emission import regression_passes
from models.likelihoods.hidden_markov.emission_passes import NORMAL
from models.likelihoods.hidden_markov.filter import IMPOSSIBLE
from models.likelihoods.hidden_markov.log_space import LARGEST_LOG_ODDS
from models.likelihoods.hidden_markov.op import hidden_markov_passes
from models.likelihoods.hidden_markov.smoother import LARGEST_BAR
from models.likelihoods.two_pass_jax import register_in_jax, register_passes_in_jax


def forward(L: Any, pi: Any, delta: Any, gamma: Any, x: Any) -> Any:
    """Return the fields of `models.likelihoods.hidden_markov.passes.ForwardResult`."""
    odds = jnp.pad(delta + gamma * x[:, None, None], ((0, 0), (0, 0), (1, 0)))
    is_moderate = (jnp.ptp(odds, axis=2) < LARGEST_LOG_ODDS).all()
    return jax.lax.cond(is_moderate, _forward, _log_forward, L.T, pi, odds)


def _forward(L: Any, pi: Any, odds: Any) -> Any:
    P = jax.nn.softmax(odds, axis=2)
    largest = L.max(axis=1)
    emission = jnp.exp(L - largest[:, None])

    def day(q: Any, now: Any) -> Any:
        emission_t, P_t = now
        joint = q * emission_t
        size = joint.sum()
        p = joint / size
        return p @ P_t, (size, p, emission_t / size)

    _, (size, p, update) = jax.lax.scan(day, pi, (emission, P))
    log_likelihood = largest + jnp.log(size)
    possible = jnp.isfinite(log_likelihood.sum()) & (size > IMPOSSIBLE).all()
    return _results(possible, log_likelihood, P, p, update)


def _log_forward(L: Any, pi: Any, odds: Any) -> Any:
    log_P = jax.nn.log_softmax(odds, axis=2)

    def day(log_q: Any, now: Any) -> Any:
        L_t, log_P_t = now
        joint = log_q + L_t
        size = jax.nn.logsumexp(joint)
        log_p = joint - size
        after = jax.nn.logsumexp(log_p[:, None] + log_P_t, axis=0)
        return after, (size, log_p, log_q)

    _, (size, log_p, log_q) = jax.lax.scan(day, jnp.log(pi), (L, log_P))
    return _results(jnp.isfinite(size).all(), size, log_P, log_p, log_q)


def _results(possible: Any, log_likelihood: Any, *stored: Any) -> Any:
    P, p, update = (jnp.where(possible, array, 0.0) for array in stored)
    log_likelihood = jnp.where(possible, log_likelihood, -jnp.inf)
    return log_likelihood, jnp.moveaxis(P, 0, 2), p.T, update.T


def backward(g: Any, x: Any, P: Any, p: Any, update: Any) -> Any:
    """Return the fields of `models.likelihoods.hidden_markov.passes.BackwardResult`."""
    P = jnp.moveaxis(P, 2, 0)
    in_logarithms = P[0, 0].min() < 0.0
    return jax.lax.cond(in_logarithms, _log_backward, _backward, g, x, P, p, update)


def _backward(g: Any, x: Any, P: Any, p: Any, update: Any) -> Any:
    change = g - jnp.append(g[1:], 0.0)

    def day(forecast_bar: Any, now: Any) -> Any:
        P_t, p_t, update_t, change_t = now
        filtered_bar = P_t @ forecast_bar
        total = filtered_bar + change_t
        kept = p_t * total, filtered_bar, forecast_bar
        return jnp.clip(update_t * total, -LARGEST_BAR, LARGEST_BAR), kept

    days = P, p.T, update.T, change
    pi_bar, (L_bar, filtered_bar, forecast_bar) = jax.lax.scan(
        day, jnp.zeros(len(p)), days, reverse=True
    )
    difference = forecast_bar[:, None, :] - filtered_bar[:, :, None]
    odds_bar = (p.T[:, :, None] * P * difference)[:-1, :, 1:]
    return _gradient(x, L_bar, pi_bar, odds_bar)


def _log_backward(g: Any, x: Any, log_P: Any, log_p: Any, log_q: Any) -> Any:
    """Symbols as in `models.likelihoods.hidden_markov.log_space`."""
    after = log_q.T[1:, None, :]
    joint = log_p.T[:-1, :, None] + log_P[:-1]
    B = jnp.where(after > -jnp.inf, jnp.exp(joint - after), 0.0)
    own = jnp.exp(log_p.T) * (g - jnp.append(g[1:], 0.0))[:, None]

    def day(M_after: Any, now: Any) -> Any:
        B_t, own_t = now
        pairs = B_t * M_after
        return own_t + pairs.sum(axis=1), (M_after, pairs)

    first, (M, pairs) = jax.lax.scan(day, own[-1], (B, own[:-1]), reverse=True)
    leaving = pairs.sum(axis=2, keepdims=True)
    odds_bar = (pairs - jnp.exp(log_P[:-1]) * leaving)[:, :, 1:]
    known = log_q[:, 0] > -jnp.inf
    pi_bar = jnp.where(known, first * jnp.exp(-log_q[:, 0]), 0.0)
    return _gradient(x, jnp.concatenate([first[None], M]), pi_bar, odds_bar)


def _gradient(x: Any, L_bar: Any, pi_bar: Any, odds_bar: Any) -> Any:
    return (
        L_bar.T,
        pi_bar,
        odds_bar.sum(axis=0),
        jnp.einsum("tij,t->ij", odds_bar, x[:-1]),
    )


def emission(
    noise: str, y: Any, s: Any, x: Any, beta: Any, sigma: Any, nu: Any, c: Any
) -> Any:
    """Log densities and errors; symbols as in `hidden_markov.emission_passes`."""
    r = (y - jnp.einsum("knp,tp->knt", beta, x)) / sigma[:, :, None]
    if noise == NORMAL:
        density = -0.5 * r**2
    else:
        nu = nu[:, None, None]
        density = -0.5 * (nu + 1) * jnp.log1p(r**2 / nu)
    density += (c[:, None] - jnp.log(sigma))[:, :, None]
    return jnp.where(s != 0, density, 0.0).sum(axis=1), r


def densities(noise: str, num_covariates: int) -> Callable[..., tuple[jax.Array]]:
    """`emission` for one kind of noise, without the errors."""
    return lambda *inputs: emission(noise, *inputs)[:1]


register_passes_in_jax(
    hidden_markov_passes, lambda num_states: forward, lambda num_states: backward
)
register_in_jax(regression_passes, densities)
