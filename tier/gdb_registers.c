/* Registers as GDB numbers and describes them: the features org.gnu.gdb.i386.core; org.gnu.gdb.i386.linux,
 * without which it would not know Linux's libraries and signal frames; and org.gnu.gdb.i386.sse where the
 * guest's CPU has it. One table makes the description and finds the values. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "interp/features.h"
#include "tier/gdb_inside.h"

enum kind { GENERAL, EIP, EFLAGS, SEGMENT, STACK, CONTROL, ORIG_EAX, XMM, MXCSR };

struct row {
    const char *name, *type, *group;
    uint8_t bits, kind, which;
};

#define CORE(name, type, kind, which)   \
    {                                   \
        name, type, "", 32, kind, which \
    }
#define ST(i)                                 \
    {                                         \
        "st" #i, "i387_ext", "", 80, STACK, i \
    }
#define FP(name, which)                                     \
    {                                                       \
        name, "int", " group=\"float\"", 32, CONTROL, which \
    }

#define VECTOR(i)                           \
    {                                       \
        "xmm" #i, "vec128", "", 128, XMM, i \
    }

/* Where a feature begins; those of a CPU with SSE are last. */
enum { FIRST_LINUX = 32, FIRST_SSE, ROWS = FIRST_SSE + 9 };

static const struct row rows[ROWS] = {
    CORE("eax", "int32", GENERAL, EAX),
    CORE("ecx", "int32", GENERAL, ECX),
    CORE("edx", "int32", GENERAL, EDX),
    CORE("ebx", "int32", GENERAL, EBX),
    CORE("esp", "data_ptr", GENERAL, ESP),
    CORE("ebp", "data_ptr", GENERAL, EBP),
    CORE("esi", "int32", GENERAL, ESI),
    CORE("edi", "int32", GENERAL, EDI),
    CORE("eip", "code_ptr", EIP, 0),
    CORE("eflags", "i386_eflags", EFLAGS, 0),
    CORE("cs", "int32", SEGMENT, CS),
    CORE("ss", "int32", SEGMENT, SS),
    CORE("ds", "int32", SEGMENT, DS),
    CORE("es", "int32", SEGMENT, ES),
    CORE("fs", "int32", SEGMENT, FS),
    CORE("gs", "int32", SEGMENT, GS),
    ST(0),
    ST(1),
    ST(2),
    ST(3),
    ST(4),
    ST(5),
    ST(6),
    ST(7),
    FP("fctrl", 0),
    FP("fstat", 1),
    FP("ftag", 2),
    FP("fiseg", 3),
    FP("fioff", 4),
    FP("foseg", 5),
    FP("fooff", 6),
    FP("fop", 7),
    CORE("orig_eax", "int", ORIG_EAX, 0),
    VECTOR(0),
    VECTOR(1),
    VECTOR(2),
    VECTOR(3),
    VECTOR(4),
    VECTOR(5),
    VECTOR(6),
    VECTOR(7),
    {"mxcsr", "i386_mxcsr", " group=\"vector\"", 32, MXCSR, 0},
};

unsigned gdb_registers(void)
{
    return features_has(FEATURE_SSE) ? ROWS : FIRST_SSE;
}

static const char head[] =
    "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
    "<target><architecture>i386</architecture><osabi>GNU/Linux</osabi>"
    "<feature name=\"org.gnu.gdb.i386.core\">"
    "<flags id=\"i386_eflags\" size=\"4\">"
    "<field name=\"\" start=\"22\" end=\"31\"/><field name=\"CF\" start=\"0\" end=\"0\"/>"
    "<field name=\"\" start=\"1\" end=\"1\"/><field name=\"PF\" start=\"2\" end=\"2\"/>"
    "<field name=\"AF\" start=\"4\" end=\"4\"/><field name=\"ZF\" start=\"6\" end=\"6\"/>"
    "<field name=\"SF\" start=\"7\" end=\"7\"/><field name=\"TF\" start=\"8\" end=\"8\"/>"
    "<field name=\"IF\" start=\"9\" end=\"9\"/><field name=\"DF\" start=\"10\" end=\"10\"/>"
    "<field name=\"OF\" start=\"11\" end=\"11\"/><field name=\"NT\" start=\"14\" end=\"14\"/>"
    "<field name=\"RF\" start=\"16\" end=\"16\"/><field name=\"VM\" start=\"17\" end=\"17\"/>"
    "<field name=\"AC\" start=\"18\" end=\"18\"/><field name=\"VIF\" start=\"19\" end=\"19\"/>"
    "<field name=\"VIP\" start=\"20\" end=\"20\"/><field name=\"ID\" start=\"21\" end=\"21\"/>"
    "</flags>";

