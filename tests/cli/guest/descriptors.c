/* Which of its process's descriptors a program can come at though it says that they are not open. */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_open(long fd)
{
    return fcntl((int)fd, F_GETFD) >= 0;
}

static int listed(const char *folder)
{
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *e; d && (e = readdir(d));)
        n += isdigit((unsigned char)*e->d_name) && !is_open(atol(e->d_name));
    if (d) closedir(d);
    return n;
}

static int reached(const char *folder, long fd)
{
    char path[64], text[256];
    struct stat st;
    int dir = open(folder, O_RDONLY | O_DIRECTORY);
    snprintf(path, sizeof path, "%s/%ld", folder, fd);
    int n = open(path, O_RDONLY) >= 0;
    n += readlink(path, text, sizeof text) >= 0;
    n += stat(path, &st) == 0;
    snprintf(path, sizeof path, "%ld", fd);
    n += openat(dir, path, O_RDONLY) >= 0;
    n += lstat(path, &st) == 0;
    close(dir);
    return n;
}

int main(void)
{
    struct rlimit r;
    int n = 0;
    getrlimit(RLIMIT_NOFILE, &r);
    long limit = (long)r.rlim_cur;
    printf("listed %d", listed("/proc/self/fd") + listed("/dev/fd") + listed("/proc/self/fdinfo"));
    for (long fd = limit - 64; fd < limit + 64; fd++) {
        if (is_open(fd)) continue;
        n += reached("/proc/self/fd", fd) + reached("/dev/fd", fd) + reached("/proc/self/fdinfo", fd);
        n += dup((int)fd) >= 0;
        n += close((int)fd) == 0;
    }
    syscall(SYS_close_range, 3, ~0u, 0);
    printf(" reached %d\n", n);
    return 0;
}
