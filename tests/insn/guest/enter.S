/* Enters a trial's instruction with a given state of the whole CPU and leaves it with the state captured.
 * The instruction may leave any DS, ES, FS, GS and ESP behind, so everything here goes through SS and
 * absolute addresses. */
    .text

/* void enter(void): in_state → the instruction → out_state. */
    .globl enter
enter:
    push %ebx
    push %esi
    push %edi
    push %ebp
    mov %esp, saved_esp
    cmpb $0, with_x87
    je 1f
    frstor in_x87
1:  push in_eflags
    popf
    mov %ss:in_seg+2, %es
    mov %ss:in_seg+4, %fs
    mov %ss:in_seg+6, %gs
    mov %ss:in_seg, %ds
    mov %ss:in_gpr, %eax
    mov %ss:in_gpr+4, %ecx
    mov %ss:in_gpr+8, %edx
    mov %ss:in_gpr+12, %ebx
    mov %ss:in_gpr+20, %ebp
    mov %ss:in_gpr+24, %esi
    mov %ss:in_gpr+28, %edi
    mov %ss:in_gpr+16, %esp
    jmp *%ss:in_target

/* Exit pads jump here. */
    .globl leave_trial
leave_trial:
    mov %eax, %ss:out_gpr
    mov %ecx, %ss:out_gpr+4
    mov %edx, %ss:out_gpr+8
    mov %ebx, %ss:out_gpr+12
    mov %esp, %ss:out_gpr+16
    mov %ebp, %ss:out_gpr+20
    mov %esi, %ss:out_gpr+24
    mov %edi, %ss:out_gpr+28
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
    cmpb $0, %ss:with_x87
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
3:  pop %ebp
    pop %edi
    pop %esi
    pop %ebx
    ret

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
    mov %esp, %eax
    mov $stack_end - 12, %esp
    push %eax
    call run_batch
    mov %eax, %ebx
    mov $1, %eax
    int $0x80

    .section .note.GNU-stack,"",@progbits
