/* The density of models/likelihoods/score_driven and its gradient by hand, as a floor.

The same algorithm for less: every series is observed at every date, and the weights of
the dates are one. N is defined by the command line of the compiler.
*/

#include <math.h>
#include <string.h>

typedef double square[N][N];

struct date {
    square G, precision;
    double e[N], weighted[N], log_scale, distance, determinant;
};

static void invert(square G, square precision, double *determinant)
{
    square L, inverse;
    double root[N];
    *determinant = 1.0;
    for (int i = 0; i < N; i++) {
        double pivot = G[i][i];
        for (int j = 0; j < i; j++) {
            double entry = G[i][j];
            for (int k = 0; k < j; k++)
                entry -= L[i][k] * L[j][k];
            L[i][j] = entry * root[j];
            pivot -= L[i][j] * L[i][j];
        }
        *determinant *= pivot;
        root[i] = 1.0 / sqrt(pivot);
        for (int j = 0; j < i; j++) {
            double entry = 0.0;
            for (int k = j; k < i; k++)
                entry -= L[i][k] * inverse[k][j];
            inverse[i][j] = entry * root[i];
        }
        inverse[i][i] = root[i];
    }
    for (int i = 0; i < N; i++)
        for (int j = 0; j <= i; j++) {
            double product = 0.0;
            for (int k = i; k < N; k++)
                product += inverse[k][i] * inverse[k][j];
            precision[i][j] = precision[j][i] = product;
        }
}

double value_and_gradient(long T, const double (*z)[N], const double *dynamics,
                          const double *constant, struct date *dates,
                          double (*z_bar)[N], double *dynamics_bar,
                          double *constant_bar)
{
    const double p = dynamics[0], a = dynamics[1], phi = dynamics[2];
    const double kappa = dynamics[3], nu = dynamics[4];
    square G;
    double scale = 0.0, total = 0.0;
    memset(G, 0, sizeof G);
    for (int i = 0; i < N; i++)
        G[i][i] = 1.0;
    for (long t = 0; t < T; t++) {
        struct date *d = dates + t;
        const double shrink = exp(-scale);
        double q = 0.0;
        memcpy(d->G, G, sizeof G);
        d->log_scale = scale;
        invert(G, d->precision, &d->determinant);
        for (int i = 0; i < N; i++)
            d->e[i] = z[t][i] * shrink;
        for (int i = 0; i < N; i++) {
            double product = 0.0;
            for (int j = 0; j < N; j++)
                product += d->precision[i][j] * d->e[j];
            d->weighted[i] = product;
            q += product * d->e[i];
        }
        d->distance = q;
        const double w = (nu + N) / (nu + q);
        for (int i = 0; i < N; i++) {
            for (int j = 0; j <= i; j++) {
                G[i][j] = (p - a) * G[i][j] + a * w * d->e[i] * d->e[j];
                G[j][i] = G[i][j];
            }
            G[i][i] += 1.0 - p;
        }
        scale = phi * scale + kappa * (w * q / N - 1.0);
    }
    for (long t = 0; t < T; t++) {
        const struct date *d = dates + t;
        total += constant[N] - N * d->log_scale - 0.5 * log(d->determinant);
        total -= 0.5 * (nu + N) * log1p(d->distance / nu);
    }

    square B;
    double scale_bar = 0.0;
    memset(B, 0, sizeof B);
    memset(dynamics_bar, 0, 5 * sizeof(double));
    memset(constant_bar, 0, (N + 1) * sizeof(double));
    constant_bar[N] = (double)T;
    for (long t = T - 1; t >= 0; t--) {
        const struct date *d = dates + t;
        const double q = d->distance, spread = 1.0 / (nu + q), w = (nu + N) * spread;
        const double shrink = exp(-d->log_scale);
        double e_bar[N], on_e = 0.0, on_G = 0.0, on_identity = 0.0, moved = 0.0;
        for (int i = 0; i < N; i++) {
            double product = 0.0;
            for (int j = 0; j < N; j++) {
                product += B[i][j] * d->e[j];
                on_G += B[i][j] * d->G[i][j];
            }
            e_bar[i] = product;
            on_e += product * d->e[i];
            on_identity += B[i][i];
        }
        const double to_scale = kappa * scale_bar / N;
        const double w_bar = a * on_e + to_scale * q;
        const double q_bar = to_scale * w - 0.5 * w - w_bar * w * spread;
        dynamics_bar[0] += on_G - on_identity;
        dynamics_bar[1] += w * on_e - on_G;
        dynamics_bar[2] += scale_bar * d->log_scale;
        dynamics_bar[3] += scale_bar * (w * q / N - 1.0);
        dynamics_bar[4] += w_bar * (q - N) * spread * spread;
        dynamics_bar[4] += 0.5 * ((nu + N) * q * spread / nu - log1p(q / nu));
        for (int i = 0; i < N; i++) {
            const double bar = 2.0 * a * w * e_bar[i] + 2.0 * q_bar * d->weighted[i];
            moved += bar * d->e[i];
            z_bar[t][i] = bar * shrink;
        }
        scale_bar = phi * scale_bar - N - moved;
        for (int i = 0; i < N; i++)
            for (int j = 0; j < N; j++)
                B[i][j] = (p - a) * B[i][j] - q_bar * d->weighted[i] * d->weighted[j]
                          - 0.5 * d->precision[i][j];
    }
    return total;
}
