r"""The precision of all effects of a mixed model, factored: what every question needs.

Rows y with weights w follow

.. math:: y_j \sim N(x_j'\beta + z_j' L a_{g(j)} + t_j' M b_{h(j)}, \sigma^2 / w_j)

with independent standard normal a and b, lower triangular L and M, and normal
coefficients of precision P around zero, P = 0 being flat. Given the statistics of
`models.likelihoods.mixed.statistics`, the rows are not needed. The precision of
(beta, a, b) is

.. math:: K = \begin{pmatrix} D & U' \\ U & N \end{pmatrix}

with N block diagonal, a block a crossed group: those are eliminated (Bates et al. 2015,
doi 10.18637/jss.v067.i01, section 3), and what is left of D is dense.
"""

import numpy as np
from numba import njit

jit = njit(error_model="numpy", cache=True)
"""Compile once a machine: Python calls the factor as well, a draw at a time. Without
fused products: see `models.likelihoods.compiled.floating_point`."""

BLOCK = 48
"""Columns that are factored at a time: the rest is a matrix product."""


@jit
def cholesky(matrix):
    """Lower triangular factor of a matrix, in its place; whether there is one."""
    size = len(matrix)
    for start in range(0, size, BLOCK):
        end = min(start + BLOCK, size)
        for k in range(start, end):
            pivot = matrix[k, k]
            if not pivot > 0.0:
                return False
            root = np.sqrt(pivot)
            matrix[k, k] = root
            for i in range(k + 1, size):
                matrix[i, k] /= root
            for j in range(k + 1, end):
                factor = matrix[j, k]
                for i in range(j, size):
                    matrix[i, j] -= matrix[i, k] * factor
        if end < size:
            panel = np.ascontiguousarray(matrix[end:, start:end])
            matrix[end:, end:] -= np.dot(panel, panel.T)
    for i in range(size):
        for j in range(i + 1, size):
            matrix[i, j] = 0.0
    return True


@jit
def inverse_of_lower(lower):
    """Inverse of a small or large lower triangular matrix."""
    size = len(lower)
    inverse = np.zeros((size, size))
    for start in range(0, size, BLOCK):
        end = min(start + BLOCK, size)
        for j in range(start, end):
            inverse[j, j] = 1.0 / lower[j, j]
            for i in range(j + 1, end):
                total = 0.0
                for k in range(j, i):
                    total += lower[i, k] * inverse[k, j]
                inverse[i, j] = -total / lower[i, i]
        if start > 0:
            corner = np.ascontiguousarray(inverse[start:end, start:end])
            panel = np.ascontiguousarray(lower[start:end, :start])
            above = np.ascontiguousarray(inverse[:start, :start])
            inverse[start:end, :start] = -np.dot(corner, np.dot(panel, above))
    return inverse


@jit
def dense_part(
    variance, scale, prior, fixed, group_fixed, group_group, y_fixed, y_group
):
    """D, and its part of the right-hand side, before any elimination."""
    p, (groups, q) = len(prior), group_group.shape[:2]
    size = p + groups * q
    precision, right = np.zeros((size, size)), np.empty(size)
    for a in range(p):
        right[a] = y_fixed[a] / variance
        for b in range(p):
            precision[a, b] = fixed[a, b] / variance
        precision[a, a] += prior[a]
    for i in range(groups):
        for a in range(q):
            row = p + i * q + a
            total = 0.0
            for b in range(a, q):
                total += scale[b, a] * y_group[i, b]
            right[row] = total / variance
            for column in range(p):
                total = 0.0
                for b in range(a, q):
                    total += scale[b, a] * group_fixed[i, b, column]
                precision[row, column] = total / variance
                precision[column, row] = total / variance
            for other in range(q):
                total = 0.0
                for b in range(a, q):
                    for c in range(other, q):
                        total += scale[b, a] * group_group[i, b, c] * scale[c, other]
                precision[row, p + i * q + other] = total / variance
            precision[row, row] += 1.0
    return precision, right


@jit
def crossed_part(
    variance,
    scale,
    crossed_scale,
    crossed_fixed,
    crossed_group,
    crossed_crossed,
    y_crossed,
):
    """U and the right-hand side, each block of rows whitened by that of N.

    Also the factors of the blocks of N, and the log determinant of N.
    """
    crossed, r = y_crossed.shape
    p, q = crossed_fixed.shape[2], len(scale)
    groups = crossed_group.shape[2] // q
    rows = np.empty((crossed * r, p + groups * q))
    right = np.empty(crossed * r)
    roots = np.zeros((crossed, r, r))
    log_determinant = 0.0
    block = np.empty((r, r))
    for t in range(crossed):
        for a in range(r):
            for b in range(r):
                total = 0.0
                for c in range(a, r):
                    for d in range(b, r):
                        total += (
                            crossed_scale[c, a]
                            * crossed_crossed[t, c, d]
                            * crossed_scale[d, b]
                        )
                block[a, b] = total / variance
            block[a, a] += 1.0
        cholesky(block)
        roots[t] = block
        for a in range(r):
            log_determinant += 2.0 * np.log(block[a, a])
            row = t * r + a
            weight = crossed_scale[a, a] / variance
            right[row] = weight * y_crossed[t, a]
            for column in range(p):
                rows[row, column] = weight * crossed_fixed[t, a, column]
            for i in range(groups):
                for b in range(q):
                    total = 0.0
                    for c in range(b, q):
                        total += crossed_group[t, a, i * q + c] * scale[c, b]
                    rows[row, p + i * q + b] = weight * total
            for c in range(a + 1, r):
                weight = crossed_scale[c, a] / variance
                right[row] += weight * y_crossed[t, c]
                for column in range(p):
                    rows[row, column] += weight * crossed_fixed[t, c, column]
                for i in range(groups):
                    for b in range(q):
                        total = 0.0
                        for e in range(b, q):
                            total += crossed_group[t, c, i * q + e] * scale[e, b]
                        rows[row, p + i * q + b] += weight * total
        for a in range(r):
            row = t * r + a
            for c in range(a):
                rows[row] -= block[a, c] * rows[t * r + c]
                right[row] -= block[a, c] * right[t * r + c]
            rows[row] /= block[a, a]
            right[row] /= block[a, a]
    return rows, right, roots, log_determinant


@jit
def factored(
    variance,
    scale,
    crossed_scale,
    prior,
    fixed,
    group_fixed,
    group_group,
    crossed_fixed,
    crossed_group,
    crossed_crossed,
    y_fixed,
    y_group,
    y_crossed,
):
    """Factor K at one value of the variances.

    Returns
    -------
    is_positive : bool
        Whether K could be factored.
    root : (size, size) array
        Lower triangular factor of D with the crossed groups eliminated.
    right : (size,) array
        Right-hand side, likewise.
    rows, crossed_right, roots
        Of `crossed_part`.
    log_determinant : float
        Of K.
    """
    root, right = dense_part(
        variance, scale, prior, fixed, group_fixed, group_group, y_fixed, y_group
    )
    rows, crossed_right, roots, log_determinant = crossed_part(
        variance,
        scale,
        crossed_scale,
        crossed_fixed,
        crossed_group,
        crossed_crossed,
        y_crossed,
    )
    if len(rows):
        root -= np.dot(rows.T, rows)
        right -= np.dot(rows.T, crossed_right)
    is_positive = cholesky(root)
    if is_positive:
        for a in range(len(root)):
            log_determinant += 2.0 * np.log(root[a, a])
    return is_positive, root, right, rows, crossed_right, roots, log_determinant
