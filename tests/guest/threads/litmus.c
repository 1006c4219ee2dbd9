/* @seconds: 8
 * What x86's memory order forbids never happens: store buffering with fences, load buffering, message
 * passing, independent reads of independent writes, two writes each. With MILLIONS=1 ten million rounds of
 * each.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROUNDS = 3000, KINDS = 5, THREADS = 4, MANY_REPEATS = 3400 };

static struct {
    volatile int x, pad1[15], y, pad2[15];
} cell[ROUNDS];
static int r[THREADS][ROUNDS][2];
static pthread_barrier_t barrier;
static int kind, repeats = 1;

static void fence(void)
{
    __asm__ volatile("lock; orl $0, (%%esp)" : : : "memory");
}

static void act(int me, int i)
{
    volatile int *x = &cell[i].x, *y = &cell[i].y;
    switch (kind * 4 + me) {
    case 0: *x = 1, fence(), r[0][i][0] = *y; break; /* SB */
    case 1: *y = 1, fence(), r[1][i][0] = *x; break;
    case 4: r[0][i][0] = *x, *y = 1; break; /* LB */
    case 5: r[1][i][0] = *y, *x = 1; break;
    case 8: *x = 1, *y = 1; break; /* MP */
    case 9: r[1][i][0] = *y, r[1][i][1] = *x; break;
    case 12: *x = 1; break; /* IRIW */
    case 13: *y = 1; break;
    case 14: r[2][i][0] = *x, r[2][i][1] = *y; break;
    case 15: r[3][i][0] = *y, r[3][i][1] = *x; break;
    case 16: *x = 1, *y = 2; break; /* 2+2W */
    case 17: *y = 1, *x = 2; break;
    }
}

static int forbidden(int i)
{
    switch (kind) {
    case 0: return !r[0][i][0] && !r[1][i][0];
    case 1: return r[0][i][0] && r[1][i][0];
    case 2: return r[1][i][0] && !r[1][i][1];
    case 3: return r[2][i][0] && !r[2][i][1] && r[3][i][0] && !r[3][i][1];
    default: return cell[i].x == 1 && cell[i].y == 1;
    }
}

static int judge(void)
{
    int bad = 0;
    for (int i = 0; i < ROUNDS; i++) {
        bad += forbidden(i);
        cell[i].x = cell[i].y = 0;
    }
    return bad;
}

static void *run(void *arg)
{
    int me = (long)arg, bad = 0;
    for (int k = 0; k < KINDS * repeats; k++) {
        pthread_barrier_wait(&barrier);
        for (int i = 0; i < ROUNDS; i++)
            act(me, i);
        pthread_barrier_wait(&barrier);
        if (me) continue;
        bad += judge();
        if ((k + 1) % repeats) continue;
        printf("%s: %d\n", (const char *[]){"SB", "LB", "MP", "IRIW", "2+2W"}[kind], bad);
        kind++;
        bad = 0;
    }
    return NULL;
}

int main(void)
{
    pthread_t t[THREADS];
    if (getenv("MILLIONS")) repeats = MANY_REPEATS;
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (long i = 0; i < THREADS; i++)
        pthread_create(&t[i], NULL, run, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(t[i], NULL);
    return 0;
}
