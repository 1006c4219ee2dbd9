/* Reads and matches lists of guest code. A symbol is looked up when code is matched, not when the list is
 * read: its file may not be mapped yet. */
#include "tier/ranges.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tier/symbols.h"
#include "tier/text.h"

static bool number(const char **at, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(*at, &end, 0);
    bool good = end != *at && !errno && *out <= UINT32_MAX && **at != '-';
    *at = end;
    return good;
}

static bool read_addresses(const char **at, struct range *r)
{
    uint64_t start, other;
    if (!number(at, &start)) return false;
    const char *op = *at;
    *at += !strncmp(op, "..", 2) ? 2 : 1;
    if (!*op || !number(at, &other)) return false;
    switch (*op) {
    case '+':
        *r = (struct range){.from = start, .to = start + other - 1};
        return other > 0 && start + other - 1 <= UINT32_MAX;
    case '-':
        *r = (struct range){.from = start - (other - 1), .to = start};
        return other > 0 && other - 1 <= start;
    case '.': *r = (struct range){.from = start, .to = other}; return op[1] == '.' && other >= start;
    default: return false;
    }
}

static bool read_symbol(const char **at, struct range *r)
{
    size_t n = strcspn(*at, "+,");
    uint64_t length = 0;
    const char *name = *at;
    *at += n;
    if (**at == '+') {
        ++*at;
        if (!number(at, &length) || length == 0) return false;
    }
    *r = (struct range){.symbol = text_copy(name, n), .length = length};
    return n > 0;
}

static bool is_number(const char *s)
{
    return *s >= '0' && *s <= '9';
}

static bool read_list(struct ranges *r, const char *list, bool symbols)
{
    const char *at = list;
    while (*at && r->n < RANGES) {
        struct range *new = &r->range[r->n];
        bool good = symbols && !is_number(at) ? read_symbol(&at, new) : read_addresses(&at, new);
        if (!good || (*at && *at != ',')) return false;
        r->n++;
        at += *at == ',';
    }
    return !*at;
}

static bool read_or_say(struct ranges *r, const char *list, bool symbols, const char *origin, char *why,
                        size_t size)
{
    if (!list || read_list(r, list, symbols)) return true;
    if (r->n == RANGES)
        snprintf(why, size, "%s%s: more than %d ranges", origin, list, RANGES);
    else
        snprintf(why, size, "%s%s: expected START+LENGTH, START-LENGTH%s", origin, list,
                 symbols ? ", START..END, SYMBOL or SYMBOL+LENGTH" : " or START..END");
    return false;
}

bool ranges_read(struct ranges *r, const char *list, const char *origin, char *why, size_t size)
{
    return read_or_say(r, list, false, origin, why, size);
}

bool ranges_read_symbols(struct ranges *r, const char *list, const char *origin, char *why, size_t size)
{
    return read_or_say(r, list, true, origin, why, size);
}

bool ranges_cover(const struct ranges *r, gaddr a)
{
    for (unsigned k = 0; k < r->n; k++)
        if (a >= r->range[k].from && a <= r->range[k].to) return true;
    return false;
}

static bool touches(const struct range *r, struct symbols *s, gaddr from, gaddr to)
{
    if (!r->symbol) return from <= r->to && to >= r->from;
    return symbols_cover(s, from, r->symbol, r->length) || symbols_cover(s, to, r->symbol, r->length);
}

bool ranges_touch(const struct ranges *r, struct symbols *s, gaddr from, gaddr to)
{
    for (unsigned k = 0; k < r->n; k++)
        if (touches(&r->range[k], s, from, to)) return true;
    return false;
}
