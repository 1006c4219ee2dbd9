/* One row a system call: what dispatches it and how --strace prints it. The rows are table.def. */
#ifndef SYSCALLS_TABLE_H
#define SYSCALLS_TABLE_H

#include "syscalls/args.h"
#include "syscalls/sys.h"

enum result_kind { DEC, HEX, OCT };

struct call_row {
    const char *name;
    const char *reason;         /* why tierrun lacks it */
    bool told;                  /* the user hears of it */
    long (*fn)(struct call *c); /* NULL: tierrun lacks it */
    uint8_t result;
    uint8_t arg[6];
};

enum { CALL_ROWS = 453 };
extern const struct call_row call_rows[CALL_ROWS];

#endif
