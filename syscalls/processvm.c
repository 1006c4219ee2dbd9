/* process_vm_readv, process_vm_writev and process_madvise, for ranges of the guest's own memory: the memory
 * of another process cannot be addressed from here, which EPERM says, as for a process of another user. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "syscalls/sys.h"

enum { MAX_VEC = 1024 /* UIO_MAXIOV */ };

/* A position in a vector of ranges. */
struct cursor {
    struct guest_iovec v[MAX_VEC];
    uint32_t n, at;
};

static long get_vector(struct call *c, gaddr a, uint32_t n, struct cursor *out)
{
    if (n > MAX_VEC) return -G_EINVAL;
    if (mm_read(c->mm, a, out->v, n * sizeof *out->v)) return -G_EFAULT;
    for (uint32_t i = 0; i < n; i++)
        if ((int32_t)out->v[i].len < 0) return -G_EINVAL;
    out->n = n;
    out->at = 0;
    return 0;
}

/* Bytes that follow without a break in range or page; 0: the end. */
static uint32_t run_of(struct cursor *k)
{
    while (k->at < k->n && k->v[k->at].len == 0)
        k->at++;
    if (k->at == k->n) return 0;
    uint32_t in_page = GPAGE - (k->v[k->at].base & (GPAGE - 1)), len = k->v[k->at].len;
    return len < in_page ? len : in_page;
}

static void advance(struct cursor *k, uint32_t n)
{
    k->v[k->at].base += n;
    k->v[k->at].len -= n;
}

static long copy_all(struct call *c, struct cursor *from, struct cursor *to)
{
    uint8_t bytes[GPAGE];
    long done = 0;
    for (;;) {
        uint32_t n = run_of(from), room = run_of(to);
        if (room < n) n = room;
        if (n == 0) return done;
        if (mm_read(c->mm, from->v[from->at].base, bytes, n) || mm_write(c->mm, to->v[to->at].base, bytes, n))
            return done ? done : -G_EFAULT;
        advance(from, n);
        advance(to, n);
        done += n;
    }
}

static long transfer(struct call *c, bool to_remote)
{
    struct cursor local, remote;
    if (c->arg[5]) return -G_EINVAL; /* no flags are defined */
    long e = get_vector(c, c->arg[1], c->arg[2], &local);
    if (e || run_of(&local) == 0) return e;
    e = get_vector(c, c->arg[3], c->arg[4], &remote);
    if (e) return e;
    pid_t pid = (pid_t)c->arg[0];
    if (pid != getpid()) return kill(pid, 0) && errno == ESRCH ? -G_ESRCH : -G_EPERM;
    return to_remote ? copy_all(c, &local, &remote) : copy_all(c, &remote, &local);
}

long call_process_vm_readv(struct call *c)
{
    return transfer(c, false);
}

long call_process_vm_writev(struct call *c)
{
    return transfer(c, true);
}

/* The process that a descriptor stands for, as /proc tells it. */
static long pid_of(int fd)
{
    char name[64], line[128];
    long pid = 0;
    snprintf(name, sizeof name, "/proc/self/fdinfo/%d", fd);
    FILE *f = fopen(name, "re");
    while (f && !pid && fgets(line, sizeof line, f))
        if (sscanf(line, "Pid: %ld", &pid) != 1) pid = 0;
    if (f) fclose(f);
    return pid < 0 ? -G_ESRCH : pid ? pid : -G_EBADF;
}

/* process_madvise(pidfd, ranges, how many, advice, flags): says for how many bytes. */
long call_process_madvise(struct call *c)
{
    struct cursor k;
    if (c->arg[4]) return -G_EINVAL;
    long e = get_vector(c, c->arg[1], c->arg[2], &k), pid = e ? e : pid_of((int)c->arg[0]), done = 0;
    if (pid < 0) return pid;
    if (pid != getpid()) return -G_EPERM;
    for (; k.at < k.n; k.at++) {
        e = mm_madvise(c->mm, k.v[k.at].base, k.v[k.at].len, (int)c->arg[3]);
        if (e) return done ? done : e;
        done += k.v[k.at].len;
    }
    return done;
}
