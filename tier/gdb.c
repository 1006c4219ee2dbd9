/* The debugger's server: where it listens, its thread, and the order of things while the guest runs and while
 * it is stopped. What a packet means is gdb_packet.c's; what the guest's threads do is gdb_guest.c's.
 *
 * The thread is in one of two states. The guest is stopped: it holds the turn, so that no thread of the guest
 * can run, and answers packets until one says to go on. The guest runs: it waits for the bell, which a thread
 * rings when it has stopped, or for bytes, of which the one that interrupts counts. */
#include "tier/gdb.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tier/gdb_inside.h"
#include "tier/hostsig.h"
#include "tier/run.h"
#include "tier/text.h"

/* --- listening ----------------------------------------------------------------------------------------- */

/* A number is a TCP port of this machine, for this machine; 0 any that is free. */
static bool is_port(const char *where, unsigned long *port)
{
    char *end;
    *port = strtoul(where, &end, 10);
    return *where >= '0' && *where <= '9' && *end == 0;
}

static int listen_port(unsigned long *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t n = sizeof a;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd < 0) return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 1) ||
        getsockname(fd, (struct sockaddr *)&a, &n)) {
        close(fd);
        return -1;
    }
    *port = ntohs(a.sin_port);
    return fd;
}

static int listen_socket(const char *path)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof a.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(a.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || (!bind(fd, (struct sockaddr *)&a, sizeof a) && !listen(fd, 1))) return fd;
    close(fd);
    return -1;
}

static struct gdb *make(struct vm *vm)
{
    struct gdb *g = text_alloc(sizeof *g);
    g->vm = vm;
    g->name = text_alloc(sizeof *g->name);
    g->line.fd = -1;
    g->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    g->sysroot = vm->opt.value[OPT_LD_PREFIX];
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->go, NULL);
    pthread_condattr_t clock;
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&g->told, &clock);
    return g;
}

/* Signals still do what they do to any process. */
static bool accept_debugger(struct gdb *g)
{
    int on = 1;
    do
        g->line.fd = accept4(g->listener, NULL, NULL, SOCK_CLOEXEC);
    while (g->line.fd < 0 && errno == EINTR);
    close(g->listener);
    if (g->socket) unlink(g->socket);
    if (g->line.fd < 0) return false;
    setsockopt(g->line.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on); /* fails for others, which is right */
    return true;
}

bool gdb_new(struct vm *vm, char *why, size_t size)
{
    const char *where = vm->opt.value[OPT_GDB];
    unsigned long port = 0;
    if (!where) return true;
    if (vm->opt.check) {
        snprintf(why, size,
                 "%s%s: --check runs code twice, which a debugger must not see; leave out one of them",
                 vm->opt.origin[OPT_GDB], where);
        return false;
    }
    struct gdb *g = make(vm);
    bool tcp = is_port(where, &port);
    if (tcp && port > UINT16_MAX) {
        snprintf(why, size, "%s%s: ports end at 65535; a socket is a path", vm->opt.origin[OPT_GDB], where);
        return false;
    }
    g->listener = tcp ? listen_port(&port) : listen_socket(where);
    if (g->listener < 0 || g->bell < 0) {
        snprintf(why, size, "%s%s: cannot wait for a debugger there: %s", vm->opt.origin[OPT_GDB], where,
                 strerror(errno));
        return false;
    }
    if (tcp) {
        fprintf(stderr, "tierrun: waiting for gdb: target remote :%lu\n", port);
    } else {
        g->socket = text_absolute(where);
        fprintf(stderr, "tierrun: waiting for gdb: target remote %s\n", g->socket);
    }
    vm->gdb = g;
    if (accept_debugger(g)) return true;
    snprintf(why, size, "no debugger came: %s", strerror(errno));
    return false;
}

/* --- stopped ------------------------------------------------------------------------------------------- */

struct vthread *gdb_thread(const struct gdb *g, uint32_t tid)
{
    struct vthread *v = g->threads;
    while (v && v->gdb.tid != tid)
        v = v->gdb.next;
    return v;
}

static void order_all(struct gdb *g, enum gdb_order order)
{
    for (struct vthread *v = g->threads; v; v = v->gdb.next)
        v->gdb.order = order;
}

/* The guest's threads go on as they were told. */
static void let_go(struct gdb *g)
{
    pthread_mutex_lock(&g->lock);
    g->stopping = false;
    pthread_cond_broadcast(&g->go);
    pthread_mutex_unlock(&g->lock);
    sys_debug_release(g->process);
}

