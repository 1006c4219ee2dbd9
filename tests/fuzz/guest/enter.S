/* Enters a generated program with a given state of the whole CPU; captures the state when it asks for that. */
#include "tests/insn/guest/enter.inc"
    .section .stubs, "ax", @progbits
    jmp check
    .balign 16
    jmp leave_program

    .section .batch, "ax", @progbits
    .globl batch_start
batch_start:
    .skip 0xc0000

    .text
/* void enter(void): in_state → the program → return, when it jumps to leave_program. */
    .globl enter
enter:
    save_callee
    fxrstor in_fx
    frstor in_x87
    push in_eflags
    popf
    load_all_but_esp in_gpr
    mov in_gpr+16, %esp
    jmp *in_target

    .globl leave_program
leave_program:
    mov saved_esp, %esp
    fninit
    cld
    return_to_caller

/* Called with a check word on the stack: on_check() sees the state in out_state, which then goes on. */
check:
    store_all
    pushf
    pop out_eflags
    fxsave out_fx
    fnsave out_x87
    mov 4(%esp), %eax
    mov saved_esp, %esp
    cld
    push %eax
    call on_check
    frstor out_x87
    mov out_gpr+16, %esp
    push out_eflags
    popf
    load_all_but_esp out_gpr
    ret $4

    .section .note.GNU-stack,"",@progbits
