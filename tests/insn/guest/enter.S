/* Enters a trial's instruction with a given state of the whole CPU and leaves it with the state captured.
 * The instruction may leave any DS, ES, FS, GS and ESP behind, so everything here goes through SS and
 * absolute addresses. */
#include "tests/insn/guest/enter.inc"
    .text

/* void enter(void): in_state → the instruction → out_state. */
    .globl enter
enter:
    save_callee
    cmpb $0, with_simd
    je 4f
    fxrstor in_fx
    jmp 1f
4:  cmpb $0, with_x87
    je 1f
    frstor in_x87
1:  push in_eflags
    popf
    mov %ss:in_seg+2, %es
    mov %ss:in_seg+4, %fs
    mov %ss:in_seg+6, %gs
    mov %ss:in_seg, %ds
    load_all_but_esp in_gpr
    mov %ss:in_gpr+16, %esp
    jmp *%ss:in_target

/* Exit pads jump here. */
    .globl leave_trial
leave_trial:
    store_all
    mov %es, %ss:out_seg
    mov %cs, %ss:out_seg+2
    mov %ss, %ss:out_seg+4
    mov %ds, %ss:out_seg+6
    mov %fs, %ss:out_seg+8
    mov %gs, %ss:out_seg+10
    mov %ss:saved_esp, %esp
    pushf
    pop %ss:out_eflags
    push $0x202
    popf
    cmpb $0, %ss:with_simd
    je 4f
    fxsave %ss:out_fx
    fninit
    jmp 2f
4:  cmpb $0, %ss:with_x87
    je 2f
    fnsave %ss:out_x87
2:  mov %ss, %ecx
    mov %ecx, %ds
    mov %ecx, %es
    jmp 3f

/* The signal handler returns here with flat segments and clean flags; it has stored the state. */
    .globl leave_fault
leave_fault:
    fninit
3:  return_to_caller

    .section .note.GNU-stack,"",@progbits
