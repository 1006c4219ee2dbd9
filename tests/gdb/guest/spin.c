/* It never ends by itself. */
#include <pthread.h>
#include <unistd.h>

volatile int turns;

static void *thread(void *arg)
{
    for (;;)
        usleep(100);
    return arg;
}

int main(void)
{
    pthread_t t;
    pthread_create(&t, NULL, thread, NULL);
    for (;;)
        turns++;
}
