/* `#!` lines. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "mm/space.h"

enum { HEAD = 256 /* BINPRM_BUF_SIZE */ };

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Splits the line [p,end) into interpreter and argument. */
static int split_line(const char *p, const char *end, struct mm_script *out)
{
    while (end > p && blank(end[-1]))
        end--;
    while (p < end && blank(*p))
        p++;
    const char *name = p;
    while (p < end && *p && !blank(*p))
        p++;
    if (p == name) return -G_ENOEXEC;
    memcpy(out->interp, name, (size_t)(p - name));
    out->interp[p - name] = 0;
    while (p < end && blank(*p))
        p++;
    memcpy(out->arg, p, (size_t)(end - p));
    out->arg[end - p] = 0;
    return 1;
}

/* load_script(): the line ends at a newline or after 255 bytes; a path that is cut off there is not run. */
int mm_script(const char *path, struct mm_script *out)
{
    char buf[HEAD] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return guest_errno(errno);
    ssize_t n = pread(fd, buf, sizeof buf, 0);
    int err = n < 0 ? guest_errno(errno) : 0;
    close(fd);
    if (err || n < 2 || memcmp(buf, "#!", 2) != 0) return err;
    const char *start = buf + 2, *end = memchr(buf, '\n', HEAD);
    if (!end) {
        end = buf + HEAD - 1;
        const char *p = start;
        while (p < end && blank(*p))
            p++;
        while (p < end && *p && !blank(*p))
            p++;
        if (p == end) return -G_ENOEXEC;
    }
    return split_line(start, end, out);
}
