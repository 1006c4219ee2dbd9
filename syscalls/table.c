/* The system-call table, made from table.def and nosys.def. */
#include "syscalls/table.h"

/* Each handler's prototype comes from its rows. */
#define CALL(nr, name, handler, result, args) long call_##handler(struct call *c);
#include "syscalls/table.def"
#undef CALL

#define A0() \
    {        \
        0    \
    }
#define A1(a) \
    {         \
        A_##a \
    }
#define A2(a, b)     \
    {                \
        A_##a, A_##b \
    }
#define A3(a, b, c)         \
    {                       \
        A_##a, A_##b, A_##c \
    }
#define A4(a, b, c, d)             \
    {                              \
        A_##a, A_##b, A_##c, A_##d \
    }
#define A5(a, b, c, d, e)                 \
    {                                     \
        A_##a, A_##b, A_##c, A_##d, A_##e \
    }
#define A6(a, b, c, d, e, f)                     \
    {                                            \
        A_##a, A_##b, A_##c, A_##d, A_##e, A_##f \
    }

const struct call_row call_rows[CALL_ROWS] = {
#define CALL(nr, name, handler, result, args) [nr] = {#name, NULL, call_##handler, result, args},
#define NOSYS(nr, name, reason)               [nr] = {#name, reason, NULL, DEC, A3(HEX, HEX, HEX)},
#include "syscalls/nosys.def"
#include "syscalls/table.def"
#undef CALL
#undef NOSYS
};
