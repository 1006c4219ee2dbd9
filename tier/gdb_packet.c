/* GDB's remote protocol, its inside: what each packet asks for. The guest is stopped meanwhile. A packet that
 * is unknown has an empty reply; one that is malformed E01; one that cannot be done the error's number. */
#include <string.h>
#include <unistd.h>

#include "tier/gdb_inside.h"

enum { MALFORMED = 1, FAULT = 14 };

void gdb_error(struct gdb *g, int number)
{
    g->reply.n = 0;
    gdb_put(&g->reply, "E%02x", (unsigned)number & 0xff);
}

static void ok_or(struct gdb *g, bool ok, int error)
{
    if (ok)
        gdb_put(&g->reply, "OK");
    else
        gdb_error(g, error);
}

/* --- why it stopped ------------------------------------------------------------------------------------ */

static int stop_number(const struct gdb_stop *s)
{
    enum { TRAP = 5, INTERRUPT = 2 };
    switch (s->why) {
    case GDB_SIGNAL: return gdb_signal_number(s->signo);
    case GDB_ASKED: return INTERRUPT;
    case GDB_ALONE: return 0;
    default: return TRAP;
    }
}

/* With the registers that a debugger looks at first. */
void gdb_put_stop(struct gdb *g)
{
    static const char *const words[] = {['2'] = "watch", ['3'] = "rwatch", ['4'] = "awatch"};
    static const uint8_t first[] = {4, 5, 8};
    const struct gdb_stop *s = &g->last;
    struct vthread *v = gdb_thread(g, g->current);
    if (s->why == GDB_ALONE && g->no_resumed) {
        gdb_put(&g->reply, "N");
        return;
    }
    gdb_put(&g->reply, "T%02x", (unsigned)stop_number(s));
    if (s->why == GDB_BREAK && g->swbreak) gdb_put(&g->reply, "swbreak:;");
    if (s->why == GDB_TRIPPED) gdb_put(&g->reply, "%s:%x;", words[s->point], s->tripped);
    if (s->why == GDB_CALLS) gdb_put(&g->reply, "syscall_entry:%x;", s->call);
    if (s->why == GDB_CALLED) gdb_put(&g->reply, "syscall_return:%x;", s->call);
    for (unsigned k = 0; v && k < sizeof first; k++) {
        gdb_put(&g->reply, "%02x:", first[k]);
        gdb_put_register(&g->reply, &v->cpu, first[k]);
        gdb_put(&g->reply, ";");
    }
    gdb_put(&g->reply, "thread:%x;", g->current);
}

/* --- threads ------------------------------------------------------------------------------------------- */

/* 0 and -1 are any thread. */
static bool get_thread(const char **at, uint32_t *tid)
{
    if (gdb_get_word(at, "-1")) {
        *tid = 0;
        return true;
    }
    return gdb_get_address(at, tid);
}

static struct vthread *general(struct gdb *g)
{
    struct vthread *v = gdb_thread(g, g->general);
    if (!v) v = gdb_thread(g, g->current);
    return v ? v : g->threads;
}

static void choose_thread(struct gdb *g, const char *packet)
{
    const char *at = packet + 2;
    uint32_t tid;
    if (!packet[1] || !get_thread(&at, &tid) || *at) {
        gdb_error(g, MALFORMED);
        return;
    }
    bool there = tid == 0 || gdb_thread(g, tid);
    if (there && packet[1] == 'g') g->general = tid ? tid : g->current;
    if (there && packet[1] == 'c' && tid) g->current = tid;
    ok_or(g, there, MALFORMED);
}

static void is_alive(struct gdb *g, const char *packet)
{
    const char *at = packet + 1;
    uint32_t tid;
    ok_or(g, gdb_get_address(&at, &tid) && gdb_thread(g, tid), MALFORMED);
}

/* --- registers and memory ------------------------------------------------------------------------------ */

static void registers(struct gdb *g)
{
    const struct vthread *v = general(g);
    for (unsigned k = 0; v && k < gdb_registers(); k++)
        gdb_put_register(&g->reply, &v->cpu, k);
    if (!v) gdb_error(g, MALFORMED);
}

