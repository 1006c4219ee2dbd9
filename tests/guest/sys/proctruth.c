/* /proc tells of this program and its processor by whatever way one comes there. */
#define _GNU_SOURCE
#include <cpuid.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

#include "tests/guest/sys/raw.h"

static volatile int in_data = 5;
static char text[1 << 20];

static const char *read_all(int fd)
{
    size_t n = 0;
    for (ssize_t got; n < sizeof text - 1 && (got = read(fd, text + n, sizeof text - 1 - n)) > 0;)
        n += got;
    text[n] = 0;
    close(fd);
    return fd < 0 ? "" : text;
}

static const char *whole(const char *path)
{
    return read_all(open(path, O_RDONLY));
}

/* Has one of these lines this program's data in it? */
static int has_data(const char *maps)
{
    unsigned long from, to, at = (unsigned long)&in_data;
    for (const char *p = maps; *p; p += strcspn(p, "\n"), p += *p == '\n')
        if (sscanf(p, "%lx-%lx ", &from, &to) == 2 && at >= from && at < to) return 1;
    return 0;
}

static unsigned long long after(const char *where, const char *name, int base)
{
    const char *p = strstr(where, name);
    return p ? strtoull(p + strlen(name), NULL, base) : ~0ull;
}

static int has_flag(const char *info, const char *name)
{
    char line[4096], word[32];
    const char *p = strstr(info, "\nflags");
    snprintf(line, sizeof line, "%.*s ", p ? (int)strcspn(p + 1, "\n") : 0, p ? p + 1 : "");
    snprintf(word, sizeof word, " %s ", name);
    return strstr(line, word) != NULL;
}

