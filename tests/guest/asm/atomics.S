/* lock prefixes: every instruction that takes one, aligned, unaligned and across a page; xchg, cmpxchg both ways,
 * cmpxchg8b, xadd. */
.include "sys.inc"
.bss
.balign 4096
    .space 4090
cell: .space 64
.text
.macro ALL at
    movl $0x11111111, \at
    movl $0x01020304, %eax
    movl $5, %ecx
    lock addl %eax, \at
    FLAGS
    lock adcl $1, \at
    lock subb $7, \at
    lock sbbw $3, \at
    lock andl $0x7fffffff, \at
    lock orb $8, \at
    lock xorl %eax, \at
    lock incl \at
    lock decw \at
    lock notl \at
    lock negl \at
    FLAGS
    lock btsl $3, \at
    FLAGS 1
    lock btrl %ecx, \at
    lock btcw $9, \at
    lock xaddl %eax, \at
    HEX %eax
    xchgl %eax, \at
    HEX %eax
    movl $1, %eax
    lock cmpxchgl %ecx, \at
    FLAGS
    HEX %eax
    lock cmpxchgl %ecx, \at
    FLAGS
    movl \at, %eax
    HEX %eax
    movl $0, %edx
    lock cmpxchg8b \at
    FLAGS 0x40
    movl $0x55, %ebx
    lock cmpxchg8b \at
    FLAGS 0x40
    movl \at, %eax
    HEX %eax
    movl 4 + \at, %eax
    HEX %eax
    SAY "\n"
.endm
_start:
    ALL cell
    ALL cell+1
    ALL cell+2
    ALL cell+4
    ALL cell+6
    ALL cell+10
    EXIT
