/* tierrun: runs a 32-bit x86 Linux program. Owns the order in which the parts come to life and the exit
 * status; each part is in its own folder. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tier/crash.h"
#include "tier/environ.h"
#include "tier/gdb.h"
#include "tier/hostsig.h"
#include "tier/listops.h"
#include "tier/log.h"
#include "tier/profile_in.h"
#include "tier/profile_report.h"
#include "tier/profiler.h"
#include "tier/program.h"
#include "tier/run.h"
#include "tier/symbols.h"
#include "tier/text.h"
#include "tier/threads.h"
#include "tier/tiers.h"
#include "tier/trace.h"
#include "tier/version.h"
#include "tier/vm.h"

enum { WHY = 1024 };

static int fail(int status, const char *why)
{
    fprintf(stderr, "tierrun: %s\n", why);
    return status;
}

static void print_version(void)
{
    struct utsname host;
    uname(&host);
    char translator[512];
    jit_describe(translator, sizeof translator);
    printf("tierrun %s (for %s)\ntranslator: %s\n", TIERRUN_VERSION, host.machine, translator);
}

/* Requests that are answered without a program. */
static bool answer(const struct options *o)
{
    if (o->flag[OPT_HELP])
        options_help();
    else if (o->flag[OPT_VERSION])
        print_version();
    else if (o->flag[OPT_LIST_OPS])
        listops_print();
    else if (o->flag[OPT_LIST_SYSCALLS])
        sys_list_calls(stdout);
    else if (log_wants_help(o))
        log_help(stdout);
    else
        return false;
    return true;
}

/* The file's own path, as the kernel has it: also where getcwd() fails. */
static char *absolute(const char *path)
{
    char full[PATH_MAX], link[64];
    int fd = open(path, O_PATH | O_CLOEXEC);
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = fd < 0 ? -1 : readlink(link, full, sizeof full);
    if (fd >= 0) close(fd);
    return n > 0 && full[0] == '/' ? text_copy(full, (size_t)n) : text_format("%s", path);
}

static bool make_memory(struct vm *vm, const char **why)
{
    struct mm_options opt = {.host_page = vm->opt.host_page,
                             .stack_size = vm->opt.stack_size,
                             .reserved_va = vm->opt.reserved_va,
                             .guest_base_hint = vm->opt.guest_base,
                             .stores_unwatched = vm->opt.smc == SMC_NONE};
    vm->mm = mm_new(&opt, why);
    return vm->mm != NULL;
}

/* Loads the program and leaves the CPU at its first instruction. 0 or tierrun's exit status. */
static int load(struct vm *vm, const struct program *program, char *why)
{
    const char *sysroot = vm->opt.value[OPT_LD_PREFIX];
    int status = program_load(program, vm->mm, sysroot, &vm->image, why, WHY);
    if (status) return status;
    cpu_init(&vm->first.cpu, vm->mm);
    vm->first.cpu.x87.dbl = vm->opt.x87_double;
    uint32_t cpuid[4];
    cpu_cpuid(1, 0, cpuid);
    struct mm_stack_info info = {.argv = program->argv,
                                 .envp = environ_for_guest(environ, &vm->opt),
                                 .execfn = program->execfn,
                                 .platform = "i686",
                                 .hwcap = cpuid[3]};
    if (getrandom(info.random, sizeof info.random, 0) < 0) memset(info.random, 0, sizeof info.random);
    vm->first.cpu.gpr[ESP] = mm_setup_stack(vm->mm, &vm->image, &info, why, WHY);
    vm->first.cpu.eip = vm->image.entry;
    return vm->first.cpu.gpr[ESP] ? 0 : STATUS_NOT_EXEC;
}

/* The signals whose default action is a core dump: those that a program did not die by on purpose. */
static bool is_crash(int signo)
{
    switch (signo) {
    case SIGQUIT:
    case SIGILL:
    case SIGTRAP:
    case SIGABRT:
    case SIGBUS:
    case SIGFPE:
    case SIGSEGV:
    case SIGSYS:
    case SIGXCPU:
    case SIGXFSZ: return true;
    default: return false;
    }
}

static bool wants_report(const struct vm *vm, int signo)
{
    switch (vm->opt.on_crash) {
    case CRASH_REPORT: return true;
    case CRASH_QUIET: return false;
    default: return is_crash(signo) && isatty(STDERR_FILENO);
    }
}

static void no_core(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_CORE, &limit)) return;
    limit.rlim_cur = 0;
    setrlimit(RLIMIT_CORE, &limit);
}

