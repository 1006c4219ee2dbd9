/* Bad pointers: EFAULT where Linux says so, and where it does not (nothing to transfer, a bad descriptor, a
 * part that could be transferred). */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "tests/guest/sys/raw.h"

int main(void)
{
    enter_scratch();
    setvbuf(stdout, NULL, _IONBF, 0);
    int fd = open("file", O_RDWR | O_CREAT, 0644), p[2];
    if (write(fd, "0123456789", 10) != 10 || pipe(p)) return 1;
    char *two = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(two + 4096, 4096);
    char *edge = two + 4096, *readonly = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *none = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    lseek(fd, 0, SEEK_SET);
    SHOW(raw(SYS_read, fd, 0, 10));
    SHOW(raw(SYS_read, fd, 0, 0));
    SHOW(raw(SYS_read, 99, 0, 10));
    SHOW(raw(SYS_read, fd, readonly, 10));
    SHOW(raw(SYS_read, fd, none, 10));
    SHOW(raw(SYS_read, fd, 0xfffff000, 10));
    SHOW(raw(SYS_read, fd, edge - 4, 10));
    printf("%.4s at %ld\n", edge - 4, (long)lseek(fd, 0, SEEK_CUR));
    lseek(fd, 10, SEEK_SET);
    SHOW(raw(SYS_read, fd, 0, 10)); /* at the end of the file */
    SHOW(raw(SYS_pread64, fd, none, 4, 0, 0));
    SHOW(raw(SYS_write, p[1], 0, 5));
    SHOW(raw(SYS_write, p[1], none, 5));
    SHOW(raw(SYS_write, p[1], 0, 0));
    memcpy(edge - 6, "abcdef", 6);
    SHOW(raw(SYS_write, fd, edge - 6, 20));
    struct iovec v[3] = {{"xy", 2}, {edge - 3, 9}, {"zz", 2}};
    SHOW(raw(SYS_writev, fd, v, 3));
    SHOW(raw(SYS_writev, fd, 8, 3));
    SHOW(raw(SYS_writev, 77, 8, 3));
    SHOW(raw(SYS_writev, fd, v, 1025));
    SHOW(raw(SYS_writev, fd, v, 0));
    struct iovec neg[1] = {{"xy", -2}};
    SHOW(raw(SYS_writev, fd, neg, 1));
    SHOW(raw(SYS_open, 0, O_RDONLY));
    SHOW(raw(SYS_open, edge - 1, O_RDONLY)); /* "f" without its end */
    SHOW(raw(SYS_open, "", O_RDONLY));
    char *longname = malloc(5000);
    memset(longname, 'a', 4999);
    longname[4999] = 0;
    SHOW(raw(SYS_open, longname, O_RDONLY));
    longname[4095] = 0;
    SHOW(raw(SYS_open, longname, O_RDONLY));
    longname[255] = 0;
    SHOW(raw(SYS_open, longname, O_RDONLY));
    longname[255] = 'a', longname[256] = 0;
    SHOW(raw(SYS_open, longname, O_RDONLY));
    SHOW(raw(SYS_stat64, "file", 0));
    SHOW(raw(SYS_stat64, "file", edge - 8));
    SHOW(raw(SYS_stat64, 16, 0));
    SHOW(raw(SYS_fstat64, 55, 0));
    SHOW(raw(SYS_getcwd, 0, 100));
    SHOW(raw(SYS_getcwd, edge - 4, 4));
    SHOW(raw(SYS_readlink, "/proc/self/cwd", none, 10));
    SHOW(raw(SYS_readlink, "/proc/self/cwd", edge - 4, 4) > 0);
    SHOW(raw(SYS_readlink, "/proc/self/cwd", edge, 0));
    SHOW(raw(SYS_gettimeofday, 1, 0));
    SHOW(raw(SYS_time, none));
    SHOW(raw(SYS_clock_gettime, 0, 0));
    SHOW(raw(SYS_clock_gettime, 77, 0));
    SHOW(raw(SYS_nanosleep, 0, 0));
    SHOW(raw(SYS_pipe, readonly));
    SHOW(raw(SYS_pipe2, readonly, 0x12345));
    SHOW(raw(SYS_uname, edge - 10));
    SHOW(raw(SYS_sysinfo, none));
    SHOW(raw(SYS_getrandom, none, 8, 0));
    SHOW(raw(SYS_getrandom, none, 0, 0));
    SHOW(raw(SYS_getrandom, edge - 4, 8, 0));
    SHOW(raw(SYS_getrlimit, 3, none));
    SHOW(raw(SYS_getrlimit, 99, none));
    SHOW(raw(SYS_rt_sigaction, 10, none, 0, 8));
    SHOW(raw(SYS_rt_sigprocmask, 0, none, 0, 8));
    SHOW(raw(SYS_poll, none, 1, 0));
    SHOW(raw(SYS_poll, none, 0, 0));
    SHOW(raw(SYS__newselect, 10, none, 0, 0, 0));
    SHOW(raw(SYS__newselect, 0, 0, 0, 0, none));
    SHOW(raw(SYS_wait4, -1, none, 0, 0));
    SHOW(raw(SYS_execve, 0, 0, 0));
    char *argv[] = {"x", (char *)8, 0};
    SHOW(raw(SYS_execve, "/bin/true", argv, 0));
    SHOW(raw(SYS_execve, "/bin/true", none, 0));
    SHOW(raw(SYS_getdents64, fd, none, 100));
    int dir = open(".", O_RDONLY | O_DIRECTORY);
    SHOW(raw(SYS_getdents64, dir, none, 4096));
    SHOW(raw(SYS_getdents64, dir, two, 10));
    SHOW(raw(SYS_getdents, dir, two, 10));
    SHOW(raw(SYS_getdents64, dir, two, 4096) > 0);
    SHOW(raw(SYS_fcntl64, fd, 12, none));     /* F_GETLK64 */
    SHOW(raw(SYS_ioctl, p[0], 0x541b, none)); /* FIONREAD */
    SHOW(raw(SYS_ioctl, fd, 0x5401, none));   /* TCGETS of a file */
    SHOW(raw(SYS_futex, 2, 1, 1));
    SHOW(raw(SYS_futex, 0, 1, 1));
    SHOW(raw(SYS_set_thread_area, none));
    SHOW(raw(SYS_statfs64, "/", 84, none));
    SHOW(raw(SYS_statfs64, "/", 80, two));
    SHOW(raw(SYS__llseek, fd, 0, 3, none, 0));
    SHOW(raw(SYS_sendfile, p[1], fd, none, 4));
    SHOW(raw(SYS_utimensat, -100, "file", none, 0));
    SHOW(raw(SYS_mmap, none));
    SHOW(raw(SYS_brk, 0) > 0);
    SHOW(raw(SYS_sigaltstack, none, 0));
    SHOW(raw(SYS_prlimit64, 0, 3, none, 0));
    SHOW(raw(SYS_statx, -100, "file", 0, 0x7ff, none));
    SHOW(raw(SYS_getgroups32, 65536, none) <= 0 || 1);
    SHOW(raw(9999));
    leave_scratch();
    return 0;
}
