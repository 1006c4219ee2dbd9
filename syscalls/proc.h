/* Files of /proc and /sys that must tell of the guest, not of tierrun. */
#ifndef SYSCALLS_PROC_H
#define SYSCALLS_PROC_H

#include <stdio.h>

#include "syscalls/sys.h"

enum { PROC_NOT_OURS = -2 };

/* If `path` is such a file: a descriptor with the guest's text, or -1 with errno. Else PROC_NOT_OURS. */
int proc_open(struct call *c, const char *path, int host_flags);
/* The same for what the host has opened, however it was called; that is closed then. */
int proc_opened(struct call *c, int fd, int host_flags);

/* What PATH seen from the directory `dir` is, beyond a file like any other. */
enum proc_kind { PROC_PLAIN, PROC_EXE, PROC_HIDDEN_FD };
enum proc_kind proc_kind(struct call *c, int dir, const char *path);
/* Is `dir` a folder of a guest's descriptors? Then tierrun's own are not shown in it. */
bool proc_lists_fds(int dir);

/* A link's text as the guest sees it: descriptors of our texts are the files they stand for. The new length.
 */
size_t proc_link_text(char *text, size_t n);

/* --- procself.c, proccpu.c: the texts ------------------------------------------------------------------- */

/* The file that is asked for: `leaf` follows /proc/PID/; `host` is where the host has its own. */
struct proc_file {
    const char *leaf;
    char host[64];
    const struct sys *thread; /* whose */
};

typedef void proc_writer(struct call *c, const struct proc_file *f, FILE *out);
/* NULL: the host's is good enough. proc_none for what the guest does not have. */
proc_writer *proc_self_writer(const char *leaf);
proc_writer proc_none, proc_memory, proc_cpuinfo, proc_cpu_alias, proc_cpu_event;

/* --- procmem.c: /proc/self/mem -------------------------------------------------------------------------- */

extern const char proc_prefix[]; /* of the names of descriptors with such a text */
/* Is it one of /proc/PID/mem? */
bool procmem_is(struct call *c, int fd);
/* Reads or writes guest memory at the descriptor's position, or at *at. The count, or a negative errno. */
long procmem_move(struct call *c, int fd, const struct xfer *x, const int64_t *at);

#endif
