/* Asynchronous input and output (io_setup and its like). Requests are done when they are submitted, as Linux
 * does with all but direct access to files; what became of them waits in a queue. A context's number is the
 * address of a page of the guest's, where Linux has a ring of events: the library libaio looks there for its
 * sign, does not find it, and asks the kernel. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "syscalls/aio.h"
#include "syscalls/fds.h"
#include "syscalls/poll.h"

/* The same on all machines. */
struct request {
    uint64_t data;
    uint32_t key, rw_flags;
    uint16_t what;
    int16_t priority;
    uint32_t fd;
    uint64_t buf, bytes;
    int64_t offset;
    uint64_t reserved;
    uint32_t flags, eventfd;
};
static_assert(sizeof(struct request) == 64, "struct iocb");

struct event {
    uint64_t data, request;
    int64_t result, result2;
};

struct aio {
    struct aio *next;
    gaddr id;
    uint32_t room, used;
    struct event events[];
};

enum {
    PREAD = 0,
    PWRITE,
    FSYNC,
    FDSYNC,
    PREADV = 7,
    PWRITEV,
    TELLS_EVENTFD = 1,
    MOST = 65536 /* events of all contexts */
};

long call_pread64(struct call *c);
long call_pwrite64(struct call *c);
long call_preadv(struct call *c);
long call_pwritev(struct call *c);
long call_preadv2(struct call *c);
long call_pwritev2(struct call *c);
long call_read(struct call *c);
long call_write(struct call *c);
long call_readv(struct call *c);
long call_writev(struct call *c);
long call_fsync(struct call *c);
long call_fdatasync(struct call *c);

/* --- Contexts ------------------------------------------------------------------------------------------ */

static struct aio **find(struct process *p, gaddr id)
{
    struct aio **at = &p->aio;
    while (*at && (*at)->id != id)
        at = &(*at)->next;
    return at;
}

long call_io_setup(struct call *c)
{
    uint32_t id, n = c->arg[0];
    if (mm_read(c->mm, c->arg[1], &id, sizeof id)) return -G_EFAULT;
    if (id || !n || n > UINT32_MAX / 16 / sizeof(struct event)) return -G_EINVAL;
    uint64_t all = n;
    for (const struct aio *a = c->s->p->aio; a; a = a->next)
        all += a->room;
    if (all > MOST) return -G_EAGAIN;
    int64_t page = mm_mmap(c->mm, 0, GPAGE, PROT_READ | PROT_WRITE, GMAP_PRIVATE | GMAP_ANONYMOUS, -1, 0);
    if (page < 0) return (long)page;
    struct aio *a = calloc(1, sizeof *a + n * sizeof *a->events);
    id = (uint32_t)page;
    long r = a ? mm_write(c->mm, c->arg[1], &id, sizeof id) : -G_ENOMEM;
    if (r) {
        free(a);
        mm_munmap(c->mm, id, GPAGE);
        return r;
    }
    a->id = id;
    a->room = n;
    a->next = c->s->p->aio;
    c->s->p->aio = a;
    return 0;
}

long call_io_destroy(struct call *c)
{
    struct aio **at = find(c->s->p, c->arg[0]), *a = *at;
    if (!a) return -G_EINVAL;
    *at = a->next;
    mm_munmap(c->mm, a->id, GPAGE);
    free(a);
    return 0;
}

void aio_forked(struct process *p)
{
    for (struct aio *a = p->aio, *next; a; a = next) {
        next = a->next;
        free(a);
    }
    p->aio = NULL;
}

/* --- Requests ------------------------------------------------------------------------------------------ */

struct kind {
    long (*at_offset)(struct call *c), (*with_flags)(struct call *c), (*anywhere)(struct call *c);
    int forbidden; /* how the file must not be open */
};

static const struct kind kinds[] = {
    [PREAD] = {call_pread64, NULL, call_read, O_WRONLY},
    [PWRITE] = {call_pwrite64, NULL, call_write, O_RDONLY},
    [FSYNC] = {call_fsync, NULL, call_fsync, -1},
    [FDSYNC] = {call_fdatasync, NULL, call_fdatasync, -1},
    [PREADV] = {call_preadv, call_preadv2, call_readv, O_WRONLY},
    [PWRITEV] = {call_pwritev, call_pwritev2, call_writev, O_RDONLY},
};

/* As read or write would do it. */
static long perform(struct call *c, const struct kind *k, const struct request *q)
{
    struct call one = *c;
    memcpy(one.arg,
           (uint32_t[6]){q->fd, (uint32_t)q->buf, (uint32_t)q->bytes, (uint32_t)q->offset,
                         (uint32_t)(q->offset >> 32), q->rw_flags},
           sizeof one.arg);
    long r = (q->rw_flags ? k->with_flags : k->at_offset)(&one);
    if (r == -errno_to_guest(ESPIPE)) r = k->anywhere(&one);
    return r <= -RESTART_SYS ? -G_EINTR : r;
}

static bool has_mode(const struct request *q, int forbidden)
{
    int mode = fcntl((int)q->fd, F_GETFL);
    return mode >= 0 && (mode & O_ACCMODE) != forbidden;
}