static const char linux_head[] = "</feature><feature name=\"org.gnu.gdb.i386.linux\">";

static const char sse_head[] =
    "</feature><feature name=\"org.gnu.gdb.i386.sse\">"
    "<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/><vector id=\"v2d\" type=\"ieee_double\" "
    "count=\"2\"/>"
    "<vector id=\"v16i8\" type=\"int8\" count=\"16\"/><vector id=\"v8i16\" type=\"int16\" count=\"8\"/>"
    "<vector id=\"v4i32\" type=\"int32\" count=\"4\"/><vector id=\"v2i64\" type=\"int64\" count=\"2\"/>"
    "<union id=\"vec128\">"
    "<field name=\"v4_float\" type=\"v4f\"/><field name=\"v2_double\" type=\"v2d\"/>"
    "<field name=\"v16_int8\" type=\"v16i8\"/><field name=\"v8_int16\" type=\"v8i16\"/>"
    "<field name=\"v4_int32\" type=\"v4i32\"/><field name=\"v2_int64\" type=\"v2i64\"/>"
    "<field name=\"uint128\" type=\"uint128\"/></union>"
    "<flags id=\"i386_mxcsr\" size=\"4\">"
    "<field name=\"IE\" start=\"0\" end=\"0\"/><field name=\"DE\" start=\"1\" end=\"1\"/>"
    "<field name=\"ZE\" start=\"2\" end=\"2\"/><field name=\"OE\" start=\"3\" end=\"3\"/>"
    "<field name=\"UE\" start=\"4\" end=\"4\"/><field name=\"PE\" start=\"5\" end=\"5\"/>"
    "<field name=\"DAZ\" start=\"6\" end=\"6\"/><field name=\"IM\" start=\"7\" end=\"7\"/>"
    "<field name=\"DM\" start=\"8\" end=\"8\"/><field name=\"ZM\" start=\"9\" end=\"9\"/>"
    "<field name=\"OM\" start=\"10\" end=\"10\"/><field name=\"UM\" start=\"11\" end=\"11\"/>"
    "<field name=\"PM\" start=\"12\" end=\"12\"/><field name=\"FZ\" start=\"15\" end=\"15\"/>"
    "</flags>";

const char *gdb_target_xml(void)
{
    static char xml[8192];
    size_t n = 0;
    if (xml[0]) return xml;
    n += (size_t)snprintf(xml, sizeof xml, "%s", head);
    for (unsigned k = 0; k < gdb_registers(); k++) {
        const char *before = k == FIRST_LINUX ? linux_head : k == FIRST_SSE ? sse_head : "";
        n += (size_t)snprintf(xml + n, sizeof xml - n,
                              "%s<reg name=\"%s\" bitsize=\"%d\" type=\"%s\" regnum=\"%u\"%s/>", before,
                              rows[k].name, rows[k].bits, rows[k].type, k, rows[k].group);
    }
    snprintf(xml + n, sizeof xml - n, "</feature></target>");
    return xml;
}

/* The environment image has them in another order; its upper halves are reserved. */
enum { ENV_CW, ENV_SW, ENV_TAGS, ENV_IP, ENV_CS_OP, ENV_DP, ENV_DS, ENV_WORDS };

static uint32_t control(const struct cpu *cpu, unsigned which)
{
    uint8_t image[X87_ENV32];
    uint32_t w[ENV_WORDS];
    x87_put_env(&cpu->x87, false, image);
    memcpy(w, image, sizeof w);
    switch (which) {
    case 0: return w[ENV_CW] & 0xffff;
    case 1: return w[ENV_SW] & 0xffff;
    case 2: return w[ENV_TAGS] & 0xffff;
    case 3: return w[ENV_CS_OP] & 0xffff;
    case 4: return w[ENV_IP];
    case 5: return w[ENV_DS] & 0xffff;
    case 6: return w[ENV_DP];
    default: return w[ENV_CS_OP] >> 16 & 0x7ff;
    }
}

