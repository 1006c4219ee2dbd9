/* Guest buffers as host iovecs, for read- and write-like calls.
 * Most of a guest range is host memory that the host kernel may use directly. A range that is accessible only
 * byte by byte (a host page of mixed protection, an emulated file page) goes through a bounce buffer. What is
 * not accessible becomes s->p->nowhere, a page that faults: so the host kernel itself decides whether the
 * answer is EBADF, 0 at the end of a file, a short count or EFAULT. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "syscalls/sys.h"

enum {
    MAX_VEC = 1024,         /* UIO_MAXIOV */
    MAX_BYTES = 0x7ffff000, /* MAX_RW_COUNT: the most that one call transfers */
    MAX_BOUNCE = 16 << 20,  /* longer transfers come back short, as they may */
};

struct bounce {
    gaddr addr;
    size_t len;
    size_t before; /* bytes of the whole transfer that precede it */
    void *bytes;
};

static void push(struct xfer *x, void *base, size_t len)
{
    x->iov[x->count++] = (struct iovec){.iov_base = base, .iov_len = len};
}

static bool push_bounce(struct call *c, struct xfer *x, gaddr a, size_t len, size_t before)
{
    if (len > MAX_BOUNCE) len = MAX_BOUNCE;
    void *bytes = malloc(len);
    struct bounce *more = realloc(x->bounce, (size_t)(x->bounces + 1) * sizeof *more);
    if (more) x->bounce = more;
    if (!bytes || !more || (!x->to_guest && mm_read(c->mm, a, bytes, len))) {
        free(bytes);
        return false;
    }
    x->bounce[x->bounces++] = (struct bounce){a, len, before, bytes};
    push(x, bytes, len);
    return true;
}

/* While this call waits another thread may run what is there, which protects the pages again: then the bytes
 * are copied when it is over. */
static bool may_be_run(const struct call *c, const struct xfer *x, gaddr a, size_t n)
{
    if (!x->to_guest || !c->s->p->turn.shared) return false;
    for (uint64_t p = a; p < (uint64_t)a + n; p = (p | (GPAGE - 1)) + 1)
        if (mm_page_prot(c->mm, (gaddr)p) & PROT_EXEC) return true;
    return false;
}

/* Adds one guest range; true if all of it is there, so that a next one may follow. */
static bool add(struct call *c, struct xfer *x, gaddr a, size_t len, size_t before)
{
    size_t n = len;
    struct iovec direct[2];
    if (!len) return true;
    int k = mm_span(c->mm, a, &n, x->to_guest, direct);
    if (k > 0 && may_be_run(c, x, a, n)) k = 0;
    if (k == 0) {
        if (push_bounce(c, x, a, n, before) && x->bounce[x->bounces - 1].len == len) return true;
        if (x->count) return false; /* what is there is a short transfer */
    }
    for (int i = 0; i < k; i++)
        push(x, direct[i].iov_base, direct[i].iov_len);
    if (k > 0 && n == len) return true;
    push(x, c->s->p->nowhere, k > 0 ? len - n : len);
    return false;
}

static void start(struct xfer *x, bool to_guest)
{
    *x = (struct xfer){.to_guest = to_guest};
    x->iov = x->small;
}

long xfer_begin(struct call *c, struct xfer *x, gaddr buf, uint32_t n, bool to_guest)
{
    start(x, to_guest);
    add(c, x, buf, n > MAX_BYTES ? MAX_BYTES : n, 0);
    if (!x->count) push(x, c->s->p->nowhere, 0);
    return 0;
}

long xfer_begin_vec(struct call *c, struct xfer *x, gaddr vec, uint32_t n, bool to_guest)
{
    struct guest_iovec v[MAX_VEC];
    start(x, to_guest);
    if (n > MAX_VEC) return -G_EINVAL;
    if (mm_read(c->mm, vec, v, n * sizeof *v)) return -G_EFAULT;
    uint32_t room = MAX_BYTES;
    for (uint32_t i = 0; i < n; i++) {
        if ((int32_t)v[i].len < 0) return -G_EINVAL;
        if (v[i].len > room) v[i].len = room;
        room -= v[i].len;
    }
    if (n > 1) {
        x->iov = calloc(3 * (size_t)n, sizeof *x->iov);
        if (!x->iov) return -G_ENOMEM;
    }
    size_t before = 0;
    for (uint32_t i = 0; i < n && add(c, x, v[i].base, v[i].len, before); i++)
        before += v[i].len;
    if (x->count > MAX_VEC) x->count = MAX_VEC;
    return 0;
}

static long copy_back(struct call *c, struct xfer *x, long result)
{
    for (int i = 0; i < x->bounces; i++) {
        struct bounce *b = &x->bounce[i];
        if (result <= (long)b->before) break;
        size_t got = (size_t)result - b->before;
        if (mm_write(c->mm, b->addr, b->bytes, got < b->len ? got : b->len)) return -G_EFAULT;
    }
    return result;
}

long xfer_end(struct call *c, struct xfer *x, long result)
{
    if (x->to_guest && result > 0) result = copy_back(c, x, result);
    for (int i = 0; i < x->bounces; i++)
        free(x->bounce[i].bytes);
    free(x->bounce);
    if (x->iov != x->small) free(x->iov);
    return result;
}
