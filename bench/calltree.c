/* Recursive calls: Fibonacci's numbers, Ackermann's function, Takeuchi's function and the queens of a small
 * board. calltree [ROUNDS]: every round computes each of them once and compares with the known results. */
#include "bench/report.h"

static __attribute__((noinline)) int fibonacci(int n)
{
    return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

static __attribute__((noinline)) int ackermann(int m, int n)
{
    if (m == 0) return n + 1;
    return ackermann(m - 1, n == 0 ? 1 : ackermann(m, n - 1));
}

static __attribute__((noinline)) int takeuchi(int x, int y, int z)
{
    if (y >= x) return z;
    return takeuchi(takeuchi(x - 1, y, z), takeuchi(y - 1, z, x), takeuchi(z - 1, x, y));
}

/* Ways to place queens in the rows that are left: taken columns and diagonals are bits. */
static __attribute__((noinline)) int queens(unsigned all, unsigned columns, unsigned left, unsigned right)
{
    unsigned open = all & ~(columns | left | right);
    int ways = columns == all;

    for (; open != 0; open &= open - 1) {
        unsigned queen = open & -open;

        ways += queens(all, columns | queen, (left | queen) << 1, (right | queen) >> 1);
    }
    return ways;
}

int main(int argc, char **argv)
{
    long rounds = iterations(argc, argv, 500);
    int wrong = 0, fib = 0, ack = 0, tak = 0, ways = 0;
    double start = seconds();

    for (long round = 0; round < rounds; round++) {
        fib = fibonacci(18);
        ack = ackermann(2, 40);
        tak = takeuchi(10, 6, 2);
        ways = queens(0x7f, 0, 0, 0);
        wrong += (fib != 2584) + (ack != 83) + (tak != 3) + (ways != 40);
    }
    double spent = seconds() - start;

    printf("Recursive calls, %ld rounds\nfibonacci %d, ackermann %d, takeuchi %d, queens %d\n", rounds, fib,
           ack, tak, ways);
    return finish(spent, (double)rounds, "rounds", wrong);
}