/* Ends tierrun as the guest ended, in whatever thread. */
static _Noreturn void finish(struct vthread *v, const struct ending *end)
{
    struct vm *vm = v->vm;
    interp_stop_others(vm->interp); /* as natively, nobody runs beyond this */
    if (vm->gdb) gdb_ends(v, end);
    if (end->how == SYS_KILLED && wants_report(vm, end->status))
        crash_report(v, end->status, end->last == EXIT_TRAP, stderr);
    profiler_end(vm, end);
    fflush(vm->log.out);
    if (end->how == SYS_EXIT) exit(end->status);
    if (!vm->opt.flag[OPT_CORE]) no_core();
    hostsig_die(end->status);
}

/* Interpreter, system calls, symbols, host signals: all that runs or explains what is loaded. */
static bool make_engine(struct vm *vm, const struct program *program, char *why)
{
    char *own = realpath("/proc/self/exe", NULL);
    struct sys_options sopt = {.sysroot = vm->opt.value[OPT_LD_PREFIX],
                               .exe = absolute(program->path),
                               .self = options_inherited(&vm->opt, own ? own : "tierrun"),
                               .strace = vm->log.on[LOG_STRACE] ? vm->log.out : NULL,
                               .log_unimp = vm->log.on[LOG_UNIMP] ? vm->log.out : NULL,
                               .uname_release = vm->opt.value[OPT_UNAME],
                               .foreign_ok = true,
                               .catches_ends = vm->profiler != NULL,
                               .one_at_a_time = vm->profiler || vm->opt.check || vm->opt.flag[OPT_WX] ||
                                                vm->opt.value[OPT_GDB],
                               .img = &vm->image};
    const char *lacks;
    vm->first.sys = sys_new(vm->mm, &sopt, &lacks);
    vm->symbols = symbols_new(vm->mm, vm->opt.value[OPT_LD_PREFIX]);
    if (!vm->first.sys || !vm->symbols) {
        snprintf(why, WHY, "%s", lacks);
        return false;
    }
    const char *filters = vm->opt.value[OPT_SECCOMP];
    if (filters && !sys_take_filters(vm->first.sys, atoi(filters))) {
        snprintf(why, WHY, "%s%s: that descriptor has no seccomp filters", vm->opt.origin[OPT_SECCOMP],
                 filters);
        return false;
    }
    if (!profile_in_open(vm, why, WHY) || !tiers_make(vm, why, WHY)) return false;
    mm_set_watcher(vm->mm, interp_code_changed, vm->interp);
    log_hide(&vm->log, vm->first.sys);
    trace_attach(vm);
    threads_attach(vm, finish);
    return hostsig_install(&vm->first, why, WHY);
}

/* ps and killall show the guest's name, as they would natively. */
static void take_name(const char *execfn)
{
    const char *slash = strrchr(execfn, '/');
    prctl(PR_SET_NAME, slash ? slash + 1 : execfn);
}

static _Noreturn void run(struct vm *vm)
{
    log_pages(&vm->log, vm->mm);
    profiler_start(vm);
    struct ending end = run_guest(&vm->first);
    if (end.how == SYS_THREAD_EXIT) threads_leave_first(&vm->first);
    finish(&vm->first, &end);
}

int main(int argc, char **argv)
{
    (void)argc;
    static struct vm vm; /* large, and zero at its start */
    vm.first.vm = &vm;
    char why[WHY] = "";
    if (!options_parse(&vm.opt, argv, why, sizeof why)) return fail(STATUS_TIERRUN, why);
    if (answer(&vm.opt))
        return fflush(stdout) || ferror(stdout)
                   ? fail(STATUS_TIERRUN, "the answer could not be written to standard output")
                   : 0;
    if (vm.opt.value[OPT_PROFILE_REPORT]) return profile_report(&vm.opt);
    if (!vm.opt.program) return fail(STATUS_TIERRUN, "no program given; tierrun --help tells how");
    if (!log_open(&vm.log, &vm.opt, why, sizeof why)) return fail(STATUS_TIERRUN, why);

    struct program program;
    int status = program_find(&program, vm.opt.program, vm.opt.value[OPT_ARGV0], vm.opt.value[OPT_LD_PREFIX],
                              why, sizeof why);
    if (status) return fail(status, why);
    const char *no_window = NULL;
    if (!profiler_new(&vm, why, sizeof why)) return fail(STATUS_TIERRUN, why);
    if (!make_memory(&vm, &no_window)) return fail(STATUS_TIERRUN, no_window);
    status = load(&vm, &program, why);
    if (status) return fail(status, why);
    if (!gdb_new(&vm, why, sizeof why)) return fail(STATUS_TIERRUN, why);
    if (!make_engine(&vm, &program, why)) return fail(STATUS_TIERRUN, why);
    take_name(program.execfn);
    if (!gdb_start(&vm, program.path, why, sizeof why)) return fail(STATUS_TIERRUN, why);
    run(&vm);
}