static void processor(void)
{
    unsigned a, b, c, d, family, n = 0;
    const char *info = whole("/proc/cpuinfo");
    char vendor[13] = "", line[64];
    __get_cpuid(0, &a, (unsigned *)vendor, (unsigned *)(vendor + 8), (unsigned *)(vendor + 4));
    snprintf(line, sizeof line, "vendor_id\t: %s\n", vendor);
    printf("vendor %d\n", strstr(info, line) != NULL);
    __get_cpuid(1, &a, &b, &c, &d);
    family = a >> 8 & 15;
    if (family == 15) family += a >> 20 & 255;
    printf("cache size %d\n", strstr(info, "\ncache size\t: ") != NULL);
    printf("family %d, model %d\n", after(info, "cpu family\t: ", 10) == family,
           after(info, "model\t\t: ", 10) == ((a >> 4 & 15) | (a >> 12 & 0xf0)));
    static const struct {
        const char *name;
        int reg, bit;
    } flags[] = {{"fpu", 3, 0},     {"cmov", 3, 15}, {"mmx", 3, 23},    {"sse", 3, 25},     {"sse2", 3, 26},
                 {"pni", 2, 0},     {"ssse3", 2, 9}, {"sse4_1", 2, 19}, {"sse4_2", 2, 20},  {"movbe", 2, 22},
                 {"popcnt", 2, 23}, {"aes", 2, 25},  {"avx", 2, 28},    {"pclmulqdq", 2, 1}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (has_flag(info, flags[i].name) != (int)((flags[i].reg == 3 ? d : c) >> flags[i].bit & 1))
            printf("flag %s differs from CPUID\n", flags[i].name);
    for (const char *p = info; (p = strstr(p, "processor\t:")); p++)
        n++;
    printf("as many as are online %d\n", n == (unsigned)sysconf(_SC_NPROCESSORS_ONLN));
}

static void ways(void)
{
    char path[64];
    int dir = open("/proc/self", O_RDONLY | O_DIRECTORY);
    printf("openat %d\n", has_data(read_all(openat(dir, "maps", O_RDONLY))));
    printf("dots %d\n", has_data(whole("/proc/self/../self//maps")));
    snprintf(path, sizeof path, "/proc/self/task/%d/maps", getpid());
    printf("task %d\n", has_data(whole(path)));
    symlink("/proc/self/maps", "a link");
    printf("link %d\n", has_data(whole("a link")));
    unlink("a link");
    chdir("/proc/self");
    printf("here %d\n", has_data(whole("maps")));
    printf("smaps %d\n", has_data(whole("smaps")));
    struct stat a, b;
    char one[4096] = "", other[4096] = "";
    printf("exe %d", !stat("/proc/self/exe", &a) && !fstatat(dir, "exe", &b, 0) && a.st_ino == b.st_ino);
    printf(" %d", readlinkat(dir, "exe", one, sizeof one - 1) > 0 &&
                      readlink("/proc/self/exe", other, sizeof other - 1) > 0 && !strcmp(one, other));
    int fd = openat(dir, "exe", O_RDONLY);
    printf(" %d\n", !fstat(fd, &b) && a.st_ino == b.st_ino);
    close(fd);
    close(dir);
}

static void memory(void)
{
    int value = 0, fd = open("/proc/self/mem", O_RDWR);
    off64_t at = (unsigned long)&in_data;
    printf("mem: %zd", pread64(fd, &value, sizeof value, at));
    printf(" %d", value);
    value = 77;
    printf(", %zd", pwrite64(fd, &value, sizeof value, at));
    printf(" %d", in_data);
    printf(", at its position %d",
           lseek64(fd, at, SEEK_SET) == at && read(fd, &value, 2) == 2 && lseek64(fd, 0, SEEK_CUR) == at + 2);
    char *p = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(p + 4096, 4096);
    printf(", protected %zd %d", pwrite64(fd, "x", 1, (unsigned long)p), *p);
    printf(", to its end %zd", pread64(fd, text, 100, (unsigned long)p + 4090));
    printf(", nothing %zd", pread64(fd, text, 1, (unsigned long)p + 4096));
    printf(" errno %d\n", errno);
    close(fd);
    fd = open("/proc/self/mem", O_RDONLY);
    printf("not to be written %zd", pwrite64(fd, &value, 1, at));
    printf(" errno %d\n", errno);
    close(fd);
}

static void nothing(int signo)
{
    (void)signo;
}

static void state(void)
{
    sigset_t set;
    unsigned long from, to, size = 0;
    unsigned long long pages[3] = {0};
    sigemptyset(&set);
    sigaddset(&set, SIGWINCH);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGUSR1, nothing);
    signal(SIGUSR2, SIG_IGN);
    const char *s = whole("/proc/self/status");
    unsigned bits = 1 << (SIGWINCH - 1) | 1 << (SIGUSR1 - 1) | 1 << (SIGUSR2 - 1);
    printf("blocked %llx, ignored %llx, caught %llx\n", after(s, "SigBlk:\t", 16) & bits,
           after(s, "SigIgn:\t", 16) & bits, after(s, "SigCgt:\t", 16) & bits);
    for (const char *p = whole("/proc/self/maps"); *p; p += strcspn(p, "\n"), p += *p == '\n')
        if (sscanf(p, "%lx-%lx ", &from, &to) == 2) size += to - from;
    sscanf(whole("/proc/self/statm"), "%llu %llu %llu", &pages[0], &pages[1], &pages[2]);
    printf("statm %d\n", pages[0] == size / 4096 && pages[1] < pages[0]);
    printf("VmSize %d\n", after(whole("/proc/self/status"), "VmSize:\t", 10) == size / 1024);
    struct rlimit r = {100, 200};
    setrlimit(RLIMIT_NOFILE, &r);
    printf("files %llu\n", after(whole("/proc/self/limits"), "Max open files", 10));
}

static void descriptors(void)
{
    int strange = 0, some = 0;
    DIR *d = opendir("/proc/self/fd");
    for (struct dirent *e; (e = readdir(d));)
        if (isdigit((unsigned char)*e->d_name)) some++, strange += fcntl(atoi(e->d_name), F_GETFD) < 0;
    closedir(d);
    printf("descriptors: some %d, strange %d\n", some > 0, strange);
}

int main(void)
{
    struct utsname u;
    processor();
    ways();
    memory();
    state();
    descriptors();
    uname(&u);
    printf("a 64-bit kernel's word or ours %d\n", !strcmp(u.machine, "i686") || !strcmp(u.machine, "x86_64"));
    return 0;
}
