/* Hot data beside hot code: counters in the page of the code that counts, a heap that holds both, a generator
 * that appends functions to a page whose earlier ones run. */
#include "tests/guest/smc/code.h"

int main(void)
{
    char *page = code_pages(16);
    volatile uint32_t *counter = (void *)(page + 256);
    uint32_t sum = 0;
    put_function(page, 3);
    for (int i = 0; i < 30000; i++) {
        ++*counter;
        sum += call_function(page);
    }
    printf("a counter: %u %u\n", *counter, sum);
    /* inc dword [counter]; ret */
    unsigned char inc[] = {0xff, 0x05, 0, 0, 0, 0, 0xc3};
    memcpy(inc + 2, &(char *){page + 256}, 4);
    memcpy(page + 128, inc, sizeof inc);
    for (int i = 0; i < 30000; i++)
        ((void (*)(void))(page + 128))();
    printf("its own counter: %u\n", *counter);
    sum = 0;
    for (uint32_t i = 0; i < 600; i++) {
        put_function(page + 4096 + 8 * (i % 500), i);
        for (uint32_t k = 0; k < 8; k++)
            sum += call_function(page + 4096 + 8 * ((i > k ? i - k : 0) % 500));
    }
    printf("a generator: %u\n", sum);
    uint32_t *data = (void *)(page + 8192);
    put_function(page + 8192 + 2048, 9);
    sum = 0;
    for (int i = 0; i < 200; i++) {
        for (int k = 0; k < 256; k++)
            data[k] += k * i;
        sum += call_function(page + 8192 + 2048) + data[i];
    }
    printf("arrays: %u\n", sum);
    char *fresh = page + 3 * 4096;
    sum = 0;
    for (uint32_t k = 0; k < 64; k++)
        put_function(fresh + 16 * k, k);
    for (uint32_t k = 0; k < 63; k++) { /* the next one has not run yet, but its neighbours have */
        sum += call_function(fresh + 16 * k);
        put_function(fresh + 16 * (k + 1), 1000 + 2 * k);
    }
    printf("written before they ran: %u\n", sum);
    return 0;
}
