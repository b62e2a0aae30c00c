/* The filter of models/likelihoods/kalman and its gradient by hand, as a floor for speed.

The same algorithm for less: all cells are observed, so that the exact dates come first
and one steady stretch follows; the weights of the dates are one; one row of input to
the states holds at all dates. N and K are defined by the command line of the compiler.
*/

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEADY 1e-9
#define FORGOTTEN 1e-8
#define X (K + N)

typedef double square[K][K];

struct gradient {
    double Z[N][K], phi[K], q[K], h[N], m1[K], p1[K], c[K];
};

static double size_of_gram(square A, square squared)
{
    double size = 0.0;
    for (int k = 0; k < K; k++)
        for (int j = 0; j < K; j++) {
            double product = 0.0, gram = 0.0;
            for (int m = 0; m < K; m++) {
                product += A[k][m] * A[m][j];
                gram += A[m][k] * A[m][j];
            }
            squared[k][j] = product;
            size = fmax(size, fabs(gram));
        }
    return size;
}

static long dates_to_forget(square A, long limit)
{
    square powers[2];
    int now = 0;
    long n = 1;
    double before = 1.0;
    memcpy(powers[0], A, sizeof(square));
    double size = size_of_gram(powers[0], powers[1]);
    while (n < limit && size > FORGOTTEN) {
        now = 1 - now;
        n *= 2;
        before = size;
        size = size_of_gram(powers[now], powers[1 - now]);
    }
    if (size > FORGOTTEN || n == 1)
        return n < limit ? n : limit;
    double share = log(before / FORGOTTEN) / log(before / size);
    long dates = (long)ceil(0.5 * n * (1.0 + share));
    return dates < limit ? dates : limit;
}

static void lyapunov(square A, square sum)
{
    square power, half, squared;
    memcpy(power, A, sizeof(square));
    for (;;) {
        double largest = 0.0;
        for (int k = 0; k < K; k++)
            for (int j = 0; j < K; j++)
                largest = fmax(largest, fabs(power[k][j]));
        if (largest <= FORGOTTEN)
            return;
        for (int k = 0; k < K; k++)
            for (int j = 0; j < K; j++) {
                double of_sum = 0.0, of_power = 0.0;
                for (int m = 0; m < K; m++) {
                    of_sum += sum[k][m] * power[m][j];
                    of_power += power[k][m] * power[m][j];
                }
                half[k][j] = of_sum;
                squared[k][j] = of_power;
            }
        for (int k = 0; k < K; k++)
            for (int j = 0; j < K; j++) {
                double change = 0.0;
                for (int m = 0; m < K; m++)
                    change += power[m][k] * half[m][j];
                sum[k][j] += change;
            }
        memcpy(power, squared, sizeof(square));
    }
}

/* Cotangent of the next predicted mean through one date. */
static void mean_date(const double *mean, const double *v, const double (*G)[K],
                      const double *F, const double (*Z)[K], const double *phi,
                      double *a_bar, double (*gain_bar)[K], double *variance_bar,
                      double *d_bar, struct gradient *sums)
{
    double a[N + 1][K];
    for (int k = 0; k < K; k++)
        a[0][k] = mean[k];
    for (int i = 0; i < N; i++)
        for (int k = 0; k < K; k++)
            a[i + 1][k] = a[i][k] + G[i][k] * v[i];
    for (int k = 0; k < K; k++) {
        sums->phi[k] += a_bar[k] * a[N][k];
        a_bar[k] *= phi[k];
    }
    for (int i = N - 1; i >= 0; i--) {
        double precision = 1.0 / F[i], v_bar = -v[i] * precision;
        variance_bar[i] = 0.5 * (v[i] * v[i] * precision - 1.0) * precision;
        for (int k = 0; k < K; k++) {
            v_bar += G[i][k] * a_bar[k];
            gain_bar[i][k] = a_bar[k] * v[i];
        }
        for (int k = 0; k < K; k++) {
            sums->Z[i][k] -= v_bar * a[i][k];
            a_bar[k] -= v_bar * Z[i][k];
        }
        d_bar[i] = -v_bar;
    }
}

