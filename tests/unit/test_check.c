/* --check without a translator: what is replayed, that it leaves no trace, what counts as a difference, and
 * what is printed of it. */
#include "jit/check.h"
#include "interp/block.h"
#include "tests/unit/mm_kit.h"
#include "tier/differ.h"
#include "tier/symbols.h"

enum { DATA = 0x20000000 };

static struct vm vm;
static struct check *c;
static struct insn *records[64];
static gaddr shared_page; /* mapped as well; 0: none */

static bool leaves_at_int(const struct insn *i)
{
    return i->op == OP_INT || i->op == OP_INT3;
}

static uint32_t at_data(void)
{
    uint32_t v;
    struct mm_fault f;
    cr_assert(mm_load(vm.mm, DATA, &v, 4, &f));
    return v;
}

static void store_data(uint32_t v)
{
    struct mm_fault f;
    cr_assert(mm_store(vm.mm, DATA, &v, 4, &f));
}

/* Replays a block of this code with ebx = DATA, eax = 1. */
static void begin(const char *code, size_t n)
{
    vm.mm = kit_new(4096);
    map_at(vm.mm, AT, 1, RW | X, GMAP_PRIVATE);
    map_at(vm.mm, DATA, 1, RW, GMAP_PRIVATE);
    if (shared_page) map_at(vm.mm, shared_page, 1, RW, GMAP_SHARED);
    cr_assert(mm_write(vm.mm, AT, code, n) == 0);
    vm.interp = interp_new(vm.mm, &(struct interp_options){0});
    vm.symbols = symbols_new(vm.mm, NULL);
    cpu_init(&vm.first.cpu, vm.mm);
    vm.first.cpu.interp = vm.interp;
    vm.first.cpu.gpr[EBX] = DATA;
    vm.first.cpu.gpr[EAX] = 1;
    struct block *b = block_get(vm.interp, AT);
    for (unsigned k = 0; k < b->records; k++)
        records[k] = &b->rec[k];
    c = check_new();
    check_begin(c, &vm.first.cpu, &(struct check_path){records, b->records, leaves_at_int});
}

static struct check_ending at(gaddr eip)
{
    return (struct check_ending){.eip = eip, .flags = FL_ARITH};
}

/* add eax, 2; mov [ebx], eax; int 0x80 */
static const char add_store[] = "\x83\xc0\x02\x89\x03\xcd\x80";
enum { END = 5 };

static void do_add_store(void)
{
    vm.first.cpu.gpr[EAX] = 3;
    vm.first.cpu.flag_res = 3;
    store_data(3);
}

Test(check, replay_leaves_no_trace)
{
    begin(add_store, sizeof add_store);
    cr_assert_eq(vm.first.cpu.gpr[EAX], 1);
    cr_assert_eq(at_data(), 0);
    cr_assert_eq(c->length, 2);
    cr_assert_eq(c->expected.gpr[EAX], 3);
}

Test(check, equal_is_equal)
{
    begin(add_store, sizeof add_store);
    do_add_store();
    struct check_ending e = at(AT + END);
    cr_assert(check_compare(c, &vm.first.cpu, &e));
    cr_assert_eq(at_data(), 3);
}

Test(check, each_part_counts)
{
    begin(add_store, sizeof add_store);
    do_add_store();
    store_data(4);
    vm.first.cpu.gpr[ESI] = 7;
    vm.first.cpu.flag_res = 0;
    vm.first.cpu.x87.top = 3;
    struct check_ending e = at(AT + END);
    cr_assert_not(check_compare(c, &vm.first.cpu, &e));
    char text[200];
    check_text(c, text, sizeof text);
    cr_assert_str_eq(text, "esi, flags, x87 top or tags, memory");
}

Test(check, dead_flags_do_not_count)
{
    begin(add_store, sizeof add_store);
    do_add_store();
    vm.first.cpu.flag_res = 0;
    struct check_ending e = {.eip = AT + END, .flags = FL_CF};
    cr_assert(check_compare(c, &vm.first.cpu, &e));
}

Test(check, undefined_flags_do_not_count)
{
    begin("\x0f\xaf\xc3\xcd\x80", 5); /* imul eax, ebx: SF, ZF, AF and PF are undefined */
    vm.first.cpu.gpr[EAX] = DATA;
    vm.first.cpu.flag_res = -1;
    struct check_ending e = at(AT + 3);
    cr_assert(check_compare(c, &vm.first.cpu, &e));
}

