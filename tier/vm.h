/* One guest process: the parts that tierrun.c wires together. Owned by main; everybody in tier/ gets a
 * pointer to it, or to one of its threads. */
#ifndef TIER_VM_H
#define TIER_VM_H

#include "interp/cpu.h"
#include "interp/interp.h"
#include "jit/jit.h"
#include "profile/profile.h"
#include "syscalls/syscalls.h"
#include "tier/gdb.h"
#include "tier/log.h"
#include "tier/options.h"
#include "tier/ranges.h"

struct vm;

/* A guest thread: its registers and its kernel side. */
struct vthread {
    struct vm *vm;
    struct sys *sys;
    struct gdb_thread gdb;
    /* The translator's: its loops read what is right before struct cpu, and a signal forbids that to get
     * control. A page on every host. */
    _Alignas(CPU_PAGE) char before_cpu[CPU_PAGE];
    struct cpu cpu;
};

struct vm {
    struct options opt;
    struct log log;
    struct mm *mm;
    struct mm_image image;
    struct interp *interp;
    struct jit *jit; /* NULL: everything is interpreted */
    struct jit_log jit_log;
    struct symbols *symbols;
    struct ranges nojit;
    struct profile profile;
    struct profiler *profiler; /* NULL: there is none */
    struct prof *earlier;      /* --profile-in; NULL: none */
    struct gdb *gdb;           /* NULL: no debugger */
    struct vthread first;
};

#endif
