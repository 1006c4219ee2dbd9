/* Emitters of moves, extensions, lea, conditional sets and moves. */
#include "jit/mips64/translate.h"

/* The 32-bit register becomes v without code. false: that is not possible. */
static bool becomes(struct tr *t, unsigned off, struct value v)
{
    if (off / 4 != ESP) return value_set(t, off / 4, v);
    if (v.base != ESP || v.c <= -16384 || v.c >= 16384) return false;
    t->esp = v.c;
    return true;
}

static bool emit_mov(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    int bits = insn_bits(i);
    enum reg v;
    struct address a;
    switch (i->form) {
    case FORM_RR:
        if (i->dst == i->src) return true;
        if (bits == 32 && becomes(t, i->dst, value_of(t, i->src / 4))) return true;
        v = emit_out(t, V0, i->dst, bits);
        if (bits != 32)
            v = emit_get_low(t, V0, i->src, bits);
        else
            v = emit_get(t, v, i->src, 32);
        if (state_is_zx(t, i->src, bits))
            emit_put_zx(t, i->dst, v, bits);
        else
            emit_put(t, i->dst, v, bits);
        break;
    case FORM_RI:
        if (bits == 32 && becomes(t, i->dst, (struct value){REG_ZERO, (int32_t)i->imm})) return true;
        v = emit_out(t, V0, i->dst, bits);
        if (i->imm)
            li(c, V0, (int32_t)i->imm);
        else
            v = ZERO;
        emit_put(t, i->dst, v, bits);
        break;
    case FORM_RM:
        v = emit_out_zx(t, V0, i->dst, bits);
        emit_load_operand(t, i, v, bits, bits == 32);
        emit_put_zx(t, i->dst, v, bits);
        break;
    case FORM_MR:
        a = emit_address(t, i);
        v = emit_get_low(t, V0, i->src, bits);
        emit_store(t, i, v, a, bits);
        break;
    default:
        a = emit_address(t, i);
        if (i->imm) li(c, V0, bits == 8 ? (int8_t)i->imm : bits == 16 ? (int16_t)i->imm : (int32_t)i->imm);
        emit_store(t, i, i->imm ? V0 : ZERO, a, bits);
        break;
    }
    return true;
}

/* The same of a constant, or of what is no longer than that already. */
static bool extends_to(struct tr *t, const struct insn *i, int from, bool sign)
{
    int32_t k;
    if (value_is_constant(t, i->src, from, &k)) {
        if (!sign) k &= from == 8 ? 0xff : 0xffff;
        return becomes(t, i->dst, (struct value){REG_ZERO, k});
    }
    return state_is_zx(t, i->src, from - sign) && becomes(t, i->dst, value_of(t, i->src / 4));
}

/* MOVZX, MOVSX: from 8 or 16 bits. */
static bool emit_extension(struct tr *t, const struct insn *i)
{
    bool sign = i->op == OP_MOVSX8 || i->op == OP_MOVSX16;
    int from = i->op == OP_MOVZX8 || i->op == OP_MOVSX8 ? 8 : 16, bits = insn_bits(i);
    if (i->form == FORM_RR && bits == 32 && extends_to(t, i, from, sign)) return true;
    enum reg d = emit_out(t, V0, i->dst, bits), v = d;
    if (i->form == FORM_RM)
        emit_load_operand(t, i, d, from, sign);
    else
        v = sign ? emit_get(t, d, i->src, from) : emit_get_zx(t, d, i->src, from);
    emit_put(t, i->dst, v, bits);
    if (!sign && bits == 32) state_narrow(t, i->dst, (unsigned)from);
    return true;
}

/* An EA record: the address goes to memory, where the record after it (native or not) finds it. */
static bool emit_ea(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    enum sreg seg;
    if (insn_seg(i, &seg)) {
        struct label *null = exit_by_guard(t); /* a null selector: #GP */
        lhu(c, V1, CPU_OFFSET(seg) + 2 * (int)seg, CPU);
        sltiu(c, V1, V1, 4);
        bne(c, V1, ZERO, null);
        lw(c, A0, CPU_OFFSET(seg_base) + 4 * (int)seg, CPU);
    }
    emit_lea(t, V0, i);
    if (i->prefix & PFX_A16) andi(c, V0, V0, 0xffff);
    if (insn_seg(i, &seg)) addu(c, V0, V0, A0);
    sw(c, V0, CPU_OFFSET(gpr[REG_EA]), CPU);
    return true;
}

