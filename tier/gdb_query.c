/* Queries: what the server can do, threads, and objects that are read in parts (qXfer). */
#include <stdlib.h>
#include <string.h>

#include "tier/gdb_inside.h"

enum { MALFORMED = 1, FAULT = 14, WORK = 512 << 10 };

/* --- what is supported --------------------------------------------------------------------------------- */

/* GDB tells what it understands, too. */
static void supported(struct gdb *g, const char *their)
{
    g->swbreak = strstr(their, "swbreak+") != NULL;
    g->no_resumed = strstr(their, "no-resumed+") != NULL;
    gdb_put(&g->reply,
            "PacketSize=%x;QStartNoAckMode+;QPassSignals+;qXfer:features:read+;qXfer:auxv:read+;"
            "QCatchSyscalls+;qXfer:siginfo:read+;qXfer:libraries-svr4:read+;qXfer:exec-file:read+;qXfer:"
            "threads:read+;"
            "vContSupported+;swbreak+;"
            "no-resumed+",
            GDB_PACKET - 8);
}

/* --- threads ------------------------------------------------------------------------------------------- */

static void list_threads(struct gdb *g)
{
    char separator = 'm';
    for (const struct vthread *v = g->threads; v && gdb_room(&g->reply) > 16;
         v = v->gdb.next, separator = ',')
        gdb_put(&g->reply, "%c%x", separator, v->gdb.tid);
    if (!g->threads) gdb_put(&g->reply, "l");
}

static size_t threads_xml(struct gdb *g, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "<threads>");
    for (const struct vthread *v = g->threads; v && n + 64 < size; v = v->gdb.next)
        n += (size_t)snprintf(out + n, size - n, "<thread id=\"%x\"/>", v->gdb.tid);
    return n + (size_t)snprintf(out + n, size - n, "</threads>");
}

/* --- objects ------------------------------------------------------------------------------------------- */

/* The auxiliary vector follows argv and envp on the first stack. */
static size_t auxv(struct gdb *g, char *out, size_t size)
{
    enum { ENTRIES = 64 };
    struct mm_areas a;
    uint32_t word, pair[2];
    size_t n = 0;
    mm_areas(g->vm->mm, &a);
    gaddr at = a.stack_start + 4;
    for (int nulls = 0; nulls < 2; at += 4) {
        if (mm_read(g->vm->mm, at, &word, 4)) return 0;
        nulls += !word;
    }
    for (unsigned k = 0; k < ENTRIES && n + sizeof pair <= size; k++, at += sizeof pair) {
        if (mm_read(g->vm->mm, at, pair, sizeof pair)) break;
        memcpy(out + n, pair, sizeof pair);
        n += sizeof pair;
        if (!pair[0]) break;
    }
    return n;
}

static size_t text(const char *from, char *out, size_t size)
{
    size_t n = strlen(from);
    if (n > size) n = size;
    memcpy(out, from, n);
    return n;
}

/* Of the signal that the thread has stopped for. */
static bool siginfo(struct gdb *g, char *out, size_t size, size_t *n)
{
    const struct vthread *v = gdb_thread(g, g->general);
    if (!v || !v->gdb.answer || size < SYS_SIGINFO) return false;
    memcpy(out, v->gdb.siginfo, SYS_SIGINFO);
    *n = SYS_SIGINFO;
    return true;
}

/* All of an object's bytes. false: there is no such object. */
static bool object(struct gdb *g, const char **at, char *out, size_t size, size_t *n)
{
    if (gdb_get_word(at, "features:read:target.xml:"))
        *n = text(gdb_target_xml(), out, size);
    else if (gdb_get_word(at, "auxv:read::"))
        *n = auxv(g, out, size);
    else if (gdb_get_word(at, "libraries-svr4:read::"))
        *n = gdb_libraries(g, out, size);
    else if (gdb_get_word(at, "siginfo:read::"))
        return siginfo(g, out, size, n);
    else if (gdb_get_word(at, "threads:read::"))
        *n = threads_xml(g, out, size);
    else if (gdb_get_word(at, "exec-file:read:")) {
        while (**at && **at != ':') /* of which process: there is one */
            ++*at;
        *n = text(g->program, out, size);
        return gdb_get_char(at, ':');
    } else
        return false;
    return true;
}

