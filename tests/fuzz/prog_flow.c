/* Loops, subroutines, calls and jumps through tables. */
#include "tests/fuzz/progen.h"

/* --- loops -------------------------------------------------------------------------------------------- */

enum turn_kind { DEC_REG, SUB_REG, DEC_MEM, LOOP_ECX, COUNT_UP, LEA_TEST, TURN_KINDS };

struct turn {
    enum turn_kind kind;
    unsigned head, exit, times;
    uint32_t slot;    /* address of the counter in memory */
    int reg;          /* or its register */
    uint16_t carried; /* flags that are defined at the head */
    int pointer;      /* a register that moves by `stride` each time, -1: none */
    int32_t stride;
};

static uint32_t new_counter(struct maker *m)
{
    return AREA + AT_COUNTERS + 4 * (m->counters < 63 ? m->counters++ : 63);
}

static void store_number(struct maker *m, uint32_t address, uint32_t value)
{
    put(m, 0x05c7, 2);
    put(m, address, 4);
    put(m, value, 4);
}

/* A free register that is not one of `but`. */
static int another_register(struct maker *m, unsigned but)
{
    uint8_t pinned = m->f.pinned;
    m->f.pinned |= but;
    int r = free_register(m);
    m->f.pinned = pinned;
    return r;
}

/* Pinned pointers of a loop: into the area, or out of the border's first page near the last turns. */
static void loop_pointer(struct maker *m, struct turn *t)
{
    int r = another_register(m, 1 << EAX | 1 << ECX | 1 << EDX);
    t->pointer = -1;
    if (r < 0 || !chance(m, 70)) return;
    t->pointer = r;
    m->f.pinned |= 1 << r;
    if (chance(m, m->fault_share ? 60 : 10)) {
        t->stride = chance(m, 50) ? 4 : 8;
        uint32_t before = (uint32_t)t->stride * (t->times - rnd(m, t->times < 20 ? t->times : 20));
        set_register(m, (unsigned)r, BORDER_NONE - (before < BORDER_USED ? before : BORDER_USED));
        facts_forget(&m->f, (unsigned)r);
        m->walker = r;
        return;
    }
    uint32_t length = t->times * 8 < 0x700 ? 8 : t->times * 4 < 0x700 ? 4 : 1;
    t->stride = (int32_t)(1 + rnd(m, length));
    uint32_t from = AREA + rnd(m, 0x100);
    if (t->times <= 70 && chance(m, m->simd_share)) {
        t->stride = 16;
        from &= ~15u;
    }
    uint32_t to = from + (uint32_t)t->stride * t->times;
    if (chance(m, 20)) t->stride = -t->stride;
    set_register(m, (unsigned)r, t->stride < 0 ? to : from);
    facts_forget(&m->f, (unsigned)r);
    m->f.lo[r] = from;
    m->f.hi[r] = to;
    if (t->stride == 16 || t->stride == -16) m->f.aligned |= (from % 16 == 0) << r;
}

static void loop_counter(struct maker *m, struct turn *t)
{
    int r = t->kind == LOOP_ECX ? (m->f.pinned & 1 << ECX ? -1 : ECX) : free_register(m);
    if (t->kind != DEC_MEM && r < 0) t->kind = DEC_MEM;
    t->reg = t->kind == DEC_MEM ? -1 : r;
    if (t->reg < 0) {
        t->slot = new_counter(m);
        store_number(m, t->slot, t->times);
        return;
    }
    set_register(m, (unsigned)r, t->kind == COUNT_UP ? 0 : t->times);
    facts_forget(&m->f, (unsigned)r);
    m->f.hi[r] = t->times;
    m->f.pinned |= 1 << r;
}

static void step_pointer(struct maker *m, const struct turn *t)
{
    if (t->pointer < 0) return;
    unsigned r = (unsigned)t->pointer;
    if (chance(m, 50)) {
        put(m, 0x408d | r << 11 | r << 8, 2); /* lea r, [r + disp8] */
    } else {
        put(m, 0xc083 | r << 8, 2); /* add r, imm8 */
        m->f.defined = FL_ARITH;
    }
    put(m, (uint32_t)t->stride, 1);
}

static uint16_t flags_of_turn(enum turn_kind kind)
{
    if (kind == LOOP_ECX) return 0;
    if (kind == DEC_REG || kind == DEC_MEM) return FL_ARITH & ~FL_CF;
    return kind == LEA_TEST ? FL_ARITH & ~FL_AF : FL_ARITH;
}