static void set_registers(struct gdb *g, const char *packet)
{
    struct vthread *v = general(g);
    const char *at = packet + 1;
    bool ok = v != NULL;
    for (unsigned k = 0; ok && k < gdb_registers(); k++)
        ok = gdb_set_register(&v->cpu, k, &at);
    ok_or(g, ok && !*at, MALFORMED);
}

static void one_register(struct gdb *g, const char *packet)
{
    struct vthread *v = general(g);
    const char *at = packet + 1;
    uint64_t number;
    bool ok = v && gdb_get_number(&at, &number) && number < gdb_registers();
    if (packet[0] == 'P') {
        ok = ok && gdb_get_char(&at, '=') && gdb_set_register(&v->cpu, (unsigned)number, &at) && !*at;
        ok_or(g, ok, MALFORMED);
    } else if (ok) {
        gdb_put_register(&g->reply, &v->cpu, (unsigned)number);
    } else {
        gdb_error(g, MALFORMED);
    }
}

static bool get_range(const char **at, gaddr *from, uint32_t *n)
{
    return gdb_get_address(at, from) && gdb_get_char(at, ',') && gdb_get_address(at, n);
}

/* As much of it as is readable. */
static void read_memory(struct gdb *g, const char *packet)
{
    uint8_t bytes[GDB_PACKET / 2];
    const char *at = packet + 1;
    gaddr from;
    uint32_t n;
    if (!get_range(&at, &from, &n) || *at) {
        gdb_error(g, MALFORMED);
        return;
    }
    size_t most = gdb_room(&g->reply) / 2 - 1, have = 0;
    if (n < most) most = n;
    while (have < most) {
        size_t part = GPAGE - (from + (gaddr)have) % GPAGE;
        if (part > most - have) part = most - have;
        if (mm_read(g->vm->mm, from + (gaddr)have, bytes + have, part)) break;
        have += part;
    }
    if (have || n == 0)
        gdb_put_hex(&g->reply, bytes, have);
    else
        gdb_error(g, FAULT);
}

/* M: in hexadecimal; X: as it is. */
static void write_memory(struct gdb *g, char *packet, size_t length)
{
    static uint8_t bytes[GDB_PACKET];
    const char *at = packet + 1;
    gaddr to;
    uint32_t n;
    size_t have;
    if (!get_range(&at, &to, &n) || !gdb_get_char(&at, ':')) {
        gdb_error(g, MALFORMED);
        return;
    }
    if (packet[0] == 'M') {
        have = gdb_get_bytes(&at, bytes, sizeof bytes);
    } else {
        size_t rest = length - (size_t)(at - packet);
        memcpy(bytes, at, rest);
        have = gdb_unescape((char *)bytes, rest);
    }
    if (have != n)
        gdb_error(g, MALFORMED);
    else
        ok_or(g, !mm_poke(g->vm->mm, to, bytes, n), FAULT);
}

/* --- going on ------------------------------------------------------------------------------------------ */

struct action {
    enum gdb_order order;
    int signo; /* the guest's; 0: none */
    gaddr from, to;
};

static bool get_signal(const char **at, int *signo)
{
    uint64_t number;
    if (!gdb_get_number(at, &number)) return false;
    *signo = number ? gdb_signal_from(number) : 0;
    return number == 0 || *signo;
}

static bool get_action(const char **at, struct action *a)
{
    *a = (struct action){.order = GDB_GO};
    switch (*(*at)++) {
    case 'c': return true;
    case 'C': return get_signal(at, &a->signo);
    case 's': a->order = GDB_STEP; return true;
    case 'S': a->order = GDB_STEP; return get_signal(at, &a->signo);
    case 't': a->order = GDB_STAY; return true;
    case 'r':
        a->order = GDB_STEP;
        return gdb_get_address(at, &a->from) && gdb_get_char(at, ',') && gdb_get_address(at, &a->to);
    default: --*at; return false;
    }
}

/* A thread that was stopped by a signal is asked for its answer; another one gets the signal anew. */
static void order(struct vthread *v, const struct action *a)
{
    bool asked = v->gdb.answer != 0;
    v->gdb.order = a->order;
    v->gdb.step_from = a->from;
    v->gdb.step_to = a->to;
    v->gdb.stepped = false;
    if (a->order == GDB_STAY) return;
    v->gdb.answer = asked ? a->signo : 0;
    v->gdb.send = asked ? 0 : a->signo;
}

