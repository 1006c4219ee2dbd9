/* Parsing of options and their environment variables, by the rows of options.def.
 * Owns spelling, values and their checks. Help is in help.c, log items in log.c. */
#include "tier/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "interp/features.h"
#include "jit/jit.h"
#include "profile/model.h"
#include "tier/nearest.h"
#include "tier/text.h"

struct row {
    const char *spelling, *other, *variable, *placeholder;
    enum option_scope scope;
};

static const struct row rows[OPTIONS] = {
#define OPTION(id, spelling, other, variable, value, scope, text) \
    [OPT_##id] = {spelling, other, variable, value, scope},
#include "tier/options.def"
#undef OPTION
};

static bool takes_value(enum option_id id)
{
    return rows[id].placeholder[0] != '\0';
}

/* The value may be left out: then the option is a switch. */
static bool value_is_optional(enum option_id id)
{
    return rows[id].placeholder[0] == '[';
}

static bool parse_size(const char *text, uint64_t max, uint64_t *out)
{
    char *end;
    errno = 0;
    uint64_t v = strtoull(text, &end, 0);
    if (errno || end == text || text[0] == '-') return false;
    unsigned shift = 0;
    switch (*end) {
    case 'k':
    case 'K': shift = 10; break;
    case 'm':
    case 'M': shift = 20; break;
    case 'g':
    case 'G': shift = 30; break;
    default: break;
    }
    if (shift) end++;
    if (*end || v > max >> shift) return false;
    *out = v << shift;
    return true;
}

static bool is_name_start(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* Does `s` begin with NAME=? A comma in a value separates assignments only before such a beginning, so
 * -E A=1,B=2 are two and -E A=x,y is one. */
static bool is_assignment(const char *s)
{
    if (!is_name_start(*s)) return false;
    while (is_name_start(*s) || (*s >= '0' && *s <= '9'))
        s++;
    return *s == '=';
}

static void append_edit(struct options *o, const char *text, size_t n)
{
    struct env_edit **at = &o->env_edits;
    while (*at)
        at = &(*at)->next;
    struct env_edit *e = text_alloc(sizeof *e);
    *e = (struct env_edit){.text = text_copy(text, n)};
    *at = e;
}

static bool add_settings(struct options *o, const char *list)
{
    while (*list) {
        size_t n = 0;
        while (list[n] && !(list[n] == ',' && is_assignment(list + n + 1)))
            n++;
        const char *eq = memchr(list, '=', n);
        if (!eq || eq == list) return false;
        append_edit(o, list, n);
        list += n + (list[n] == ',');
    }
    return true;
}

static bool add_removals(struct options *o, const char *list)
{
    while (*list) {
        size_t n = strcspn(list, ",");
        if (n == 0 || memchr(list, '=', n)) return false;
        append_edit(o, list, n);
        list += n + (list[n] == ',');
    }
    return true;
}

static const char *accept_count(const char *v, uint32_t *out)
{
    uint64_t n;
    if (!parse_size(v, 1000000000, &n) || n == 0)
        return "expected a number of executions from 1 to 1000000000";
    *out = (uint32_t)n;
    return NULL;
}

/* 1/N, 1 for each, 0 for none. */
static const char *accept_check(const char *v, uint32_t *out)
{
    const char *wrong = "expected 1/N, that is each N-th entry";
    if (!strcmp(v, "0") || !strcmp(v, "1")) {
        *out = *v == '1';
        return NULL;
    }
    uint64_t n;
    if (strncmp(v, "1/", 2) || !parse_size(v + 2, UINT32_MAX, &n) || n == 0) return wrong;
    *out = (uint32_t)n;
    return NULL;
}

static const char *accept_cpu(const char *v)
{
    char wrong[40], list[300] = "";
    if (features_choose(v, wrong, sizeof wrong)) return NULL;
    for (unsigned k = 0; features_models[k]; k++)
        strcat(strcat(list, features_models[k]), ", ");
    for (unsigned k = 0; features_names[k]; k++)
        strcat(strcat(list, k ? ", " : "+ or - and one of "), features_names[k]);
    return text_format("'%s' is none of %s", wrong, list);
}

/* What each option with a checked value expects, and the check. NULL: the value is good. */
static const char *accept_value(struct options *o, enum option_id id, const char *v)
{
    uint64_t n;
    switch (id) {
    case OPT_TIER:
        if (strcmp(v, "auto") && strcmp(v, "interp") && strcmp(v, "jit"))
            return "expected auto, interp or jit";
        o->tier = !strcmp(v, "jit") ? TIER_JIT : !strcmp(v, "interp") ? TIER_INTERP : TIER_AUTO;
        return o->tier == TIER_JIT ? jit_unavailable() : NULL;
    case OPT_HOT: return accept_count(v, &o->hot);
    case OPT_HOT_LOOP: return accept_count(v, &o->hot_loop);
    case OPT_CHECK: return accept_check(v, &o->check);
    case OPT_X87:
        o->x87_double = !strcmp(v, "double");
        return o->x87_double || !strcmp(v, "exact") ? NULL : "expected exact or double";
    case OPT_SMC:
        if (strcmp(v, "precise") && strcmp(v, "page") && strcmp(v, "none"))
            return "expected precise, page or none";
        o->smc = !strcmp(v, "page") ? SMC_PAGE : !strcmp(v, "none") ? SMC_NONE : SMC_PRECISE;
        return NULL;
    case OPT_MEMORY_MODEL:
        o->relaxed = !strcmp(v, "relaxed");
        return o->relaxed || !strcmp(v, "strict") ? NULL : "expected strict or relaxed";
    case OPT_CPU: return accept_cpu(v);
    case OPT_SET_ENV: return add_settings(o, v) ? NULL : "expected VAR=VALUE";
    case OPT_UNSET_ENV: return add_removals(o, v) ? NULL : "expected the name of a variable";
    case OPT_STACK_SIZE:
        if (!parse_size(v, 1u << 31, &n) || n < 1 << 16)
            return "expected a stack size from 64K to 2G, in bytes or with K, M or G";
        o->stack_size = n;
        return NULL;
    case OPT_RESERVED_VA:
        if (!parse_size(v, 1ull << 32, &o->reserved_va) || o->reserved_va < 1 << 24)
            return "expected the size of an address space from 16M to 4G, in bytes or with K, M or G";
        return NULL;
    case OPT_GUEST_BASE: return parse_size(v, UINT64_MAX, &o->guest_base) ? NULL : "expected an address";
    case OPT_HOST_PAGE:
        if (!parse_size(v, 1 << 16, &n) || (n != 4096 && n != 16384 && n != 65536))
            return "expected 4k, 16k or 64k";
        o->host_page = n;
        return NULL;
    case OPT_CODE_CACHE:
        if (!parse_size(v, 256u << 20, &n) || n < 256 << 10)
            return "expected a size from 256K to 256M, in bytes or with K, M or G";
        o->code_cache = (uint32_t)n;
        return NULL;
    case OPT_PROFILE_FORMAT:
        o->profile_format = prof_format(v);
        return o->profile_format < 0 ? "expected json, text, callgrind or folded" : NULL;
    case OPT_PROFILE_TOP:
        if (!parse_size(v, 1000000, &n)) return "expected a number of blocks";
        o->profile_top = (uint32_t)n;
        return NULL;
    case OPT_PROFILE_EVERY:
        if (!parse_size(v, 1000000, &n) || n == 0) return "expected seconds, 1 or more";
        o->profile_every = (uint32_t)n;
        return NULL;
    case OPT_PROFILE_COUNTS:
        o->profile_exact = !strcmp(v, "exact");
        return o->profile_exact || !strcmp(v, "sampled") ? NULL : "expected sampled or exact";
    case OPT_ON_CRASH:
        if (strcmp(v, "report") && strcmp(v, "quiet")) return "expected report or quiet";
        o->on_crash = !strcmp(v, "report") ? CRASH_REPORT : CRASH_QUIET;
        return NULL;
    default: return NULL;
    }
}

/* Must it go on to mean the same when the guest changes its working folder? */
static bool is_path(enum option_id id, const char *v)
{
    if (id == OPT_PROFILE || id == OPT_COVERAGE) return strcmp(v, "1") != 0;
    return id == OPT_LD_PREFIX || id == OPT_LOG_FILE || id == OPT_PROFILE_IN;
}

/* What a program that the guest executes is given: a file of its own. */
static char *value_inherited(enum option_id id, const char *v)
{
    bool shared = (id == OPT_PROFILE || id == OPT_COVERAGE) && !strstr(v, "%d");
    return text_format(shared ? "%s.%%d" : "%s", v);
}

static bool set(struct options *o, enum option_id id, const char *origin, const char *v, char *why,
                size_t size)
{
    const char *wrong = accept_value(o, id, v);
    if (wrong) {
        snprintf(why, size, "%s%s: %s", origin, v, wrong);
        return false;
    }
    o->value[id] = is_path(id, v) ? text_absolute(v) : v;
    if (id == OPT_PROFILE && !strcmp(v, "1")) o->value[id] = text_absolute("tierrun.%d.prof");
    if (id == OPT_COVERAGE && !strcmp(v, "1")) o->value[id] = text_absolute("tierrun.%d.cov");
    if ((id == OPT_PROFILE || id == OPT_COVERAGE) && !strcmp(v, "0")) o->value[id] = NULL;
    o->origin[id] = origin;
    return true;
}

/* Most often there is none, and the environment may be long. */
static bool some_variable(void)
{
    char **e = environ;
    while (*e && strncmp(*e, "TIERRUN_", strlen("TIERRUN_")) != 0)
        e++;
    return *e;
}

static bool read_environment(struct options *o, char *why, size_t size)
{
    if (!some_variable()) return true;
    for (enum option_id id = 0; id < OPTIONS; id++) {
        const char *v = rows[id].variable[0] ? getenv(rows[id].variable) : NULL;
        if (!v || !*v) continue;
        if (!takes_value(id))
            o->flag[id] = strcmp(v, "0") != 0;
        else if (!set(o, id, text_format("%s=", rows[id].variable), v, why, size))
            return false;
    }
    return true;
}

static bool spells(const char *spelling, const char *word, size_t n)
{
    return n > 0 && strlen(spelling) == n && !strncmp(spelling, word, n);
}

static enum option_id find(const char *word, size_t n)
{
    enum option_id id = 0;
    while (id < OPTIONS && !spells(rows[id].spelling, word, n) && !spells(rows[id].other, word, n))
        id++;
    return id;
}

static void explain_unknown(const char *arg, const char *word, size_t n, char *why, size_t size)
{
    struct nearest near = nearest_to(word, n);
    for (enum option_id id = 0; id < OPTIONS; id++)
        nearest_try(&near, rows[id].spelling);
    if (near.best)
        snprintf(why, size, "unknown option '%s'; did you mean '%s%s'?", arg,
                 strlen(near.best) == 1 ? "-" : "--", near.best);
    else
        snprintf(why, size, "unknown option '%s'; tierrun --help lists them", arg);
}

/* Takes the option at argv[0]; returns how many words it used, 0 with `why` if it is wrong. */
static int take(struct options *o, char **argv, char *why, size_t size)
{
    const char *word = argv[0] + (argv[0][1] == '-' ? 2 : 1);
    size_t n = strcspn(word, "=");
    enum option_id id = find(word, n);
    if (id == OPTIONS) {
        explain_unknown(argv[0], word, n, why, size);
        return 0;
    }
    int spelled = (int)(word - argv[0]) + (int)n;
    if (value_is_optional(id) && word[n] != '=') return set(o, id, "", "1", why, size) ? 1 : 0;
    if (!takes_value(id)) {
        if (word[n] == '=') {
            snprintf(why, size, "option '%.*s' takes no value", spelled, argv[0]);
            return 0;
        }
        o->flag[id] = true;
        return 1;
    }
    char *origin = text_format("%.*s%c", spelled, argv[0], n == 1 ? ' ' : '=');
    if (word[n] == '=') return set(o, id, origin, word + n + 1, why, size) ? 1 : 0;
    if (!argv[1]) {
        snprintf(why, size, "option '%.*s' needs a value: %s", spelled, argv[0], rows[id].placeholder);
        return 0;
    }
    return set(o, id, origin, argv[1], why, size) ? 2 : 0;
}

bool options_parse(struct options *o, char **argv, char *why, size_t size)
{
    o->hot = HOT;
    o->hot_loop = HOT_LOOP;
    o->profile_format = -1;
    o->profile_top = PROFILE_TOP;
    if (!read_environment(o, why, size)) return false;
    argv++;
    while (*argv && (*argv)[0] == '-' && (*argv)[1]) {
        if (!strcmp(*argv, "--")) {
            argv++;
            break;
        }
        int used = take(o, argv, why, size);
        if (!used) return false;
        argv += used;
    }
    o->program = *argv ? argv : NULL;
    return true;
}

/* The launcher's words; a command, split at blanks. Returns how many. */
static size_t split_launcher(const char *command, char **out, size_t max)
{
    size_t n = 0;
    while (n < max) {
        command += strspn(command, " \t");
        size_t len = strcspn(command, " \t");
        if (!len) break;
        char *word = text_copy(command, len);
        out[n] = n == 0 && strchr(word, '/') ? text_absolute(word) : word;
        n++;
        command += len;
    }
    return n;
}

char **options_inherited(const struct options *o, const char *own_path)
{
    enum { LAUNCHER_WORDS = 64 };
    char **list = text_alloc((LAUNCHER_WORDS + OPTIONS + 1) * sizeof *list);
    const char *launcher = o->value[OPT_LAUNCHER];
    size_t n = 0;
    if (launcher)
        n = split_launcher(launcher, list, LAUNCHER_WORDS);
    else
        list[n++] = text_format("%s", own_path);
    for (enum option_id id = 0; id < OPTIONS; id++) {
        if (rows[id].scope != INHERITED) continue;
        const char *dashes = strlen(rows[id].spelling) == 1 ? "-" : "--";
        if (o->value[id])
            list[n++] = text_format("%s%s=%s", dashes, rows[id].spelling, value_inherited(id, o->value[id]));
        else if (o->flag[id])
            list[n++] = text_format("%s%s", dashes, rows[id].spelling);
    }
    list[n] = NULL;
    return list;
}
