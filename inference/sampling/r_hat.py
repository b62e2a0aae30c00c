r"""How large the largest of many R-hats is by chance.

J half chains that sample the same distribution, with e effective draws each, have means
that differ by a variance of one part in e, so that of split R-hat

.. math::

    \hat R^2 - 1 \approx \frac{\chi^2_{J-1}}{(J-1)\, e}

is distributed about as given. Ten thousand of them hold some far out in that tail. The
limit is what the largest passes with a probability of one in a hundred, R-hat of ranks
and of folded ranks counted as two (Bonferroni). Simulated chains, two of 150 draws or
four of 1,000, autoregressive with 33 to 800 effective draws over all, pass it 0.3 to
1.5 times as often as they should at levels from 1e-2 down to 2e-5.
"""

import math

from scipy.stats import chi2

FALSE_ALARM = 0.01
"""Probability that the largest of all passes its limit though all chains agree."""

HALVES, RANKINGS = 2, 2
"""Chains are split in two; ranks are taken of draws and of their distances from the
median: Vehtari et al. (2021, doi 10.1214/20-BA1221)."""


def largest_r_hat_by_chance(
    number: int, num_chains: int, effective_draws: float
) -> float:
    """Limit to the largest of several R-hats of chains that agree.

    Parameters
    ----------
    number : int
        Of R-hats that are looked at.
    num_chains : int
        Behind each.
    effective_draws : float
        Over the chains of one, typically. Not those of the R-hat that is judged: chains
        that disagree have few, and would excuse themselves.
    """
    halves = HALVES * num_chains
    score = chi2.isf(FALSE_ALARM / (RANKINGS * number), halves - 1) / (halves - 1)
    return math.sqrt(1 + score * halves / effective_draws)
