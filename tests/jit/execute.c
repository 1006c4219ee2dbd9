/* Code memory on a MIPS64 host: what is committed and patched is what runs. */
#include "jit/mips64/memory.h"
#include "tests/jit/check.h"

typedef long function(long x);

static long call(const uint32_t *code, long x)
{
    union {
        const uint32_t *code;
        function *function;
    } as = {code};
    return as.function(x);
}

/* x + k */
static uint32_t *adder(struct codemem *cm, int k)
{
    struct code c = codemem_reserve(cm, 16);
    daddiu(&c, V0, A0, k);
    jr(&c, RA);
    nop(&c);
    codemem_commit(cm, &c);
    return c.begin;
}

static void run(struct tally *t, bool wx)
{
    struct codemem cm;
    if (!codemem_new(&cm, 1 << 20, wx)) return;
    uint32_t *one = adder(&cm, 1);
    codemem_keep(&cm);
    check(t, "committed code runs", call(one, 5) == 6);
    uint32_t *two = adder(&cm, 2);
    check(t, "and more of it", call(two, 5) == 7 && call(one, 5) == 6);
    codemem_patch(&cm, one, word_i(0x19, A0, V0, 100));
    check(t, "a patch is seen", call(one, 5) == 105);
    codemem_open(&cm);
    codemem_patch(&cm, one, word_j(two));
    codemem_patch(&cm, two, word_i(0x19, A0, V0, 200));
    codemem_patch(&cm, one + 1, 0);
    codemem_close(&cm);
    check(t, "a jump that was patched in is taken", call(one, 5) == 205);
    codemem_reset(&cm);
    uint32_t *three = adder(&cm, 3);
    check(t, "a new generation overwrites the last one", three == two && call(three, 5) == 8);
    check(t, "what is kept stays", call(one, 5) == 8);

    struct code c = codemem_reserve(&cm, 64);
    li64(&c, V0, 0x123456789abcdef0);
    jr(&c, RA);
    nop(&c);
    codemem_commit(&cm, &c);
    check(t, "a constant arrives", call(c.begin, 0) == 0x123456789abcdef0);
    codemem_free(&cm);
}

int main(void)
{
    struct tally t = {0};
    run(&t, false);
    run(&t, true);
    return report(&t);
}
