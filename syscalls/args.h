/* The kinds of arguments that table.def's rows are written with. */
#ifndef SYSCALLS_ARGS_H
#define SYSCALLS_ARGS_H

/* What an argument is; also how strace.c prints it. From A_TABLES on: a flag table of flags.def. */
enum arg_kind {
    A_END,
    A_INT,  /* decimal, signed */
    A_UINT, /* decimal, unsigned */
    A_HEX,
    A_OCT,        /* file modes */
    A_FD,         /* descriptor; reserved ones are hidden from the guest */
    A_DIRFD,      /* descriptor or AT_FDCWD */
    A_PTR,        /* address */
    A_STR,        /* address of a string */
    A_PATH,       /* likewise, a path */
    A_BUF,        /* address of bytes that the next argument counts */
    A_OUTBUF,     /* address of bytes that the result counts */
    A_OUTSTR,     /* address of a string that the call wrote */
    A_SIG,        /* signal number */
    A_ARGV,       /* address of an array of strings */
    A_TIMESPEC,   /* address of a 32-bit timespec */
    A_TIMESPEC64, /* address of a 64-bit timespec */
    A_FDS,        /* address of two descriptors that the call wrote */
    A_STATUS,     /* address of a wait status that the call wrote */
    A_SIGSET,     /* address of a signal set */
    A_IOCTL,      /* ioctl request */
    A_TABLES,
#define TABLE(name, kind) A_##name,
#define F(name, guest)
#define G(name, guest)
#define END
#include "syscalls/flags.def"
#undef TABLE
#undef F
#undef G
#undef END
};

/* An array of them. */
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

#endif
