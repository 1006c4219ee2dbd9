/* Files by name: the *at forms with their flags, links, renames, modes, owners, errors of each. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "tests/guest/sys/raw.h"

static void mode_of(const char *name)
{
    struct stat st;
    if (lstat(name, &st))
        printf("%s: none\n", name);
    else
        printf("%s: %o links %u owner %u:%u\n", name, st.st_mode, (unsigned)st.st_nlink, st.st_uid,
               st.st_gid);
}

int main(void)
{
    enter_scratch();
    umask(022);
    SHOW(raw(SYS_mkdir, "d", 0777));
    SHOW(raw(SYS_mkdir, "d", 0777));
    int d = open("d", O_RDONLY | O_DIRECTORY);
    SHOW(raw(SYS_mkdirat, d, "sub", 0700));
    SHOW(raw(SYS_openat, d, "f", O_CREAT | O_EXCL | O_WRONLY, 0666) >= 0);
    SHOW(raw(SYS_openat, d, "f", O_CREAT | O_EXCL | O_WRONLY, 0666));
    SHOW(raw(SYS_openat, d, "sub", O_WRONLY));
    SHOW(raw(SYS_openat, d, "f", O_DIRECTORY));
    SHOW(raw(SYS_openat, d, "f/x", O_RDONLY));
    SHOW(raw(SYS_openat, 999, "f", O_RDONLY));
    SHOW(raw(SYS_openat, 999, "/", O_RDONLY) >= 0);
    SHOW(raw(SYS_creat, "c", 0640) >= 0);
    mode_of("c");
    mode_of("d/f");
    SHOW(raw(SYS_symlink, "f", "d/l"));
    SHOW(raw(SYS_symlinkat, "nowhere", d, "dangling"));
    SHOW(raw(SYS_symlink, "", "x"));
    char text[64];
    memset(text, '#', sizeof text);
    SHOW(raw(SYS_readlinkat, d, "l", text, 64));
    SHOW(raw(SYS_readlink, "d/dangling", text, 3));
    printf("%.10s\n", text);
    SHOW(raw(SYS_readlink, "c", text, 64));
    SHOW(raw(SYS_readlink, "c", text, -1));
    SHOW(raw(SYS_open, "d/l", O_NOFOLLOW));
    SHOW(raw(SYS_open, "d/dangling", O_RDONLY));
    SHOW(raw(SYS_link, "c", "hard"));
    SHOW(raw(SYS_linkat, d, "l", d, "l2", 0));
    SHOW(raw(SYS_linkat, d, "l", d, "l3", AT_SYMLINK_FOLLOW));
    SHOW(raw(SYS_linkat, d, "l", d, "l3", 0x8000));
    mode_of("hard");
    mode_of("d/l2");
    mode_of("d/l3");
    SHOW(raw(SYS_rename, "c", "d/moved"));
    SHOW(raw(SYS_rename, "c", "d/moved"));
    SHOW(raw(SYS_rename, "d", "d/sub/d"));
    SHOW(raw(SYS_renameat2, d, "moved", d, "f", 1));
    SHOW(raw(SYS_renameat2, d, "moved", d, "f", 2));
    SHOW(raw(SYS_renameat2, d, "moved", d, "f", 3));
    SHOW(raw(SYS_access, "d/f", R_OK | W_OK));
    SHOW(raw(SYS_access, "d/none", F_OK));
    SHOW(raw(SYS_access, "d/f", 8));
    SHOW(raw(SYS_faccessat, d, "dangling", F_OK));
    SHOW(raw(439, d, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
    SHOW(raw(439, d, "dangling", F_OK, 0x4000));
    SHOW(raw(SYS_chmod, "d/f", 04755));
    SHOW(raw(SYS_fchmodat, d, "f", 0604));
    SHOW(raw(SYS_fchmod, d, 0711));
    mode_of("d/f");
    mode_of("d");
    SHOW(raw(SYS_chown, "d/f", getuid(), -1));
    SHOW(raw(SYS_lchown32, "d/l", -1, getgid()));
    SHOW(raw(SYS_fchownat, d, "l", -1, -1, AT_SYMLINK_NOFOLLOW));
    SHOW(raw(SYS_fchown, d, 0xffff, 0xffff));
    mode_of("d");
    SHOW(raw(SYS_mknod, "fifo", S_IFIFO | 0600, 0));
    SHOW(raw(SYS_mknod, "fifo", S_IFIFO | 0600, 0));
    SHOW(raw(SYS_mknodat, d, "file", S_IFREG | 0600, 0));
    SHOW(raw(SYS_mknod, "x", 0170000, 0));
    mode_of("fifo");
    SHOW(raw(SYS_open, "fifo", O_WRONLY | O_NONBLOCK));
    SHOW(raw(SYS_chdir, "d"));
    char here[256];
    long n = raw(SYS_getcwd, here, sizeof here);
    printf("cwd ends in /d %d, length right %d\n", !strcmp(here + n - 3, "/d"), n == (long)strlen(here) + 1);
    SHOW(raw(SYS_getcwd, here, 3));
    SHOW(raw(SYS_chdir, "f"));
    SHOW(raw(SYS_chdir, "none"));
    SHOW(raw(SYS_chdir, ".."));
    SHOW(raw(SYS_fchdir, d));
    SHOW(raw(SYS_fchdir, 1));
    SHOW(raw(SYS_chdir, ".."));
    SHOW(raw(SYS_unlink, "d/l"));
    SHOW(raw(SYS_unlink, "d"));
    SHOW(raw(SYS_unlinkat, d, "sub", 0));
    SHOW(raw(SYS_unlinkat, d, "sub", AT_REMOVEDIR));
    SHOW(raw(SYS_unlinkat, d, "f", 5));
    SHOW(raw(SYS_rmdir, "d"));
    SHOW(raw(SYS_rmdir, "none"));
    int32_t when[2] = {1000, 2000}, vals[4] = {3000, 500000, 4000, 999999}, bad[4] = {1, 1000000, 1, 0};
    struct stat st;
    SHOW(raw(SYS_utime, "hard", when));
    stat("hard", &st);
    printf("%ld %ld\n", st.st_atime, st.st_mtime);
    SHOW(raw(SYS_utimes, "hard", vals));
    stat("hard", &st);
    printf("%ld.%09ld %ld.%09ld\n", st.st_atime, st.st_atim.tv_nsec, st.st_mtime, st.st_mtim.tv_nsec);
    SHOW(raw(SYS_utimes, "hard", bad));
    SHOW(raw(SYS_futimesat, d, "f", vals));
    int32_t omit[4] = {7, 0x3ffffffe, 8, 9};
    SHOW(raw(SYS_utimensat, -100, "hard", omit, 0));
    stat("hard", &st);
    printf("%ld %ld\n", st.st_atime, st.st_mtime);
    int fd = open("hard", O_RDWR);
    SHOW(raw(SYS_utimensat, fd, 0, omit, 0));
    SHOW(raw(SYS_utimensat, -100, "hard", omit, 0x4000));
    SHOW(raw(SYS_utime, "none", 0));
    SHOW(raw(SYS_open, "/dev/tty0/x", O_RDONLY));
    SHOW(raw(SYS_open, "hard", O_RDONLY | O_TRUNC | O_APPEND) >= 0);
    SHOW(raw(SYS_open, ".", O_TMPFILE | O_RDWR, 0600) >= 0);
    SHOW(raw(SYS_fsetxattr, fd, "user.a", "value", 5, 0));
    memset(text, 0, sizeof text);
    SHOW(raw(SYS_getxattr, "hard", "user.a", text, 64));
    printf("%s\n", text);
    SHOW(raw(SYS_getxattr, "hard", "user.a", text, 2));
    SHOW(raw(SYS_getxattr, "hard", "user.a", 0, 0));
    SHOW(raw(SYS_getxattr, "hard", "user.b", text, 64));
    SHOW(raw(SYS_listxattr, "hard", text, 64));
    SHOW(raw(SYS_removexattr, "hard", "user.a"));
    SHOW(raw(SYS_setxattr, "hard", "", "v", 1, 0));
    SHOW(raw(SYS_chroot, "none"));
    leave_scratch();
    return 0;
}