/* vCont;ACTION[:THREAD]…: the first that fits a thread holds; threads without one stay. */
static enum gdb_done go_on(struct gdb *g, const char *packet)
{
    const char *at = packet;
    struct action a;
    uint32_t tid;
    unsigned count = 0;
    /* All of it is read before any of it is done. */
    while (gdb_get_char(&at, ';')) {
        if (!get_action(&at, &a) || (gdb_get_char(&at, ':') && !get_thread(&at, &tid))) break;
        count++;
    }
    if (*at || !count) {
        gdb_error(g, MALFORMED);
        return GDB_REPLY;
    }
    for (struct vthread *v = g->threads; v; v = v->gdb.next) {
        struct action chosen = {.order = GDB_STAY};
        bool found = false;
        for (at = packet; !found && gdb_get_char(&at, ';');) {
            get_action(&at, &a);
            tid = 0;
            if (gdb_get_char(&at, ':')) get_thread(&at, &tid);
            found = tid == 0 || tid == v->gdb.tid;
            if (found) chosen = a;
        }
        order(v, &chosen);
    }
    /* Threads that begin do what is said of all. */
    g->others = GDB_STAY;
    for (at = packet; gdb_get_char(&at, ';');) {
        get_action(&at, &a);
        if (!gdb_get_char(&at, ':') || (get_thread(&at, &tid) && tid == 0)) g->others = GDB_GO;
    }
    g->resumed = true;
    return GDB_SILENT;
}

/* c, s, C, S: of old debuggers. The thread is the current one; others go on with it. */
static enum gdb_done go_on_simply(struct gdb *g, const char *packet)
{
    const char *at = packet;
    struct action a, rest = {.order = GDB_GO};
    struct vthread *current = gdb_thread(g, g->current);
    gaddr to;
    bool ok = current && get_action(&at, &a);
    if (ok && (packet[0] == 'C' || packet[0] == 'S')) gdb_get_char(&at, ';');
    if (ok && *at && gdb_get_address(&at, &to)) current->cpu.eip = to;
    if (!ok || *at) {
        gdb_error(g, MALFORMED);
        return GDB_REPLY;
    }
    for (struct vthread *v = g->threads; v; v = v->gdb.next)
        order(v, v == current ? &a : &rest);
    g->others = GDB_GO;
    g->resumed = true;
    return GDB_SILENT;
}

/* --- dispatch ------------------------------------------------------------------------------------------ */

static enum gdb_done v_packet(struct gdb *g, const char *packet)
{
    const char *at = packet;
    if (gdb_get_word(&at, "vCont?"))
        gdb_put(&g->reply, "vCont;c;C;s;S;t;r");
    else if (gdb_get_word(&at, "vCont"))
        return go_on(g, at);
    else if (gdb_get_word(&at, "vFile:"))
        gdb_file(g, at);
    else if (gdb_get_word(&at, "vKill")) {
        gdb_put(&g->reply, "OK");
        gdb_line_send(&g->line, &g->reply);
        return GDB_KILLED;
    }
    return GDB_REPLY;
}

static void point(struct gdb *g, const char *packet)
{
    if (packet[1] < '0' || packet[1] > '4') return; /* unknown */
    ok_or(g, gdb_point_change(g, packet), FAULT);
}

enum gdb_done gdb_packet(struct gdb *g, char *packet, size_t n)
{
    switch (packet[0]) {
    case '?': gdb_put_stop(g); break;
    case 'g': registers(g); break;
    case 'G': set_registers(g, packet); break;
    case 'p':
    case 'P': one_register(g, packet); break;
    case 'm': read_memory(g, packet); break;
    case 'M':
    case 'X': write_memory(g, packet, n); break;
    case 'H': choose_thread(g, packet); break;
    case 'T': is_alive(g, packet); break;
    case 'Z':
    case 'z': point(g, packet); break;
    case 'c':
    case 's':
    case 'C':
    case 'S': return go_on_simply(g, packet);
    case 'v': return v_packet(g, packet);
    case 'q': gdb_query(g, packet); break;
    case 'Q': gdb_set(g, packet); break;
    case 'D':
        gdb_detach(g);
        gdb_put(&g->reply, "OK");
        break;
    case 'k': return GDB_KILLED;
    default: break;
    }
    return GDB_REPLY;
}