static long check(struct call *c, const struct request *q)
{
    bool syncs = q->what == FSYNC || q->what == FDSYNC;
    if (q->reserved || q->buf > UINT32_MAX || q->bytes > INT32_MAX) return -G_EINVAL;
    if (fd_usable(c->s, q->fd) < 0 || fcntl((int)q->fd, F_GETFD) < 0) return -G_EBADF;
    if (q->flags & TELLS_EVENTFD && fd_usable(c->s, q->eventfd) < 0) return -G_EBADF;
    if (q->flags & TELLS_EVENTFD && fcntl((int)q->eventfd, F_GETFD) < 0) return -G_EBADF;
    if (q->flags & TELLS_EVENTFD && !fds_is_eventfd((int)q->eventfd)) return -G_EINVAL;
    if (q->what >= sizeof kinds / sizeof *kinds || !kinds[q->what].at_offset) return -G_EINVAL;
    if (syncs && (q->buf || q->bytes || q->offset || q->rw_flags)) return -G_EINVAL;
    if (q->rw_flags && !kinds[q->what].with_flags) return -errno_to_guest(EOPNOTSUPP);
    return syncs || has_mode(q, kinds[q->what].forbidden) ? 0 : -G_EBADF;
}

static long submit_one(struct call *c, gaddr at)
{
    enum { KEY_AT = 8 };
    static const uint32_t key;
    struct request q;
    struct aio *a = *find(c->s->p, c->arg[0]);
    if (!a || a->used == a->room) return a ? -G_EAGAIN : -G_EINVAL;
    if (mm_read(c->mm, at, &q, sizeof q)) return -G_EFAULT;
    long r = check(c, &q);
    if (!r) r = mm_write(c->mm, at + KEY_AT, &key, sizeof key);
    if (r) return r;
    r = perform(c, &kinds[q.what], &q);
    a = *find(c->s->p, c->arg[0]); /* another thread may have given it up meanwhile, or filled it */
    if (a && a->used < a->room) a->events[a->used++] = (struct event){q.data, at, r, 0};
    uint64_t one = 1;
    if (q.flags & TELLS_EVENTFD && write((int)q.eventfd, &one, sizeof one) < 0) return 0;
    return 0;
}

long call_io_submit(struct call *c)
{
    int32_t n = (int32_t)c->arg[1], done = 0;
    uint32_t at;
    if (n < 0 || !*find(c->s->p, c->arg[0])) return -G_EINVAL;
    for (; done < n; done++) {
        long r =
            mm_read(c->mm, c->arg[2] + 4 * (uint32_t)done, &at, sizeof at) ? -G_EFAULT : submit_one(c, at);
        if (r) return done ? done : r;
    }
    return done;
}

/* Nothing is ever under way. */
long call_io_cancel(struct call *c)
{
    (void)c;
    return -G_EINVAL;
}

/* --- Events -------------------------------------------------------------------------------------------- */

static long take(struct call *c, struct aio *a, uint32_t most)
{
    uint32_t n = a->used < most ? a->used : most;
    if (mm_write(c->mm, c->arg[3], a->events, n * sizeof *a->events)) return -G_EFAULT;
    memmove(a->events, a->events + n, (a->used - n) * sizeof *a->events);
    a->used -= n;
    return n;
}

/* Other threads may submit what this one waits for. */
static long wait_for(struct call *c, const struct timespec *end, const sigset_t *mask)
{
    static const struct timespec slice = {.tv_nsec = 2000000};
    int32_t least = (int32_t)c->arg[1], most = (int32_t)c->arg[2];
    struct aio *a;
    if (least < 0 || least > most) return -G_EINVAL;
    while ((a = *find(c->s->p, c->arg[0])) && a->used < (uint32_t)least) {
        struct timespec left = slice;
        if (end) poll_left(end, &left);
        if (!left.tv_sec && !left.tv_nsec) break;
        if (left.tv_sec || left.tv_nsec > slice.tv_nsec) left = slice;
        long r = sys_wait(c, G_EINTR, SYS_ppoll, (long[6]){0, 0, (long)&left, (long)mask, _NSIG / 8});
        a = *find(c->s->p, c->arg[0]);
        if (r < 0) return a && a->used ? take(c, a, (uint32_t)most) : r;
    }
    return a ? take(c, a, (uint32_t)most) : -G_EINVAL;
}

typedef long get_spec(struct call *c, gaddr at, struct timespec *ts);

/* `set`: where a mask and its size are. */
static long get_events(struct call *c, get_spec *get, gaddr set)
{
    struct timespec left, end;
    uint32_t how[2] = {0, 0};
    uint64_t mask;
    sigset_t host;
    if (c->arg[4] && get(c, c->arg[4], &left)) return -G_EFAULT;
    if (set && mm_read(c->mm, set, how, sizeof how)) return -G_EFAULT;
    long r = how[0] ? signal_get_mask(c, how[0], how[1], &mask) : 0;
    if (r) return r;
    if (c->arg[4]) poll_deadline(&left, &end);
    if (how[0]) signal_mask_begin(c, mask, &host);
    r = wait_for(c, c->arg[4] ? &end : NULL, how[0] ? &host : NULL);
    return how[0] ? signal_mask_end(c, r) : r;
}

long call_io_getevents(struct call *c)
{
    return get_events(c, time_get_spec32, 0);
}

long call_io_pgetevents(struct call *c)
{
    return get_events(c, time_get_spec32, c->arg[5]);
}

long call_io_pgetevents_time64(struct call *c)
{
    return get_events(c, time_get_spec64, c->arg[5]);
}
