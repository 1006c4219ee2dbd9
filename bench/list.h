/* Work on singly linked lists of any struct with a member `next`. */
#ifndef BENCH_LIST_H
#define BENCH_LIST_H

#include <stddef.h>

/* struct item *reverse(struct item *list) */
#define DEFINE_REVERSE(item)                                                 \
    static __attribute__((noinline)) struct item *reverse(struct item *list) \
    {                                                                        \
        struct item *done = NULL;                                            \
        while (list != NULL) {                                               \
            struct item *next = list->next;                                  \
            list->next = done;                                               \
            done = list;                                                     \
            list = next;                                                     \
        }                                                                    \
        return done;                                                         \
    }

#endif
