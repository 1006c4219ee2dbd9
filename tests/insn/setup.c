/* What an operation wants to find in registers and memory so that it does something worth comparing, and
 * what of its outcome is defined. Everything else about a trial is the form's or the runner's affair. */
#include "tests/insn/gen.h"
#include "tests/insn/rules_flags.h"

static void fix(struct trial *t, unsigned reg, uint32_t value)
{
    t->role[reg] = ROLE_FIXED;
    t->fixed[reg] = value;
}

static bool uses_stack(const struct sample *f)
{
    unsigned group = op_info[f->row.op].group, shape = f->row.shape;
    return group == GROUP_stack || group == GROUP_ctl || group == GROUP_far || shape == SHAPE_SREG;
}

static unsigned operand_bytes(const struct sample *f)
{
    if (f->row.size == SZ_B) return 1;
    return f->op16 || f->row.size == SZ_W ? 2 : 4;
}

/* The register that the r/m operand or the opcode's low bits name; 8: none. Bytes: AH is EAX. */
static unsigned named_register(const struct sample *f)
{
    unsigned r = 8;
    if (shape_has_modrm(f->row.shape) && !f->memory) r = f->rm;
    if (f->row.shape == SHAPE_Z || f->row.shape == SHAPE_ZI || f->row.shape == SHAPE_ZA) r = f->opcode & 7;
    return r < 8 && operand_bytes(f) == 1 ? r & 3 : r;
}

static bool takes_reg_operand(unsigned shape)
{
    return shape == SHAPE_EG || shape == SHAPE_GE || shape == SHAPE_EGI8 || shape == SHAPE_GEI ||
           shape == SHAPE_GEIB;
}

/* ESP points into the window unless it is an operand of something that has no stack. */
static void stack_pointer(const struct sample *f, struct trial *t)
{
    bool operand = named_register(f) == ESP || (takes_reg_operand(f->row.shape) && f->reg == ESP);
    if (operand && !uses_stack(f) && operand_bytes(f) > 1)
        t->role[ESP] = ROLE_VALUE;
    else
        fix(t, ESP, t->window + AT_STACK);
}

/* String instructions. With 16-bit addresses the source is reached by an override; the destination, always
 * in the flat ES, lies below 64 KiB then, where nothing is mapped: the fault tells the address. */
static void string_operands(const struct sample *f, struct trial *t)
{
    uint32_t base = f->seg == FS ? FS_BASE : f->seg == GS ? GS_BASE : 0, garbage = f->addr16 ? 0x7fff0000 : 0;
    t->role[ECX] = !f->rep ? ROLE_VALUE : f->addr16 ? ROLE_COUNT16 : ROLE_COUNT;
    fix(t, ESI, (WINDOW + AT_SOURCE - base) | garbage);
    fix(t, EDI, (WINDOW + AT_DEST) | garbage);
}

static void branch_target(const struct sample *f, struct trial *t)
{
    if (named_register(f) < 8) fix(t, named_register(f), t->landing);
    t->content = f->op16 ? CONTENT_TARGET16 : CONTENT_TARGET;
    t->stack_content = t->content;
}

static void selectors(const struct sample *f, struct trial *t, bool into_ss)
{
    unsigned r = named_register(f);
    if (r < 8 && !(r == ESP && uses_stack(f))) t->role[r] = ROLE_SELECTOR;
    if (f->row.op == OP_ARPL) t->role[f->reg] = ROLE_SELECTOR;
    t->content = t->stack_content = CONTENT_SELECTOR;
    if (into_ss) t->traits |= TRIAL_SS;
}

static void far_pointer(const struct sample *f, struct trial *t)
{
    t->content = f->op16 ? CONTENT_FAR16 : CONTENT_FAR32;
    if (f->row.op == OP_LSS) t->traits |= TRIAL_SS;
}

static void ignore_destination(const struct sample *f, struct trial *t)
{
    if (f->memory)
        t->traits |= TRIAL_IGNORES_MEMORY;
    else
        t->ignored |= 1 << f->rm;
}

