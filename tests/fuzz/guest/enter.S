/* Enters a generated program with a given state of the whole CPU; captures the state when it asks for that. */
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
    push %ebx
    push %esi
    push %edi
    push %ebp
    mov %esp, saved_esp
    frstor in_x87
    push in_eflags
    popf
    mov in_gpr, %eax
    mov in_gpr+4, %ecx
    mov in_gpr+8, %edx
    mov in_gpr+12, %ebx
    mov in_gpr+16, %esp
    mov in_gpr+20, %ebp
    mov in_gpr+24, %esi
    mov in_gpr+28, %edi
    jmp *in_target

    .globl leave_program
leave_program:
    mov saved_esp, %esp
    fninit
    cld
    pop %ebp
    pop %edi
    pop %esi
    pop %ebx
    ret

/* Called with a check word on the stack: on_check() sees the state in out_state, which then goes on. */
check:
    mov %eax, out_gpr
    mov %ecx, out_gpr+4
    mov %edx, out_gpr+8
    mov %ebx, out_gpr+12
    mov %esp, out_gpr+16
    mov %ebp, out_gpr+20
    mov %esi, out_gpr+24
    mov %edi, out_gpr+28
    pushf
    pop out_eflags
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
    mov out_gpr, %eax
    mov out_gpr+4, %ecx
    mov out_gpr+8, %edx
    mov out_gpr+12, %ebx
    mov out_gpr+20, %ebp
    mov out_gpr+24, %esi
    mov out_gpr+28, %edi
    ret $4

    .globl restore_rt
restore_rt:
    mov $173, %eax
    int $0x80

/* A stack of its own: where the kernel's ends depends on the machine. */
    .bss
    .balign 16
    .skip 65536
stack_end:
    .text

    .globl _start
_start:
    mov $stack_end - 16, %esp
    call run_programs
    mov %eax, %ebx
    mov $1, %eax
    int $0x80

    .section .note.GNU-stack,"",@progbits