/* Cotangent of the next covariance through one date. */
static void covariance_date(const double *P_before, const double *F,
                            const double (*G)[K], const double (*gain_bar)[K],
                            const double *variance_bar, const double (*Z)[K],
                            const double *phi, square bar, struct gradient *sums)
{
    double P[N + 1][K][K], M_bar[K];
    memcpy(P[0], P_before, sizeof(square));
    for (int i = 0; i < N; i++)
        for (int k = 0; k < K; k++)
            for (int j = 0; j < K; j++)
                P[i + 1][k][j] = P[i][k][j] - F[i] * G[i][k] * G[i][j];
    for (int k = 0; k < K; k++) {
        double sum = 0.0;
        for (int j = 0; j < K; j++)
            sum += bar[k][j] * phi[j] * P[N][k][j];
        sums->q[k] += bar[k][k];
        sums->phi[k] += 2.0 * sum;
    }
    for (int k = 0; k < K; k++)
        for (int j = 0; j < K; j++)
            bar[k][j] *= phi[k] * phi[j];
    for (int i = N - 1; i >= 0; i--) {
        double precision = 1.0 / F[i], F_bar = variance_bar[i];
        for (int k = 0; k < K; k++) {
            double moved = 0.0, direct = gain_bar[i][k] * precision;
            for (int j = 0; j < K; j++)
                moved += bar[k][j] * G[i][j];
            F_bar += (moved - direct) * G[i][k];
            M_bar[k] = direct - 2.0 * moved;
        }
        sums->h[i] += F_bar;
        for (int k = 0; k < K; k++)
            M_bar[k] += F_bar * Z[i][k];
        for (int k = 0; k < K; k++) {
            double sum = F_bar * F[i] * G[i][k];
            for (int j = 0; j < K; j++) {
                sum += P[i][k][j] * M_bar[j];
                bar[k][j] += 0.5 * (M_bar[k] * Z[i][j] + Z[i][k] * M_bar[j]);
            }
            sums->Z[i][k] += sum;
        }
    }
}

/* Steady dates first, ..., last, of which `shared` has the moments. */
static void stretch(long first, long last, const double (*mean)[K],
                    const double (*innovation)[N], const double *P,
                    const double (*G)[K], const double *F, const double (*Z)[K],
                    const double *phi, double *mean_bar, square P_bar,
                    double (*d_bar)[N], struct gradient *sums)
{
    double to_y[N][X] = {0}, to_mean[N + 1][K][X] = {0}, S[X][X] = {0};
    for (int k = 0; k < K; k++)
        to_mean[N][k][k] = phi[k];
    for (int i = N - 1; i >= 0; i--) {
        to_y[i][K + i] = -1.0 / F[i];
        for (int k = 0; k < K; k++)
            for (int x = 0; x < X; x++)
                to_y[i][x] += G[i][k] * to_mean[i + 1][k][x];
        for (int k = 0; k < K; k++)
            for (int x = 0; x < X; x++)
                to_mean[i][k][x] = to_mean[i + 1][k][x] - Z[i][k] * to_y[i][x];
    }
    square A;
    for (int k = 0; k < K; k++)
        for (int j = 0; j < K; j++)
            A[k][j] = to_mean[0][j][k];
    double to_mean_T[X][K], to_y_T[X][N];
    for (int x = 0; x < X; x++) {
        for (int k = 0; k < K; k++)
            to_mean_T[x][k] = to_mean[0][k][x];
        for (int i = 0; i < N; i++)
            to_y_T[x][i] = to_y[i][x];
    }
    long head = first + dates_to_forget(A, last - first + 1);
    double b[X], w[X], before[K], c_sum[K] = {0};
    memcpy(b, mean_bar, sizeof(before));
    for (long t = last; t >= head; t--) {
        memcpy(w, mean[t], sizeof(before));
        memcpy(w + K, innovation[t], N * sizeof(double));
        memcpy(b + K, innovation[t], N * sizeof(double));
        for (int x = 0; x < X; x++)
            for (int y = 0; y < X; y++)
                S[x][y] += b[x] * w[y];
        double y_bar[N] = {0};
        memset(before, 0, sizeof(before));
        for (int x = X - 1; x >= 0; x--) {
            for (int i = 0; i < N; i++)
                y_bar[i] += to_y_T[x][i] * b[x];
            for (int k = 0; k < K; k++)
                before[k] += to_mean_T[x][k] * b[x];
        }
        for (int i = 0; i < N; i++)
            d_bar[t][i] = -y_bar[i];
        memcpy(b, before, sizeof(before));
        for (int k = 0; k < K; k++)
            c_sum[k] += b[k];
    }
    memcpy(mean_bar, b, sizeof(before));
    double total = last - head + 1, gain_bar[N][K] = {0}, variance_bar[N];
    double stage[K][X] = {0};
    for (int k = 0; k < K; k++)
        stage[k][k] = 1.0;
    for (int i = 0; i < N; i++) {
        for (int y = 0; y < X; y++) {
            double sum = 0.0;
            for (int x = 0; x < X; x++)
                sum += to_y[i][x] * S[x][y];
            for (int k = 0; k < K; k++)
                sums->Z[i][k] -= sum * stage[k][y];
        }
        for (int k = 0; k < K; k++) {
            for (int x = 0; x < X; x++)
                gain_bar[i][k] += to_mean[i + 1][k][x] * S[x][K + i];
            stage[k][K + i] = G[i][k];
        }
        variance_bar[i] = 0.5 * (S[K + i][K + i] / F[i] - total) / F[i];
    }
    for (int k = 0; k < K; k++)
        for (int y = 0; y < X; y++)
            sums->phi[k] += S[k][y] * stage[k][y];
    struct gradient unused = {0};
    square reached = {{0}}, sum = {{0}};
    for (long t = head - 1; t >= first; t--) {
        double of_gain[N][K], of_variance[N];
        mean_date(mean[t], innovation[t], G, F, Z, phi, mean_bar, of_gain, of_variance,
                  d_bar[t], sums);
        covariance_date(P, F, G, of_gain, of_variance, Z, phi, reached, &unused);
        for (int i = 0; i < N; i++) {
            variance_bar[i] += of_variance[i];
            for (int k = 0; k < K; k++)
                gain_bar[i][k] += of_gain[i][k];
        }
        for (int k = 0; k < K; k++)
            c_sum[k] += mean_bar[k];
    }
    for (int k = 0; k < K; k++)
        sums->c[k] += c_sum[k];
    covariance_date(P, F, G, gain_bar, variance_bar, Z, phi, sum, &unused);
    for (int k = 0; k < K; k++)
        for (int j = 0; j < K; j++) {
            sum[k][j] += P_bar[k][j] - reached[k][j];
            P_bar[k][j] = reached[k][j];
        }
    lyapunov(A, sum);
    covariance_date(P, F, G, gain_bar, variance_bar, Z, phi, sum, sums);
}

