/* Emitters of x87 instructions, 80-bit registers in struct cpu (doubles: x87_narrow.c): what they compute is
 * done by the functions of fpu/direct.h, whose registers are chosen here. */
#include "jit/mips64/x87_emit.h"

#include "fpu/direct.h"

/* --- loads and stores of guest memory ---------------------------------------------------------------- */

void x87_load64(struct tr *t, const struct insn *i, enum reg rd, struct address a)
{
    struct code *c = &t->c;
    state_mark(t);
    order_load(t);
    if (i->prefix & PFX_MISALIGNED) {
        ldr(c, AT, a.offset, a.base);
        ldl(c, AT, a.offset + 7, a.base);
        if (rd != AT) move(c, rd, AT);
    } else {
        ld(c, rd, a.offset, a.base);
    }
}

/* If a store of `bytes` bytes there would touch two pages, the interpreter does it. */
static void within_page(struct tr *t, struct address a, int bytes)
{
    emit_within_page(t, a, bytes, exit_by_guard(t));
    nop(&t->c);
}

void x87_store64(struct tr *t, const struct insn *i, enum reg rt, struct address a)
{
    struct code *c = &t->c;
    struct label done = {0};
    if (i->prefix & PFX_MISALIGNED) {
        within_page(t, a, 8);
        state_mark(t);
        order_store(t);
        if (t->j->shared) emit_store_if_aligned(t, rt, a, 64, &done);
        sdl(c, rt, a.offset + 7, a.base);
        sdr(c, rt, a.offset, a.base);
        if (t->j->shared) bind_label(c, &done);
    } else {
        state_mark(t);
        order_store(t);
        sd(c, rt, a.offset, a.base);
    }
}

/* --- calls ------------------------------------------------------------------------------------------- */

void x87_address(struct tr *t, enum reg rt, unsigned i)
{
    daddiu(&t->c, rt, CPU, x87_offset(t, i));
}

void x87_call(struct tr *t, x87_fn *f)
{
    t->loop.fip_used |= t->x87.fip_entry; /* ORIGIN is lost */
    if (t->flags.kind == RECIPE_ENTRY && !t->x87.origin_kept) {
        sd(&t->c, ORIGIN, CPU_OFFSET(jit.x87_origin), CPU);
        t->x87.origin_kept = true;
    }
    fcom_leave(t, t->keep || t->shows_flags); /* out of FPRs, HI and LO */
    if (t->flags.kind >= RECIPE_MUL) t->flags = flags_to_registers(t, t->flags);
    emit_call_c(t, (const void *)(uintptr_t)f);
    daddiu(&t->c, A0, CPU, CPU_OFFSET(x87));
    state_clobber_addresses(t);
    copies_forget_all(t);
}

/* --- the stack --------------------------------------------------------------------------------------- */

bool x87_used(const struct tr *t, unsigned i)
{
    return !(t->x87.empty >> ((t->x87.top + i) & 7) & 1);
}

void x87_pushed(struct tr *t)
{
    t->x87.top = (t->x87.top - 1) & 7;
    t->x87.empty &= (uint8_t) ~(1u << t->x87.top);
}

void x87_popped(struct tr *t, unsigned n)
{
    for (; n; n--) {
        t->x87.empty |= (uint8_t)(1u << t->x87.top);
        t->x87.top = (t->x87.top + 1) & 7;
    }
}

bool x87_done(struct tr *t, const struct insn *i)
{
    t->x87.fip = i->eip;
    t->x87.fip_stale = true;
    t->x87.fip_entry = false;
    return true;
}

/* Does the next instruction define C1 before anybody can look? At 53 bits it may leave before that. */
static bool c1_is_dead(const struct tr *t)
{
    const struct trace *trace = t->trace;
    if (x87_rounds_to_53(t)) return false;
    if (t->k + 1 >= trace->count || trace->item[t->k].role != ROLE_PLAIN) return false;
    const struct item *next = &trace->item[t->k + 1];
    unsigned op = next->rec->op;
    if (next->role != ROLE_PLAIN || form_has_memory(next->rec->form)) return false;
    if (op >= OP_FADD && op <= OP_FDIVRP) return true;
    return op == OP_FLD || op == OP_FST || op == OP_FSTP || op == OP_FXCH || op == OP_FCHS || op == OP_FABS ||
           (op >= OP_FLD1 && op <= OP_FLDZ);
}

