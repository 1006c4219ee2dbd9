/* The system-call table, made from table.def and nosys.def. */
#include "syscalls/table.h"

/* Each handler's prototype comes from its rows. */
#define CALL(nr, name, handler, result, args) long call_##handler(struct call *c);
#include "syscalls/table.def"
#undef CALL

const struct call_row call_rows[CALL_ROWS] = {
#define CALL(nr, name, handler, result, args) [nr] = {#name, NULL, false, call_##handler, result, args},
#define NOSYS(nr, name, reason)               [nr] = {#name, reason, false, NULL, DEC, A3(HEX, HEX, HEX)},
#define TOLD(nr, name, reason)                [nr] = {#name, reason, true, NULL, DEC, A3(HEX, HEX, HEX)},
#include "syscalls/nosys.def"
#include "syscalls/table.def"
#undef CALL
#undef NOSYS
#undef TOLD
};