Test(check, left_in_the_middle)
{
    begin(add_store, sizeof add_store);
    vm.first.cpu.gpr[EAX] = 3;
    vm.first.cpu.flag_res = 3;
    struct check_ending e = at(AT + 3);
    cr_assert(check_compare(c, &vm.first.cpu, &e));
    cr_assert_eq(at_data(), 0, "the store was not made");
    store_data(3);
    cr_assert_not(check_compare(c, &vm.first.cpu, &e), "it is made too early");
}

Test(check, left_for_elsewhere)
{
    begin(add_store, sizeof add_store);
    do_add_store();
    struct check_ending e = at(AT + 100);
    cr_assert_not(check_compare(c, &vm.first.cpu, &e));
    cr_assert_eq(c->differs, 1u << CHECK_EIP_BIT);
}

/* inc eax; mov eax, [DATA + 0x1000]; inc eax; mov [DATA + 0x1000], eax: the page is shared, another process
 * may change what is there at any time. */
Test(check, shared_memory_is_left_to_the_translation)
{
    static const char code[] = "\x40\xa1\x00\x10\x00\x20\x40\xa3\x00\x10\x00\x20\xcd\x80";
    for (gaddr skip = 0; skip <= 6; skip += 6) { /* the load; the store */
        shared_page = DATA + 0x1000;
        begin(code + skip, sizeof code - 1 - skip);
        cr_assert_eq(c->end, CHECK_UNKNOWN);
        cr_assert_eq(c->length, 1);
        vm.first.cpu.gpr[EAX] = 77;
        struct check_ending e = at(AT + sizeof code - 3 - skip);
        cr_assert(check_compare(c, &vm.first.cpu, &e));
    }
}

Test(check, exceptions_come_where_the_interpreter_has_them)
{
    begin("\x40\xa3\x00\x00\x00\x00\xcd\x80", 8); /* inc eax; mov [0], eax */
    cr_assert_eq(c->end, CHECK_TRAPPED);
    vm.first.cpu.gpr[EAX] = 2;
    vm.first.cpu.flag_res = 2;
    struct check_ending before = at(AT + 1), trapped = before;
    trapped.trapped = true;
    vm.first.cpu.flag_sys |= FL_RF; /* as the frame shows it */
    cr_assert(check_compare(c, &vm.first.cpu, &trapped));
    vm.first.cpu.flag_sys &= ~FL_RF;
    cr_assert(check_compare(c, &vm.first.cpu, &before), "a host fault: the interpreter runs it");
    struct check_ending after = at(AT + 6);
    cr_assert_not(check_compare(c, &vm.first.cpu, &after));
}

Test(check, stores_to_code_are_left_to_the_translation)
{
    begin("\x40\xa3\x00\x00\x00\x10\x40\xcd\x80", 9); /* inc eax; mov [AT], eax; inc eax */
    cr_assert_eq(c->end, CHECK_UNKNOWN);
    cr_assert_eq(c->length, 1);
    struct check_ending e = at(AT + 7);
    cr_assert(check_compare(c, &vm.first.cpu, &e));
    cr_assert_not_null(block_find(vm.interp, AT));
}

Test(check, the_report_has_both_states)
{
    begin(add_store, sizeof add_store);
    do_add_store();
    store_data(4);
    struct check_ending e = at(AT + END);
    cr_assert_not(check_compare(c, &vm.first.cpu, &e));
    const struct block *b = block_find(vm.interp, AT);
    static const uint32_t words[] = {0x11, 0x22};
    const struct jit_span spans[] = {{0, &b->rec[0], 0}, {1, &b->rec[1], 0}, {2, NULL, 0}};
    const struct jit_view view = {&b, 1, words, 2, spans, 3};
    const struct jit_difference d = {&view, c};
    static char *words_of_guest[] = {"prog", "it's", NULL};
    vm.opt.program = words_of_guest;
    char *said;
    size_t size;
    FILE *out = open_memstream(&said, &size);
    differ_print(&vm, &d, out);
    fclose(out);
    static const char *const in_order[] = {
        "translation of 0x10000000 is wrong: memory\n",
        "0x10000000:  83 c0 02",
        "00000011",
        "before\n  eax 00000001",
        "after it in the interpreter\n  eax 00000003",
        "after the translation\n  eax 00000003",
        "20000000  was 00 00 00 00  should be 03 00 00 00  is 04 00 00 00  <-\n",
        "rerun: ",
        " prog 'it'\\''s'\n",
    };
    for (size_t k = 0; k < sizeof in_order / sizeof *in_order; k++) {
        char *found = strstr(said, in_order[k]);
        cr_assert(found, "no '%s' in: %s", in_order[k], said);
        said = found;
    }
}
