/* Writes mutated ELF files: elf_mutants SEED COUNT DIRECTORY FILE…. Number I is DIRECTORY/mI, of each FILE in
 * turn. One whose interpreter is "i@@@@@" gets one of its own, iI, which is mutated instead of it. */
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/elf_mutate.h"

enum { MAX_FILE = 1 << 20 };

static ssize_t read_file(const char *name, uint8_t *bytes)
{
    int fd = open(name, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, bytes, MAX_FILE);
    if (fd >= 0) close(fd);
    return n;
}

static bool write_file(const char *name, const uint8_t *bytes, size_t n)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    if (fd < 0) return false;
    bool good = write(fd, bytes, n) == (ssize_t)n && !fchmod(fd, 0755);
    return close(fd) == 0 && good;
}

static uint8_t bytes[MAX_FILE];

/* What is executable is readable as well: else it is so or not as the CPU has protection keys. */
static void make_readable(void)
{
    Elf32_Phdr *p = (void *)(bytes + sizeof(Elf32_Ehdr));
    for (int i = 0; i < 16; i++)
        if (p[i].p_type == PT_LOAD && p[i].p_flags & PF_X) p[i].p_flags |= PF_R;
}

/* FILE's mutant as KIND and NUMBER say; false: it could not be made. */
static bool make(const char *file, const char *directory, char kind, unsigned number, bool mutated)
{
    static const char mark[] = "i@@@@@";
    char name[4096], own[16];
    ssize_t n = read_file(file, bytes);
    if (n < ELF_HEADERS) return false;
    uint8_t *asks = memmem(bytes, (size_t)n, mark, sizeof mark);
    snprintf(own, sizeof own, "i%05u", number);
    if (asks) memcpy(asks, own, sizeof mark);
    snprintf(name, sizeof name, "%s/%c%05u", directory, kind, number);
    if (mutated && !asks) n = (ssize_t)elf_mutate(bytes, (size_t)n);
    make_readable();
    return write_file(name, bytes, (size_t)n);
}

int main(int argc, char **argv)
{
    if (argc < 6) return 2;
    unsigned seed = (unsigned)atoi(argv[1]), count = (unsigned)atoi(argv[2]), files = (unsigned)argc - 4;
    for (unsigned i = 0; i < count; i++) {
        const char *file = argv[4 + i % files], *other = argv[4 + (i + 1) % files];
        elf_mutate_seed(((uint64_t)seed << 32) + i);
        if (make(file, argv[3], 'm', i, true) && make(other, argv[3], 'i', i, true)) continue;
        fprintf(stderr, "no mutant of %s and %s\n", file, other);
        return 1;
    }
    return 0;
}