static void jump_back(struct maker *m, const struct turn *t)
{
    static const uint8_t not_zero[] = {0x75, 0x75, 0x7f};
    unsigned r = (unsigned)t->reg, back = not_zero[rnd(m, 3)];
    bool close = (int)m->p->size - m->labels[t->head].at < 120;
    define_flags(m, t->carried & ~flags_of_turn(t->kind));
    m->f.defined = (m->f.defined & ~(t->kind == LEA_TEST ? FL_AF : 0)) | flags_of_turn(t->kind);
    switch (t->kind) {
    case DEC_REG: put(m, 0x48 | r, 1); break;
    case SUB_REG:
        put(m, 0xe883 | r << 8, 2);
        put(m, 1, 1);
        break;
    case DEC_MEM:
        put(m, 0x0dff, 2);
        put(m, t->slot, 4);
        break;
    case LOOP_ECX:
        if (close) {
            put(m, 0xe2, 1);
            put_ref(m, FIX_REL8, t->head);
            return;
        }
        put(m, 0xff498d, 3); /* lea ecx, [ecx - 1]; jecxz over the jump */
        put(m, 0x05e3, 2);
        put(m, 0xe9, 1);
        put_ref(m, FIX_REL32, t->head);
        return;
    case COUNT_UP:
        put(m, 0x40 | r, 1);
        put(m, 0xf881 | r << 8, 2);
        put(m, t->times, 4);
        back = chance(m, 50) ? 0x72 : 0x7c;
        break;
    default:
        put(m, 0xff408d | r << 11 | r << 8, 3);
        put(m, 0xc085 | r << 11 | r << 8, 2);
        break;
    }
    put_jump(m, back, t->head, false);
}

static unsigned choose_times(struct maker *m)
{
    unsigned most = m->times > 100 ? 6 : m->times > 10 ? 20 : 300;
    unsigned left = m->spent < 60000 ? (60000 - m->spent) / (50 * m->times) : 0;
    if (most > left) most = left;
    return most < 3 ? 0 : 3 + rnd(m, most - 2);
}

/* At the head nothing is known but what each turn keeps. */
static void enter_head(struct maker *m, struct turn *t)
{
    for (unsigned r = 0; r < 8; r++)
        if (!(m->f.pinned >> r & 1)) facts_forget(&m->f, r);
    t->carried = chance(m, 50) ? m->f.defined : 0;
    if (t->kind == LEA_TEST) t->carried &= ~FL_AF;
    m->f.defined = t->carried;
    label_place(m, t->head);
}

void make_loop(struct maker *m)
{
    struct turn t = {.kind = rnd(m, TURN_KINDS), .times = choose_times(m)};
    struct maker outer = {.f = m->f,
                          .times = m->times,
                          .fault_exit = m->fault_exit,
                          .walker = m->walker,
                          .counter = m->counter,
                          .turns = m->turns};
    if (!t.times) return;
    t.head = label_new(m);
    t.exit = label_new(m);
    loop_counter(m, &t);
    loop_pointer(m, &t);
    enter_head(m, &t);
    m->times *= t.times;
    m->fault_exit = (int)t.exit;
    m->counter = t.reg;
    m->turns = t.times;
    int depth = m->f.depth;
    block(m, 1 + rnd(m, 4));
    if (chance(m, 90)) x87_balance(m, depth);
    step_pointer(m, &t);
    jump_back(m, &t);
    label_reach(m, t.exit);
    m->times = outer.times;
    m->fault_exit = outer.fault_exit;
    m->walker = outer.walker;
    m->counter = outer.counter;
    m->turns = outer.turns;
    m->f.pinned = outer.f.pinned;
    label_place(m, t.exit);
    for (unsigned r = 0; r < 8; r++)
        if (!(outer.f.pinned >> r & 1)) facts_forget(&m->f, r);
}

/* --- subroutines -------------------------------------------------------------------------------------- */

static void recurse(struct maker *m, const struct sub *s)
{
    unsigned over = label_new(m);
    if (s->counter < 0) return;
    put(m, 0x0dff, 2); /* dec dword ptr [counter] */
    put(m, (uint32_t)s->counter, 4);
    m->f.defined |= FL_ARITH & ~FL_CF;
    put_jump(m, 0x78, over, false);
    for (unsigned k = 0; k < s->words; k++)
        put(m, 0x50 | rnd(m, 8), 1);
    put(m, 0xe8, 1);
    put_ref(m, FIX_REL32, s->label);
    uint8_t pinned = m->f.pinned;
    for (unsigned r = 0; r < 8; r++)
        if (!(pinned >> r & 1)) facts_forget(&m->f, r);
    m->f.defined = 0;
    label_reach(m, over);
    label_place(m, over);
}

