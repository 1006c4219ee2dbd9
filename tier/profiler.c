/* Counting while the guest runs. Interpreted blocks are counted by their first record's handler. Translated
 * code is counted in bursts, unless --profile-counts=exact: a thread that does nothing else asks for control,
 * the run loop switches the counters on or off, and a burst stands for the processor time since the one
 * before it. The thread blocks all signals, so the guest's system calls and signals are not disturbed. Owns
 * when things are counted; what a profile is belongs to profile/, files to profile_write.c. */
#include "tier/profiler.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "tier/profile_in.h"
#include "tier/text.h"
#include "tier/tiers.h"
#include "tier/version.h"

/* Milliseconds of processor time: the first burst at least, which short programs do not outlive (nor do they
 * on a slow host: it lasts until so many instructions ran, but not longer than that), and how often it is
 * looked at; later ones; before each the counters are switched on for some time and not looked at, as code
 * that was changed is slow at first, most of all if the host is emulated; pauses, of which the first is short
 * and each next one twice as long: what begins is not like what follows. */
enum {
    FIRST = 100,
    FIRST_INSNS = 5000000,
    FIRST_MOST = 2000,
    FIRST_LOOKS = 25,
    BURST = 10,
    WARM_UP = 10,
    FIRST_PAUSE = 30,
    PAUSE = 230
};
/* In the end a pause is at least so many times as long as what came before it: a busy host wakes us late. */
enum { OFF_SHARE = 14 };
enum phase { OFF, WARM, COUNT, PHASES };

static uint64_t nanoseconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

bool profiler_wanted(const struct options *o)
{
    return o->value[OPT_PROFILE] || o->value[OPT_COVERAGE] || o->value[OPT_WHY] || o->flag[OPT_STATS] ||
           o->flag[OPT_PERFMAP] || o->flag[OPT_JITDUMP];
}

static char *program_line(char **argv)
{
    char *line = text_format("%s", argv[0]);
    for (size_t k = 1; argv[k] && strlen(line) < 400; k++) {
        char *longer = text_format("%s %s", line, argv[k]);
        free(line);
        line = longer;
    }
    return line;
}

bool profiler_new(struct vm *vm, char *why, size_t size)
{
    static const char *const tiers[] = {[TIER_AUTO] = "auto", [TIER_INTERP] = "interp", [TIER_JIT] = "jit"};
    const struct options *o = &vm->opt;
    struct utsname host;
    if (!profiler_wanted(o)) return true;
    struct profiler *p = text_alloc(sizeof *p);
    p->prof = prof_new();
    if (!p->prof) {
        snprintf(why, size, "the host has no memory left");
        return false;
    }
    uname(&host);
    p->exact = o->profile_exact;
    p->prof->program = program_line(o->program);
    p->prof->tierrun = text_format("%s", TIERRUN_VERSION);
    p->prof->host = text_format("%s", host.machine);
    p->prof->tier = text_format("%s", tiers[o->tier]);
    p->prof->x87 = text_format("%s", o->x87_double ? "double" : "exact");
    pthread_mutex_init(&p->lock, NULL);
    vm->profiler = p;
    return perf_open(vm, why, size);
}

/* --- blocks ------------------------------------------------------------------------------------------ */

struct block_fact *profiler_fact(void *self, struct block *b)
{
    struct vm *vm = self;
    struct prof_block *pb =
        prof_block(vm->profiler->prof, b->eip, b->bytes, b->insns, profile_in_hash(vm, b));
    if (!pb) return NULL;
    if (!pb->op) coverage_block(pb, b);
    if (vm->earlier) profile_in_block(vm, b);
    return &pb->count;
}

/* --- what the translator tells ----------------------------------------------------------------------- */

static void note_translation(struct vm *vm, const struct jit_view *v)
{
    struct profiler *p = vm->profiler;
    struct prof_block *head = coverage_fact(v->blocks[0]);
    unsigned insns = 0;
    for (unsigned k = 0; k < v->block_count; k++) {
        struct prof_block *pb = coverage_fact(v->blocks[k]);
        insns += v->blocks[k]->insns;
        if (pb) pb->traces++;
    }
    coverage_translation(v);
    if (!head) return;
    if (!head->promotions) {
        head->promoted_at = (double)(nanoseconds(CLOCK_MONOTONIC) - p->started) / 1e9;
        head->promoted_after = (double)head->count.interpreted;
    }
    head->promotions++;
    head->host_bytes = v->words * 4;
    head->trace_insns = insns;
}

