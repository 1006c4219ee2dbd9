/* The groups of handlers (sem_*.c), each in both engines. For a record with op, form, size and prefixes
 * set they name the handler that runs it; NULL: no such combination (a bug in the tables, caught by
 * tests). `noflags`: the flags it would write are dead. */
#ifndef INTERP_SEM_H
#define INTERP_SEM_H

#include "interp/insn.h"

typedef handler_fn *sem_choice(const struct insn *i, bool noflags);

sem_choice sem_alu_fast, sem_alu_step, sem_lock_fast, sem_lock_step, sem_shift_fast, sem_shift_step,
    sem_mul_fast, sem_mul_step, sem_bcd_fast, sem_bcd_step, sem_data_fast, sem_data_step, sem_stack_fast,
    sem_stack_step, sem_ctl_fast, sem_ctl_step, sem_far_fast, sem_far_step, sem_sys_fast, sem_sys_step,
    sem_str_fast, sem_str_step, sem_bit_fast, sem_bit_step, sem_seg_fast, sem_seg_step, sem_x87_fast,
    sem_x87_step, sem_dbl_fast, sem_dbl_step, sem_simd_fast, sem_simd_step, sem_ext_fast, sem_ext_step;

/* Records first and first + 1 (of a block) as one: the handler for `first`, or NULL. */
handler_fn *sem_fuse_fast(const struct insn *first, bool noflags);

/* The handler of a record in either engine. */
handler_fn *sem_fast(const struct insn *i, bool noflags);
handler_fn *sem_step(const struct insn *i);

#endif
