/* poll and select. Waiting for events: epoll is epoll.c's. The time that is left is written back where Linux
 * does so (select, pselect6, ppoll). */
#include <dirent.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "syscalls/poll.h"

typedef long get_spec(struct call *c, gaddr a, struct timespec *ts);
typedef long put_spec(struct call *c, gaddr a, const struct timespec *ts);

/* A limit in time: where it came from, and when it ends. */
struct limit {
    bool given;
    struct timespec left, end;
    gaddr at; /* to be updated there; 0: not */
    put_spec *put;
};

static long start_limit(struct limit *l)
{
    if (l->left.tv_sec < 0 || l->left.tv_nsec < 0 || l->left.tv_nsec >= 1000000000) return -G_EINVAL;
    l->given = true;
    poll_deadline(&l->left, &l->end);
    return 0;
}

/* poll_select_finish: written back unless that fails; then the call cannot be restarted either. */
static long end_limit(struct call *c, struct limit *l, long r)
{
    if (!l->given || !l->at) return r;
    struct timespec left;
    poll_left(&l->end, &left);
    if (l->put(c, l->at, &left)) return r == -RESTART_NOHAND ? -G_EINTR : r;
    return r;
}

void poll_deadline(const struct timespec *left, struct timespec *end)
{
    static const time_t never = (time_t)1 << 40; /* longer is as long */
    clock_gettime(CLOCK_MONOTONIC, end);
    end->tv_nsec += left->tv_nsec;
    end->tv_sec += (left->tv_sec < never ? left->tv_sec : never) + (end->tv_nsec >= 1000000000);
    if (end->tv_nsec >= 1000000000) end->tv_nsec -= 1000000000;
}

void poll_left(const struct timespec *end, struct timespec *left)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    left->tv_sec = end->tv_sec - now.tv_sec;
    left->tv_nsec = end->tv_nsec - now.tv_nsec;
    if (left->tv_nsec < 0) left->tv_sec--, left->tv_nsec += 1000000000;
    if (left->tv_sec < 0) left->tv_sec = left->tv_nsec = 0;
}

/* --- poll ---------------------------------------------------------------------------------------------- */

struct guest_pollfd {
    int32_t fd;
    int16_t events, revents;
};

static struct pollfd *fetch(struct call *c, gaddr at, uint32_t n, long *error)
{
    struct pollfd *fds = calloc(n ? n : 1, sizeof *fds);
    *error = fds ? 0 : -G_ENOMEM;
    for (uint32_t i = 0; i < n && !*error; i++) {
        struct guest_pollfd g;
        if (mm_read(c->mm, at + i * (gaddr)sizeof g, &g, sizeof g)) *error = -G_EFAULT;
        bool reserved = g.fd >= 0 && fd_usable(c->s, (uint32_t)g.fd) < 0;
        fds[i].fd = reserved ? INT_MAX : g.fd; /* POLLNVAL, as for any number that is not open */
        fds[i].events = (short)flags_to_host(FT_POLL, (uint16_t)g.events);
    }
    return fds;
}

/* Where one host bit stands for two of the guest's (POLLWRNORM is POLLOUT on MIPS), only those asked for
 * count. */
static long store(struct call *c, gaddr at, uint32_t n, const struct pollfd *fds)
{
    enum { ALWAYS = 0x38, REVENTS_AT = 6 }; /* POLLERR, POLLHUP, POLLNVAL */
    for (uint32_t i = 0; i < n; i++) {
        struct guest_pollfd g;
        gaddr to = at + i * (gaddr)sizeof g;
        if (mm_read(c->mm, to, &g, sizeof g)) return -G_EFAULT;
        g.revents = (int16_t)flags_to_guest(FT_POLL, (uint16_t)fds[i].revents) & (g.events | ALWAYS);
        if (mm_write(c->mm, to + REVENTS_AT, &g.revents, sizeof g.revents)) return -G_EFAULT;
    }
    return 0;
}

