/* Builds the guest's environment. Owns nothing but the list. */
#include "tier/environ.h"

#include <string.h>

#include "tier/text.h"

struct list {
    char **at;
    size_t n, room;
};

static bool names(const char *entry, const char *name, size_t n)
{
    return !strncmp(entry, name, n) && entry[n] == '=';
}

static void drop(struct list *l, const char *name, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->n; i++)
        if (!names(l->at[i], name, n)) l->at[kept++] = l->at[i];
    l->n = kept;
}

/* A variable keeps its place when its value changes, as setenv() does it. */
static void put(struct list *l, char *entry, size_t name)
{
    for (size_t i = 0; i < l->n; i++)
        if (names(l->at[i], entry, name)) {
            l->at[i] = entry;
            return;
        }
    l->at[l->n++] = entry;
}

static void drop_applied_once(struct list *l)
{
#define OPTION(id, spelling, other, variable, value, scope, text) \
    if (scope == ONCE && variable[0]) drop(l, variable, strlen(variable));
#include "tier/options.def"
#undef OPTION
}

char **environ_for_guest(char **host, const struct options *o)
{
    struct list l = {0};
    while (host[l.room])
        l.room++;
    for (const struct env_edit *e = o->env_edits; e; e = e->next)
        l.room++;
    l.at = text_alloc((l.room + 1) * sizeof *l.at);
    while (host[l.n]) {
        l.at[l.n] = host[l.n];
        l.n++;
    }
    drop_applied_once(&l);
    for (struct env_edit *e = o->env_edits; e; e = e->next) {
        size_t name = strcspn(e->text, "=");
        if (e->text[name])
            put(&l, e->text, name);
        else
            drop(&l, e->text, name);
    }
    l.at[l.n] = NULL;
    return l.at;
}