/* Filter; return the number of exact dates. `work` is one array cut into several. */
static long forward(long T, const double (*y)[N], const double (*Z)[K],
                    const double *phi, const double *q, const double *h,
                    const double *m1, const double *p1, const double *c,
                    const double (*d)[N], double (*mean)[K], double (*innovation)[N],
                    double (*covariance)[K][K], double (*gain)[N][K],
                    double (*variance)[N], double *total)
{
    double a[K], P[K][K] = {{0}}, M[K], density = 0.0;
    int is_steady = 0;
    long t = 0;
    for (int k = 0; k < K; k++) {
        a[k] = m1[k];
        P[k][k] = p1[k];
    }
    for (; t < T && !is_steady; t++) {
        double determinant = 1.0;
        memcpy(mean[t], a, sizeof(a));
        memcpy(covariance[t], P, sizeof(P));
        for (int i = 0; i < N; i++) {
            double v = y[t][i] - d[t][i], F = h[i];
            for (int k = 0; k < K; k++) {
                M[k] = 0.0;
                for (int j = 0; j < K; j++)
                    M[k] += P[k][j] * Z[i][j];
                F += Z[i][k] * M[k];
                v -= Z[i][k] * a[k];
            }
            if (!(F > 0.0 && F < INFINITY))
                return -1;
            double precision = 1.0 / F;
            innovation[t][i] = v;
            variance[t][i] = F;
            determinant *= 2 * M_PI * F;
            density -= 0.5 * v * v * precision;
            for (int k = 0; k < K; k++) {
                double scaled = M[k] * precision;
                gain[t][i][k] = scaled;
                a[k] += scaled * v;
                for (int j = 0; j < K; j++)
                    P[k][j] -= scaled * M[j];
            }
        }
        density -= 0.5 * log(determinant);
        is_steady = 1;
        for (int k = 0; k < K; k++) {
            a[k] = phi[k] * a[k] + c[k];
            for (int j = 0; j < K; j++)
                P[k][j] *= phi[k] * phi[j];
            P[k][k] += q[k];
        }
        for (int k = 0; k < K; k++)
            for (int j = 0; j <= k; j++) {
                double change = P[k][j] - covariance[t][k][j];
                is_steady &= change * change <= STEADY * STEADY * P[k][k] * P[j][j];
            }
    }
    double V[N][K] = {{0}}, W[N][N] = {{0}}, A[K][K] = {{0}}, B[K][N] = {{0}};
    double precision[N], constant = 0.0;
    for (int k = 0; k < K; k++)
        A[k][k] = 1.0;
    for (int i = 0; i < N; i++) {
        precision[i] = 0.5 / variance[t - 1][i];
        constant -= 0.5 * log(2 * M_PI * variance[t - 1][i]);
        W[i][i] = 1.0;
        for (int k = 0; k < K; k++) {
            for (int j = 0; j < K; j++)
                V[i][j] -= Z[i][k] * A[k][j];
            for (int j = 0; j < i; j++)
                W[i][j] -= Z[i][k] * B[k][j];
        }
        for (int k = 0; k < K; k++) {
            for (int j = 0; j < K; j++)
                A[k][j] += gain[t - 1][i][k] * V[i][j];
            for (int j = 0; j <= i; j++)
                B[k][j] += gain[t - 1][i][k] * W[i][j];
        }
    }
    /* Columns side by side, so that a product is sums of vectors. */
    double on_mean[K][X], on_data[N][X];
    for (int j = 0; j < K; j++) {
        for (int k = 0; k < K; k++)
            on_mean[j][k] = phi[k] * A[k][j];
        for (int i = 0; i < N; i++)
            on_mean[j][K + i] = V[i][j];
    }
    for (int j = 0; j < N; j++) {
        for (int k = 0; k < K; k++)
            on_data[j][k] = phi[k] * B[k][j];
        for (int i = 0; i < N; i++)
            on_data[j][K + i] = W[i][j];
    }
    long exact = t;
    for (; t < T; t++) {
        double next[X];
        memcpy(mean[t], a, sizeof(a));
        for (int k = 0; k < K; k++)
            next[k] = c[k];
        for (int i = 0; i < N; i++)
            next[K + i] = 0.0;
        for (int j = 0; j < N; j++) {
            double e = y[t][j] - d[t][j];
            for (int x = 0; x < X; x++)
                next[x] += on_data[j][x] * e;
        }
        for (int j = 0; j < K; j++)
            for (int x = 0; x < X; x++)
                next[x] += on_mean[j][x] * a[j];
        memcpy(a, next, sizeof(a));
        density += constant;
        for (int i = 0; i < N; i++) {
            innovation[t][i] = next[K + i];
            density -= precision[i] * next[K + i] * next[K + i];
        }
    }
    *total = density;
    return exact;
}

