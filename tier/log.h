/* -d: what is logged, where, and for which addresses. Owns the log file and its lines. */
#ifndef TIER_LOG_H
#define TIER_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "interp/cpu.h"
#include "syscalls/syscalls.h"
#include "tier/ranges.h"

enum log_item {
#define LOG_ITEM(id, name, text) LOG_##id,
#include "tier/logitems.def"
#undef LOG_ITEM
    LOG_ITEMS
};

struct log {
    FILE *out;
    int fd;    /* where `out` writes */
    bool kept; /* something may be written at the end, whatever the guest does with its descriptors */
    bool on[LOG_ITEMS];
    struct ranges filter; /* none: everywhere */
};

struct options;

/* Reads -d, -D, -dfilter and --strace, and opens the file. false: one sentence in `why`. */
bool log_open(struct log *log, const struct options *opt, char *why, size_t size);
/* Moves the log to a descriptor that the guest cannot close or reuse. */
void log_hide(struct log *log, struct sys *sys);
bool log_wants_help(const struct options *opt);
void log_help(FILE *out);

/* The guest takes an exception (item int). */
void log_trap(struct log *log, const struct cpu *cpu);
/* The guest's mappings at its start (item page). */
void log_pages(struct log *log, struct mm *mm);

/* Is code at `a` to be logged (-dfilter)? */
bool log_covers(const struct log *log, gaddr a);

#endif
