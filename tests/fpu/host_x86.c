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

static uint8_t *make_code(uint8_t *code, struct encoding e)
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
    code += sizeof before;
    *code++ = e.opcode;
    *code++ = encoding_memory(e) ? (e.modrm & 0x38) | 2 : e.modrm; /* [rdx] */
    memcpy(code, after, sizeof after);
    return code + sizeof after;
}

static stub *find_stub(struct encoding e)
{
    enum { STUB = 32, COUNT = 8 * 256 };
    static uint8_t *code;
    static bool made[COUNT];
    if (!code) {
        code =
            mmap(NULL, STUB * COUNT, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (code == MAP_FAILED) __builtin_trap();
    }
    unsigned n = (e.opcode - 0xd8u) * 256 + e.modrm;
    uint8_t *at = code + STUB * n;
    if (!made[n]) make_code(at, e);
    made[n] = true;
    stub *s;
    memcpy(&s, &at, sizeof s);
    return s;
}

void host_execute(struct encoding e, struct machine *m)
{
    enum { ARITH = 0x8d5 };
    uint8_t in[X87_ENV32 + X87_REGS], out[X87_ENV32 + X87_REGS];
    uint64_t flags_and_ax[] = {m->eflags | 0x202, m->ax};
    x87_put_env(&m->x87, false, in);
    x87_put_regs(&m->x87, in + X87_ENV32);
    find_stub(e)(in, out, m->operand, flags_and_ax);
    x87_get_env(&m->x87, false, out);
    x87_get_regs(&m->x87, out + X87_ENV32);
    uint16_t sw, cw;
    memcpy(&cw, out, 2);
    memcpy(&sw, out + 4, 2);
    m->x87.cw = cw;
    m->x87.sw = sw & 0xc7ff; /* as saved, not as we would summarize it */
    m->eflags = flags_and_ax[0] & ARITH;
    m->ax = (uint16_t)flags_and_ax[1];
}
