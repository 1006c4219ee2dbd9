/* Mutated ELF files through the loader: whatever the headers say, it loads them or refuses them with a
 * sentence, and guest memory stays consistent.
 * usage: loader_fuzz SEED COUNT FILE…: mutates each FILE COUNT times; a file is one test. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "mm/mm.h"
#include "tests/fuzz/elf_mutate.h"

enum { MAX_FILE = 1 << 20 };

static void on_fault(int signo)
{
    if (!mm_host_fault_sig()) signal(signo, SIG_DFL);
}

/* Every page that is said to be mapped can be read or is forbidden; nothing crashes. */
static bool consistent(struct mm *mm)
{
    uint8_t page[GPAGE];
    uint64_t offset;
    for (uint64_t a = 0; a < 0xffffe000; a += GPAGE) {
        gaddr start, end;
        int prot = mm_page_prot(mm, (gaddr)a);
        if (prot < 0) continue;
        if (!mm_mapping_at(mm, (gaddr)a, &start, &end, &offset) || start > a || end <= a) return false;
        if ((mm_read(mm, (gaddr)a, page, GPAGE) == 0) != (prot > 0)) return false;
        if (end - a > 64 * GPAGE) a = end - 2 * GPAGE; /* a large mapping: its ends will do */
    }
    return true;
}

static bool load(int fd, uint32_t host_page)
{
    char path[64], why[600] = "", *argv[] = {"x", NULL}, *envp[] = {NULL};
    const char *reason;
    struct mm_image img;
    struct mm_stack_info info = {.argv = argv, .envp = envp, .execfn = "x", .platform = "i686"};
    struct mm *mm = mm_new(&(struct mm_options){.host_page = host_page}, &reason);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum mm_load_status status = mm_load_elf(mm, path, NULL, &img, why, sizeof why);
    bool good = (status == MM_LOAD_OK) == (why[0] == 0);
    if (status == MM_LOAD_OK) {
        struct mm_fault f;
        uint8_t code[16];
        gaddr sp = mm_setup_stack(mm, &img, &info, why, sizeof why);
        good = good && (sp != 0) == (why[0] == 0) && mm_fetch(mm, img.entry, code, 16, &f) <= 16;
        gaddr end = mm_brk(mm, mm_brk(mm, 0) + 3 * GPAGE);
        good = good && mm_brk(mm, 0) == end;
    }
    good = good && consistent(mm);
    mm_free(mm);
    return good;
}

static void fuzz(const char *name, uint32_t seed, uint32_t count, unsigned tally[2])
{
    static uint8_t original[MAX_FILE], bytes[MAX_FILE];
    int in = open(name, O_RDONLY);
    ssize_t n = in < 0 ? -1 : read(in, original, sizeof original);
    if (n < ELF_HEADERS) {
        printf("%s: cannot be read\n", name);
        tally[1]++;
        return;
    }
    close(in);
    for (uint32_t i = 0; i < count; i++) {
        elf_mutate_seed(((uint64_t)seed << 32) + i);
        memcpy(bytes, original, (size_t)n);
        size_t size = elf_mutate(bytes, (size_t)n);
        int fd = memfd_create("mutant", MFD_CLOEXEC);
        bool good =
            fd >= 0 && write(fd, bytes, size) == (ssize_t)size && load(fd, 4096u << 2 * elf_mutate_below(3));
        tally[good ? 0 : 1]++;
        if (!good) printf("FAILED: %s, seed %u, mutation %u\n", name, seed, i);
        close(fd);
    }
}

int main(int argc, char **argv)
{
    struct sigaction act = {.sa_handler = on_fault, .sa_flags = SA_NODEFER};
    sigaction(SIGSEGV, &act, NULL);
    sigaction(SIGBUS, &act, NULL);
    unsigned tally[2] = {0, 0};
    if (argc < 4) return 2;
    for (int i = 3; i < argc; i++)
        fuzz(argv[i], (uint32_t)atoi(argv[1]), (uint32_t)atoi(argv[2]), tally);
    printf("%u passed, %u failed\n", tally[0], tally[1]);
    return tally[1] != 0;
}