static void on_translated(void *self, const struct jit_view *v)
{
    struct vm *vm = self;
    if (vm->profiler->log.translated) vm->profiler->log.translated(self, v);
    note_translation(vm, v);
    perf_translated(vm, v);
}

static void on_refused(void *self, const struct block *b, enum jit_refusal why)
{
    struct vm *vm = self;
    struct prof_block *pb = coverage_fact(b);
    if (vm->profiler->log.refused) vm->profiler->log.refused(self, b, why);
    if (pb) pb->refusal[why]++;
    vm->profiler->prof->refusal_total[why]++;
}

static void on_deopt(void *self, gaddr eip, enum jit_deopt why)
{
    struct vm *vm = self;
    if (vm->profiler->log.deopt) vm->profiler->log.deopt(self, eip, why);
    prof_add_deopt(vm->profiler->prof, eip, why);
}

static void on_ran(void *self, const struct block *b, const struct block *head, uint64_t times)
{
    (void)self, (void)head;
    struct prof_block *pb = coverage_fact(b);
    if (pb) pb->pending += times;
}

static void on_edge(void *self, gaddr from, gaddr to, uint64_t times)
{
    struct vm *vm = self;
    prof_add_edge(vm->profiler->prof, from, to, times);
}

void profiler_listen(struct vm *vm)
{
    if (!vm->profiler) return;
    vm->profiler->log = vm->jit_log;
    vm->jit_log.translated = on_translated;
    vm->jit_log.refused = on_refused;
    vm->jit_log.deopt = on_deopt;
    vm->jit_log.ran = on_ran;
    vm->jit_log.edge = on_edge;
}

/* --- bursts ------------------------------------------------------------------------------------------ */

void profiler_running(struct vm *vm, struct vthread *v)
{
    struct profiler *p = vm->profiler;
    pthread_mutex_lock(&p->lock);
    p->running = v;
    if (v && (p->tick || p->asked)) v->cpu.poll = 1; /* asked in between */
    pthread_mutex_unlock(&p->lock);
}

/* The guest's thread that runs is to give control back. */
static void ask(struct profiler *p)
{
    pthread_mutex_lock(&p->lock);
    if (p->running) {
        p->running->cpu.poll = 1;
        interp_ask_sig(&p->running->cpu);
    }
    pthread_mutex_unlock(&p->lock);
}

/* --profile-every */
static void ask_when_due(struct vm *vm)
{
    struct profiler *p = vm->profiler;
    if (!vm->opt.profile_every || nanoseconds(CLOCK_MONOTONIC) < p->next_write) return;
    p->next_write += vm->opt.profile_every * 1000000000ull;
    p->asked = 1;
    ask(p);
}

/* Sleeps until the process has used so much processor time, and says how much it was. One that waits is asked
 * ever less often. */
static uint64_t sleep_busy(struct vm *vm, uint64_t ns)
{
    enum { LEAST = 2000000, MOST = 200000000 };
    uint64_t began = nanoseconds(CLOCK_PROCESS_CPUTIME_ID), used = 0, before, idle = LEAST;
    while (used < ns) {
        uint64_t rest = ns - used > idle ? ns - used : idle;
        nanosleep(&(struct timespec){.tv_nsec = (long)(rest < MOST ? rest : MOST)}, NULL);
        ask_when_due(vm);
        before = used;
        used = nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - began;
        if (used - before > LEAST / 4)
            idle = LEAST;
        else if (idle < MOST)
            idle *= 2;
    }
    return used;
}

/* How long the counters stay off after having been on for so long. */
static uint64_t pause_after(uint64_t on, uint64_t *most)
{
    uint64_t ms = on * OFF_SHARE > PAUSE ? on * OFF_SHARE : PAUSE;
    if (ms > *most) ms = *most;
    if (*most <= ms) *most *= 2;
    return ms;
}

static void *keep_time(void *self)
{
    static const uint64_t lasts[PHASES] = {[WARM] = WARM_UP, [COUNT] = BURST};
    struct vm *vm = self;
    struct profiler *p = vm->profiler;
    uint64_t ms = 0, on = 0, most = FIRST_PAUSE;
    while (!p->begun) {
        sleep_busy(vm, FIRST_LOOKS * 1000000);
        p->tick = 1;
        ask(p);
    }
    for (;;) {
        uint64_t used = sleep_busy(vm, ms * 1000000) / 1000000;
        on = p->wanted == OFF ? 0 : on + used;
        p->wanted = (p->wanted + 1) % PHASES;
        p->tick = 1;
        ask(p);
        ms = p->wanted == OFF ? pause_after(on, &most) : lasts[p->wanted];
    }
    return NULL;
}

