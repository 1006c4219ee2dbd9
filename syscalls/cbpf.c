/* Classic BPF for seccomp: the kernel's checks of a program (bpf_check_classic, seccomp_check_filter), and
 * its execution. A program that passed them ends, and stays inside of its data and of itself. */
#include "syscalls/cbpf.h"

#include <stdlib.h>
#include <string.h>

/* --- What is accepted ---------------------------------------------------------------------------------- */

/* One instruction by itself; `left` is how many follow it. */
static bool good_insn(const struct sock_filter *i, uint32_t left)
{
    switch (i->code) {
    case BPF_LD | BPF_W | BPF_ABS: return i->k < CBPF_WORDS * 4 && !(i->k & 3);
    case BPF_LD | BPF_W | BPF_LEN:
    case BPF_LDX | BPF_W | BPF_LEN:
    case BPF_LD | BPF_IMM:
    case BPF_LDX | BPF_IMM:
    case BPF_MISC | BPF_TAX:
    case BPF_MISC | BPF_TXA:
    case BPF_RET | BPF_K:
    case BPF_RET | BPF_A:
    case BPF_ALU | BPF_NEG:
    case BPF_ALU | BPF_ADD | BPF_K:
    case BPF_ALU | BPF_SUB | BPF_K:
    case BPF_ALU | BPF_MUL | BPF_K:
    case BPF_ALU | BPF_AND | BPF_K:
    case BPF_ALU | BPF_OR | BPF_K:
    case BPF_ALU | BPF_XOR | BPF_K:
    case BPF_ALU | BPF_ADD | BPF_X:
    case BPF_ALU | BPF_SUB | BPF_X:
    case BPF_ALU | BPF_MUL | BPF_X:
    case BPF_ALU | BPF_DIV | BPF_X:
    case BPF_ALU | BPF_AND | BPF_X:
    case BPF_ALU | BPF_OR | BPF_X:
    case BPF_ALU | BPF_XOR | BPF_X:
    case BPF_ALU | BPF_LSH | BPF_X:
    case BPF_ALU | BPF_RSH | BPF_X: return true;
    case BPF_ALU | BPF_DIV | BPF_K: return i->k != 0;
    case BPF_ALU | BPF_LSH | BPF_K:
    case BPF_ALU | BPF_RSH | BPF_K: return i->k < 32;
    case BPF_LD | BPF_MEM:
    case BPF_LDX | BPF_MEM:
    case BPF_ST:
    case BPF_STX: return i->k < BPF_MEMWORDS;
    case BPF_JMP | BPF_JA: return i->k < left;
    case BPF_JMP | BPF_JEQ | BPF_K:
    case BPF_JMP | BPF_JEQ | BPF_X:
    case BPF_JMP | BPF_JGE | BPF_K:
    case BPF_JMP | BPF_JGE | BPF_X:
    case BPF_JMP | BPF_JGT | BPF_K:
    case BPF_JMP | BPF_JGT | BPF_X:
    case BPF_JMP | BPF_JSET | BPF_K:
    case BPF_JMP | BPF_JSET | BPF_X: return i->jt < left && i->jf < left;
    default: return false;
    }
}

/* No cell is read that some way there leaves unwritten. written[i]: cells that all jumps to i have written.
 */
static bool cells_written(const struct sock_filter *f, uint32_t len)
{
    uint16_t *written = malloc(len * sizeof *written), now = 0;
    bool good = written;
    if (written) memset(written, 0xff, len * sizeof *written);
    for (uint32_t i = 0; good && i < len; i++) {
        now &= written[i];
        switch (BPF_CLASS(f[i].code)) {
        case BPF_ST:
        case BPF_STX: now |= (uint16_t)(1 << f[i].k); break;
        case BPF_LD:
        case BPF_LDX: good = BPF_MODE(f[i].code) != BPF_MEM || now >> f[i].k & 1; break;
        case BPF_JMP:
            if (BPF_OP(f[i].code) == BPF_JA) {
                written[i + 1 + f[i].k] &= now;
            } else {
                written[i + 1 + f[i].jt] &= now;
                written[i + 1 + f[i].jf] &= now;
            }
            now = UINT16_MAX;
            break;
        default: break;
        }
    }
    free(written);
    return good;
}

bool cbpf_valid(const struct sock_filter *f, uint32_t len)
{
    if (!len || len > BPF_MAXINSNS || BPF_CLASS(f[len - 1].code) != BPF_RET) return false;
    for (uint32_t i = 0; i < len; i++)
        if (!good_insn(&f[i], len - 1 - i)) return false;
    return cells_written(f, len);
}

/* --- Running one --------------------------------------------------------------------------------------- */

/* Shifts by 32 and more have the low bits of their count, as on the hosts' own CPUs. */
static uint32_t compute(uint16_t op, uint32_t a, uint32_t b)
{
    switch (op) {
    case BPF_ADD: return a + b;
    case BPF_SUB: return a - b;
    case BPF_MUL: return a * b;
    case BPF_DIV: return a / b;
    case BPF_AND: return a & b;
    case BPF_OR: return a | b;
    case BPF_XOR: return a ^ b;
    case BPF_LSH: return a << (b & 31);
    case BPF_RSH: return a >> (b & 31);
    default: return -a; /* BPF_NEG */
    }
}

static bool holds(uint16_t op, uint32_t a, uint32_t b)
{
    switch (op) {
    case BPF_JEQ: return a == b;
    case BPF_JGE: return a >= b;
    case BPF_JGT: return a > b;
    default: return a & b; /* BPF_JSET */
    }
}

static uint32_t load(const struct sock_filter *i, const uint32_t *data, const uint32_t *cell)
{
    switch (BPF_MODE(i->code)) {
    case BPF_ABS: return data[i->k / 4];
    case BPF_LEN: return CBPF_WORDS * 4;
    case BPF_MEM: return cell[i->k];
    default: return i->k;
    }
}

uint32_t cbpf_run(const struct sock_filter *f, const uint32_t data[CBPF_WORDS])
{
    uint32_t a = 0, x = 0, cell[BPF_MEMWORDS] = {0};
    for (const struct sock_filter *i = f;; i++) {
        uint16_t op = BPF_OP(i->code);
        uint32_t b = BPF_SRC(i->code) == BPF_X ? x : i->k;
        switch (BPF_CLASS(i->code)) {
        case BPF_LD: a = load(i, data, cell); break;
        case BPF_LDX: x = load(i, data, cell); break;
        case BPF_ST: cell[i->k] = a; break;
        case BPF_STX: cell[i->k] = x; break;
        case BPF_ALU:
            if (op == BPF_DIV && !b) return 0; /* ends the program */
            a = compute(op, a, b);
            break;
        case BPF_JMP: i += op == BPF_JA ? i->k : holds(op, a, b) ? i->jt : i->jf; break;
        case BPF_RET: return BPF_RVAL(i->code) == BPF_A ? a : i->k;
        default: /* BPF_MISC */
            if (BPF_MISCOP(i->code) == BPF_TAX)
                x = a;
            else
                a = x;
            break;
        }
    }
}
