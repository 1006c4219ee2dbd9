/* When the translator is asked: counts, loops, setbacks, code that is kept out, switching on the way. A
 * translator that translates nothing, or into a handler of its own that interprets, takes notes. */
#include "interp/block.h"
#include "tests/unit/mm_kit.h"

/* mov ecx, 100; outer: call leaf; dec ecx; jnz outer; int 0x80; leaf: mov eax, 30; loop: dec eax; jnz loop;
 * ret */
static const uint8_t program[] =
    "\xb9\x64\0\0\0\xe8\x05\0\0\0\x49\x75\xf8\xcd\x80\xb8\x1e\0\0\0\x48\x75\xfd\xc3";
enum { OUTER = 5, AFTER_CALL = 10, LEAF = 15, LOOP = 20, RET = 23 };

static struct note {
    struct mm *mm;
    struct interp *in;
    struct cpu cpu;
    unsigned asked[64]; /* how often, by offset in the program */
    uint32_t executions[64];
    unsigned native; /* entries of translated blocks */
    bool translate, set_back;
    gaddr kept_out;
} note;

static const struct insn *run_native(struct cpu *cpu, const struct insn *i, uint8_t *base)
{
    note.native++;
    return block_of_first(i)->first_fn(cpu, i, base);
}

static void on_hot(void *self, struct block *b)
{
    cr_assert_eq(self, &note);
    cr_assert(b->optimized);
    note.asked[b->eip - AT]++;
    note.executions[b->eip - AT] = block_executions(b);
    if (note.set_back) block_set_back(note.in, b);
    if (!note.translate) return;
    b->native = b->translations = &note;
    b->rec[0].fn = run_native;
}

static void on_dropped(void *self, struct block *b)
{
    (void)self;
    b->native = b->translations = NULL;
}

static bool may_translate(void *self, gaddr eip, uint32_t bytes)
{
    (void)self;
    return note.kept_out - eip >= bytes;
}

static void start(uint32_t hot, uint32_t hot_loop)
{
    struct interp_options opt = {.hot = hot, .hot_loop = hot_loop, .may_translate = may_translate};
    note.mm = kit_new(4096);
    map_at(note.mm, AT, 1, RW | X, GMAP_PRIVATE);
    map_at(note.mm, AT + 16 * PAGE, 1, RW, GMAP_PRIVATE);
    cr_assert(mm_write(note.mm, AT, program, sizeof program) == 0);
    note.in = interp_new(note.mm, &opt);
    note.in->hooks = (struct interp_hooks){.hot = on_hot, .dropped = on_dropped, .self = &note};
    cpu_init(&note.cpu, note.mm);
    note.cpu.gpr[ESP] = AT + 17 * PAGE;
}

static void run(void)
{
    note.cpu.eip = AT;
    block_renew_cpu(note.in, &note.cpu);
    cr_assert_eq(interp_run(note.in, &note.cpu), EXIT_SYSCALL);
    cr_assert_eq(note.cpu.gpr[ECX], 0);
    cr_assert_eq(note.cpu.gpr[ESP], AT + 17 * PAGE);
}

Test(heat, asks_once_when_the_count_is_reached)
{
    start(50, 20);
    run();
    cr_assert_eq(note.asked[OUTER], 1);
    cr_assert_eq(note.executions[OUTER], 50);
    cr_assert_eq(note.asked[0], 0, "the first block ran once");
    for (unsigned k = 0; k < 3; k++)
        run();
    cr_assert_eq(note.asked[OUTER], 1, "a settled block is left in peace");
    cr_assert_eq(block_executions(block_find(note.in, AT)), 4);
}

Test(heat, a_loop_has_its_own_count)
{
    start(1000000, 20);
    run();
    cr_assert_eq(note.asked[LOOP], 1);
    cr_assert_eq(note.executions[LOOP], 20);
    cr_assert_eq(note.asked[OUTER] + note.asked[AFTER_CALL] + note.asked[LEAF], 0);
}

Test(heat, a_loop_goes_on_translated_at_its_next_iteration)
{
    start(1000000, 20);
    note.translate = true;
    run();
    cr_assert_eq(note.native, 100 * 29 - 19, "all iterations but those that were counted");
}

Test(heat, once_means_the_first_execution)
{
    start(1, 1);
    note.translate = true;
    run();
    cr_assert_eq(note.asked[0], 1);
    cr_assert_eq(note.executions[0], 1);
    cr_assert_eq(note.native, 1 + 99 + 100 * (1 + 29 + 1 + 1) + 1, "every entry");
}

Test(heat, setbacks_double_the_count)
{
    start(1000000, 2);
    note.set_back = true;
    run();
    cr_assert_eq(note.asked[LOOP], 10, "after 2, 4, 8, … 1024 more of 2900, asked %u times",
                 note.asked[LOOP]);
    cr_assert_eq(note.executions[LOOP], 2046);
}

Test(heat, code_that_is_kept_out_is_not_asked_for)
{
    start(50, 20);
    note.kept_out = AT + LOOP + 1;
    run();
    cr_assert_eq(note.asked[LOOP], 0);
    cr_assert_eq(note.asked[LEAF], 0, "it runs on into the loop");
    cr_assert_eq(note.asked[OUTER], 1);
}

Test(heat, nothing_is_counted_without_a_translator)
{
    start(1, 1);
    note.in->hooks.hot = NULL;
    run();
    cr_assert_eq(block_find(note.in, AT + LOOP)->counted, 0);
}

Test(heat, a_block_whose_successor_changed_counts_again)
{
    start(50, 20);
    note.translate = true;
    run();
    struct block *b = block_find(note.in, AT + LOOP);
    cr_assert(b->native);
    interp_code_changed(note.in, AT + RET, 1);
    cr_assert(!b->native);
    cr_assert_eq(b->countdown, 40);
    run();
    cr_assert(b->native);
}