static void set_control(struct cpu *cpu, unsigned which, uint32_t v)
{
    uint8_t image[X87_ENV32];
    uint32_t w[ENV_WORDS];
    x87_put_env(&cpu->x87, false, image);
    memcpy(w, image, sizeof w);
    switch (which) {
    case 0: w[ENV_CW] = v; break;
    case 1: w[ENV_SW] = v; break;
    case 2: w[ENV_TAGS] = v; break;
    case 4: w[ENV_IP] = v; break;
    case 6: w[ENV_DP] = v; break;
    case 7: w[ENV_CS_OP] = (w[ENV_CS_OP] & 0xffff) | v << 16; break;
    default: break; /* selectors, which the CPU does not keep */
    }
    memcpy(image, w, sizeof w);
    x87_get_env(&cpu->x87, false, image);
}

static uint32_t value(const struct cpu *cpu, const struct row *r)
{
    switch (r->kind) {
    case GENERAL: return cpu->gpr[r->which];
    case EIP: return cpu->eip;
    case EFLAGS: return cpu_eflags(cpu);
    case SEGMENT: return cpu->seg[r->which];
    case MXCSR: return cpu->simd.mxcsr;
    case ORIG_EAX: return UINT32_MAX; /* never in a call that is to be restarted: deliver.c sees to that */
    default: return control(cpu, r->which);
    }
}

void gdb_put_register(struct gdb_reply *out, const struct cpu *cpu, unsigned number)
{
    const struct row *r = &rows[number];
    uint8_t stack[X87_REGS];
    if (r->kind == STACK) {
        x87_put_regs(&cpu->x87, stack);
        gdb_put_hex(out, stack + 10 * r->which, 10);
    } else if (r->kind == XMM) {
        gdb_put_hex(out, &cpu->simd.xmm[r->which], sizeof cpu->simd.xmm[0]);
    } else {
        uint32_t v = value(cpu, r);
        gdb_put_hex(out, &v, sizeof v);
    }
}

static void set_stack(struct cpu *cpu, unsigned i, const uint8_t *bytes)
{
    uint8_t stack[X87_REGS];
    x87_put_regs(&cpu->x87, stack);
    memcpy(stack + 10 * i, bytes, 10);
    x87_get_regs(&cpu->x87, stack);
}

/* A selector that no program could load is not taken. */
static bool set_segment(struct cpu *cpu, enum sreg s, uint32_t v)
{
    if (v == cpu->seg[s]) return true;
    struct trap kept = cpu->trap;
    bool done = s != CS && v <= UINT16_MAX && cpu_load_segment(cpu, s, (uint16_t)v);
    cpu->trap = kept;
    return done;
}

static bool set(struct cpu *cpu, const struct row *r, uint32_t v)
{
    switch (r->kind) {
    case GENERAL: cpu->gpr[r->which] = v; return true;
    case EIP: cpu->eip = v; return true;
    case EFLAGS: cpu_set_eflags(cpu, v, FL_ARITH | FL_TF | FL_DF | FL_NT | FL_AC | FL_ID); return true;
    case SEGMENT: return set_segment(cpu, r->which, v);
    case ORIG_EAX: return true;
    case MXCSR: cpu->simd.mxcsr = v & MXCSR_VALID; return true;
    default: set_control(cpu, r->which, v); return true;
    }
}

bool gdb_set_register(struct cpu *cpu, unsigned number, const char **hex)
{
    uint8_t bytes[16];
    uint32_t v;
    if (number >= gdb_registers()) return false;
    const struct row *r = &rows[number];
    size_t n = r->bits / 8;
    if (gdb_get_bytes(hex, bytes, n) != n) return false;
    if (r->kind == STACK) {
        set_stack(cpu, r->which, bytes);
        return true;
    }
    if (r->kind == XMM) {
        memcpy(&cpu->simd.xmm[r->which], bytes, sizeof bytes);
        return true;
    }
    memcpy(&v, bytes, sizeof v);
    return set(cpu, r, v);
}
