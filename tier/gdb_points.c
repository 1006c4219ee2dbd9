/* Breakpoints and watchpoints. The debugger takes them all away when the guest stops and sets them again
 * before it goes on; so what it says is only noted, and when the guest goes on the difference is made: code
 * that had a breakpoint before and has it again is not touched. */
#include <string.h>

#include "tier/gdb_inside.h"

static struct gdb_point *find(struct gdb *g, const struct gdb_point *like)
{
    for (unsigned k = 0; k < g->points; k++) {
        struct gdb_point *p = &g->point[k];
        if (p->type == like->type && p->at == like->at && p->length == like->length) return p;
    }
    return NULL;
}

/* What nobody wants and is not set has no place any more. */
static void forget_unused(struct gdb *g)
{
    for (unsigned k = 0; k < g->points; k++)
        if (!g->point[k].wanted && !g->point[k].set) g->point[k--] = g->point[--g->points];
}

static bool add(struct gdb *g, struct gdb_point p)
{
    if (mm_page_prot(g->vm->mm, p.at) < 0) return false;
    struct gdb_point *old = find(g, &p);
    if (old) {
        old->wanted = true;
        return true;
    }
    if (g->points == GDB_POINTS) return false;
    p.wanted = true;
    g->point[g->points++] = p;
    return true;
}

static unsigned trips(char type)
{
    switch (type) {
    case '2': return MM_TRIP_WRITE;
    case '3': return MM_TRIP_READ;
    default: return MM_TRIP_READ | MM_TRIP_WRITE;
    }
}

/* How many bytes a watchpoint may have: a page's. */
static bool is_sound(const struct gdb_point *p)
{
    if (p->type <= '1') return true;
    return p->length > 0 && p->length <= GPAGE && p->at + (p->length - 1) >= p->at;
}

bool gdb_point_change(struct gdb *g, const char *packet)
{
    struct gdb_point p = {.type = packet[1]};
    const char *at = packet + 2;
    bool on = packet[0] == 'Z';
    if (!gdb_get_char(&at, ',') || !gdb_get_address(&at, &p.at)) return false;
    if (!gdb_get_char(&at, ',') || !gdb_get_address(&at, &p.length)) return false;
    if (p.type == '0' || p.type == '1') p.length = 1;
    if (*at || !is_sound(&p)) return false; /* conditions and commands are the debugger's own business */
    if (on) return add(g, p);
    struct gdb_point *old = find(g, &p);
    if (old) old->wanted = false;
    forget_unused(g);
    return true;
}

static bool is_break(const struct gdb_point *p)
{
    return p->type <= '1';
}

/* Both kinds of breakpoint are one to the interpreter. */
static bool breaks_there(const struct gdb *g, gaddr at)
{
    for (unsigned k = 0; k < g->points; k++)
        if (is_break(&g->point[k]) && g->point[k].at == at && g->point[k].wanted) return true;
    return false;
}

static void apply(struct gdb *g, struct gdb_point *p)
{
    if (p->wanted == p->set) return;
    bool done = true;
    if (is_break(p))
        done = interp_break(g->vm->interp, p->at, breaks_there(g, p->at));
    else if (p->wanted)
        done = mm_set_trip(g->vm->mm, p->at, p->length, trips(p->type));
    else
        mm_clear_trip(g->vm->mm, p->at, p->length, trips(p->type));
    if (done) p->set = p->wanted;
}

void gdb_points_apply(struct gdb *g)
{
    for (unsigned k = 0; k < g->points; k++)
        apply(g, &g->point[k]);
    forget_unused(g);
}

void gdb_points_clear(struct gdb *g)
{
    for (unsigned k = 0; k < g->points; k++)
        g->point[k].wanted = false;
    gdb_points_apply(g);
}

const struct gdb_point *gdb_point_at(const struct gdb *g, gaddr from, size_t n, bool write)
{
    for (unsigned k = 0; k < g->points; k++) {
        const struct gdb_point *p = &g->point[k];
        if (!p->set || is_break(p) || !(trips(p->type) & (write ? MM_TRIP_WRITE : MM_TRIP_READ))) continue;
        if ((uint64_t)from + n > p->at && from < (uint64_t)p->at + p->length) return p;
    }
    return NULL;
}