/* OFFSET,LENGTH of it; m: there is more, l: there is not. */
static void transfer(struct gdb *g, const char *at)
{
    uint64_t from, most;
    size_t n = 0;
    char *all = malloc(WORK);
    if (!all || !object(g, &at, all, WORK, &n)) {
        free(all);
        gdb_put(&g->reply, "E00"); /* as the protocol has it for a bad annex */
        return;
    }
    if (!gdb_get_number(&at, &from) || !gdb_get_char(&at, ',') || !gdb_get_number(&at, &most) || *at) {
        gdb_error(g, MALFORMED);
    } else {
        size_t rest = from < n ? n - (size_t)from : 0, part = rest < most ? rest : (size_t)most;
        gdb_put(&g->reply, "m");
        if (gdb_put_binary(&g->reply, all + (rest ? from : 0), part) == rest) g->reply.text[0] = 'l';
    }
    free(all);
}

/* --- dispatch ------------------------------------------------------------------------------------------ */

void gdb_query(struct gdb *g, const char *packet)
{
    const char *at = packet;
    if (gdb_get_word(&at, "qSupported"))
        supported(g, at);
    else if (gdb_get_word(&at, "qXfer:"))
        transfer(g, at);
    else if (gdb_get_word(&at, "qfThreadInfo"))
        list_threads(g);
    else if (gdb_get_word(&at, "qsThreadInfo"))
        gdb_put(&g->reply, "l");
    else if (gdb_get_word(&at, "qAttached"))
        gdb_put(&g->reply, "0"); /* a debugger that leaves without a word ends the program */
    else if (gdb_get_word(&at, "qSymbol"))
        gdb_put(&g->reply, "OK");
    else if (!strcmp(packet, "qC"))
        gdb_put(&g->reply, "QC%x", g->current);
}

/* QPassSignals:SIGNAL;SIGNAL…: those that are not worth a stop. */
static bool pass_signals(struct gdb *g, const char *at)
{
    bool pass[GDB_SIGNALS] = {false};
    uint64_t number;
    while (*at) {
        if (!gdb_get_number(&at, &number)) return false;
        pass[gdb_signal_from(number)] = true;
        if (*at && !gdb_get_char(&at, ';')) return false;
    }
    pass[0] = false;
    memcpy(g->pass, pass, sizeof pass);
    return true;
}

/* QCatchSyscalls:0, none; :1, all; :1;NUMBER;NUMBER…, these. */
static bool catch_calls(struct gdb *g, const char *at)
{
    bool these[GDB_CALL_NUMBERS] = {false};
    uint64_t on, number;
    if (!gdb_get_number(&at, &on) || on > 1) return false;
    bool all = on && !*at;
    while (*at) {
        if (!gdb_get_char(&at, ';') || !gdb_get_number(&at, &number)) return false;
        if (number < GDB_CALL_NUMBERS) these[number] = on;
    }
    g->catch_all = all;
    memcpy(g->catches, these, sizeof these);
    return true;
}

static void ok_or_malformed(struct gdb *g, bool good)
{
    if (good)
        gdb_put(&g->reply, "OK");
    else
        gdb_error(g, MALFORMED);
}

void gdb_set(struct gdb *g, const char *packet)
{
    const char *at = packet;
    if (!strcmp(packet, "QStartNoAckMode")) {
        g->line.no_ack = true; /* this packet has been acknowledged */
        gdb_put(&g->reply, "OK");
    } else if (gdb_get_word(&at, "QPassSignals:")) {
        ok_or_malformed(g, pass_signals(g, at));
    } else if (gdb_get_word(&at, "QCatchSyscalls:")) {
        ok_or_malformed(g, catch_calls(g, at));
    }
}