void gdb_detach(struct gdb *g)
{
    gdb_points_clear(g);
    for (struct vthread *v = g->threads; v; v = v->gdb.next)
        v->gdb.send = v->gdb.sent = 0;
    order_all(g, GDB_GO);
    g->gone = true;
}

/* Chooses whose stop is told; of a breakpoint's, another thread will come there again. NULL: nobody's. */
static struct vthread *who_stopped(struct gdb *g)
{
    for (struct vthread *v = g->threads; v; v = v->gdb.next)
        if (v->gdb.waiting) return v;
    return NULL;
}

/* Tells one stop; false: there is none. */
static bool tell_stop(struct gdb *g)
{
    struct vthread *v = who_stopped(g);
    if (!v) return false;
    v->gdb.waiting = false;
    g->last = v->gdb.stop;
    v->gdb.stop.why = GDB_NOTHING;
    g->current = g->general = v->gdb.tid;
    for (struct vthread *other = g->threads; other; other = other->gdb.next)
        if (other->gdb.stop.why == GDB_BREAK) other->gdb.waiting = false;
    return true;
}

static void answer(struct gdb *g)
{
    gdb_line_send(&g->line, &g->reply);
}

/* Packets until the guest is to run. */
static void serve(struct gdb *g)
{
    g->resumed = false;
    while (!g->resumed && !g->gone) {
        int n = gdb_line_get(&g->line);
        if (n == GDB_LINE_INTERRUPT) continue; /* it is stopped */
        if (n == GDB_LINE_CLOSED) {
            gdb_detach(g);
            return;
        }
        g->reply.n = 0;
        switch (gdb_packet(g, g->line.packet, (size_t)n)) {
        case GDB_REPLY: answer(g); break;
        case GDB_KILLED: hostsig_die(SIGKILL);
        default: break;
        }
    }
}

/* --- running ------------------------------------------------------------------------------------------- */

enum { RAN_STOPPED, RAN_INTERRUPTED, RAN_CLOSED, RAN_ENDED };

/* Nothing that a debugger sends while the guest runs has a meaning but the interrupt. */
static int look_at_line(struct gdb *g)
{
    int n = gdb_line_get(&g->line);
    return n == GDB_LINE_INTERRUPT ? RAN_INTERRUPTED : n == GDB_LINE_CLOSED ? RAN_CLOSED : -1;
}

static int while_it_runs(struct gdb *g)
{
    for (;;) {
        struct pollfd fds[2] = {{.fd = g->bell, .events = POLLIN}, {.fd = g->line.fd, .events = POLLIN}};
        uint64_t rung;
        bool ready = gdb_line_waits(&g->line);
        if (poll(fds, 2, ready ? 0 : -1) < 0 && errno != EINTR) return RAN_CLOSED;
        if (fds[0].revents && read(g->bell, &rung, sizeof rung) > 0) {
            if (g->ended) return RAN_ENDED;
            if (g->stopping) return RAN_STOPPED;
        }
        if (!ready && !fds[1].revents) continue;
        int what = look_at_line(g);
        if (what >= 0) return what;
    }
}

/* The last word: how it ended. Waits until it has been read. */
static void tell_end(struct gdb *g)
{
    enum { PATIENCE_MS = 1000 };
    char rest[256];
    struct pollfd p = {.fd = g->line.fd, .events = POLLIN};
    g->reply.n = 0;
    gdb_put(&g->reply, "%c%02x", g->end_type, (unsigned)g->end_status & 0xff);
    answer(g);
    shutdown(g->line.fd, SHUT_WR);
    while (poll(&p, 1, PATIENCE_MS) > 0 && recv(g->line.fd, rest, sizeof rest, 0) > 0)
        continue;
    pthread_mutex_lock(&g->lock);
    g->end_told = true;
    pthread_cond_broadcast(&g->told);
    pthread_mutex_unlock(&g->lock);
}

/* Stops the guest: with the turn, and every thread asleep or on its way to that. */
static void take_all(struct gdb *g)
{
    pthread_mutex_lock(&g->lock);
    g->stopping = true;
    pthread_mutex_unlock(&g->lock);
    sys_debug_hold(g->process, g->name);
}

static bool all_asleep(const struct gdb *g)
{
    for (const struct vthread *v = g->threads; v; v = v->gdb.next)
        if (!v->gdb.asleep) return false;
    return true;
}

/* Threads that wait in host calls come out of them, so that what the debugger has them do is done. Some
 * cannot: they are stopped when they come back. */
