/* Reading directories: record layouts, small buffers, positions that fit 31 bits, seeking back to each entry.
 */
#include <dirent.h>
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>

#include "tests/guest/sys/raw.h"

struct __attribute__((packed)) d64 {
    uint64_t ino, off;
    uint16_t reclen;
    uint8_t type;
    char name[];
};

struct d32 {
    uint32_t ino, off;
    uint16_t reclen;
    char name[];
};

static char names[64][32];
static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void sorted(const char *title, int n)
{
    qsort(names, n, sizeof names[0], compare);
    printf("%s, %d:", title, n);
    for (int i = 0; i < n; i++)
        printf(" %s", names[i]);
    printf("\n");
}

static int list64(int fd, unsigned room, int *calls)
{
    char buf[4096];
    int n = 0;
    long r;
    *calls = 0;
    while ((r = raw(SYS_getdents64, fd, buf, room)) > 0) {
        ++*calls;
        for (long at = 0; at < r;) {
            struct d64 *d = (struct d64 *)(buf + at);
            if (d->reclen % 8 || d->off >> 31)
                printf("odd record: length %u offset %llx\n", d->reclen, d->off);
            snprintf(names[n++], 32, "%s/%d/%d", d->name, d->type, d->reclen);
            at += d->reclen;
        }
    }
    if (r) printf("getdents64: %s\n", result(r));
    return n;
}

static int list32(int fd, unsigned room)
{
    char buf[4096];
    int n = 0;
    long r;
    while ((r = raw(SYS_getdents, fd, buf, room)) > 0)
        for (long at = 0; at < r;) {
            struct d32 *d = (struct d32 *)(buf + at);
            snprintf(names[n++], 32, "%s/%d/%d", d->name, buf[at + d->reclen - 1], d->reclen);
            at += d->reclen;
        }
    if (r) printf("getdents: %s\n", result(r));
    return n;
}

int main(void)
{
    int calls;
    enter_scratch();
    mkdir("d", 0777);
    for (int i = 0; i < 20; i++) {
        char name[40];
        snprintf(name, sizeof name, "d/f%0*d", i % 7 + 1, i);
        close(open(name, O_CREAT | O_WRONLY, 0644));
    }
    mkdir("d/sub", 0777);
    symlink("x", "d/link");
    mkfifo("d/fifo", 0600);
    int fd = open("d", O_RDONLY | O_DIRECTORY);
    int n = list64(fd, 4096, &calls);
    sorted("64", n);
    printf("at once: %d\n", calls == 1);
    lseek(fd, 0, SEEK_SET);
    n = list64(fd, 64, &calls);
    sorted("64 small", n);
    lseek(fd, 0, SEEK_SET);
    sorted("32", list32(fd, 4096));
    lseek(fd, 0, SEEK_SET);
    sorted("32 small", list32(fd, 40));
    lseek(fd, 0, SEEK_SET);
    SHOW(raw(SYS_getdents64, fd, names, 16));
    /* telldir and seekdir: from each position the same rest. */
    DIR *d = opendir("d");
    struct dirent *e;
    long where[40];
    char which[40][32];
    int k = 0, wrong = 0;
    for (where[0] = telldir(d); (e = readdir(d)); where[k] = telldir(d))
        strcpy(which[k++], e->d_name);
    printf("readdir: %d\n", k);
    for (int i = k - 1; i >= 0; i--) {
        seekdir(d, where[i]);
        e = readdir(d);
        if (!e || strcmp(e->d_name, which[i])) wrong++;
    }
    printf("wrong after seekdir: %d\n", wrong);
    rewinddir(d);
    e = readdir(d);
    printf("rewound: %d\n", e && !strcmp(e->d_name, which[0]));
    closedir(d);
    SHOW(raw(SYS_getdents64, 0x7fff, names, 100));
    rmdir("d/sub");
    leave_scratch();
    return 0;
}
