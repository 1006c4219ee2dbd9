/* Reads a #! line as Linux does (fs/binfmt_script.c): within the first 256 bytes, blanks around the
 * interpreter dropped, everything after it one argument without blanks at its ends. */
#include "tier/script.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { HEAD = 256 };

static const char *skip_blanks(const char *s)
{
    return s + strspn(s, " \t");
}

bool script_read(const char *path, struct script_line *line)
{
    char head[HEAD + 1] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, head, HEAD);
    if (fd >= 0) close(fd);
    if (n < 2 || head[0] != '#' || head[1] != '!') return false;
    *line = (struct script_line){"", ""};
    head[strcspn(head, "\n")] = '\0';
    for (size_t end = strlen(head); end > 2 && strchr(" \t", head[end - 1]);)
        head[--end] = '\0';
    const char *name = skip_blanks(head + 2);
    size_t length = strcspn(name, " \t");
    memcpy(line->interpreter, name, length);
    const char *argument = skip_blanks(name + length);
    memcpy(line->argument, argument, strlen(argument));
    return true;
}