/* Log likelihood and its gradient; `work` holds T * (K + N + K * K + N * K + N). */
double value_and_gradient(long T, const double (*y)[N], const double (*Z)[K],
                          const double *phi, const double *q, const double *h,
                          const double *m1, const double *p1, const double *c,
                          const double (*d)[N], double *work,
                          struct gradient *gradient, double (*d_bar)[N])
{
    double (*mean)[K] = (void *)work;
    double (*innovation)[N] = (void *)(mean + T);
    double (*covariance)[K][K] = (void *)(innovation + T);
    double (*gain)[N][K] = (void *)(covariance + T);
    double (*variance)[N] = (void *)(gain + T);
    double mean_bar[K] = {0}, P_bar[K][K] = {{0}}, total;
    memset(gradient, 0, sizeof(*gradient));
    long exact = forward(T, y, Z, phi, q, h, m1, p1, c, d, mean, innovation, covariance,
                         gain, variance, &total);
    if (exact < 0)
        return -INFINITY;
    long s = exact - 1;
    if (exact < T)
        stretch(exact, T - 1, mean, innovation, covariance[s][0], gain[s], variance[s],
                Z, phi, mean_bar, P_bar, d_bar, gradient);
    for (long t = s; t >= 0; t--) {
        double gain_bar[N][K], variance_bar[N];
        mean_date(mean[t], innovation[t], gain[t], variance[t], Z, phi, mean_bar,
                  gain_bar, variance_bar, d_bar[t], gradient);
        covariance_date(covariance[t][0], variance[t], gain[t], gain_bar, variance_bar,
                        Z, phi, P_bar, gradient);
        /* The first state has no input. */
        for (int k = 0; t > 0 && k < K; k++)
            gradient->c[k] += mean_bar[k];
    }
    memcpy(gradient->m1, mean_bar, sizeof(mean_bar));
    for (int k = 0; k < K; k++)
        gradient->p1[k] = P_bar[k][k];
    return total;
}