static long poll_fds(struct call *c, gaddr at, uint32_t n, struct limit *l, int on_signal,
                     const sigset_t *mask)
{
    long r;
    if (n > c->s->p->nofile) return -G_EINVAL;
    struct pollfd *fds = fetch(c, at, n, &r);
    if (!r) {
        long a[6] = {(long)fds, n, l->given ? (long)&l->left : 0, (long)mask, _NSIG / 8};
        r = sys_wait(c, on_signal, SYS_ppoll, a);
        if (r >= 0 && store(c, at, n, fds)) r = -G_EFAULT;
    }
    free(fds);
    return r;
}

/* restart_arg: array, count, whether restart_until limits it. */
static long poll_again(struct call *c)
{
    struct sys *s = c->s;
    struct limit l = {.given = s->restart_arg[2]};
    if (l.given) poll_left(&s->restart_until, &l.left);
    return poll_fds(c, s->restart_arg[0], s->restart_arg[1], &l, RESTART_BLOCK, NULL);
}

long call_poll(struct call *c)
{
    struct sys *s = c->s;
    int ms = (int)c->arg[2];
    struct timespec t = {ms / 1000, ms % 1000 * 1000000L};
    s->restart_fn = poll_again;
    s->restart_arg[0] = c->arg[0];
    s->restart_arg[1] = c->arg[1];
    s->restart_arg[2] = ms >= 0;
    if (ms >= 0) poll_deadline(&t, &s->restart_until);
    return poll_again(c);
}

static long ppoll_with(struct call *c, get_spec *get, put_spec *put)
{
    struct limit l = {.at = c->arg[2], .put = put};
    uint64_t mask;
    long r = l.at ? get(c, l.at, &l.left) : 0;
    if (!r && l.at) r = start_limit(&l);
    if (!r && c->arg[3]) r = signal_get_mask(c, c->arg[3], c->arg[4], &mask);
    if (r) return r;
    sigset_t host;
    if (c->arg[3]) signal_mask_begin(c, mask, &host);
    r = poll_fds(c, c->arg[0], c->arg[1], &l, RESTART_NOHAND, c->arg[3] ? &host : NULL);
    if (c->arg[3]) r = signal_mask_end(c, r);
    return end_limit(c, &l, r);
}

long call_ppoll(struct call *c)
{
    return ppoll_with(c, time_get_spec32, time_put_spec32);
}

long call_ppoll_time64(struct call *c)
{
    return ppoll_with(c, time_get_spec64, time_put_spec64);
}

/* --- select -------------------------------------------------------------------------------------------- */

enum { SETS = 3, WORD = 4 };

/* Guest sets are arrays of 32-bit words, host ones of 64-bit words: on a little-endian host the same bytes.
 */
struct sets {
    uint32_t bytes; /* of each */
    unsigned long *bits[SETS];
};

static void free_sets(struct sets *f)
{
    for (int i = 0; i < SETS; i++)
        free(f->bits[i]);
}

static long fetch_sets(struct call *c, int n, const gaddr at[SETS], struct sets *f)
{
    f->bytes = ((uint32_t)n + 31) / 32 * WORD;
    for (int i = 0; i < SETS; i++) {
        f->bits[i] = calloc(1, f->bytes + sizeof(long));
        if (!f->bits[i]) return -G_ENOMEM;
        if (at[i] && mm_read(c->mm, at[i], f->bits[i], f->bytes)) return -G_EFAULT;
    }
    return 0;
}

static bool names_reserved(const struct sys *s, const struct sets *f, int n)
{
    for (int fd = s->p->fd_base; fd < n && fd < s->p->fd_base + RESERVED_FDS; fd++)
        for (int i = 0; i < SETS; i++)
            if (f->bits[i][fd / 64] >> (fd % 64) & 1) return true;
    return false;
}

/* pselect6's last argument: the mask and its size. */
struct mask_arg {
    const sigset_t *mask;
    size_t size;
};

/* Linux looks no further than its table of descriptors, which has grown with the highest one so far: 64
 * places, or a multiple of 128 that is a power of two. tierrun's own descriptors have made the host's larger.
 */
