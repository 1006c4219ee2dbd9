/* The tiers as the options want them: --tier, --hot, --nojit, --code-cache. Owns what they mean for the
 * interpreter and the translator; when a block is hot is interp/heat.c's. */
#include "tier/tiers.h"

#include "tier/jitlog.h"
#include "tier/profile_in.h"
#include "tier/profiler.h"

enum { CODE_CACHE = 32 << 20 }; /* bytes of translated code */
enum { HOLD_BACK = 4 };

/* A block that an earlier run did not find hot is translated after so many times as many entries. */
static uint32_t held_back(const struct vm *vm, uint32_t entries)
{
    return vm->earlier && entries < UINT32_MAX / HOLD_BACK ? entries * HOLD_BACK : entries;
}

/* --tier=auto translates where there is a translator. */
static bool translates(const struct options *o)
{
    return o->tier == TIER_JIT || (o->tier == TIER_AUTO && !jit_unavailable());
}

size_t tiers_code_room(const struct options *o)
{
    return o->code_cache ? o->code_cache : CODE_CACHE;
}

static bool may_translate(void *ctx, gaddr eip, uint32_t bytes)
{
    const struct vm *vm = ctx;
    return !ranges_touch(&vm->nojit, vm->symbols, eip, eip + (bytes ? bytes - 1 : 0));
}

static bool make_interp(struct vm *vm)
{
    const struct options *o = &vm->opt;
    bool at_once = o->tier == TIER_JIT;
    struct interp_options opt = {.hot_link = at_once ? 1 : 0,
                                 .no_links = vm->log.on[LOG_NOCHAIN],
                                 .fact = vm->profiler  ? profiler_fact
                                         : vm->earlier ? profile_in_block
                                                       : NULL,
                                 .fact_ctx = vm,
                                 .expects = vm->earlier ? profile_in_expects : NULL,
                                 .hot = !translates(o) ? 0
                                        : at_once      ? 1
                                                       : held_back(vm, o->hot),
                                 .hot_loop = !translates(o) ? 0
                                             : at_once      ? 1
                                                            : held_back(vm, o->hot_loop),
                                 .may_translate = vm->nojit.n ? may_translate : NULL,
                                 .may_translate_ctx = vm,
                                 .smc = o->smc,
                                 .relaxed = o->relaxed,
                                 .x87_double = o->x87_double};
    vm->interp = interp_new(vm->mm, &opt);
    return vm->interp != NULL;
}

static void around_exec(void *vm, bool handing_on)
{
    if (((struct vm *)vm)->jit) jit_hand_on(((struct vm *)vm)->jit, handing_on);
    if (handing_on) profiler_before_exec(vm);
}

static bool make_jit(struct vm *vm, char *why, size_t size)
{
    struct jit_options opt = {.code_bytes = tiers_code_room(&vm->opt),
                              .counts = vm->profiler != NULL,
                              .timed = vm->profiler != NULL,
                              .wx = vm->opt.flag[OPT_WX],
                              .x87_double = vm->opt.x87_double,
                              .check = vm->opt.check,
                              .counters = &vm->profile.jit,
                              .log = &vm->jit_log};
    const char *no_jit = NULL;
    if (!translates(&vm->opt)) return true;
    jitlog_make(vm);
    profiler_listen(vm);
    vm->jit = jit_new(vm->interp, &opt, &no_jit);
    if (vm->jit || vm->opt.tier == TIER_AUTO) return true; /* the interpreter does */
    snprintf(why, size, "%s", no_jit);
    return false;
}

bool tiers_make(struct vm *vm, char *why, size_t size)
{
    if (!ranges_read_symbols(&vm->nojit, vm->opt.value[OPT_NOJIT], vm->opt.origin[OPT_NOJIT], why, size))
        return false;
    if (!make_interp(vm)) {
        snprintf(why, size, "the host has no memory left");
        return false;
    }
    vm->first.cpu.interp = vm->interp;
    sys_on_exec(vm->first.sys, around_exec, vm);
    return make_jit(vm, why, size);
}