static void make_sub(struct maker *m)
{
    static const uint8_t saved[] = {EBX, ESI, EDI, EBP};
    struct sub *s = &m->subs[m->sub_count];
    *s = (struct sub){.label = label_new(m), .words = chance(m, 30) ? 1 + rnd(m, 3) : 0, .counter = -1};
    unsigned spent = m->spent, pushed = chance(m, 50) ? saved[rnd(m, 4)] : 8;
    if (chance(m, 30)) s->counter = (int)new_counter(m);
    s->keeps = 1 << ESP | 1 << EBX | 1 << ESI | 1 << EDI | 1 << EBP;
    for (unsigned r = 0; r < 8; r++)
        facts_forget(&m->f, r);
    m->f.defined = 0;
    m->f.depth = 2;
    m->f.pinned = s->keeps;
    label_place(m, s->label);
    if (pushed < 8) {
        put(m, 0x50 | pushed, 1);
        m->f.pinned &= ~(1 << pushed);
    }
    block(m, 1 + rnd(m, 3));
    recurse(m, s);
    block(m, rnd(m, 2));
    x87_balance(m, 2);
    if (pushed < 8) put(m, 0x58 | pushed, 1);
    if (s->words) {
        put(m, 0xc2, 1);
        put(m, 4 * s->words, 2);
    } else {
        put(m, 0xc3, 1);
    }
    s->defined = m->f.defined;
    s->cost = m->spent - spent + 10;
    m->spent = spent;
    m->sub_count++;
}

void make_subs(struct maker *m)
{
    uint32_t saved[2];
    for (unsigned k = rnd(m, PROG_SUBS + 1), n = 0; n < k; n++) {
        if (!item_begin(m, 1000 + n, saved)) continue;
        make_sub(m);
        item_end(m, saved);
    }
}

/* --- calls -------------------------------------------------------------------------------------------- */

static void call_through(struct maker *m, const struct sub *s)
{
    int r = free_register(m);
    unsigned table;
    switch (r < 0 ? 0 : rnd(m, 6)) {
    case 1: /* mov r, sub; call r */
        put(m, 0xb8 | (unsigned)r, 1);
        put_ref(m, FIX_ABSOLUTE, s->label);
        put(m, 0xd0ff | (unsigned)r << 8, 2);
        break;
    case 2: /* a table of one, jumped over */
        table = label_new(m);
        put(m, 0x04eb, 2);
        label_place(m, table);
        put_ref(m, FIX_ABSOLUTE, s->label);
        put(m, 0x15ff, 2);
        put_ref(m, FIX_ABSOLUTE, table);
        break;
    case 3: /* push the return address; jmp */
        table = label_new(m);
        put(m, 0x68, 1);
        put_ref(m, FIX_ABSOLUTE, table);
        put(m, 0xe9, 1);
        put_ref(m, FIX_REL32, s->label);
        label_place(m, table);
        break;
    default:
        put(m, 0xe8, 1);
        put_ref(m, FIX_REL32, s->label);
        break;
    }
}

void make_call(struct maker *m)
{
    if (!m->sub_count) return;
    const struct sub *s = &m->subs[rnd(m, m->sub_count)];
    unsigned deep = s->counter < 0 ? 0 : rnd(m, 12);
    if (m->f.pinned & ~s->keeps || m->spent + s->cost * m->times * (deep + 1) > 150000) return;
    m->spent += s->cost * m->times * (deep + 1);
    if (s->counter >= 0) store_number(m, (uint32_t)s->counter, deep);
    for (unsigned k = 0; k < s->words; k++)
        put(m, 0x50 | rnd(m, 8), 1);
    call_through(m, s);
    for (unsigned r = 0; r < 8; r++)
        if (!(m->f.pinned >> r & 1)) facts_forget(&m->f, r);
    m->f.defined = s->defined;
}

/* --- jumps through a table ---------------------------------------------------------------------------- */

void make_switch(struct maker *m)
{
    int r = free_register(m);
    unsigned cases = 2u << rnd(m, 2), end = label_new(m), first[4];
    if (r < 0) return;
    put(m, 0xe083 | (unsigned)r << 8, 2); /* and r, imm8 */
    put(m, cases - 1, 1);
    m->f.defined = FL_ARITH & ~FL_AF;
    facts_forget(&m->f, (unsigned)r);
    m->f.hi[r] = cases - 1;
    unsigned table = label_new(m);
    if (chance(m, 50)) {
        put(m, 0x8524ff | (unsigned)r << 19, 3); /* jmp [table + r * 4] */
        put_ref(m, FIX_ABSOLUTE, table);
    } else {
        put(m, 0x85048b | (unsigned)r << 11 | (unsigned)r << 19, 3); /* mov r, [table + r * 4]; jmp r */
        put_ref(m, FIX_ABSOLUTE, table);
        put(m, 0xe0ff | (unsigned)r << 8, 2);
        facts_forget(&m->f, (unsigned)r);
    }
    for (unsigned k = 0; k < cases; k++)
        first[k] = label_new(m);
    label_place(m, table);
    for (unsigned k = 0; k < cases; k++)
        put_ref(m, FIX_ABSOLUTE, first[k]);
    struct facts entry = m->f;
    for (unsigned k = 0; k < cases; k++) {
        m->f = entry;
        label_place(m, first[k]);
        block(m, rnd(m, 2));
        if (k + 1 < cases)
            put_jump(m, 0xeb, end, false);
        else
            label_reach(m, end);
    }
    label_place(m, end);
}