static int table_size(const struct sys *s)
{
    enum { FIRST = 64, STEP = 128 };
    int highest = 0, size = STEP;
    DIR *d = opendir("/proc/self/fd");
    for (struct dirent *e; d && (e = readdir(d));) {
        int fd = atoi(e->d_name);
        if (fd > highest && fd != dirfd(d) && fd_usable(s, (uint32_t)fd) >= 0) highest = fd;
    }
    if (!d) return INT_MAX;
    closedir(d);
    while (size <= highest)
        size *= 2;
    return highest < FIRST ? FIRST : size;
}

static long select_first(struct call *c, int n, const gaddr at[SETS], struct limit *l, const sigset_t *mask)
{
    struct sets f = {0};
    long r = fetch_sets(c, n, at, &f);
    if (!r && names_reserved(c->s, &f, n)) r = -G_EBADF;
    if (!r) {
        struct mask_arg m = {mask, _NSIG / 8};
        long a[6] = {n,
                     at[0] ? (long)f.bits[0] : 0,
                     at[1] ? (long)f.bits[1] : 0,
                     at[2] ? (long)f.bits[2] : 0,
                     l->given ? (long)&l->left : 0,
                     (long)&m};
        r = sys_wait(c, RESTART_NOHAND, SYS_pselect6, a);
    }
    for (int i = 0; i < SETS && r >= 0; i++)
        if (at[i] && mm_write(c->mm, at[i], f.bits[i], f.bytes)) r = -G_EFAULT;
    free_sets(&f);
    return r;
}

static long select_fds(struct call *c, int n, const gaddr at[SETS], struct limit *l, const sigset_t *mask)
{
    int most = c->s->p->fd_base + RESERVED_FDS;
    if (n < 0) return -G_EINVAL;
    if (n > most) n = most;
    long r = select_first(c, n, at, l, mask);
    if (r == -G_EBADF && n > (most = table_size(c->s))) r = select_first(c, most, at, l, mask);
    return r;
}

static long put_val32(struct call *c, gaddr a, const struct timespec *ts)
{
    struct timeval tv = {ts->tv_sec, ts->tv_nsec / 1000};
    return time_put_val32(c, a, &tv);
}

static long select_call(struct call *c, const uint32_t a[5])
{
    struct limit l = {.at = a[4], .put = put_val32};
    struct timeval tv;
    if (l.at) {
        if (time_get_val32(c, l.at, &tv)) return -G_EFAULT;
        if (tv.tv_sec < 0 || tv.tv_usec < 0) return -G_EINVAL;
        l.left = (struct timespec){tv.tv_sec + tv.tv_usec / 1000000, tv.tv_usec % 1000000 * 1000};
        long r = start_limit(&l);
        if (r) return r;
    }
    return end_limit(c, &l, select_fds(c, (int)a[0], a + 1, &l, NULL));
}

long call__newselect(struct call *c)
{
    return select_call(c, c->arg);
}

long call_select(struct call *c) /* old_select: one pointer to five words */
{
    uint32_t a[5];
    if (mm_read(c->mm, c->arg[0], a, sizeof a)) return -G_EFAULT;
    return select_call(c, a);
}

static long pselect_with(struct call *c, get_spec *get, put_spec *put)
{
    struct limit l = {.at = c->arg[4], .put = put};
    uint32_t set[2] = {0, 0}; /* mask and its size */
    uint64_t mask;
    if (c->arg[5] && mm_read(c->mm, c->arg[5], set, sizeof set)) return -G_EFAULT;
    long r = l.at ? get(c, l.at, &l.left) : 0;
    if (!r && l.at) r = start_limit(&l);
    if (!r && set[0]) r = signal_get_mask(c, set[0], set[1], &mask);
    if (r) return r;
    sigset_t host;
    if (set[0]) signal_mask_begin(c, mask, &host);
    r = select_fds(c, (int)c->arg[0], c->arg + 1, &l, set[0] ? &host : NULL);
    if (set[0]) r = signal_mask_end(c, r);
    return end_limit(c, &l, r);
}

long call_pselect6(struct call *c)
{
    return pselect_with(c, time_get_spec32, time_put_spec32);
}

long call_pselect6_time64(struct call *c)
{
    return pselect_with(c, time_get_spec64, time_put_spec64);
}
