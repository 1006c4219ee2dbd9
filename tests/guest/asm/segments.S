/* Segment registers: their values at the start, moves and pushes of them, a far jump, call and return to the flat
 * code selector, iret, lds, overrides, lar, lsl, verr, verw, arpl. */
.include "sys.inc"
.data
far:  .long there
      .word 0x23
far2: .long callee
      .word 0x23
pointer: .long 0x12345678
      .word 0x2b
value: .long 0xcafe
.text
callee:
    movl 4(%esp), %eax
    HEX %eax
    lret
_start:
    movl %cs, %eax
    HEX %eax
    movl %ds, %eax
    HEX %eax
    movl %es, %eax
    HEX %eax
    movl %ss, %eax
    HEX %eax
    movl %fs, %eax
    HEX %eax
    movl %gs, %eax
    HEX %eax
    SAY "\n"
    ljmp *far
    SAY "not reached"
there:
    SAY "far "
    ljmp $0x23, $1f
1:  lcall *far2
    lcall $0x23, $callee
    pushl $0x23
    pushl $2f
    lret
2:  pushf
    pushl $0x23
    pushl $3f
    iret
3:  SAY "iret "
    pushl %ds
    popl %es
    pushw %ss
    popw %ds
    movl $0xffffffff, %eax
    movw %ds, %ax
    HEX %eax
    movl %ds, %eax
    HEX %eax
    lesl pointer, %ebx
    HEX %ebx
    movl %ds:value, %eax
    HEX %eax
    movl %ss:value, %eax
    HEX %eax
    movl %cs:value, %eax
    HEX %eax
    SAY "\n"
.macro QUERY selector
    movl $\selector, %ecx
    movl $0, %eax
    larl %ecx, %eax
    FLAGS 0x40
    HEX %eax
    movl $0, %eax
    lsll %ecx, %eax
    FLAGS 0x40
    HEX %eax
    verr %cx
    FLAGS 0x40
    verw %cx
    FLAGS 0x40
    SAY "\n"
.endm
    QUERY 0x23
    QUERY 0x2b
    QUERY 0
    QUERY 0x10
    QUERY 0xfff8
    movl $0x12340010, %eax
    movl $3, %ecx
    arpl %cx, %ax
    FLAGS 0x40
    HEX %eax
    arpl %cx, %ax
    FLAGS 0x40
    HEX %eax
    SAY "\n"
    EXIT
