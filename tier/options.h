/* What the user asked for. Owns the command line's and the environment variables' meaning; acts on none
 * of it. */
#ifndef TIER_OPTIONS_H
#define TIER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "interp/interp.h"

enum option_id {
#define OPTION(id, ...) OPT_##id,
#include "tier/options.def"
#undef OPTION
    OPTIONS
};

/* Whether programs that the guest executes run under an option, too. */
enum option_scope { INHERITED, ONCE };

/* Exit statuses of tierrun itself, as env(1) and its kind use them. */
enum { STATUS_TIERRUN = 125, STATUS_NOT_EXEC = 126, STATUS_NOT_FOUND = 127 };

/* Executions before a translation, if nobody says otherwise: of a block, and of one that jumps to itself. */
enum { HOT = 50, HOT_LOOP = 20 };
enum { PROFILE_TOP = 25 };

enum tier { TIER_AUTO, TIER_INTERP, TIER_JIT };
enum on_crash { CRASH_AUTO, CRASH_REPORT, CRASH_QUIET };

/* One change of the guest's environment: NAME=VALUE sets, NAME alone removes. In order of appearance. */
struct env_edit {
    struct env_edit *next;
    char *text;
};

struct options {
    bool flag[OPTIONS];          /* switches that are on */
    const char *value[OPTIONS];  /* last value of each option that has one, NULL if not given */
    const char *origin[OPTIONS]; /* who gave it, as written before the value: "-d ", "TIERRUN_LOG=" */
    struct env_edit *env_edits;

    enum tier tier;
    uint32_t hot, hot_loop; /* executions before a translation */
    uint32_t check;         /* each check-th entry into translated code is compared; 0: none */
    enum on_crash on_crash;
    bool x87_double;
    enum smc smc;
    bool relaxed;        /* the memory model is */
    uint32_t stack_size; /* 0: default */
    uint64_t reserved_va;
    uint64_t guest_base;
    uint32_t host_page;
    uint32_t code_cache;                 /* 0: default */
    int profile_format;                  /* enum prof_format; -1: not said */
    uint32_t profile_top, profile_every; /* 0: all; never */
    bool profile_exact;
    char **program; /* the guest program and its arguments, NULL-terminated; NULL if there is none */
};

/* Reads the environment, then argv. false: one sentence in `why`. */
bool options_parse(struct options *o, char **argv, char *why, size_t size);

/* tierrun's own command for programs that the guest executes: the launcher and the inherited options,
 * NULL-terminated. `own_path` starts tierrun. Allocated. */
char **options_inherited(const struct options *o, const char *own_path);

void options_help(void);

#endif
