/* Exceptions by handlers that look at their frame: bound, into, int3, int n, ud2, hlt, in, a bad selector, cli, a
 * null pointer, an overlong instruction, a divide error; each with signal, code, trap number and error code. */
.include "sys.inc"
.macro TRY insn:vararg
    movl $6f, resume
    \insn
    SAY "none "
6:  SAY "\n"
.endm
.data
resume: .long 0
limits: .long 10, 20
.text
handler:
    movl 8(%esp), %esi          # siginfo
    movl 12(%esp), %edi         # ucontext; its registers begin at 20
    movl (%esi), %eax
    HEX %eax
    movl 8(%esi), %eax
    HEX %eax
    movl 20 + 12*4(%edi), %eax  # trapno
    HEX %eax
    movl 20 + 13*4(%edi), %eax  # err
    HEX %eax
    movl 20 + 14*4(%edi), %eax  # eip
    movl resume, %ebx
    subl %eax, %ebx             # how far before the next label
    HEX %ebx
    movl resume, %eax
    movl %eax, 20 + 14*4(%edi)
    ret

_start:
    CATCH 4, handler
    CATCH 5, handler
    CATCH 7, handler
    CATCH 8, handler
    CATCH 11, handler
    movl $15, %eax
    TRY boundl %eax, limits
    movl $21, %eax
    TRY boundl %eax, limits
    movl $9, %eax
    TRY boundl %eax, limits
    movl $0x7fffffff, %eax
    addl $1, %eax
    TRY into
    xorl %eax, %eax
    TRY into
    TRY int3
    TRY .byte 0xcd, 3
    TRY .byte 0xcd, 4
    TRY .byte 0xcd, 0x81
    TRY ud2
    TRY .byte 0x0f, 0x0b
    TRY hlt
    TRY inb $0x60, %al
    TRY outb %al, $0x80
    TRY cli
    TRY sti
    TRY movl %cr0, %eax
    TRY lgdt limits
    TRY wbinvd
    movl $0x5b, %eax
    TRY movl %eax, %es
    movl $0x7ffb, %eax
    TRY movl %eax, %fs
    xorl %eax, %eax
    TRY movl %eax, %gs
    TRY movl 16, %ebx
    movl $restorer, %ebx
    TRY movl %eax, (%ebx)
    TRY .byte 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90
    TRY .byte 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90
    TRY .byte 0xf0, 0x01, 0xc0
    TRY .byte 0xf0, 0x90
    TRY .byte 0x8d, 0xc0
    TRY .byte 0xc5, 0xc0
    TRY .byte 0xfe, 0xf8
    TRY .byte 0x0f, 0xff, 0xc0
    xorl %edx, %edx
    movl $1, %eax
    xorl %ebx, %ebx
    TRY divl %ebx
    movl $0xffffffff, %ebx
    movl $0x80000000, %eax
    cltd
    TRY idivl %ebx
    EXIT
