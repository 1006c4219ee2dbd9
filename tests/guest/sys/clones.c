/* clone() in its rarer forms: other signals at the end, or none; a sibling instead of a child, a descriptor
 * of it, a shared current folder; new namespaces, and the first process of one with mounts of its own. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "tests/guest/sys/raw.h"

static volatile int heard, heard_code;

static void handler(int signo, siginfo_t *info, void *context)
{
    heard = signo;
    heard_code = info->si_code;
}

static long make(unsigned flags, int *word)
{
    return raw(SYS_clone, flags, 0, word, 0, word);
}

static void ends(void)
{
    int status;
    struct sigaction a = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &a, NULL);
    sigaction(SIGRTMIN + 2, &a, NULL);
    static const int signals[] = {0, SIGUSR1, 36, SIGCHLD};
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++) {
        heard = heard_code = 0;
        long pid = make(signals[i], NULL);
        if (!pid) _exit(7);
        long plain = waitpid((pid_t)pid, &status, 0) == pid;
        long other = plain ? 0 : waitpid((pid_t)pid, &status, __WCLONE) == pid;
        printf("signal %d: plain wait %ld, other %ld, status %x, heard %d, code %d\n", signals[i], plain,
               other, status, heard, heard_code);
    }
}

static void relations(void)
{
    int status, fd = -1, out[2];
    struct {
        pid_t pid, parent;
    } told;
    if (pipe(out)) return;
    pid_t parent = fork();
    if (!parent) {
        long pid = make(CLONE_PARENT | SIGCHLD, NULL);
        if (!pid) {
            told.pid = getpid(), told.parent = getppid();
            write(out[1], &told, sizeof told);
            _exit(3);
        }
        printf("its maker waits: %s\n", waitpid((pid_t)pid, NULL, 0) < 0 ? strerror(errno) : "it came");
        _exit(0);
    }
    waitpid(parent, NULL, 0);
    read(out[0], &told, sizeof told);
    printf("a sibling %d, ", told.parent == getpid());
    printf("waited for %d\n", waitpid(told.pid, &status, 0) == told.pid);
    long pid = make(CLONE_PIDFD | SIGCHLD, &fd);
    if (!pid) _exit(9);
    struct pollfd p = {fd, POLLIN, 0};
    siginfo_t info = {0};
    printf("poll %d, ", poll(&p, 1, -1));
    printf("by descriptor %d", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
    printf(", status %d\n", info.si_status);
    close(fd);
    int word = 0;
    uint64_t args[8] = {CLONE_PIDFD | CLONE_PARENT_SETTID, (uintptr_t)&fd, 0, (uintptr_t)&word, SIGCHLD};
    pid = raw(SYS_clone3, args, sizeof args);
    if (!pid) _exit(5);
    printf("clone3: told %d, by descriptor %d", word == pid, waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
    printf(", status %d\n", info.si_status);
    mkdir("sub", 0700);
    pid = make(CLONE_FS | SIGCHLD, NULL);
    if (!pid) _exit(chdir("sub"));
    waitpid((pid_t)pid, NULL, 0);
    char at[256];
    printf("the folder is shared %d\n", getcwd(at, sizeof at) && !strcmp(strrchr(at, '/'), "/sub"));
    chdir("..");
    close(fd);
}

static void put(long pid, const char *name, const char *format, int number)
{
    char path[64], text[64];
    snprintf(path, sizeof path, "/proc/%ld/%s", pid, name);
    int n = snprintf(text, sizeof text, format, number), fd = open(path, O_WRONLY);
    if (write(fd, text, n) != n) printf("%s: %s\n", name, strerror(errno));
    close(fd);
}

/* The first process of its namespace: what it mounts and names is its own, and so is its root at the end. */
static int inside(int begin, char **argv)
{
    char c;
    struct utsname u;
    struct stat st;
    if (read(begin, &c, 1) != 1) return 1;
    printf("process %d of %d, user %d, group %d\n", getpid(), getppid(), getuid(), getgid());
    SHOW(raw(SYS_sethostname, "inside", 6));
    uname(&u);
    printf("host %s\n", u.nodename);
    mkdir("root", 0700);
    SHOW(mount("none", "root", "tmpfs", 0, "size=64k"));
    SHOW(mkdir("root/old", 0700));
    SHOW(mkdir("root/proc", 0700));
    SHOW(mount("none", "root/proc", "proc", 0, NULL));
    SHOW(stat("root/proc/1", &st));
    pid_t pid = fork();
    if (!pid) _exit(getpid() + 40);
    int status;
    printf("child %d, ", pid);
    printf("status %x\n", waitpid(pid, &status, 0) == pid ? status : -1);
    if (!fork()) {
        execv(argv[0], (char *[]){argv[0], "in it", NULL});
        _exit(1);
    }
    wait(NULL);
    if (chdir("root")) return 1;
    SHOW(raw(SYS_pivot_root, ".", "old"));
    SHOW(raw(SYS_chroot, "."));
    SHOW(umount2("/old", MNT_DETACH));
    printf("old %s, proc %d\n", rmdir("/old") ? strerror(errno) : "gone", !access("/proc/1", F_OK));
    return 4;
}

static void namespaces(char **argv)
{
    int begin[2], status;
    if (pipe(begin)) return;
    SHOW(make(CLONE_NEWNS | CLONE_FS | SIGCHLD, NULL));
    SHOW(make(CLONE_NEWUSER | CLONE_FS | SIGCHLD, NULL));
    SHOW(make(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, &status));
    SHOW(make(CLONE_SIGHAND | SIGCHLD, NULL));
    SHOW(make(CLONE_THREAD | SIGCHLD, NULL));
    int uid = getuid(), gid = getgid();
    long pid = make(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | SIGCHLD, NULL);
    if (!pid) _exit(inside(begin[0], argv));
    if (pid < 0) {
        puts("not allowed");
        return;
    }
    put(pid, "uid_map", "0 %d 1", uid);
    put(pid, "setgroups", "deny", 0);
    put(pid, "gid_map", "0 %d 1", gid);
    write(begin[1], "x", 1);
    printf("waited for %d, ", waitpid((pid_t)pid, &status, 0) == pid);
    printf("status %x, root is still ours %d\n", status, access("root/old", F_OK));
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc > 1) return printf("run %s as %d\n", argv[1], getpid()), 0;
    char self[4096] = "";
    readlink("/proc/self/exe", self, sizeof self - 1);
    enter_scratch();
    ends();
    relations();
    namespaces((char *[]){self, NULL});
    leave_scratch();
    return 0;
}
