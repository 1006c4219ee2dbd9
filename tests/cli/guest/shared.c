/* Two threads that count under a lock, one of them beside it as well. */
#include <pthread.h>
#include <stdio.h>

enum { ROUNDS = 3000 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile unsigned counted, beside;

static void *count(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&lock);
        counted++;
        pthread_mutex_unlock(&lock);
        if (arg) beside++;
    }
    return NULL;
}

int main(void)
{
    pthread_t t;
    if (pthread_create(&t, NULL, count, &t)) return 99;
    count(NULL);
    pthread_join(t, NULL);
    printf("counted %u, %u beside\n", counted, beside);
    return 0;
}
