/* EFLAGS: which bits popf can change, what cpuid's bit is good for, lahf and sahf, pushfw, the flags across calls,
 * clc/stc/cmc, cld/std, and the conditions of all sixteen jumps, setcc and cmovcc. */
.include "sys.inc"
.macro TOGGLE bits
    pushf
    popl %eax
    movl %eax, %ebx
    xorl $\bits, %eax
    pushl %eax
    popf
    pushf
    popl %eax
    xorl %ebx, %eax             # what has changed
    pushl %ebx
    popf
    HEX %eax
.endm
_start:
    TOGGLE 0x00000001
    TOGGLE 0x00000002
    TOGGLE 0x000008d5
    TOGGLE 0x00000200
    TOGGLE 0x00000400
    TOGGLE 0x00003000
    TOGGLE 0x00004000
    TOGGLE 0x00008000
    TOGGLE 0x00010000
    TOGGLE 0x00020000
    TOGGLE 0x00040000
    TOGGLE 0x00180000
    TOGGLE 0x00200000
    TOGGLE 0xffc00000
    SAY "\n"
    movl $1, %eax
    cpuid
    andl $0x8111, %edx          # FPU, TSC, CX8 and CMOV: any CPU of today has them
    HEX %edx
    SAY "\n"
    xorl %ebp, %ebp             # every combination of the six flags
1:  movl %ebp, %eax
    movl %ebp, %edx
    andl $1, %eax
    movl %ebp, %ebx
    andl $2, %ebx
    leal (%eax,%ebx,2), %eax    # CF 1, PF 4
    movl %ebp, %ebx
    andl $4, %ebx
    leal (%eax,%ebx,4), %eax    # AF 0x10
    movl %ebp, %ebx
    andl $0x18, %ebx
    leal (%eax,%ebx,8), %eax    # ZF 0x40, SF 0x80
    movl %ebp, %ebx
    andl $0x20, %ebx
    shll $6, %ebx
    orl %ebx, %eax              # OF 0x800
    pushl %eax
    xorl %edi, %edi
.irp cc, o, no, b, nb, z, nz, be, nbe, s, ns, p, np, l, nl, le, nle
    pushl (%esp)
    popf
    set\cc %al
    j\cc 2f
    jmp 3f
2:  addb $2, %al
3:  movzbl %al, %eax
    pushl (%esp)
    popf
    movl $5, %ebx
    movl $9, %ecx
    cmov\cc %ecx, %ebx
    addl %ebx, %eax
    imull $31, %edi, %edi
    addl %eax, %edi
.endr
    addl $4, %esp
    HEX %edi
    incl %ebp
    cmpl $64, %ebp
    jb 1b
    SAY "\n"
    EXIT
