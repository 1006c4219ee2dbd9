/* Logging: the items and file of -d and -D, and the plain lines. Blocks are printed by
 * trace.c. */
#include "tier/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tier/nearest.h"
#include "tier/options.h"
#include "tier/profiler.h"
#include "tier/text.h"

static const struct {
    const char *name, *text;
} items[LOG_ITEMS] = {
#define LOG_ITEM(id, name, text) [LOG_##id] = {name, text},
#include "tier/logitems.def"
#undef LOG_ITEM
};

static bool is_help(const char *list)
{
    return list && (!strcmp(list, "help") || !strcmp(list, "?"));
}

bool log_wants_help(const struct options *opt)
{
    return is_help(opt->value[OPT_LOG]);
}

void log_help(FILE *out)
{
    fprintf(out, "Items of -d, separated by commas:\n");
    for (int i = 0; i < LOG_ITEMS; i++)
        fprintf(out, "  %-10s %s\n", items[i].name, items[i].text);
}

static bool switch_on(struct log *log, const char *word, size_t n, const char *origin, char *why, size_t size)
{
    struct nearest near = nearest_to(word, n);
    for (int i = 0; i < LOG_ITEMS; i++) {
        if (strlen(items[i].name) == n && !strncmp(items[i].name, word, n)) {
            log->on[i] = true;
            return true;
        }
        nearest_try(&near, items[i].name);
    }
    int used = snprintf(why, size, "%s%.*s: unknown log item; ", origin, (int)n, word);
    if (used < 0 || (size_t)used >= size) return false;
    if (near.best)
        snprintf(why + used, size - (size_t)used, "did you mean '%s'?", near.best);
    else
        snprintf(why + used, size - (size_t)used, "-d help lists them");
    return false;
}

static bool read_items(struct log *log, const char *list, const char *origin, char *why, size_t size)
{
    while (list && *list) {
        size_t n = strcspn(list, ",");
        if (!switch_on(log, list, n, origin, why, size)) return false;
        list += n + (list[n] == ',');
    }
    return true;
}

/* The first %d becomes the process id, so that each process may have its own file. */
static char *file_name(const char *pattern)
{
    const char *mark = strstr(pattern, "%d");
    if (!mark) return text_format("%s", pattern);
    return text_format("%.*s%d%s", (int)(mark - pattern), pattern, (int)getpid(), mark + 2);
}

static ssize_t write_to_fd(void *cookie, const char *text, size_t n)
{
    const struct log *log = cookie;
    size_t done = 0;
    while (done < n) {
        ssize_t w = write(log->fd, text + done, n - done);
        if (w > 0)
            done += (size_t)w;
        else if (errno != EINTR)
            break;
    }
    return done ? (ssize_t)done : -1;
}

static bool open_file(struct log *log, const struct options *opt, char *why, size_t size)
{
    log->fd = STDERR_FILENO;
    if (opt->value[OPT_LOG_FILE]) {
        char *name = file_name(opt->value[OPT_LOG_FILE]);
        log->fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
        if (log->fd < 0) {
            snprintf(why, size, "cannot write the log file %s: %s", name, strerror(errno));
            return false;
        }
        free(name);
    }
    /* Not a plain stream: its descriptor changes when log_hide() takes it out of the guest's way. */
    log->out = fopencookie(log, "w", (cookie_io_functions_t){.write = write_to_fd});
    if (!log->out) {
        snprintf(why, size, "cannot open a stream for logs: %s", strerror(errno));
        return false;
    }
    setvbuf(log->out, NULL, _IOLBF, 0);
    return true;
}

bool log_open(struct log *log, const struct options *opt, char *why, size_t size)
{
    if (!read_items(log, opt->value[OPT_LOG], opt->origin[OPT_LOG], why, size) ||
        !ranges_read(&log->filter, opt->value[OPT_DFILTER], opt->origin[OPT_DFILTER], why, size))
        return false;
    if (opt->flag[OPT_STRACE]) log->on[LOG_STRACE] = true;
    log->kept = opt->check || profiler_wanted(opt);
    return open_file(log, opt, why, size);
}

static bool is_used(const struct log *log)
{
    for (int i = 0; i < LOG_ITEMS; i++)
        if (log->on[i]) return true;
    return log->kept || log->fd != STDERR_FILENO;
}

void log_hide(struct log *log, struct sys *sys)
{
    if (!is_used(log)) return;
    int copy = log->fd == STDERR_FILENO ? dup(log->fd) : log->fd;
    int hidden = copy < 0 ? -1 : sys_hide_fd(sys, copy);
    if (hidden >= 0) log->fd = hidden;
}

bool log_covers(const struct log *log, gaddr a)
{
    return log->filter.n == 0 || ranges_cover(&log->filter, a);
}

void log_trap(struct log *log, const struct cpu *cpu)
{
    if (!log->on[LOG_INT]) return;
    const struct trap *t = &cpu->trap;
    fprintf(log->out, "int: vector %d error 0x%x at 0x%08x, address 0x%08x: signal %d code %d\n", t->vector,
            t->err, cpu->eip, t->addr, t->signo, t->code);
}

void log_pages(struct log *log, struct mm *mm)
{
    if (!log->on[LOG_PAGE]) return;
    fprintf(log->out, "page: the guest's mappings at its start\n");
    mm_print_maps(mm, NULL, log->out);
}
