/* Code memory on any host: rooms, generations, protection as /proc/self/maps has it. Nothing is executed. */
#include <string.h>
#include <unistd.h>

#include "jit/mips64/memory.h"
#include "tests/jit/check.h"

/* "rwx" of the page at p. */
static const char *protection(const void *p)
{
    static char found[5];
    FILE *f = fopen("/proc/self/maps", "r");
    char line[512];
    strcpy(found, "none");
    while (f && fgets(line, sizeof line, f)) {
        unsigned long from, to;
        char prot[5];
        if (sscanf(line, "%lx-%lx %4s", &from, &to, prot) == 3 && (unsigned long)p >= from &&
            (unsigned long)p < to)
            strcpy(found, prot);
    }
    if (f) fclose(f);
    found[3] = 0;
    return found;
}

static bool is(const void *p, const char *wanted)
{
    return !strcmp(protection(p), wanted);
}

static void fill(struct code *c, int words)
{
    for (int k = 0; k < words; k++)
        addiu(c, T0, T0, k);
}

static void rooms(struct tally *t)
{
    struct codemem cm;
    check(t, "a size of nothing is refused", !codemem_new(&cm, 0, false));
    check(t, "more than a jump region is refused", !codemem_new(&cm, (256u << 20) + 1, false));
    check(t, "256 KiB can be had", codemem_new(&cm, 256 << 10, false));
    check(t, "and are that many words", cm.end - cm.begin == (256 << 10) / 4);
    check(t, "writable and executable by default", is(cm.begin, "rwx") && is(cm.end - 1, "rwx"));

    struct code c = codemem_reserve(&cm, 1000);
    check(t, "a reservation begins at the begin", c.begin == cm.begin && c.end == c.begin + 1000);
    fill(&c, 10);
    codemem_commit(&cm, &c);
    check(t, "a commit takes what was emitted, no more", cm.next == cm.begin + 10);
    check(t, "committed code is in it", codemem_has(&cm, cm.begin + 9) && !codemem_has(&cm, cm.begin + 10));
    codemem_keep(&cm);

    c = codemem_reserve(&cm, 1000);
    check(t, "the next reservation follows", c.begin == cm.begin + 10);
    fill(&c, 1000);
    check(t, "all that was reserved can be emitted", !c.overflow);
    nop(&c);
    check(t, "one more overflows", c.overflow && c.at == c.end);
    codemem_abort(&cm, &c);
    check(t, "an abort takes nothing", cm.next == cm.begin + 10);

    size_t left = (size_t)(cm.end - cm.next);
    c = codemem_reserve(&cm, left + 1);
    check(t, "too large a reservation is answered by full", !c.begin && c.overflow);
    nop(&c);
    check(t, "into which nothing is emitted", c.overflow && !c.at);
    c = codemem_reserve(&cm, left);
    check(t, "all that is left can be had", c.begin && c.end == cm.end);
    fill(&c, (int)left);
    codemem_commit(&cm, &c);
    check(t, "then even one word is too much", !codemem_reserve(&cm, 1).begin);

    codemem_patch(&cm, cm.begin + 3, 0x1234);
    check(t, "a patch replaces one word", cm.begin[3] == 0x1234 && cm.begin[4] == word_i(0x09, T0, T0, 4));
    codemem_reset(&cm);
    check(t, "a reset begins a generation after what is kept",
          cm.generation == 1 && cm.next == cm.begin + 10 && cm.begin[3] == 0x1234);
    codemem_free(&cm);
}

static void regions(struct tally *t)
{
    struct codemem cm[6];
    bool in_one = true, near = false;
    for (int k = 0; k < 6; k++) {
        size_t bytes = k == 5 ? 256u << 20 : 48u << 20;
        if (!codemem_new(&cm[k], bytes, k & 1)) in_one = false;
        in_one &= j_reaches(cm[k].begin, cm[k].end - 1) && j_reaches(cm[k].end - 3, cm[k].begin);
        near |= j_reaches(cm[k].begin, (const uint32_t *)(uintptr_t)codemem_new);
    }
    check(t, "whatever its size, code memory is in one jump region", in_one);
    check(t, "if it can be, in that of our own code", near);
    for (int k = 0; k < 6; k++)
        codemem_free(&cm[k]);
}

static void protections(struct tally *t)
{
    long page = sysconf(_SC_PAGESIZE) / 4;
    struct codemem cm;
    check(t, "--wx: code memory can be had", codemem_new(&cm, 1 << 20, true));
    check(t, "--wx: it begins executable", is(cm.begin, "r-x"));
    struct code c = codemem_reserve(&cm, (size_t)page * 4);
    check(t, "--wx: a reservation is writable, the rest is not",
          is(cm.begin, "rw-") && is(c.end - 1, "rw-") && is(c.end + page, "r-x"));
    fill(&c, (int)page * 3);
    codemem_commit(&cm, &c);
    check(t, "--wx: a commit makes it executable", is(cm.begin, "r-x") && is(c.end - 1, "r-x"));
    codemem_patch(&cm, cm.begin + 1, 7);
    check(t, "--wx: a patch opens and closes", cm.begin[1] == 7 && is(cm.begin, "r-x"));

    codemem_open(&cm);
    check(t, "--wx: to open makes no page writable yet", is(cm.begin, "r-x"));
    codemem_patch(&cm, cm.begin + page, 8);
    check(t, "--wx: a patch opens its page", is(cm.begin, "r-x") && is(cm.begin + page, "rw-"));
    codemem_open(&cm);
    codemem_patch(&cm, cm.begin, 9);
    codemem_close(&cm);
    check(t, "--wx: pages stay open to the last close", is(cm.begin, "rw-") && is(cm.begin + page, "rw-"));
    codemem_close(&cm);
    check(t, "--wx: which makes all executable", is(cm.begin, "r-x") && is(cm.begin + page, "r-x"));
    check(t, "--wx: patches in one go all arrive", cm.begin[0] == 9 && cm.begin[page] == 8);

    c = codemem_reserve(&cm, 16);
    codemem_patch(&cm, cm.begin, 10);
    nop(&c);
    codemem_abort(&cm, &c);
    check(t, "--wx: an abort closes, too", is(cm.begin, "r-x") && is(c.begin, "r-x") && !cm.writers);
    codemem_free(&cm);
}

int main(void)
{
    struct tally t = {0};
    rooms(&t);
    regions(&t);
    protections(&t);
    return report(&t);
}