static void clear_c1(struct tr *t)
{
    struct code *c = &t->c;
    if (c1_is_dead(t)) return;
    lhu(c, V0, CPU_OFFSET(x87.sw), CPU);
    andi(c, V0, V0, 0xffff & ~X87_C1);
    sh(c, V0, CPU_OFFSET(x87.sw), CPU);
}

/* --- loads ------------------------------------------------------------------------------------------- */

static void put(struct tr *t, enum reg m, enum reg se, unsigned i)
{
    sd(&t->c, m, x87_offset(t, i), CPU);
    sh(&t->c, se, x87_offset(t, i) + 8, CPU);
}

static void get(struct tr *t, enum reg m, enum reg se, unsigned i)
{
    ld(&t->c, m, x87_offset(t, i), CPU);
    lhu(&t->c, se, x87_offset(t, i) + 8, CPU);
}

void x87_push_copy(struct tr *t, unsigned i)
{
    get(t, V0, V1, i);
    x87_pushed(t);
    put(t, V0, V1, 0);
}

void x87_load_operand(struct tr *t, const struct insn *i, enum reg rd, struct address a)
{
    switch (i->size) {
    case F64:
    case I64: x87_load64(t, i, rd, a); break;
    case I16: emit_load(t, i, rd, a, 16, true); break;
    default: emit_load(t, i, rd, a, 32, true); break;
    }
}

void x87_load80(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct address a = emit_address(t, i);
    x87_load64(t, i, V0, a);
    if (i->prefix & PFX_MISALIGNED) {
        lbu(c, V1, a.offset + 8, a.base);
        lbu(c, SCRATCH, a.offset + 9, a.base);
        ins(c, V1, SCRATCH, 8, 8);
    } else {
        lhu(c, V1, a.offset + 8, a.base);
    }
}

static bool load_m80(struct tr *t, const struct insn *i)
{
    x87_load80(t, i);
    x87_pushed(t);
    put(t, V0, V1, 0);
    clear_c1(t);
    return x87_done(t, i);
}

static bool load_memory(struct tr *t, const struct insn *i)
{
    bool quiet = c1_is_dead(t);
    if (i->size == BCD) return false;
    if (i->size == F80) return load_m80(t, i);
    x87_load_operand(t, i, A2, emit_address(t, i));
    x87_pushed(t);
    x87_address(t, A1, 0);
    if (i->size == F64)
        x87_call(t, quiet ? (x87_fn *)fpu_direct_put_f64 : (x87_fn *)fpu_direct_fld_f64);
    else if (i->size == F32)
        x87_call(t, quiet ? (x87_fn *)fpu_direct_put_f32 : (x87_fn *)fpu_direct_fld_f32);
    else
        x87_call(t, quiet ? (x87_fn *)fpu_direct_put_int : (x87_fn *)fpu_direct_fild);
    return x87_done(t, i);
}

static bool emit_load_top(struct tr *t, const struct insn *i)
{
    if (x87_used(t, 7)) return false;
    if (i->form == FORM_M) return load_memory(t, i);
    if (!x87_used(t, i->dst)) return false;
    x87_push_copy(t, i->dst);
    clear_c1(t);
    return x87_done(t, i);
}

static bool emit_constant(struct tr *t, const struct insn *i)
{
    struct f80 v = x87_constant((enum x87_const)(i->op - OP_FLD1), t->x87.cw);
    if (x87_used(t, 7)) return false;
    li64(&t->c, V0, v.m);
    if (v.se) li(&t->c, V1, v.se);
    x87_pushed(t);
    put(t, V0, v.se ? V1 : ZERO, 0);
    clear_c1(t);
    return x87_done(t, i);
}

/* --- stores ------------------------------------------------------------------------------------------ */

static x87_fn *store_function(const struct tr *t, unsigned size)
{
    static x87_fn *const nearest[] = {[F32] = (x87_fn *)fpu_direct_fst_f32,
                                      [F64] = (x87_fn *)fpu_direct_fst_f64,
                                      [I16] = (x87_fn *)fpu_direct_fist_i16,
                                      [I32] = (x87_fn *)fpu_direct_fist_i32,
                                      [I64] = (x87_fn *)fpu_direct_fist_i64};
    static x87_fn *const chop[] = {[I16] = (x87_fn *)fpu_direct_chop_i16,
                                   [I32] = (x87_fn *)fpu_direct_chop_i32,
                                   [I64] = (x87_fn *)fpu_direct_chop_i64};
    unsigned rc = t->x87.cw >> 10 & 3;
    if (rc == 0) return nearest[size];
    return rc == 3 && size >= I16 ? chop[size] : NULL;
}

