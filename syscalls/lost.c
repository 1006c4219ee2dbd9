/* A program that ends because the dynamic linker did not find a library: says which, what Debian calls its
 * package, and where to get it from. The linker's own words name only the file. */
#include <ctype.h>
#include <string.h>

#include "syscalls/sys.h"

/* The linker looks in several places and stops at the first library that is in none of them: then no file was
 * opened since. */
void lost_note(struct sys *s, const char *path, long result)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    if (result >= 0)
        s->p->lost[0] = 0;
    else if (result == -G_ENOENT && strstr(name, ".so") && strlen(name) < sizeof s->p->lost)
        strcpy(s->p->lost, name);
}

/* libz.so.1 → zlib1g is the exception, libfoo.so.2 → libfoo2 and libfoo2.so.3 → libfoo2-3 the rule. */
static void package_of(const char *library, char *out, size_t size)
{
    size_t n = 0;
    const char *end = strstr(library, ".so");
    for (const char *p = library; p < end && n + 1 < size; p++)
        out[n++] = (char)(*p == '_' ? '-' : tolower((unsigned char)*p));
    if (end[3] == '.' && n && isdigit((unsigned char)out[n - 1]) && n + 1 < size) out[n++] = '-';
    for (const char *p = end + 4; end[3] == '.' && isdigit((unsigned char)*p) && n + 1 < size; p++)
        out[n++] = *p;
    out[n] = 0;
    if (!strcmp(out, "libz1")) snprintf(out, size, "zlib1g");
}

void lost_tell(const struct sys *s, int status)
{
    enum { NOT_FOUND = 127 }; /* the linker's status */
    char package[sizeof s->p->lost + 8];
    if (status != NOT_FOUND || !s->p->lost[0]) return;
    package_of(s->p->lost, package, sizeof package);
    fprintf(
        stderr,
        "tierrun: the program's library %s is not there%s%s; Debian has it in a package like %s:i386, and "
        "\"tierrun-sysroot --with %s DIR\" makes a directory for -L DIR.\n",
        s->p->lost, s->p->opt.sysroot ? ", nor is it under " : "", s->p->opt.sysroot ? s->p->opt.sysroot : "",
        package, package);
}
