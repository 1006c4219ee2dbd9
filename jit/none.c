/* The back-end of a build without a translator: everything runs in the interpreter. */
#include "jit/jit.h"

#include <stdio.h>

const char *jit_unavailable(void)
{
    return "this build of tierrun has no translator for its host; use --tier=interp or --tier=auto";
}

void jit_describe(char *line, size_t size)
{
    snprintf(line, size, "none for this host");
}

struct jit *jit_new(struct interp *in, const struct jit_options *opt, const char **why)
{
    (void)in, (void)opt;
    *why = jit_unavailable();
    return NULL;
}

void jit_hand_on(struct jit *j, bool on)
{
    (void)j, (void)on;
}

void jit_count(struct jit *j, bool on)
{
    (void)j, (void)on;
}

void jit_counted(struct jit *j)
{
    (void)j;
}

void jit_views(struct jit *j, void (*see)(void *self, const struct jit_view *v), void *self)
{
    (void)j, (void)see, (void)self;
}
