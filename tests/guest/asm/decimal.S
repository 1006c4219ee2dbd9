/* daa, das, aaa, aas, aam, aad on all values of AL with both flags; salc, cmc, lahf, sahf. The flags that the
 * manual leaves undefined are masked. */
.include "sys.inc"
.macro SWEEP mask, insn:vararg
    xorl %edi, %edi             # the sum
    xorl %ebp, %ebp
1:  movl %ebp, %eax
    movl %ebp, %ebx
    andl $0x3ff, %eax           # AL and two bits of AH
    shrl $10, %ebx              # CF and AF
    movl %ebx, %edx
    andl $1, %edx
    andl $2, %ebx
    shll $3, %ebx
    orl %ebx, %edx
    orl $2, %edx
    pushl %edx
    popf
    \insn
    pushf
    popl %ebx
    andl $\mask, %ebx
    roll $5, %edi
    xorl %eax, %edi
    roll $3, %edi
    addl %ebx, %edi
    incl %ebp
    cmpl $0x1000, %ebp
    jb 1b
    HEX %edi
    SAY "\n"
.endm
_start:
    SWEEP 0xd5, daa
    SWEEP 0xd5, das
    SWEEP 0x11, aaa
    SWEEP 0x11, aas
    SWEEP 0xc4, aam
    SWEEP 0xc4, .byte 0xd4, 13
    SWEEP 0xc4, aad
    SWEEP 0xc4, .byte 0xd5, 7
    SWEEP 0xd5, .byte 0xd6
    SWEEP 0xd5, cmc
    SWEEP 0xd5, lahf
    SWEEP 0xd5, sahf
    EXIT
