/* A debugger: -g serves GDB's remote protocol. What the guest's threads call lives in gdb_guest.c, the
 * debugger's own thread in gdb.c. Without -g vm->gdb is NULL and nothing of this is called. */
#ifndef TIER_GDB_H
#define TIER_GDB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interp/cpu.h"
#include "syscalls/syscalls.h"

struct vm;
struct vthread;
struct ending;

/* What a thread is to do when the guest goes on. */
enum gdb_order { GDB_GO, GDB_STEP, GDB_STAY };

enum gdb_why {
    GDB_NOTHING,
    GDB_BREAK,
    GDB_STEPPED,
    GDB_TRIPPED,
    GDB_SIGNAL,
    GDB_CALLS, /* a system call, and its end */
    GDB_CALLED,
    GDB_ASKED,
    GDB_ALONE,
};

/* Why a thread stopped. */
struct gdb_stop {
    enum gdb_why why;
    int signo;      /* the guest's number */
    gaddr tripped;  /* the first watched byte */
    uint32_t call;  /* the system call's number */
    unsigned point; /* GDB_TRIPPED: the watchpoint's type, '2', '3' or '4' */
};

/* A guest thread's part; in struct vthread. Changed with the turn. */
struct gdb_thread {
    struct vthread *next;
    uint32_t tid;
    enum gdb_order order;
    gaddr step_from, step_to;     /* a step goes on while eip is in there */
    bool stepped;                 /* it has run an instruction since it was told to step */
    int send;                     /* a signal that it is to get before it goes on; 0: none */
    int sent;                     /* that one is on its way: not to be asked about */
    int answer;                   /* of a thread that was stopped by a signal: what it gets */
    uint8_t siginfo[SYS_SIGINFO]; /* of that signal */
    bool calling;                 /* it has stopped for a system call, and is to do so when that has ended */
    uint32_t call;
    struct gdb_stop stop; /* not yet told, or told last */
    bool waiting;         /* it has stopped, which is not told yet */
    bool asleep;          /* it is stopped; else it will be when it comes back from a host call */
};

/* Waits for a debugger at what -g PORT or -g SOCKET names, before any host handler is installed: a signal
 * ends tierrun as it does any process. true also without -g. */
bool gdb_new(struct vm *vm, char *why, size_t size);
/* The first thread stops before its first instruction. */
bool gdb_start(struct vm *vm, const char *program, char *why, size_t size);

/* In place of `run`, a tier. */
enum exit_reason gdb_run(struct vthread *v, enum exit_reason (*run)(struct vthread *v));
/* In a new thread, which has its turn; and at the end of any. */
void gdb_thread_begins(struct vthread *v);
void gdb_thread_ends(struct vthread *v);
/* The guest has ended; returns when the debugger knows. */
void gdb_ends(struct vthread *v, const struct ending *end);

/* Is a signal with that default action to be caught, so that the debugger hears of it first? */
bool gdb_wants_signal(int host_signo);

#endif
