/* Operands of guest instructions: registers and their parts, addresses, memory. */
#include "jit/mips64/jit.h"

int insn_bits(const struct insn *i)
{
    return i->size == S8 ? 8 : i->size == S16 ? 16 : 32;
}

enum reg emit_get(struct tr *t, enum reg rd, unsigned off, int bits)
{
    enum reg r = hostreg(off / 4);
    if (bits == 32) return r;
    if (bits == 16)
        andi(&t->c, rd, r, 0xffff);
    else if (off & 1)
        ext(&t->c, rd, r, 8, 8);
    else
        andi(&t->c, rd, r, 0xff);
    return rd;
}

void emit_set(struct tr *t, unsigned off, enum reg rs, int bits)
{
    enum reg r = hostreg(off / 4);
    if (bits == 32) {
        if (r != rs) move(&t->c, r, rs);
    } else {
        ins(&t->c, r, rs, off & 1 ? 8 : 0, bits);
    }
}

static bool small(uint32_t disp)
{
    return (int32_t)disp >= -32768 + 16 && (int32_t)disp <= 32767 - 16;
}

void emit_lea(struct tr *t, enum reg rd, const struct insn *i)
{
    struct code *c = &t->c;
    if (i->rbase == 4 * REG_EA) {
        lw(c, rd, CPU_OFFSET(gpr[REG_EA]), CPU);
        return;
    }
    enum reg base = hostreg(i->rbase / 4), index = hostreg(i->rindex / 4);
    if (index != ZERO) {
        if (i->scale) {
            sll(c, T9, index, i->scale);
            index = T9;
        }
        addu(c, rd, base, index);
        base = rd;
    }
    if (small(i->disp)) {
        addiu(c, rd, base, (int32_t)i->disp);
    } else {
        li(c, T9, (int32_t)i->disp);
        addu(c, rd, base, T9);
    }
}

int emit_address(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    if (i->rbase == 4 * REG_EA) { /* computed by the EA record before */
        lw(c, ADDRESS, CPU_OFFSET(gpr[REG_EA]), CPU);
        daddu(c, ADDRESS, ADDRESS, GUEST_BASE);
        return 0;
    }
    enum reg base = hostreg(i->rbase / 4), index = hostreg(i->rindex / 4);
    /* The displacement goes into the access: beyond the window's ends lie guard pages, and what faults there
     * is done again with the address wrapped. */
    int offset = small(i->disp) ? (int32_t)i->disp : 0;
    if (index != ZERO) {
        if (i->scale) {
            sll(c, T9, index, i->scale);
            index = T9;
        }
        addu(c, ADDRESS, base, index);
        base = ADDRESS;
    }
    if (!small(i->disp)) {
        li(c, T9, (int32_t)i->disp);
        addu(c, ADDRESS, base, T9);
        base = ADDRESS;
    }
    daddu(c, ADDRESS, base, GUEST_BASE);
    return offset;
}

void emit_load(struct tr *t, const struct insn *i, enum reg rd, int offset, int bits)
{
    struct code *c = &t->c;
    bool apart = i->prefix & PFX_MISALIGNED;
    if (bits == 8) {
        lbu(c, rd, offset, ADDRESS);
    } else if (bits == 16 && apart) {
        lbu(c, rd, offset, ADDRESS);
        lbu(c, T9, offset + 1, ADDRESS);
        ins(c, rd, T9, 8, 8);
    } else if (bits == 16) {
        lhu(c, rd, offset, ADDRESS);
    } else if (apart) {
        lwr(c, rd, offset, ADDRESS);
        lwl(c, rd, offset + 3, ADDRESS);
    } else {
        lw(c, rd, offset, ADDRESS);
    }
}

void emit_store(struct tr *t, enum reg rt, int offset, int bits)
{
    struct code *c = &t->c;
    if (bits == 8)
        sb(c, rt, offset, ADDRESS);
    else if (bits == 16)
        sh(c, rt, offset, ADDRESS);
    else
        sw(c, rt, offset, ADDRESS);
}
