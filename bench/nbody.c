/* Bodies that attract each other: a heavy one in the middle and four that go round it, in steps of the
 * leapfrog method. nbody [ROUNDS]: 100 steps a round. Energy, momentum and angular momentum must stay what
 * they were. */
#include <math.h>

#include "bench/report.h"

enum { BODIES = 5, STEPS = 100 };

struct body {
    double at[3], speed[3], mass;
};

static const double step = 0.001;

/* Circles of radius 1, 2, 3 and 4 about the first, each tilted more than the one before; no momentum in all.
 */
static void place(struct body body[BODIES])
{
    body[0] = (struct body){{0}, {0}, 1.0};
    for (int i = 1; i < BODIES; i++) {
        double speed = sqrt(1.0 / i), tilt = 0.1 * i;

        body[i] = (struct body){{i, 0, 0}, {0, speed * cos(tilt), speed * sin(tilt)}, 0.0003 * i};
    }
    for (int i = 1; i < BODIES; i++)
        for (int d = 0; d < 3; d++)
            body[0].speed[d] -= body[i].speed[d] * body[i].mass;
}

static double distance_squared(const struct body *a, const struct body *b, double between[3])
{
    double sum = 0.0;

    for (int d = 0; d < 3; d++) {
        between[d] = a->at[d] - b->at[d];
        sum += between[d] * between[d];
    }
    return sum;
}

static __attribute__((noinline)) void attract(struct body body[BODIES], double time)
{
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            double between[3], square = distance_squared(&body[i], &body[j], between);
            double pull = time / (square * sqrt(square));

            for (int d = 0; d < 3; d++) {
                body[i].speed[d] -= between[d] * body[j].mass * pull;
                body[j].speed[d] += between[d] * body[i].mass * pull;
            }
        }
}

static void move(struct body body[BODIES], double time)
{
    for (int i = 0; i < BODIES; i++)
        for (int d = 0; d < 3; d++)
            body[i].at[d] += time * body[i].speed[d];
}

static double energy(const struct body body[BODIES])
{
    double sum = 0.0, between[3];

    for (int i = 0; i < BODIES; i++) {
        for (int d = 0; d < 3; d++)
            sum += 0.5 * body[i].mass * body[i].speed[d] * body[i].speed[d];
        for (int j = i + 1; j < BODIES; j++)
            sum -= body[i].mass * body[j].mass / sqrt(distance_squared(&body[i], &body[j], between));
    }
    return sum;
}

/* In the plane of the coordinates d and e. */
static double angular(const struct body body[BODIES], int d, int e)
{
    double sum = 0.0;

    for (int i = 0; i < BODIES; i++)
        sum += body[i].mass * (body[i].at[d] * body[i].speed[e] - body[i].at[e] * body[i].speed[d]);
    return sum;
}

static int check(const struct body body[BODIES], const struct body first[BODIES])
{
    int wrong = !(fabs(energy(body) / energy(first) - 1.0) < 1e-5);

    for (int d = 0; d < 3; d++) {
        double momentum = 0.0;
        int e = (d + 1) % 3;

        for (int i = 0; i < BODIES; i++)
            momentum += body[i].mass * body[i].speed[d];
        wrong += !(fabs(momentum) < 1e-12) + !(fabs(angular(body, d, e) - angular(first, d, e)) < 1e-11);
    }
    return wrong;
}

int main(int argc, char **argv)
{
    static struct body body[BODIES], first[BODIES];
    long rounds = iterations(argc, argv, 4000);

    place(body);
    place(first);
    double start = seconds();

    for (long i = 0; i < rounds * STEPS; i++) {
        move(body, step / 2);
        attract(body, step);
        move(body, step / 2);
    }
    double spent = seconds() - start;

    printf("%d bodies, %ld rounds\nenergy %.12f, innermost at %.9f %.9f %.9f\n", BODIES, rounds, energy(body),
           body[1].at[0], body[1].at[1], body[1].at[2]);
    return finish(spent, (double)rounds, "rounds", check(body, first));
}