static void integer_setup(const struct sample *f, struct trial *t)
{
    switch (f->row.op) {
    case OP_XLAT: fix(t, EBX, t->window - (f->seg == GS ? GS_BASE : f->seg == FS ? FS_BASE : 0)); break;
    case OP_BT:
    case OP_BTS:
    case OP_BTR:
    case OP_BTC:
        if (f->row.shape == SHAPE_EG && f->memory) t->role[f->reg] = ROLE_BIT;
        break;
    case OP_CMPXCHG:
    case OP_CMPXCHG8B: t->content = CONTENT_EDX_EAX; break;
    case OP_BOUND: t->content = f->op16 ? CONTENT_BOUNDS16 : CONTENT_BOUNDS32; break;
    case OP_DIV:
        if (f->runs & 1) t->role[EDX] = ROLE_COUNT;
        break;
    case OP_POPF: t->stack_content = CONTENT_FLAGS; break;
    case OP_ENTER: fix(t, EBP, WINDOW + AT_STACK - 8); break;
    case OP_LEAVE: fix(t, EBP, WINDOW + AT_STACK - 16); break;
    case OP_RET:
    case OP_RET_IMM:
    case OP_RET_FAR:
    case OP_IRET:
    case OP_JMP_IND:
    case OP_CALL_IND:
    case OP_JMP_FAR_M:
    case OP_CALL_FAR_M: branch_target(f, t); break;
    case OP_LOOP:
    case OP_LOOPE:
    case OP_LOOPNE:
    case OP_JECXZ: t->role[ECX] = f->addr16 ? ROLE_COUNT16 : f->runs & 1 ? ROLE_COUNT : ROLE_VALUE; break;
    case OP_MOV_TO_SREG: selectors(f, t, f->reg == SS); break;
    case OP_POP_SREG: selectors(f, t, f->row.map == 0 && f->opcode == 0x17); break;
    case OP_LAR:
    case OP_LSL:
    case OP_VERR:
    case OP_VERW:
    case OP_ARPL: selectors(f, t, false); break;
    case OP_LES:
    case OP_LDS:
    case OP_LSS:
    case OP_LFS:
    case OP_LGS: far_pointer(f, t); break;
    case OP_CPUID: t->ignored = 1 << EAX | 1 << ECX | 1 << EDX | 1 << EBX; break;
    case OP_RDTSC: t->ignored = 1 << EAX | 1 << EDX; break;
    case OP_STORE_SYSTEM:
        if (f->reg < 2 && f->opcode == 1) ignore_destination(f, t); /* descriptor tables move */
        break;
    default: break;
    }
    if (f->row.shape == SHAPE_STR) string_operands(f, t);
}

/* --- x87 ---------------------------------------------------------------------------------------------- */

static void x87_setup(const struct sample *f, struct trial *t)
{
    static const uint8_t contents[] = {
        [SZ_F32] = CONTENT_F32, [SZ_F64] = CONTENT_F64,    [SZ_F80] = CONTENT_F80,
        [SZ_I16] = CONTENT_I16, [SZ_I32] = CONTENT_VALUES, [SZ_I64] = CONTENT_VALUES,
        [SZ_BCD] = CONTENT_BCD, [SZ_V] = CONTENT_VALUES,   [SZ_W] = CONTENT_VALUES,
    };
    t->traits |= TRIAL_X87 | (f->unmasked ? TRIAL_UNMASKED : 0);
    if (f->row.map == 0 && f->row.shape == SHAPE_M) t->content = contents[f->row.size];
    switch (f->row.op) {
    case OP_FLDENV:
    case OP_FRSTOR: t->content = f->op16 ? CONTENT_ENV16 : CONTENT_ENV32; break;
    case OP_FLDCW: t->content = CONTENT_CW; break;
    case OP_F2XM1: t->domain = DOMAIN_UNIT; break;
    case OP_FYL2XP1: t->domain = DOMAIN_NEAR_ZERO; break;
    case OP_FPTAN:
    case OP_FSIN:
    case OP_FCOS:
    case OP_FSINCOS: t->domain = DOMAIN_ANGLE; break;
    case OP_FPATAN:
    case OP_FYL2X: break;
    default: return;
    }
    if (f->row.map == 2) t->traits |= TRIAL_NEAR_ULP;
}

/* --- flags -------------------------------------------------------------------------------------------- */

static bool is_rotate(unsigned op)
{
    return op == OP_ROL || op == OP_ROR || op == OP_RCL || op == OP_RCR;
}

/* Shifts: what is undefined depends on the count (SDM vol. 2: SAL/SAR/SHL/SHR, RCL/…, SHLD, SHRD). */
static void shift_flags(const struct sample *f, struct trial *t)
{
    unsigned op = f->row.op, bytes = operand_bytes(f);
    bool dual = op == OP_SHLD || op == OP_SHRD || op == OP_SHLD_CL || op == OP_SHRD_CL;
    if (f->row.shape == SHAPE_ECL || op == OP_SHLD_CL || op == OP_SHRD_CL) {
        t->rule = is_rotate(op)        ? RULE_ROTATE_CL
                  : dual && bytes == 2 ? RULE_DOUBLE_CL16
                  : bytes == 1         ? RULE_COUNT_CL8
                  : bytes == 2         ? RULE_COUNT_CL16
                                       : RULE_COUNT_CL32;
        return;
    }
    /* A count in the instruction: the same rules, asked once. */
    struct trial as_if = {.rule = is_rotate(op)        ? RULE_ROTATE_CL
                                  : dual && bytes == 2 ? RULE_DOUBLE_CL16
                                  : bytes == 1         ? RULE_COUNT_CL8
                                  : bytes == 2         ? RULE_COUNT_CL16
                                                       : RULE_COUNT_CL32};
    uint32_t count = f->row.shape == SHAPE_E1 ? 1 : f->imm;
    t->flag_mask = trial_flag_mask(&as_if, count);
    if (trial_ignored(&as_if, count)) {
        t->ignored = 0xff;
        t->traits |= TRIAL_IGNORES_MEMORY;
    }
}

void form_setup(const struct sample *f, struct trial *t)
{
    const struct op_info *info = &op_info[f->row.op];
    t->flag_mask = ~(uint32_t)info->undefined;
    if (info->group == GROUP_shift) shift_flags(f, t);
    stack_pointer(f, t);
    if (info->traits & X87 || f->row.map == 2)
        x87_setup(f, t);
    else
        integer_setup(f, t);
}
