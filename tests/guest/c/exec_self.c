/* What a program learns about itself: /proc/self/exe, /proc/self/cmdline, maps, the auxiliary vector, and
 * that executing /proc/self/exe runs it again.
 * @variants: O0 O2 pie musl
 * @args: one 'two words' "" */
#include <elf.h>
#include <libgen.h>
#include <link.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/guest/guest.h"

extern char **environ;

static void exe(const char *argv0)
{
    char link[4096] = {0}, own[4096];
    ssize_t n = readlink("/proc/self/exe", link, sizeof link - 1);
    strcpy(own, argv0);
    printf("exe: %d, same name %d\n", n > 0, !strcmp(basename(link), basename(own)));
    char head[4] = {0};
    FILE *f = fopen("/proc/self/exe", "r");
    printf("opened %d, ELF %d\n", f != NULL, f && fread(head, 1, 4, f) == 4 && !memcmp(head, ELFMAG, 4));
    if (f) fclose(f);
}

static void command_line(int argc)
{
    char text[4096];
    FILE *f = fopen("/proc/self/cmdline", "r");
    size_t n = f ? fread(text, 1, sizeof text, f) : 0;
    int zeros = 0;
    for (size_t i = 0; i < n; i++)
        zeros += !text[i];
    printf("cmdline: %d arguments\n", zeros == argc);
    if (f) fclose(f);
}

static void maps(void)
{
    char line[512];
    int code = 0, stack = 0, data = 0, bad = 0;
    static int variable;
    FILE *f = fopen("/proc/self/maps", "r");
    while (f && fgets(line, sizeof line, f)) {
        unsigned long from, to;
        char r, w, x, p;
        if (sscanf(line, "%lx-%lx %c%c%c%c", &from, &to, &r, &w, &x, &p) != 6) bad++;
        if (from <= (uintptr_t)maps && (uintptr_t)maps < to) code = x == 'x' && w == '-';
        if (from <= (uintptr_t)&variable && (uintptr_t)&variable < to) data = w == 'w';
        if (from <= (uintptr_t)line && (uintptr_t)line < to) stack = strstr(line, "[stack]") != NULL;
    }
    printf("maps: code %d data %d stack %d bad %d\n", code, data, stack, bad);
    if (f) fclose(f);
}

static void auxiliary(int argc, char **argv)
{
    const ElfW(Phdr) *ph = (const void *)getauxval(AT_PHDR);
    int loads = 0;
    for (unsigned i = 0; i < getauxval(AT_PHNUM); i++)
        loads += ph[i].p_type == PT_LOAD;
    printf("auxv: page %lu, phent %lu, loads %d, clock %lu\n", getauxval(AT_PAGESZ), getauxval(AT_PHENT),
           loads > 1, getauxval(AT_CLKTCK));
    printf("ids %d %d %d secure %lu\n", getauxval(AT_UID) == getuid(), getauxval(AT_EUID) == geteuid(),
           getauxval(AT_GID) == getgid(), getauxval(AT_SECURE));
    const char *platform = (const char *)getauxval(AT_PLATFORM), *execfn = (const char *)getauxval(AT_EXECFN);
    printf("platform %s, random %d, execfn %d, entry %d\n", platform, getauxval(AT_RANDOM) != 0,
           !strcmp(execfn, argv[0]), getauxval(AT_ENTRY) != 0);
    printf("page size %ld, processors %d\n", sysconf(_SC_PAGESIZE), sysconf(_SC_NPROCESSORS_ONLN) > 0);
    printf("vector %d %d\n", argv + argc + 1 == environ, argv[argc] == NULL);
}

int main(int argc, char **argv)
{
    if (getenv("AGAIN")) {
        printf("again as %s with %d\n", argv[0], argc);
        return 5;
    }
    for (int i = 1; i < argc; i++)
        printf("argument '%s'\n", argv[i]);
    printf("environment '%s' %s\n", getenv("GUEST_TEST"), getenv("NOT_SET") ? "set" : "not set");
    exe(argv[0]);
    command_line(argc);
    maps();
    auxiliary(argc, argv);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        setenv("AGAIN", "1", 1);
        execl("/proc/self/exe", "myself", "x", NULL);
        _exit(1);
    }
    int status;
    waitpid(pid, &status, 0);
    printf("status %d\n", WEXITSTATUS(status));
    return 0;
}
