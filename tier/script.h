/* The #! line of a script. */
#ifndef TIER_SCRIPT_H
#define TIER_SCRIPT_H

#include <stdbool.h>

struct script_line {
    char interpreter[256]; /* "" if the line names none */
    char argument[256];    /* all that follows it, one word; "" for none */
};

/* true: the file begins with #! and *line is filled. */
bool script_read(const char *path, struct script_line *line);

#endif
