/* execve: arguments and environment as given, what survives and what does not, scripts, errors that must
 * leave the caller alive. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/guest/sys/raw.h"

extern char **environ;
static char self[4096];

static int show_self(int argc, char **argv)
{
    printf("argc %d:", argc);
    for (int i = 0; i < argc; i++)
        printf(" [%s]", argv[i]);
    printf("\nenvironment:");
    for (char **e = environ; *e; e++)
        printf(" [%s]", *e);
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    struct sigaction a, b, c, d;
    sigaction(SIGUSR1, NULL, &a);
    sigaction(SIGUSR2, NULL, &b);
    sigaction(SIGSEGV, NULL, &c);
    sigaction(SIGBUS, NULL, &d);
    printf("\nUSR1 ignored %d, USR2 default %d, SEGV ignored %d, BUS default %d, blocked USR1 %d TERM %d "
           "SEGV %d RT %d\n",
           a.sa_handler == SIG_IGN, b.sa_handler == SIG_DFL, c.sa_handler == SIG_IGN, d.sa_handler == SIG_DFL,
           sigismember(&mask, SIGUSR1), sigismember(&mask, SIGTERM), sigismember(&mask, SIGSEGV),
           sigismember(&mask, 40));
    sigset_t pending;
    sigpending(&pending);
    printf("pending TERM %d\n", sigismember(&pending, SIGTERM));
    printf("descriptor 20: %d, 21: %d, umask %o\n", fcntl(20, F_GETFD), fcntl(21, F_GETFD), umask(0));
    char exe[4096];
    int n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    printf("exe right %d\n", n > 0 && !strncmp(exe, self, n) && !self[n]);
    return 5;
}

static void handler(int signo) {}

static void run(const char *title, const char *path, char **argv, char **envp)
{
    int status;
    printf("%s: ", title);
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        execve(path, argv, envp);
        printf("%s\n", strerror(errno));
        fflush(stdout);
        _exit(66);
    }
    waitpid(pid, &status, 0);
    printf("-> %x\n", status);
}

static void by_descriptor(const char *title, int flags, char **argv, char **envp)
{
    int status, fd = open("script2", flags);
    printf("%s: ", title);
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        printf("%s\n", result(raw(SYS_execveat, fd, "", argv, envp, AT_EMPTY_PATH)));
        fflush(stdout);
        _exit(66);
    }
    waitpid(pid, &status, 0);
    printf("-> %x\n", status);
    close(fd);
}

static void file(const char *name, const char *text, int mode)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0700);
    write(fd, text, strlen(text));
    fchmod(fd, mode);
    close(fd);
}

int main(int argc, char **argv)
{
    int n = readlink("/proc/self/exe", self, sizeof self - 1);
    self[n] = 0;
    if (getenv("SHOW_SELF")) return show_self(argc, argv);
    enter_scratch();
    char *env[] = {"SHOW_SELF=1", "B=two words", "EMPTY=", NULL};
    char *args[] = {"-odd name", "", "a b", "--strace", "\xff\x01", NULL};
    run("plain", self, args, env);
    char *one[] = {"x", NULL};
    signal(SIGUSR1, SIG_IGN);
    signal(SIGUSR2, handler);
    signal(SIGSEGV, SIG_IGN);
    signal(SIGBUS, handler);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGSEGV);
    sigaddset(&set, 40);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTERM);
    dup2(1, 20);
    fcntl(dup2(1, 21), F_SETFD, FD_CLOEXEC);
    umask(0123);
    run("inherited", self, one, env);
    umask(022);
    char script[5000];
    snprintf(script, sizeof script, "#!%s\nnothing\n", self);
    file("script", script, 0755);
    run("script", "./script", args, env);
    snprintf(script, sizeof script, "#! %s one argument \n", self);
    file("script2", script, 0755);
    run("script with argument", "./script2", args, env);
    file("script3", "#!./script2\n", 0755);
    run("script of a script", "./script3", one, env);
    symlink(self, "-link");
    run("by a link that looks like an option", "-link", one, env);
    run("missing", "./none", one, env);
    run("directory", "/tmp", one, env);
    run("under a file", "./script/x", one, env);
    run("empty", "", one, env);
    file("text", "just text\n", 0755);
    run("text", "./text", one, env);
    file("locked", script, 0644);
    run("not executable", "./locked", one, env);
    file("nothing", "", 0755);
    run("empty file", "./nothing", one, env);
    file("lost", "#!/no/such/interpreter\n", 0755);
    run("lost interpreter", "./lost", one, env);
    file("loop", "#!./loop\n", 0755);
    run("loop", "./loop", one, env);
    file("broken", "\177ELF\1\1\1", 0755);
    run("broken", "./broken", one, env);
    SHOW(raw(SYS_execve, "./none", 8, 8));
    SHOW(raw(SYS_execveat, -100, "./none", one, env, 0));
    int fd = open(self, O_PATH);
    fflush(stdout);
    int status;
    if (!fork()) {
        raw(SYS_execveat, fd, "", one, env, AT_EMPTY_PATH);
        _exit(66);
    }
    wait(&status);
    printf("-> %x\n", status);
    by_descriptor("script by descriptor", O_RDONLY, one, env);
    by_descriptor("that will be closed", O_RDONLY | O_CLOEXEC, one, env);
    /* The caller is as it was. */
    struct sigaction a;
    sigaction(SIGUSR2, NULL, &a);
    printf("handler still there %d\n", a.sa_handler == handler);
    leave_scratch();
    return 0;
}
