/* The host CPU's x87 on x86-64: each encoding gets a few bytes of code that load a state, execute the one
 * instruction and save the state. Nothing waits afterwards, so unmasked exceptions never become signals. */
#include "tests/fpu/vectors.h"

#include <string.h>
#include <sys/mman.h>

typedef void stub(const uint8_t *in, uint8_t *out, uint8_t *operand, uint64_t *flags_and_ax);

bool host_has_x87(void)
{
    return true;
}

static void make_code(uint8_t *code, const uint8_t *insn, unsigned n)
{
    // clang-format off
    static const uint8_t before[] = {
        0x48, 0x8b, 0x41, 0x08, /* mov rax, [rcx + 8] */
        0xff, 0x31, 0x9d,       /* push qword [rcx]; popfq */
        0xdd, 0x27,             /* frstor [rdi] */
    };
    static const uint8_t after[] = {
        0xdd, 0x36,             /* fnsave [rsi] */
        0x9c, 0x8f, 0x01,       /* pushfq; pop qword [rcx] */
        0x48, 0x89, 0x41, 0x08, /* mov [rcx + 8], rax */
        0xc3,
    };
    // clang-format on
    memcpy(code, before, sizeof before);
    memcpy(code + sizeof before, insn, n);
    memcpy(code + sizeof before + n, after, sizeof after);
}

enum { STUB = 32, ENCODINGS = 8 * 256 };

/* Stub `slot`; the last one is host_run's. */
static uint8_t *stub_at(unsigned slot)
{
    static uint8_t *code;
    if (!code) {
        code = mmap(NULL, STUB * (ENCODINGS + 1), PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (code == MAP_FAILED) __builtin_trap();
    }
    return code + STUB * slot;
}

static uint8_t *find_stub(struct encoding e)
{
    static bool made[ENCODINGS];
    unsigned slot = (e.opcode - 0xd8u) * 256 + e.modrm;
    uint8_t *at = stub_at(slot);
    uint8_t insn[] = {e.opcode, encoding_memory(e) ? (e.modrm & 0x38) | 2 : e.modrm}; /* [rdx] */
    if (!made[slot]) make_code(at, insn, 2);
    made[slot] = true;
    return at;
}

/* Puts x into the CPU, calls the stub and takes x back, with the status word as saved, not as we summarize
 * it. */
static void call(const uint8_t *at, struct x87 *x, uint8_t *memory, uint64_t *flags_and_ax)
{
    uint8_t in[X87_ENV32 + X87_REGS], out[X87_ENV32 + X87_REGS];
    stub *s;
    memcpy(&s, &at, sizeof s);
    x87_put_env(x, false, in);
    x87_put_regs(x, in + X87_ENV32);
    s(in, out, memory, flags_and_ax);
    x87_get_env(x, false, out);
    x87_get_regs(x, out + X87_ENV32);
    memcpy(&x->cw, out, 2);
    memcpy(&x->sw, out + 4, 2);
    x->sw &= 0xc7ff;
}

void host_execute(struct encoding e, struct machine *m)
{
    enum { ARITH = 0x8d5 };
    uint64_t flags_and_ax[] = {m->eflags | 0x202, m->ax};
    call(find_stub(e), &m->x87, m->operand, flags_and_ax);
    m->eflags = flags_and_ax[0] & ARITH;
    m->ax = (uint16_t)flags_and_ax[1];
}

void host_run(const uint8_t *insn, unsigned n, struct x87 *x, uint8_t *memory)
{
    uint64_t flags_and_ax[] = {0x202, 0};
    uint8_t *at = stub_at(ENCODINGS);
    make_code(at, insn, n);
    call(at, x, memory, flags_and_ax);
}