static bool emit_setcc(struct tr *t, const struct insn *i)
{
    bool memory = i->form == FORM_M, truth;
    if (!memory && state_is_zx(t, i->dst, 8) && condition_is_known(t, i->aux, &truth) &&
        value_set(t, i->dst / 4, (struct value){REG_ZERO, truth}))
        return true;
    enum reg d = memory ? A0 : emit_out_zx(t, A0, i->dst, 8);
    if (!emit_truth(t, d, i->aux, true)) return false;
    if (memory) {
        emit_store(t, i, d, emit_address(t, i), 8);
        return true;
    }
    emit_put_zx(t, i->dst, d, 8);
    if (state_is_zx(t, i->dst, 8)) state_narrow(t, i->dst, 1);
    return true;
}

static bool emit_cmov(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    int bits = insn_bits(i);
    bool in_place = bits == 32 && i->dst / 4 != ESP;
    value_settle(t, i->dst / 4);
    if (!emit_truth(t, A0, i->aux, false)) return false;
    enum reg v = V0;
    if (i->form == FORM_RM) { /* the access is made in any case */
        emit_load_operand(t, i, V0, bits, bits == 32);
    } else {
        v = bits == 32 ? emit_get(t, V0, i->src, 32) : emit_get_zx(t, V0, i->src, 16);
    }
    emit_out(t, V1, i->dst, bits);
    enum reg d = emit_get_low(t, V1, i->dst & ~3u, 32);
    if (!in_place && d != V1) move(c, V1, d);
    if (!in_place) d = V1;
    movn(c, d, v, A0);
    emit_put(t, i->dst, d, bits);
    return true;
}

/* AL = the byte at EBX + AL. */
static bool emit_table_look_up(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    if (i->prefix & (PFX_A16 | PFX_SEG)) return false;
    value_settle(t, EBX);
    addu(c, ADDRESS, emit_get_zx(t, A0, 4 * EAX, 8), hostreg(EBX));
    daddu(c, ADDRESS, ADDRESS, GUEST_BASE);
    emit_out(t, V0, 4 * EAX, 8);
    emit_load(t, i, V0, (struct address){ADDRESS, 0}, 8, false);
    emit_put(t, 4 * EAX, V0, 8);
    return true;
}

/* Of 16 bits it is undefined: CPUs give 0. */
static bool emit_byte_swap(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    bool wide = i->size == S32;
    enum reg a = wide ? emit_get(t, V0, i->dst, 32) : ZERO, r = emit_out(t, V0, i->dst, wide ? 32 : 16);
    if (wide) {
        wsbh(c, r, a);
        rotr(c, r, r, 16);
    }
    emit_put(t, i->dst, wide ? r : ZERO, wide ? 32 : 16);
    return true;
}

static bool emit_widening(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    bool wide = i->size == S32;
    if (i->op == OP_CDQ) {
        bool positive = wide && value_width(t, EAX) < WORD;
        if (positive && value_set(t, EDX, (struct value){REG_ZERO, 0})) return true;
        enum reg a = emit_get(t, V0, 4 * EAX, 32), d = emit_out(t, V0, 4 * EDX, wide ? 32 : 16);
        if (wide) {
            sra(c, d, a, 31);
        } else {
            seh(c, d, a);
            sra(c, d, d, 31);
        }
        emit_put(t, 4 * EDX, d, wide ? 32 : 16);
        return true;
    }
    enum reg a = emit_get(t, V0, 4 * EAX, 32), d = emit_out(t, V0, 4 * EAX, wide ? 32 : 16);
    (wide ? seh : seb)(c, d, a);
    emit_put(t, 4 * EAX, d, wide ? 32 : 16);
    return true;
}

bool emit_data(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    switch (i->op) {
    case OP_MOV: return emit_mov(t, i);
    case OP_MOVZX8:
    case OP_MOVZX16:
    case OP_MOVSX8:
    case OP_MOVSX16: return emit_extension(t, i);
    case OP_LEA: {
        int bits = insn_bits(i);
        struct value v;
        if (bits == 32 && address_value(t, i, &v) && becomes(t, i->dst, v)) return true;
        enum reg d = emit_out(t, V0, i->dst, bits);
        emit_lea(t, d, i);
        emit_put(t, i->dst, d, bits);
        return true;
    }
    case OP_EA: return emit_ea(t, i);
    case OP_SETCC: return emit_setcc(t, i);
    case OP_CMOV: return emit_cmov(t, i);
    case OP_BSWAP: return emit_byte_swap(t, i);
    case OP_XLAT: return emit_table_look_up(t, i);
    case OP_XCHG: return emit_exchange(t, i);
    case OP_LFENCE:
    case OP_MFENCE:
    case OP_SFENCE: sync_(c); return true;
    case OP_CDQ:
    case OP_CWDE: return emit_widening(t, i);
    case OP_NOP:
    case OP_NOP_E:
    case OP_ENDBR32:
    case OP_PREFETCH:
    case OP_PAUSE: return true;
    default: return false;
    }
}
