/* Where a runner begins, without a C library: int run_batch(uint32_t *initial_esp) on a stack of its own, since
 * where the kernel's ends depends on the machine. Also what signal handlers return through. */
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

    .globl restore_rt
restore_rt:
    mov $173, %eax
    int $0x80

    .section .note.GNU-stack,"",@progbits
