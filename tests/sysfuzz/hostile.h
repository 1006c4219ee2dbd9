/* The hostile guest's parts: what is random (draw.c), calls that mean something (likely.c), calls that are
 * not made (spare.c). hostile.c makes them and counts what they gave. */
#ifndef TESTS_SYSFUZZ_HOSTILE_H
#define TESTS_SYSFUZZ_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "syscalls/args.h"

enum { PAGE = 4096, GROUND = 12 };

extern uint8_t *ground; /* pages of all sorts, see make_ground() */
extern pid_t self;
extern uint32_t nofile;

/* --- draw.c -------------------------------------------------------------------------------------------- */

void seed_random(uint64_t seed); /* of the calling thread */
uint32_t rnd(void);
uint32_t below(uint32_t n);

void make_ground(void); /* again, at the same place, if it was made before */
void open_some(void);   /* anew, if the calls before have closed them */

/* What open_some() opens. */
enum fd_kind {
    FD_FILE,
    FD_ZERO,
    FD_DIR,
    FD_PIPE_OUT,
    FD_PIPE_IN,
    FD_PIPE2_OUT,
    FD_PIPE2_IN,
    FD_DGRAM,
    FD_DGRAM2,
    FD_STREAM,
    FD_STREAM2,
    FD_UDP,
    FD_TCP,
    FD_NETLINK,
    FD_EVENT,
    FD_PTY,
    FD_TTY,
    FD_MEMFD,
    FD_EPOLL,
    FD_TIMER,
    FD_INOTIFY,
    FD_MEM,
    FD_SIGNAL,
    FD_QUEUE,
    FD_PID,
    FD_PROC,
    FD_LISTEN,
    FD_XATTR,
    FD_KINDS
};
extern int fds[FD_KINDS];

uint32_t odd_number(void);
uint32_t pointer(void);
uint32_t size(void);
uint32_t descriptor(void);
uint32_t text(void);
uint32_t words(void);
uint32_t argument(unsigned kind);

/* N bytes in the readable and writable pages, now and then ending where they do, or one too late. */
void *place(size_t n);
uint32_t put(const void *bytes, size_t n); /* a copy there */
uint32_t put_text(const char *s);

/* --- likely.c, spare.c --------------------------------------------------------------------------------- */

/* Arguments with which the call has something to do, if there are any for it; false: none. */
bool likely(unsigned nr, uint32_t a[6]);
/* A result that later calls may refer to. */
void likely_result(unsigned nr, const uint32_t a[6], long result);
/* false: not this call. It may change the arguments. */
bool spare(unsigned nr, uint32_t a[6]);

#endif
