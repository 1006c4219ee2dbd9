/* Allocation that cannot fail, for the start-up code. */
#include "tier/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tier/options.h"

static void *check(void *p)
{
    if (p) return p;
    fputs("tierrun: the host has no memory left\n", stderr);
    exit(STATUS_TIERRUN);
}

void *text_alloc(size_t n)
{
    return check(calloc(1, n));
}

char *text_copy(const char *s, size_t n)
{
    char *copy = text_alloc(n + 1);
    memcpy(copy, s, n);
    return copy;
}

char *text_absolute(const char *path)
{
    char *folder = path[0] == '/' ? NULL : getcwd(NULL, 0);
    char *out = folder ? text_format("%s/%s", folder, path) : text_format("%s", path);
    free(folder);
    return out;
}

char *text_format(const char *format, ...)
{
    char *out = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&out, format, args) < 0) out = NULL;
    va_end(args);
    return check(out);
}