static unsigned type_of(unsigned size)
{
    static const uint8_t types[] = {[F32] = X87_F32, [F64] = X87_F64, [F80] = X87_F80, [I16] = X87_I16,
                                    [I32] = X87_I32, [I64] = X87_I64, [BCD] = X87_BCD};
    return types[size];
}

void x87_store80(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    struct address a = emit_address(t, i);
    within_page(t, a, 10);
    state_mark(t);
    order_store(t);
    if (i->prefix & PFX_MISALIGNED) {
        sdl(c, V0, a.offset + 7, a.base);
        sdr(c, V0, a.offset, a.base);
        sb(c, V1, a.offset + 8, a.base);
        srl(c, V1, V1, 8);
        sb(c, V1, a.offset + 9, a.base);
    } else {
        sd(c, V0, a.offset, a.base);
        sh(c, V1, a.offset + 8, a.base);
    }
}

void x87_store_result(struct tr *t, const struct insn *i)
{
    struct address a = emit_address(t, i);
    if (i->size == F64 || i->size == I64)
        x87_store64(t, i, V0, a);
    else
        emit_store(t, i, V0, a, i->size == I16 ? 16 : 32);
}

/* Should the store fault, the status word is to be as before it. */
static bool store_memory(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    if (i->size == BCD) return false;
    if (i->size == F80) {
        get(t, V0, V1, 0);
        x87_store80(t, i);
        clear_c1(t);
        return true;
    }
    x87_fn *f = store_function(t, i->size);
    lhu(c, AT, CPU_OFFSET(x87.sw), CPU);
    sh(c, AT, CPU_OFFSET(x87.kept_sw), CPU);
    x87_address(t, A1, 0);
    if (!f) li(c, A2, (int32_t)type_of(i->size));
    x87_call(t, f ? f : (x87_fn *)fpu_direct_fst_any);
    t->x87.sw_kept = true;
    x87_store_result(t, i);
    t->x87.sw_kept = false;
    return true;
}

static bool emit_store_top(struct tr *t, const struct insn *i)
{
    bool pop = i->op != OP_FST && i->op != OP_FIST;
    if (!x87_used(t, 0)) return false;
    if (i->form == FORM_M) {
        if (!store_memory(t, i)) return false;
    } else {
        if (i->dst != 0) {
            get(t, V0, V1, 0);
            put(t, V0, V1, i->dst);
            t->x87.empty &= (uint8_t) ~(1u << ((t->x87.top + i->dst) & 7));
        }
        clear_c1(t);
    }
    x87_popped(t, pop);
    return x87_done(t, i);
}

/* --- moves ------------------------------------------------------------------------------------------- */

static bool emit_fxch(struct tr *t, const struct insn *i)
{
    if (!x87_used(t, 0) || !x87_used(t, i->dst)) return false;
    if (i->dst != 0) {
        get(t, V0, V1, 0);
        get(t, A0, AT, i->dst);
        put(t, V0, V1, i->dst);
        put(t, A0, AT, 0);
    }
    clear_c1(t);
    return x87_done(t, i);
}

static bool emit_sign(struct tr *t, const struct insn *i)
{
    struct code *c = &t->c;
    int at = x87_offset(t, 0) + 8;
    if (!x87_used(t, 0)) return false;
    lhu(c, V0, at, CPU);
    if (i->op == OP_FCHS)
        xori(c, V0, V0, 0x8000);
    else
        andi(c, V0, V0, 0x7fff);
    sh(c, V0, at, CPU);
    clear_c1(t);
    return x87_done(t, i);
}

static bool emit_cmov(struct tr *t, const struct insn *i)
{
    static const uint8_t cc[] = {CC_B, CC_E, CC_BE, CC_P, CC_AE, CC_NE, CC_A, CC_NP};
    struct code *c = &t->c;
    struct label no = {0};
    if (!x87_used(t, 0) || !x87_used(t, i->src)) return false;
    if (!emit_truth(t, A0, cc[i->op - OP_FCMOVB], false)) return false;
    beq(c, A0, ZERO, &no);
    nop(c);
    get(t, V0, V1, i->src);
    put(t, V0, V1, 0);
    bind_label(c, &no);
    return x87_done(t, i);
}

