/* -d out_asm, tier, chain, deopt: what is printed of a made-up translation, without a disassembler for the
 * host. */
#include "interp/block.h"
#include "tests/unit/mm_kit.h"
#include "tier/jitlog.h"
#include "tier/symbols.h"

static struct vm vm;
static char *said;
static size_t size;

static struct block *start(void)
{
    static const uint8_t code[] = "\x89\xc8\x64\x01\x00\xeb\xf9"; /* mov eax, ecx; add fs:[eax], eax; jmp 0 */
    vm.mm = kit_new(4096);
    map_at(vm.mm, AT, 1, RW | X, GMAP_PRIVATE);
    cr_assert(mm_write(vm.mm, AT, code, sizeof code) == 0);
    vm.interp = interp_new(vm.mm, &(struct interp_options){0});
    vm.symbols = symbols_new(vm.mm, NULL);
    vm.log.out = open_memstream(&said, &size);
    vm.log.on[LOG_OUT_ASM] = vm.log.on[LOG_TIER] = vm.log.on[LOG_CHAIN] = vm.log.on[LOG_DEOPT] = true;
    jitlog_make(&vm);
    return block_get(vm.interp, AT);
}

static void translated(const struct block *b)
{
    static const uint32_t words[] = {0, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66};
    const struct jit_span spans[] = {{1, &b->rec[0], 0}, {2, &b->rec[1], 0}, {3, &b->rec[2], 0},
                                     {4, &b->rec[3], 0}, {5, &b->rec[4], 0}, {6, NULL, 0}};
    const struct jit_view view = {&b, 1, words, 7, spans, 6};
    vm.jit_log.translated(&vm, &view);
    fflush(vm.log.out);
}

static bool says(const char *text)
{
    const char *at = strstr(said, text);
    if (at) said = (char *)(uintptr_t)at; /* in this order */
    return at != NULL;
}

Test(jitlog, guest_and_host_code_beside_each_other)
{
    struct block *b = start();
    cr_assert_eq(b->records, 4, "an address record among them");
    translated(b);
    cr_assert(says("tier: translated 0x10000000"));
    cr_assert(says("OUT: 0x10000000: blocks 1, guest instructions 3, host words 7\n"));
    cr_assert(says("00000000"), "the entry");
    cr_assert(says("0x10000000:  89 c8"));
    cr_assert(says("mov eax,ecx\n"));
    cr_assert(says("00000011"));
    cr_assert(says("0x10000002:  64 01 00"));
    cr_assert(says("00000022"));
    const char *again = strstr(said, "0x10000002:  64");
    cr_assert_null(again, "one instruction, two records");
    cr_assert(says("00000033"));
    cr_assert(says("0x10000005:  eb f9"));
    cr_assert(says("00000044"));
    cr_assert(says("  to 0x10000007\n"));
    cr_assert(says("00000055"));
    cr_assert(says("  ways in and out\n"));
    cr_assert(says("00000066"));
}

Test(jitlog, events_have_their_reason)
{
    struct block *b = start();
    vm.jit_log.refused(&vm, b, REFUSE_TOO_LONG);
    vm.jit_log.chained(&vm, AT, AT + 5);
    vm.jit_log.deopt(&vm, AT + 2, DEOPT_FAULT);
    vm.jit_log.flushed(&vm);
    fflush(vm.log.out);
    cr_assert(says("tier: not translated 0x10000000: its code would be longer"));
    cr_assert(says("chain: 0x10000000 to 0x10000005\n"));
    cr_assert(says("deopt: at 0x10000002: an access of the guest faulted\n"));
    cr_assert(says("tier: code memory was full"));
}

Test(jitlog, dfilter_leaves_the_rest_out)
{
    struct block *b = start();
    vm.log.filter = (struct ranges){.range = {{.from = AT + 100, .to = AT + 200}}, .n = 1};
    translated(b);
    vm.jit_log.refused(&vm, b, REFUSE_TOO_LONG);
    vm.jit_log.chained(&vm, AT, AT + 5);
    vm.jit_log.deopt(&vm, AT + 2, DEOPT_FAULT);
    fflush(vm.log.out);
    cr_assert_eq(size, 0);
}

Test(jitlog, what_is_not_asked_for_is_not_called)
{
    start();
    memset(vm.log.on, 0, sizeof vm.log.on);
    vm.log.on[LOG_DEOPT] = true;
    jitlog_make(&vm);
    cr_assert(!vm.jit_log.translated && !vm.jit_log.refused && !vm.jit_log.chained && !vm.jit_log.flushed);
    cr_assert(vm.jit_log.deopt);
}
