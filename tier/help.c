/* --help: usage and one line a row of options.def. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tier/options.h"
#include "tier/text.h"

static void print_row(const char *spelling, const char *other, const char *variable, const char *value,
                      const char *text)
{
    const char *dashes = strlen(spelling) == 1 ? "-" : "--";
    const char *join = !*value || *value == '[' ? "" : strlen(spelling) == 1 ? " " : "=";
    char *left =
        text_format("%s%s%s%s%s%s", *other ? "-" : "", other, *other ? ", " : "", dashes, spelling, join);
    printf("  %s%-*s %-21s %s\n", left, (int)(26 - strlen(left)), value, variable, text);
    free(left);
}

void options_help(void)
{
    puts("usage: tierrun [options] program [args...]\n"
         "Runs a 32-bit x86 Linux program on this machine.\n"
         "\n"
         "Options end at the program's name. Each is also a variable; the command line wins.\n"
         "Words may follow one dash or two; values follow after = or as the next argument.\n");
    printf("  %-26s %-21s %s\n", "Option", "Variable", "Meaning");
#define OPTION(id, spelling, other, variable, value, scope, text) \
    print_row(spelling, other, variable, value, text);
#include "tier/options.def"
#undef OPTION
    puts("\n"
         "Exit status: the guest's; 125 if tierrun cannot do what the options ask, 126 if the program is\n"
         "not an i386 executable, 127 if it is not found. A guest that dies by a signal ends tierrun by it.");
}