/* --- control ----------------------------------------------------------------------------------------- */

/* V0 = the status word. */
static void status(struct tr *t)
{
    lhu(&t->c, V0, CPU_OFFSET(x87.sw), CPU);
    if (t->x87.top) ori(&t->c, V0, V0, t->x87.top << 11);
}

/* Do integers get stored before the control word changes again? Then it is loaded to cut off. */
static bool stores_integer_next(const struct tr *t)
{
    const struct trace *trace = t->trace;
    for (unsigned k = t->k + 1; k < trace->count && k < t->k + 8; k++) {
        unsigned op = trace->item[k].rec->op;
        if (op == OP_FLDCW) return false;
        if (op == OP_FIST || op == OP_FISTP || op == OP_FRNDINT) return true;
    }
    return false;
}

/* The rest of the trace is for the control word that is expected, the block's end for any other. */
bool x87_load_control(struct tr *t, const struct insn *i, unsigned matters)
{
    enum { FIXED = 0x40, WRITABLE = 0x1f3f, RC_CUT_OFF = 0xc00 };
    struct code *c = &t->c;
    struct item *fall = &t->trace->item[t->k + 1];
    uint16_t cw = (uint16_t)(t->x87.cw & ~RC_CUT_OFF);
    if (fall->rec->op != OP_FALL) return false;
    if (stores_integer_next(t)) cw |= RC_CUT_OFF;
    emit_load(t, i, V0, emit_address(t, i), 16, false);
    andi(c, V1, V0, X87_EXCEPTIONS);
    xori(c, V1, V1, X87_EXCEPTIONS);
    bne(c, V1, ZERO, exit_by_guard(t));
    andi(c, V0, V0, WRITABLE);
    ori(c, V0, V0, FIXED);
    sh(c, V0, CPU_OFFSET(x87.cw), CPU);
    xori(c, V0, V0, cw);
    if (matters != 0xffff) andi(c, V0, V0, (int)matters);
    t->x87.cw_known = false;
    bne(c, V0, ZERO, exit_aside(t, fall, EXIT_TAKEN));
    nop(c);
    t->x87.cw = cw;
    t->x87.cw_known = matters == 0xffff;
    return true;
}

bool x87_control(struct tr *t, const struct insn *i)
{
    switch (i->op) {
    case OP_FNSTSW_AX:
        status(t);
        emit_out(t, V0, 4 * EAX, 16);
        emit_put(t, 4 * EAX, V0, 16);
        return true;
    case OP_FNSTSW:
        status(t);
        emit_store(t, i, V0, emit_address(t, i), 16);
        return true;
    case OP_FNSTCW:
        lhu(&t->c, V0, CPU_OFFSET(x87.cw), CPU);
        emit_store(t, i, V0, emit_address(t, i), 16);
        return true;
    case OP_FLDCW: return x87_load_control(t, i, 0xffff);
    default: return true; /* FWAIT: nothing is pending */
    }
}

/* --- all --------------------------------------------------------------------------------------------- */

bool emit_x87(struct tr *t, const struct insn *i)
{
    if (!x87_ready(t, i)) return false;
    if (x87_narrow(t, i)) return true;
    x87_to_memory(t);
    if (i->op >= OP_FLD1 && i->op <= OP_FLDZ) return emit_constant(t, i);
    if (i->op >= OP_FCMOVB && i->op <= OP_FCMOVNU) return emit_cmov(t, i);
    switch (i->op) {
    case OP_FLD:
    case OP_FILD: return x87_fused(t, i) || emit_load_top(t, i);
    case OP_FST:
    case OP_FSTP:
    case OP_FIST:
    case OP_FISTP: return emit_store_top(t, i);
    case OP_FXCH: return emit_fxch(t, i);
    case OP_FCHS:
    case OP_FABS: return emit_sign(t, i);
    case OP_FNSTSW_AX:
    case OP_FNSTSW:
    case OP_FNSTCW:
    case OP_FLDCW:
    case OP_FWAIT: return x87_control(t, i);
    default: return x87_arithmetic(t, i) || x87_compare(t, i);
    }
}
