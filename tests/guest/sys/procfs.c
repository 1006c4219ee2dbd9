/* What /proc/self tells is the truth about this program. */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "tests/guest/sys/raw.h"

extern char **environ;
static int in_data = 5;

static const char *permissions(void *p, const char **name)
{
    static char line[4096], what[8];
    FILE *f = fopen("/proc/self/maps", "r");
    unsigned long from, to, offset, inode;
    unsigned major, minor;
    int at;
    what[0] = 0;
    while (fgets(line, sizeof line, f))
        if (sscanf(line, "%lx-%lx %7s %lx %x:%x %lu %n", &from, &to, what, &offset, &major, &minor, &inode,
                   &at) >= 7 &&
            (unsigned long)p >= from && (unsigned long)p < to) {
            line[strcspn(line, "\n")] = 0;
            *name = line + at;
            fclose(f);
            return what;
        }
    fclose(f);
    *name = "";
    return "none";
}

static void show(const char *title, void *p, const char *exe)
{
    const char *name, *perm = permissions(p, &name);
    printf("%s: %s %s\n", title, perm, !strcmp(name, exe) ? "the program" : name);
}

int main(int argc, char **argv)
{
    char exe[4096], text[4096];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    exe[n] = 0;
    struct stat a, b;
    stat("/proc/self/exe", &a);
    stat(exe, &b);
    printf("exe: same file %d, a link %d\n", a.st_ino == b.st_ino,
           !lstat("/proc/self/exe", &a) && S_ISLNK(a.st_mode));
    char name[64];
    snprintf(name, sizeof name, "/proc/%d/exe", getpid());
    printf("by number %d\n", readlink(name, text, sizeof text) == n && !memcmp(text, exe, n));
    int fd = open("/proc/self/exe", O_RDONLY);
    unsigned char head[20];
    read(fd, head, 20);
    printf("an i386 program %d\n", !memcmp(head, ELFMAG, 4) && head[4] == ELFCLASS32 && head[18] == EM_386);
    close(fd);
    fd = open("/proc/self/cmdline", O_RDONLY);
    n = read(fd, text, sizeof text);
    char *p = text;
    int wrong = 0;
    for (int i = 0; i < argc; i++) {
        wrong += strcmp(p, argv[i]) != 0;
        p += strlen(p) + 1;
    }
    printf("cmdline: wrong %d, all of it %d\n", wrong, p == text + n);
    fd = open("/proc/self/auxv", O_RDONLY);
    Elf32_auxv_t v[64];
    n = read(fd, v, sizeof v) / sizeof *v;
    wrong = 0;
    for (int i = 0; i < n && v[i].a_type; i++)
        wrong += getauxval(v[i].a_type) != v[i].a_un.a_val;
    printf("auxv: wrong %d, some %d\n", wrong, n > 10);
    show("code", (void *)main, exe);
    show("data", &in_data, exe);
    char *heap = sbrk(4096), local;
    show("heap", heap, exe);
    show("stack", &local, exe);
    char *m = mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    const char *name2;
    printf("shared: %s\n", permissions(m, &name2));
    mprotect(m, 4096, PROT_NONE);
    printf("shared: %s\n", permissions(m, &name2));
    FILE *f = fopen("/proc/self/stat", "r");
    int pid;
    char comm[64], state;
    fscanf(f, "%d %63s %c", &pid, comm, &state);
    const char *base = strrchr(exe, '/') + 1;
    printf("stat: pid %d comm %d\n", pid == getpid(),
           !strncmp(comm + 1, base, strlen(base) > 15 ? 15 : strlen(base)));
    printf("platform %s\n", (char *)getauxval(AT_PLATFORM));
    return 0;
}
