/* The parts of likely.c. */
#ifndef TESTS_SYSFUZZ_LIKELY_H
#define TESTS_SYSFUZZ_LIKELY_H

#include "tests/sysfuzz/hostile.h"

uint32_t likely_space(size_t n);         /* so many zero bytes, as put() */
uint32_t likely_vector(uint32_t *count); /* of ranges: struct iovec */
uint32_t likely_soon(bool wide);         /* a timespec of 32 or 64 bits */
uint32_t likely_fd(void);                /* any that open_some() has opened */

#define WORDS(...) put((uint32_t[]){__VA_ARGS__}, sizeof(uint32_t[]){__VA_ARGS__})

/* task.c: times, memory, signals, processes. */
bool likely_task(unsigned nr, uint32_t a[6]);
void likely_task_result(unsigned nr, const uint32_t a[6], long result);

/* message.c: sockets, queues, System V IPC. */
bool likely_message(unsigned nr, uint32_t a[6]);
void likely_message_result(unsigned nr, const uint32_t a[6], long result);

#endif
