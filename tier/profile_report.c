/* --profile-report with --diff, --html, --why and --profile-format. Owns none of the formats. */
#include "tier/profile_report.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "profile/model.h"

static int fail(const char *why)
{
    fprintf(stderr, "tierrun: %s\n", why);
    return STATUS_TIERRUN;
}

static int write_html(const struct prof *p, const struct options *o)
{
    char why[1024];
    const char *name = o->value[OPT_HTML];
    FILE *out = fopen(name, "we");
    if (out) prof_write_html(p, o->profile_top, out);
    bool good = out && !ferror(out);
    good = out && !fclose(out) && good;
    if (good) return 0;
    int reason = errno;
    struct stat st;
    if (out && !stat(name, &st) && S_ISREG(st.st_mode)) unlink(name); /* no half of one */
    errno = reason;
    snprintf(why, sizeof why, "the page %s could not be written: %s", name, strerror(errno));
    return fail(why);
}

static int write_why(const struct prof *p, const char *place)
{
    char why[1024];
    if (prof_write_whys(p, place, stdout)) return 0;
    snprintf(why, sizeof why, "no block of code ran at %s", place);
    return fail(why);
}

int profile_report(const struct options *o)
{
    char why[1024];
    struct prof *p = prof_read(o->value[OPT_PROFILE_REPORT], why, sizeof why), *other = NULL;
    if (!p) return fail(why);
    if (o->value[OPT_DIFF] && !(other = prof_read(o->value[OPT_DIFF], why, sizeof why))) return fail(why);
    if (o->value[OPT_HTML]) return write_html(p, o);
    if (o->value[OPT_WHY]) return write_why(p, o->value[OPT_WHY]);
    if (other)
        prof_write_diff(p, other, o->profile_top, stdout);
    else
        prof_write(p, o->profile_format < 0 ? PROF_text : (enum prof_format)o->profile_format, o->profile_top,
                   stdout);
    return fflush(stdout) || ferror(stdout) ? fail("the report could not be printed") : 0;
}
