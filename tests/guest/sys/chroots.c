/* A program in a chroot in which there is nothing but itself (where one may do so). */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/guest/sys/raw.h"

static void copy(const char *from, const char *to)
{
    static char data[1 << 20];
    int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT, 0700);
    for (ssize_t n; (n = read(in, data, sizeof data)) > 0;)
        if (write(out, data, (size_t)n) != n) exit(98);
    close(in), close(out);
}

int main(int argc, char **argv)
{
    char *words[] = {"a name", "in there", NULL}, *environment[] = {"A=1", NULL};
    int status;
    if (argc > 1) {
        printf("%s %s, A is %s\n", argv[0], argv[1], getenv("A"));
        return 7;
    }
    enter_scratch();
    mkdir("root", 0755);
    copy("/proc/self/exe", "root/self");
    if (!fork()) {
        if (chroot("root") || chdir("/")) exit(printf("no chroot: %s\n", strerror(errno)) ? 0 : 1);
        execve("/self", words, environment);
        printf("execve: %s\n", strerror(errno));
        exit(1);
    }
    wait(&status);
    printf("status %x\n", status);
    unlink("root/self"), rmdir("root");
    leave_scratch();
    return 0;
}
