/* What the JIT's unit tests count with. A program's last line is the lane's. */
#ifndef TESTS_JIT_CHECK_H
#define TESTS_JIT_CHECK_H

#include <stdbool.h>
#include <stdio.h>

struct tally {
    int passed, failed;
};

static inline void check(struct tally *t, const char *sentence, bool holds)
{
    if (holds) {
        t->passed++;
    } else {
        t->failed++;
        printf("FAILED: %s\n", sentence);
    }
}

static inline int report(const struct tally *t)
{
    printf("%d passed, %d failed\n", t->passed, t->failed);
    return t->failed != 0;
}

#endif
