/* Tables of flag bits and of enumerated values: one row gives the guest's number, the host's and the name
 * that --strace prints. The lists are in flags.def. */
#ifndef SYSCALLS_FLAGS_H
#define SYSCALLS_FLAGS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum flag_table {
#define TABLE(name, kind) FT_##name,
#define END
#define F(name, guest)
#define G(name, guest)
#include "syscalls/flags.def"
#undef TABLE
#undef END
#undef F
#undef G
    FLAG_TABLES
};

/* Bits that a table does not name are dropped; flags_known() tells. */
uint32_t flags_to_host(enum flag_table t, uint32_t guest);
uint32_t flags_to_guest(enum flag_table t, uint32_t host);
bool flags_known(enum flag_table t, uint32_t guest);

/* Enumerated values: -1 if the table does not have it. */
int value_to_host(enum flag_table t, uint32_t guest);
int value_to_guest(enum flag_table t, uint32_t host);

/* Prints as strace(1): NAME|NAME|0x40, or the one NAME. */
void flags_print(enum flag_table t, uint32_t guest, FILE *out);

#endif
