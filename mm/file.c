/* Mapped files: identity, size, the descriptor that is kept for emulated pages, and reading and writing it.
 *
 * A descriptor is kept only where host pages are larger than guest pages, one a file, above KEPT_FD_MIN and
 * close-on-exec. Closing it drops the process's POSIX locks on that file, as closing any descriptor does
 * (fcntl(2)): a guest that both locks and unmaps a file on such a host can lose its locks. */
#include "mm/space.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int mfile_hide(int fd)
{
    static const int lowest[] = {KEPT_FD_MIN, 200, 50, 3}; /* RLIMIT_NOFILE may be low */
    int high = -1;
    for (size_t i = 0; high < 0 && i < sizeof lowest / sizeof lowest[0]; i++)
        high = fcntl(fd, F_DUPFD_CLOEXEC, lowest[i]);
    return high;
}

/* A descriptor of our own for the same file. With O_APPEND, pwrite() ignores its offset: open it afresh. */
static int keep(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || !(flags & O_APPEND)) return mfile_hide(fd);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int own = open(path, (flags & O_ACCMODE) | O_CLOEXEC);
    if (own < 0) return -1;
    int high = mfile_hide(own);
    close(own);
    return high;
}

static char *name_of(int fd)
{
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    path[n < 0 ? 0 : n] = 0;
    return strdup(path);
}

/* Memory of memfd_secret() can be mapped only. */
static bool can_be_read(int fd)
{
    char byte;
    return pread(fd, &byte, 1, 0) >= 0;
}

static struct mfile *add(struct mm *mm, int fd, const struct stat *st, bool writable, char *name, int *err)
{
    struct mfile *f = calloc(1, sizeof *f);
    int kept = f && name && mm->gran > GPAGE ? keep(fd) : -1;
    if (!f || !name || (mm->gran > GPAGE && kept < 0)) {
        free(f);
        free(name);
        *err = -G_ENOMEM;
        return NULL;
    }
    *f = (struct mfile){.next = mm->files, .refs = 1, .fd = kept, .writable = writable, .name = name};
    f->device = S_ISCHR(st->st_mode) || !(st->st_mode & S_IFMT) || (kept >= 0 && !can_be_read(kept));
    f->dev = S_ISCHR(st->st_mode) ? st->st_rdev : st->st_dev;
    f->ino = st->st_ino;
    mm->files = f;
    return f;
}

struct mfile *mfile_open(struct mm *mm, int fd, bool shared, int *err)
{
    struct stat st;
    if (fstat(fd, &st)) {
        *err = guest_errno(errno);
        return NULL;
    }
    bool writable = shared && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR;
    for (struct mfile *f = mm->files; f; f = f->next)
        if (!f->device && f->dev == st.st_dev && f->ino == st.st_ino && f->writable == writable)
            return mfile_ref(f);
    return add(mm, fd, &st, writable, name_of(fd), err);
}

struct mfile *mfile_memory(struct mm *mm, uint32_t len, int *fd, int *err)
{
    struct stat st;
    *fd = memfd_create("dev/zero", MFD_CLOEXEC);
    if (*fd >= 0 && ftruncate(*fd, len) == 0 && fstat(*fd, &st) == 0) {
        struct mfile *f = add(mm, *fd, &st, true, strdup("/dev/zero (deleted)"), err);
        if (f) return f;
    } else {
        *err = guest_errno(errno);
    }
    if (*fd >= 0) close(*fd);
    *fd = -1;
    return NULL;
}

struct mfile *mfile_ref(struct mfile *f)
{
    if (f) f->refs++;
    return f;
}

void mfile_drop(struct mm *mm, struct mfile *f)
{
    if (!f || --f->refs) return;
    struct mfile **p = &mm->files;
    while (*p != f)
        p = &(*p)->next;
    *p = f->next;
    if (f->fd >= 0) close(f->fd);
    free(f->name);
    free(f);
}

uint64_t mfile_size(const struct mfile *f, int fd)
{
    struct stat st;
    if (f->device) return UINT64_MAX / 2;
    if (fstat(fd, &st)) return 0;
    if (S_ISBLK(st.st_mode)) {
        off_t end = lseek(fd, 0, SEEK_END);
        return end < 0 ? 0 : (uint64_t)end;
    }
    return (uint64_t)st.st_size;
}

/* Bytes beyond the end of the file read as zero, as in the last page of a mapping. */
bool mfile_read(int fd, uint64_t at, void *to, size_t n)
{
    uint8_t *p = to;
    while (n) {
        ssize_t got = pread(fd, p, n, (off_t)at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) break;
        p += got, at += (uint64_t)got, n -= (size_t)got;
    }
    memset(p, 0, n);
    return true;
}

/* Never makes the file longer: what a mapping's last page holds beyond the end is not the file's. */
bool mfile_write(int fd, uint64_t at, const void *from, size_t n)
{
    struct stat st;
    const uint8_t *p = from;
    if (fstat(fd, &st)) return false;
    if (S_ISREG(st.st_mode)) {
        uint64_t size = (uint64_t)st.st_size;
        n = at >= size ? 0 : size - at < n ? size - at : n;
    }
    while (n) {
        ssize_t put = pwrite(fd, p, n, (off_t)at);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) return false;
        p += put, at += (uint64_t)put, n -= (size_t)put;
    }
    return true;
}

bool mm_owns_fd(struct mm *mm, int fd)
{
    space_lock(mm);
    bool found = mm->mixed.alias && mm->mixed.fd == fd;
    for (struct mfile *f = mm->files; f && !found; f = f->next)
        found = f->fd == fd;
    space_unlock(mm);
    return found;
}