static void call_back(struct gdb *g)
{
    enum { TRIES = 300 }; /* a busy host takes its time */
    static const struct timespec moment = {.tv_nsec = 1000000};
    for (int k = 0; k < TRIES && !all_asleep(g) && !g->ended; k++) {
        sys_debug_nudge(g->process);
        sys_debug_release(g->process);
        nanosleep(&moment, NULL);
        sys_debug_hold(g->process, g->name);
    }
}

/* true: the guest is stopped, and who wants to know has been told. */
static bool run_until_stop(struct gdb *g)
{
    let_go(g);
    int how = while_it_runs(g);
    if (how != RAN_ENDED) take_all(g);
    if (how == RAN_INTERRUPTED) call_back(g);
    if (g->ended) {
        if (how != RAN_ENDED) sys_debug_release(g->process);
        tell_end(g);
        return false;
    }
    order_all(g, GDB_STAY);
    if (how == RAN_CLOSED) {
        gdb_detach(g);
        return true;
    }
    if (!tell_stop(g)) g->last = (struct gdb_stop){.why = GDB_ASKED};
    if (!gdb_thread(g, g->current) && g->threads) g->current = g->general = g->threads->gdb.tid;
    g->reply.n = 0;
    gdb_put_stop(g);
    answer(g);
    return true;
}

/* A stop that another thread has made meanwhile is told before anything runs. */
static bool tell_waiting(struct gdb *g)
{
    if (!tell_stop(g)) return false;
    order_all(g, GDB_STAY);
    g->reply.n = 0;
    gdb_put_stop(g);
    answer(g);
    return true;
}

static void *server(void *ctx)
{
    struct gdb *g = ctx;
    sys_debug_hold(g->process, g->name);
    for (;;) {
        serve(g);
        if (g->gone) break;
        if (tell_waiting(g)) continue;
        gdb_points_apply(g);
        if (!run_until_stop(g)) return NULL;
        if (g->gone) break;
    }
    sys_debug_end(g->process);
    gdb_line_close(&g->line);
    let_go(g);
    return NULL;
}

/* --- beginning and end --------------------------------------------------------------------------------- */

/* The guest's signals are for the guest's threads. Faults are of mm's copies. */
static bool start_thread(struct gdb *g)
{
    sigset_t all, old;
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    bool done = !pthread_create(&g->server, NULL, server, g);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    if (done) pthread_detach(g->server);
    return done;
}

static void hide(struct gdb *g, int *fd)
{
    int high = sys_hide_fd(g->vm->first.sys, *fd);
    if (high >= 0) *fd = high;
}

bool gdb_start(struct vm *vm, const char *program, char *why, size_t size)
{
    struct gdb *g = vm->gdb;
    if (!g) return true;
    g->program = text_absolute(program);
    g->process = sys_process(vm->first.sys);
    g->pid = getpid();
    hide(g, &g->line.fd);
    hide(g, &g->bell);
    sys_debug(g->process, gdb_on_signal, vm);
    mm_on_trip(vm->mm, gdb_on_trip, vm);
    g->others = GDB_STAY;
    gdb_thread_begins(&vm->first);
    g->current = g->general = vm->first.gdb.tid;
    g->last = (struct gdb_stop){.why = GDB_STEPPED};
    g->stopping = true;
    if (start_thread(g)) return true;
    snprintf(why, size, "cannot start the debugger's thread");
    return false;
}

void gdb_ends(struct vthread *v, const struct ending *end)
{
    enum { PATIENCE_S = 3 };
    struct gdb *g = v->vm->gdb;
    if (!g || g->gone || g->pid != getpid()) return;
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PATIENCE_S;
    pthread_mutex_lock(&g->lock);
    g->end_type = end->how == SYS_KILLED ? 'X' : 'W';
    g->end_status = end->how == SYS_KILLED ? gdb_signal_number(sys_guest_signo(end->status)) : end->status;
    g->ended = g->stopping = true;
    pthread_mutex_unlock(&g->lock);
    gdb_ring(g);
    sys_debug_release(g->process); /* the server may be waiting for it; nobody else goes on */
    pthread_mutex_lock(&g->lock);
    while (!g->end_told && !pthread_cond_timedwait(&g->told, &g->lock, &until))
        continue;
    pthread_mutex_unlock(&g->lock);
}

bool gdb_wants_signal(int signo)
{
    switch (signo) {
    case SIGKILL:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
    case SIGCHLD:
    case SIGCONT:
    case SIGURG:
    case SIGWINCH: return false;
    default: return true;
    }
}
