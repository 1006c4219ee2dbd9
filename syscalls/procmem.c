/* /proc/self/mem: the guest's memory by read and write. Its descriptor is that of an empty memory file whose
 * name says whose memory it stands for; what is read and written there is moved here. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "syscalls/proc.h"

static bool name_of(int fd, char text[64])
{
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, text, 63);
    if (n > 0) text[proc_link_text(text, (size_t)n)] = 0;
    return n > 0;
}

/* The number of the process or thread whose memory it is; 0: none. */
static long whose(int fd)
{
    char text[64], *end;
    if (!name_of(fd, text) || strncmp(text, "/proc/", 6)) return 0;
    long pid = strtol(text + 6, &end, 10);
    return strcmp(end, "/mem") ? 0 : pid;
}

bool procmem_is(struct call *c, int fd)
{
    return c->s->p->has_memory_fd && whose(fd) > 0;
}

static bool is_own(struct call *c, int fd)
{
    long pid = whose(fd);
    const struct sys *s = c->s->p->threads;
    while (s && s->tid != pid)
        s = s->next_thread;
    return s != NULL;
}

/* One piece of the transfer; how much of it could be moved. */
static size_t move(struct call *c, uint64_t at, const struct iovec *piece, bool to_guest)
{
    size_t done = 0;
    while (done < piece->iov_len && at + done <= UINT32_MAX) {
        gaddr a = (gaddr)(at + done);
        size_t n = GPAGE - a % GPAGE;
        if (n > piece->iov_len - done) n = piece->iov_len - done;
        char *p = (char *)piece->iov_base + done;
        if (to_guest ? mm_read(c->mm, a, p, n) : mm_poke(c->mm, a, p, n)) break;
        done += n;
    }
    return done;
}

long procmem_move(struct call *c, int fd, const struct xfer *x, const int64_t *at)
{
    int mode = fcntl(fd, F_GETFL);
    if (mode < 0 || (!x->to_guest && (mode & O_ACCMODE) == O_RDONLY)) return -G_EBADF;
    if (!is_own(c, fd)) return -G_EIO; /* its process is another one now */
    uint64_t from = at ? (uint64_t)*at : (uint64_t)lseek(fd, 0, SEEK_CUR);
    size_t done = 0, wanted = 0;
    for (int i = 0; i < x->count && done == wanted; i++) {
        if (x->iov[i].iov_base == c->s->p->nowhere) return done ? (long)done : -G_EFAULT;
        wanted += x->iov[i].iov_len;
        done += move(c, from + done, &x->iov[i], x->to_guest);
    }
    if (!at) lseek(fd, (off_t)(from + done), SEEK_SET);
    return done || !wanted ? (long)done : -G_EIO;
}
