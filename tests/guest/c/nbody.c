/* The planets for 500 steps, the spectral norm, and a Runge-Kutta pendulum; all doubles to their last bit. */
#include <math.h>
#include "tests/guest/guest.h"

#define YEAR  365.24
#define SOLAR (4 * M_PI * M_PI)

static struct body {
    double x[3], v[3], mass;
} sky[] = {
    {{0}, {0}, SOLAR},
    {{4.84143144246472090e+00, -1.16032004402742839e+00, -1.03622044471123109e-01},
     {1.66007664274403694e-03 * YEAR, 7.69901118419740425e-03 * YEAR, -6.90460016972063023e-05 * YEAR},
     9.54791938424326609e-04 * SOLAR},
    {{8.34336671824457987e+00, 4.12479856412430479e+00, -4.03523417114321381e-01},
     {-2.76742510726411236e-03 * YEAR, 4.99852801234917238e-03 * YEAR, 2.30417297573763929e-05 * YEAR},
     2.85885980666130812e-04 * SOLAR},
    {{1.28943695621391310e+01, -1.51111514016986312e+01, -2.23307578892655734e-01},
     {2.96460137564761618e-03 * YEAR, 2.37847173959480950e-03 * YEAR, -2.96589568540237556e-05 * YEAR},
     4.36624404335156298e-05 * SOLAR},
};
enum { BODIES = sizeof sky / sizeof *sky };

static void advance(double dt)
{
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            double d[3], square = 0;
            for (int k = 0; k < 3; k++)
                d[k] = sky[i].x[k] - sky[j].x[k], square += d[k] * d[k];
            double mag = dt / (square * sqrt(square));
            for (int k = 0; k < 3; k++) {
                sky[i].v[k] -= d[k] * sky[j].mass * mag;
                sky[j].v[k] += d[k] * sky[i].mass * mag;
            }
        }
    for (int i = 0; i < BODIES; i++)
        for (int k = 0; k < 3; k++)
            sky[i].x[k] += dt * sky[i].v[k];
}

static double energy(void)
{
    double e = 0;
    for (int i = 0; i < BODIES; i++) {
        for (int k = 0; k < 3; k++)
            e += 0.5 * sky[i].mass * sky[i].v[k] * sky[i].v[k];
        for (int j = i + 1; j < BODIES; j++) {
            double square = 0;
            for (int k = 0; k < 3; k++)
                square += (sky[i].x[k] - sky[j].x[k]) * (sky[i].x[k] - sky[j].x[k]);
            e -= sky[i].mass * sky[j].mass / sqrt(square);
        }
    }
    return e;
}

enum { N = 30 };

static void multiply(const double *v, double *out, int transposed)
{
    for (int i = 0; i < N; i++) {
        out[i] = 0;
        for (int j = 0; j < N; j++) {
            int a = transposed ? j : i, b = transposed ? i : j;
            out[i] += v[j] / ((a + b) * (a + b + 1) / 2 + a + 1);
        }
    }
}

static double spectral_norm(void)
{
    double u[N], v[N], t[N], uv = 0, vv = 0;
    for (int i = 0; i < N; i++)
        u[i] = 1;
    for (int i = 0; i < 6; i++) {
        multiply(u, t, 0), multiply(t, v, 1);
        multiply(v, t, 0), multiply(t, u, 1);
    }
    for (int i = 0; i < N; i++)
        uv += u[i] * v[i], vv += v[i] * v[i];
    return sqrt(uv / vv);
}

static double pendulum(void)
{
    double a = 1, w = 0, h = 0.01;
    for (int i = 0; i < 300; i++) {
        double k1 = w, l1 = -9.81 * sin(a), k2 = w + h / 2 * l1, l2 = -9.81 * sin(a + h / 2 * k1);
        double k3 = w + h / 2 * l2, l3 = -9.81 * sin(a + h / 2 * k2), k4 = w + h * l3,
               l4 = -9.81 * sin(a + h * k3);
        a += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4), w += h / 6 * (l1 + 2 * l2 + 2 * l3 + l4);
    }
    return a;
}

int main(void)
{
    printf("%a\n", energy());
    for (int i = 0; i < 500; i++) {
        advance(0.01);
        if (i % 100 == 99) printf("%a %a\n", energy(), sky[1].x[0]);
    }
    printf("%.9f %a\n", spectral_norm(), spectral_norm());
    printf("%.9f %a\n", pendulum(), pendulum());
    return 0;
}
