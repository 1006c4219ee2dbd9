/* Converting and printing flag bits and enumerated values by the tables of flags.def. */
#include "syscalls/flags.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "syscalls/hostdefs.h"

struct flag {
    uint32_t guest, host;
    const char *name;
};

enum { BITS, VALUES };

#define TABLE(name, kind) static const struct flag table_##name[] = {
#define F(name, guest)    {guest, (uint32_t)(name), #name},
#define G(name, guest)    {guest, 0, #name},
#define END        \
    {              \
        0, 0, NULL \
    }              \
    }              \
    ;
#include "syscalls/flags.def"
#undef TABLE
#undef F
#undef G
#undef END

static const struct {
    const struct flag *rows;
    int kind;
} tables[FLAG_TABLES] = {
#define TABLE(name, kind) [FT_##name] = {table_##name, kind},
#define F(name, guest)
#define G(name, guest)
#define END
#include "syscalls/flags.def"
#undef TABLE
#undef F
#undef G
#undef END
};

uint32_t flags_to_host(enum flag_table t, uint32_t guest)
{
    uint32_t host = 0;
    for (const struct flag *f = tables[t].rows; f->name; f++)
        if (f->guest && (guest & f->guest) == f->guest) host |= f->host;
    return host;
}

uint32_t flags_to_guest(enum flag_table t, uint32_t host)
{
    uint32_t guest = 0;
    for (const struct flag *f = tables[t].rows; f->name; f++)
        if (f->host && (host & f->host) == f->host) guest |= f->guest;
    return guest;
}

bool flags_known(enum flag_table t, uint32_t guest)
{
    for (const struct flag *f = tables[t].rows; f->name; f++)
        guest &= ~f->guest;
    return !guest;
}

int value_to_host(enum flag_table t, uint32_t guest)
{
    for (const struct flag *f = tables[t].rows; f->name; f++)
        if (f->guest == guest) return (int)f->host;
    return -1;
}

int value_to_guest(enum flag_table t, uint32_t host)
{
    for (const struct flag *f = tables[t].rows; f->name; f++)
        if (f->host == host) return (int)f->guest;
    return -1;
}

static void print_value(const struct flag *f, uint32_t guest, FILE *out)
{
    while (f->name && f->guest != guest)
        f++;
    if (f->name)
        fputs(f->name, out);
    else
        fprintf(out, "%d", (int)guest);
}

void flags_print(enum flag_table t, uint32_t guest, FILE *out)
{
    const struct flag *f = tables[t].rows;
    if (tables[t].kind == VALUES) {
        print_value(f, guest, out);
        return;
    }
    const char *bar = "";
    uint32_t left = guest;
    for (; f->name; f++) {
        bool here = f->guest ? (left & f->guest) == f->guest : !(guest & 3) && f == tables[t].rows;
        if (!here) continue;
        fprintf(out, "%s%s", bar, f->name);
        bar = "|";
        left &= ~f->guest;
    }
    if (left || !*bar) fprintf(out, left ? "%s%#x" : "%s%u", bar, left);
}
