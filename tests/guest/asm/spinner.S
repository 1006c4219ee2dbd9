/* A thread whose first instruction is a loop without end: it is left there, for its creator's turn, before it
 * has done anything else. */
.include "sys.inc"
.data
pause: .long 0, 20000000
.bss
.skip 4096
stack:
.text
_start:
    movl $120, %eax /* clone: VM, FS, FILES, SIGHAND, THREAD */
    movl $0x10f00, %ebx
    movl $stack, %ecx
    xorl %edx, %edx
    xorl %esi, %esi
    xorl %edi, %edi
    int $0x80
    testl %eax, %eax
1:  jz 1b
    movl $162, %eax /* nanosleep */
    movl $pause, %ebx
    xorl %ecx, %ecx
    int $0x80
    HEX %eax
    movl $252, %eax /* exit_group */
    xorl %ebx, %ebx
    int $0x80