/* Without the thread everything is counted: slower, and right. */
static void start_thread(struct vm *vm)
{
    pthread_t thread;
    sigset_t all, before;
    bool needed = (!vm->profiler->exact && vm->jit) || vm->opt.profile_every;
    if (!needed) return;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (!pthread_create(&thread, NULL, keep_time, vm)) pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void start_clocks(struct vm *vm)
{
    struct profiler *p = vm->profiler;
    p->started = nanoseconds(CLOCK_MONOTONIC);
    p->next_write = p->started + vm->opt.profile_every * 1000000000ull;
    p->window_began = p->burst_began = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    p->phase = p->wanted = COUNT;
    p->prof->pid = getpid();
}

void profiler_start(struct vm *vm)
{
    if (!vm->profiler) return;
    start_clocks(vm);
    start_thread(vm);
}

/* While it is counted translated code is slower: a burst holds less than as long a time without. By how much
 * depends on the host; a way out costs about as much more as one and a half guest instructions take. */
static double slowdown(const struct vm *vm)
{
    const struct jit_counters *c = &vm->profile.jit;
    double insns = prof_pending(vm->profiler->prof);
    return insns > 0 ? 1 + 1.5 * (double)(c->entered - vm->profiler->entered_before) / insns : 1;
}

/* What was counted in this burst stands for the time since the last one. */
static void fold(struct vm *vm, uint64_t now)
{
    struct profiler *p = vm->profiler;
    if (vm->jit) jit_counted(vm->jit);
    p->burst_ns = now - p->burst_began;
    double weight = p->burst_ns ? (double)(now - p->window_began) / (double)p->burst_ns : 1;
    if (p->window_began != p->burst_began) p->prof->sampled = true;
    prof_fold(p->prof, p->prof->sampled ? weight * slowdown(vm) : 1);
    p->window_began = p->burst_began = now;
}

static void note_moment(struct profiler *p)
{
    struct prof *f = p->prof;
    struct prof_sum s = prof_sum(f);
    if (f->moments == PROF_MOMENTS) { /* every second one goes */
        for (unsigned k = 0; k < PROF_MOMENTS / 2; k++)
            f->moment[k] = f->moment[2 * k + 1];
        f->moments = PROF_MOMENTS / 2;
    }
    f->moment[f->moments++] =
        (struct prof_moment){.seconds = (double)(nanoseconds(CLOCK_MONOTONIC) - p->started) / 1e9,
                             .interpreted = s.interpreted,
                             .translated = s.translated};
}

/* Is it time to count only now and then? */
static void look_at_first(struct vm *vm)
{
    struct profiler *p = vm->profiler;
    uint64_t used = (nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - p->burst_began) / 1000000;
    if (vm->jit && !p->exact && used < FIRST) return;
    if (vm->jit) jit_counted(vm->jit);
    p->begun = !vm->jit || p->exact || used >= FIRST_MOST || prof_pending(p->prof) >= FIRST_INSNS;
}

static void change_phase(struct vm *vm)
{
    struct profiler *p = vm->profiler;
    if (!p->begun) {
        look_at_first(vm);
        return;
    }
    int wanted = p->wanted;
    uint64_t now = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    bool is_burst = p->exact || !vm->jit || p->phase == COUNT;
    if (is_burst && (p->phase != wanted)) {
        fold(vm, now);
        note_moment(p);
    }
    if (p->exact || !vm->jit || p->phase == wanted) return;
    p->phase = wanted;
    jit_count(vm->jit, wanted != OFF);
    if (wanted != COUNT) return;
    jit_counted(vm->jit);
    prof_discard(p->prof);
    p->entered_before = vm->profile.jit.entered;
    p->burst_began = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
}

/* --- the run loop ------------------------------------------------------------------------------------ */

/* A child counts from its beginning. */
static void begin_anew(struct vm *vm)
{
    struct profiler *p = vm->profiler;
    if (vm->jit) jit_counted(vm->jit);
    if (vm->jit) jit_count(vm->jit, true);
    prof_reset(p->prof);
    p->prof->sampled = false;
    p->prof->tail = 0;
    memset(vm->profile.exits, 0, sizeof vm->profile.exits);
    p->inherited = vm->profile.jit;
    interp_stats(vm->interp, &p->inherited_stats);
    p->forked = true;
    p->tick = p->asked = 0;
    pthread_mutex_init(&p->lock, NULL); /* its holder may not be here */
    /* No thread: qemu-user 7.2 dies of one in the child of a process that had several. All is counted. */
    start_clocks(vm);
}

enum sys_outcome profiler_call(struct vthread *v, int *status)
{
    struct vm *vm = v->vm;
    uint32_t number = v->cpu.gpr[EAX];
    struct prof *f = vm->profiler->prof;
    uint64_t began = nanoseconds(CLOCK_MONOTONIC);
    enum sys_outcome how = sys_call(v->sys, &v->cpu, status);
    if (getpid() != f->pid) {
        begin_anew(vm);
        return how;
    }
    if (number >= PROF_CALLS) return how;
    struct prof_call *c = &f->call[number];
    if (!c->name) c->name = text_format("%s", sys_call_name(number) ? sys_call_name(number) : "unknown");
    c->times++;
    f->system_calls++;
    c->seconds += (double)(nanoseconds(CLOCK_MONOTONIC) - began) / 1e9;
    return how;
}

void profiler_look(struct vm *vm)
{
    struct profiler *p = vm->profiler;
    if (p->tick) {
        p->tick = 0;
        change_phase(vm);
    }
    if (!p->asked) return;
    p->asked = 0;
    profiler_collect(vm, NULL);
    profiler_write(vm, "");
}

void profiler_ask_sig(struct vm *vm, struct cpu *cpu)
{
    vm->profiler->asked = 1;
    cpu->poll = 1;
    interp_ask_sig(cpu);
}

/* --- the end ----------------------------------------------------------------------------------------- */

/* The time since the last burst is like it. */
static void count_tail(struct vm *vm)
{
    struct profiler *p = vm->profiler;
    uint64_t now = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
    p->prof->tail = 0;
    if (p->phase == COUNT)
        fold(vm, now);
    else if (p->burst_ns)
        p->prof->tail = (double)(now - p->window_began) / (double)p->burst_ns;
}

void profiler_collect(struct vm *vm, const char *ended)
{
    struct profiler *p = vm->profiler;
    struct prof *f = p->prof;
    const struct jit_counters *c = &vm->profile.jit, *old = &p->inherited;
    struct interp_stats s, *before = &p->inherited_stats;
    count_tail(vm);
    note_moment(p);
    interp_stats(vm->interp, &s);
    prof_settle_deopts(f);
    f->seconds = (double)(nanoseconds(CLOCK_MONOTONIC) - p->started) / 1e9;
    f->translation_seconds = (double)(c->nanoseconds - old->nanoseconds) / 1e9;
    f->translations = c->translations - old->translations;
    f->dropped = c->dropped - old->dropped;
    f->chained = c->chained - old->chained;
    f->host_words = c->host_words - old->host_words;
    f->flushes = c->flushes - old->flushes;
    f->code_bytes = c->code_bytes;
    f->code_room = vm->jit ? tiers_code_room(&vm->opt) : 0;
    f->trace_insns = c->guest_insns - old->guest_insns;
    f->checked = c->checked - old->checked;
    f->entered = c->entered - old->entered;
    f->left = c->left - old->left;
    f->hot = s.hot - before->hot;
    f->excluded = s.excluded - before->excluded;
    f->decoded = s.blocks - before->blocks;
    f->lookups = s.lookups - before->lookups;
    f->faults = s.faults_retried - before->faults_retried;
    f->rewritten = s.blocks_dropped - before->blocks_dropped;
    memcpy(f->exits, vm->profile.exits, sizeof f->exits);
    free(f->ended);
    f->ended = ended ? text_format("%s", ended) : NULL;
    profile_in_note(vm);
    prof_sort(f);
    profiler_name_blocks(vm);
    profiler_list_code(vm);
}

void profiler_before_exec(struct vm *vm)
{
    if (!vm->profiler || vm->profiler->forked) return; /* a child that only begins another program */
    profiler_collect(vm, "replaced by another program");
    profiler_write(vm, ".before-exec");
}

static char *how_it_ended(const struct ending *end)
{
    if (end->how == SYS_EXIT) return text_format("exit status %d", end->status);
    const char *name = sigabbrev_np(end->status);
    return text_format("died by signal %d (SIG%s)", end->status, name ? name : "?");
}

void profiler_end(struct vm *vm, const struct ending *end)
{
    if (!vm->profiler) return;
    char *ended = how_it_ended(end);
    profiler_collect(vm, ended);
    free(ended);
    profiler_write(vm, "");
    if (vm->opt.flag[OPT_STATS]) prof_write_stats(vm->profiler->prof, vm->log.out);
    if (vm->opt.value[OPT_WHY] && !prof_write_whys(vm->profiler->prof, vm->opt.value[OPT_WHY], vm->log.out))
        fprintf(vm->log.out, "tierrun: no block of code ran at %s\n", vm->opt.value[OPT_WHY]);
}
