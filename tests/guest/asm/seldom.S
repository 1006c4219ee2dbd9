/* Seldom seen forms, often enough to be translated: ESP as the destination of bswap, bsf and bsr; loops that
 * count in CX; into; adc and sbb with a lock. */
.include "sys.inc"
.data
.balign 4
cell: .long 0x80000001, 0
.bss
.balign 16
.skip 65536
stack:
.text
on_overflow:                    # of into: the interrupted EAX lies in the context, 64 bytes from its start
    movl 12(%esp), %ecx
    xorl $0x5a5a5a5a, 64(%ecx)
    ret

_start:
    movl $stack, %esp           # its address goes into the hash
    CATCH 11, on_overflow
    xorl %edi, %edi             # hash
    movl $1, %ebp               # turns
1:  imull $0x9e3779b9, %ebp, %eax
    # ESP as any other register
    movl %esp, %esi
    bswapl %esp
    movl %esp, %edx
    movl %esi, %esp
    addl %edx, %edi
    movl %eax, %ecx
    shll $12, %ecx              # 0 at times
    bsfl %ecx, %esp
    movl %esp, %edx
    movl %esi, %esp
    jnz 2f
    xorl %edx, %esi
    movl %esp, %edx
    subl %esi, %edx             # an unchanged one: 0 on this way
    movl %esp, %esi
    xorl %edx, %edx
2:  leal (%edx,%edi,2), %edi
    bsrl %eax, %esp
    movl %esp, %edx
    movl %esi, %esp
    leal (%edx,%edi,4), %edi
    # CX counts, the upper half stays
    movl %eax, %ecx
    movw $5, %cx
3:  addl %ecx, %edi
    addr16 loop 3b
    addl %ecx, %edi
    jcxz 4f
    incl %edi
4:  movw $3, %cx
5:  roll $3, %edi
    cmpw $2, %cx
    addr16 loopne 5b
    addl %ecx, %edi
    # carry into memory, atomically
    addl %eax, %eax
    lock adcl %eax, cell
    adcl $0, %edi
    lock sbbb $3, cell+1
    sbbl %ecx, %edi
    lock adcw %ax, cell+2
    pushfl
    xorl cell, %edi
    popl %edx
    andl $0x8d5, %edx
    xorl %edx, %edi
    # overflow traps; eax is changed by the handler
    movl %ebp, %eax
    shll $24, %eax
    addl $0x40000000, %eax
    into
    xorl %eax, %edi
    incl %ebp
    cmpl $1500, %ebp
    jb 1b
    HEX %edi
    EXIT
