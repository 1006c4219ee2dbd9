/* Files for the debugger (vFile): it reads the program and its libraries from here, where they have the names
 * that the guest uses, below the sysroot if there is one. They are only read. Those it has open are kept as
 * names, as tierrun's own descriptors are few. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tier/gdb_inside.h"
#include "tier/text.h"

/* Errors by the protocol's numbers (gdb/fileio.h); those that matter are Linux's own. */
enum {
    FILE_EPERM = 1,
    FILE_ENOENT = 2,
    FILE_EBADF = 9,
    FILE_EACCES = 13,
    FILE_EINVAL = 22,
    FILE_UNKNOWN = 9999
};

static void failed(struct gdb *g, int error)
{
    g->reply.n = 0;
    gdb_put(&g->reply, "F-1,%x", (unsigned)error);
}

static int number_of(int host)
{
    switch (host) {
    case EPERM: return FILE_EPERM;
    case ENOENT: return FILE_ENOENT;
    case EACCES: return FILE_EACCES;
    default: return FILE_UNKNOWN;
    }
}

/* The file that a packet begins with: where its name is; NULL: the debugger has none open by that number. */
static char **get_file(struct gdb *g, const char **at)
{
    uint64_t number;
    if (!gdb_get_number(at, &number) || number >= GDB_FILES || !g->file[number]) return NULL;
    return &g->file[number];
}

static int open_to_read(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

static bool get_path(struct gdb *g, const char **at, char path[PATH_MAX])
{
    char name[PATH_MAX];
    size_t n = gdb_get_bytes(at, (uint8_t *)name, sizeof name - 1);
    name[n] = 0;
    mm_sysroot_path(g->sysroot, name, path, PATH_MAX);
    return n > 0;
}

static void open_file(struct gdb *g, const char *at)
{
    enum { WRITES = 3 | 8 | 0x200 | 0x400 | 0x800 }; /* what FILEIO_O_ flags it may not have */
    char path[PATH_MAX];
    uint64_t flags, mode, k = 0;
    if (!get_path(g, &at, path) || !gdb_get_char(&at, ',') || !gdb_get_number(&at, &flags) ||
        !gdb_get_char(&at, ',') || !gdb_get_number(&at, &mode)) {
        failed(g, FILE_EINVAL);
        return;
    }
    while (k < GDB_FILES && g->file[k])
        k++;
    int fd = flags & WRITES || k == GDB_FILES ? -1 : open_to_read(path);
    if (fd < 0) {
        failed(g, flags & WRITES ? FILE_EACCES : number_of(errno));
        return;
    }
    close(fd);
    g->file[k] = text_copy(path, strlen(path));
    gdb_put(&g->reply, "F%x", (unsigned)k);
}

static void close_file(struct gdb *g, const char *at)
{
    char **file = get_file(g, &at);
    if (!file) {
        failed(g, FILE_EBADF);
        return;
    }
    free(*file);
    *file = NULL;
    gdb_put(&g->reply, "F0");
}

static void read_file(struct gdb *g, const char *at)
{
    uint8_t bytes[GDB_PACKET];
    uint64_t n, from;
    char **file = get_file(g, &at);
    if (!file || !gdb_get_char(&at, ',') || !gdb_get_number(&at, &n) || !gdb_get_char(&at, ',') ||
        !gdb_get_number(&at, &from) || from > INT64_MAX) {
        failed(g, file ? FILE_EINVAL : FILE_EBADF);
        return;
    }
    size_t most = (gdb_room(&g->reply) - 16) / 2; /* each byte may need an escape */
    int fd = open_to_read(*file);
    ssize_t got = fd < 0 ? -1 : pread(fd, bytes, n < most ? (size_t)n : most, (off_t)from);
    int error = errno;
    if (fd >= 0) close(fd);
    if (got < 0) {
        failed(g, number_of(error));
        return;
    }
    gdb_put(&g->reply, "F%x;", (unsigned)got);
    gdb_put_binary(&g->reply, bytes, (size_t)got);
}

static void put_big(uint8_t *p, uint64_t v, unsigned n)
{
    while (n--) {
        p[n] = (uint8_t)v;
        v >>= 8;
    }
}

/* struct fio_stat: 64 bytes, the most significant first. */
static void stat_file(struct gdb *g, const char *at)
{
    uint8_t image[64];
    struct stat st;
    char **file = get_file(g, &at);
    if (!file || stat(*file, &st)) {
        failed(g, FILE_EBADF);
        return;
    }
    const struct {
        uint64_t v;
        unsigned n;
    } fields[] = {{st.st_dev, 4},
                  {st.st_ino, 4},
                  {st.st_mode, 4},
                  {st.st_nlink, 4},
                  {st.st_uid, 4},
                  {st.st_gid, 4},
                  {st.st_rdev, 4},
                  {(uint64_t)st.st_size, 8},
                  {(uint64_t)st.st_blksize, 8},
                  {(uint64_t)st.st_blocks, 8},
                  {(uint64_t)st.st_atime, 4},
                  {(uint64_t)st.st_mtime, 4},
                  {(uint64_t)st.st_ctime, 4}};
    size_t done = 0;
    for (unsigned k = 0; k < sizeof fields / sizeof *fields; done += fields[k].n, k++)
        put_big(image + done, fields[k].v, fields[k].n);
    gdb_put(&g->reply, "F%x;", (unsigned)sizeof image);
    gdb_put_binary(&g->reply, image, sizeof image);
}

static void read_link(struct gdb *g, const char *at)
{
    char path[PATH_MAX], target[PATH_MAX];
    ssize_t n = get_path(g, &at, path) ? readlink(path, target, sizeof target) : -1;
    if (n < 0) {
        failed(g, number_of(errno));
        return;
    }
    gdb_put(&g->reply, "F%x;", (unsigned)n);
    gdb_put_binary(&g->reply, target, (size_t)n);
}

void gdb_file(struct gdb *g, const char *packet)
{
    const char *at = packet;
    if (gdb_get_word(&at, "open:"))
        open_file(g, at);
    else if (gdb_get_word(&at, "close:"))
        close_file(g, at);
    else if (gdb_get_word(&at, "pread:"))
        read_file(g, at);
    else if (gdb_get_word(&at, "fstat:"))
        stat_file(g, at);
    else if (gdb_get_word(&at, "readlink:"))
        read_link(g, at);
    else if (gdb_get_word(&at, "setfs:"))
        gdb_put(&g->reply, "F0"); /* there is one view of the files */
}
