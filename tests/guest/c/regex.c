/* glibc's (or musl's) POSIX regular expressions, fnmatch, glob patterns on names and wordexp-free path
 * handling. */
#include <fnmatch.h>
#include <libgen.h>
#include <regex.h>
#include "tests/guest/guest.h"

static const char *const patterns[] = {
    "^[a-z]+@[a-z]+\\.(com|org)$",
    "(a|ab)(c|bcd)(d*)",
    "x{2,4}y?",
    "[[:digit:]]{3}-[[:digit:]]{4}",
    "^$",
    "(foo|bar)+baz",
    "[^aeiou ]+[aeiou]",
    "\\$[0-9]+(\\.[0-9]{2})?",
    "(((a)b)c)d",
    "a.*z",
};
static const char *const texts[] = {
    "someone@example.org",
    "abcd",
    "xxxxxy",
    "call 555-1234 now",
    "",
    "foobarfoobaz",
    "strength in numbers",
    "it costs $12.50 today",
    "zabcdz",
    "a quick zebra in a maze",
};

int main(void)
{
    for (unsigned p = 0; p < sizeof patterns / sizeof *patterns; p++) {
        regex_t re;
        int bad = regcomp(&re, patterns[p], REG_EXTENDED | (p % 2 ? REG_ICASE : 0));
        printf("%s:", patterns[p]);
        for (unsigned t = 0; !bad && t < sizeof texts / sizeof *texts; t++) {
            regmatch_t m[4];
            if (regexec(&re, texts[t], 4, m, 0)) continue;
            printf(" %u", t);
            for (int i = 0; i < 4 && m[i].rm_so >= 0; i++)
                printf("(%d-%d)", (int)m[i].rm_so, (int)m[i].rm_eo);
        }
        printf(bad ? " bad\n" : "\n");
        if (!bad) regfree(&re);
    }
    regex_t re;
    char why[100];
    printf("unbalanced: %d\n", regcomp(&re, "(a", REG_EXTENDED) != 0);
    int code = regcomp(&re, "[z-a]", REG_EXTENDED);
    printf("range: %d %d\n", code == REG_ERANGE, regerror(code, &re, why, sizeof why) > 1);
    char longest[600];
    memset(longest, 'a', 599), longest[599] = 0;
    regcomp(&re, "^(a*)*b?$", REG_EXTENDED | REG_NOSUB);
    printf("long: %d\n", regexec(&re, longest, 0, NULL, 0));
    regfree(&re);
    static const char *const names[] = {"main.c", ".hidden", "dir/file.h", "a]b", "x*y"};
    static const char *const globs[] = {"*.c", "*", "*/*.[ch]", "a[]]b", "x\\*y", "?idden"};
    for (int g = 0; g < 6; g++)
        for (int n = 0; n < 5; n++)
            printf("%d%d%s", !fnmatch(globs[g], names[n], 0),
                   !fnmatch(globs[g], names[n], FNM_PATHNAME | FNM_PERIOD), n == 4 ? "\n" : " ");
    char path[] = "/usr/lib/x.so", again[] = "/usr/lib/x.so";
    printf("%s %s\n", dirname(path), basename(again));
    return 0;
}
