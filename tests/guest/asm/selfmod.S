/* Code that changes: an immediate in another block, one further on in the same block, a routine rewritten in a loop,
 * code copied and run, an instruction that overwrites the next one, code on two pages. */
.include "sys.inc"
_start:
    movl $125, %eax             # mprotect: make our own code writable
    movl $_start, %ebx
    andl $-4096, %ebx
    movl $0x3000, %ecx
    movl $7, %edx
    int $0x80
    HEX %eax

    movl $10, %esi              # a routine's immediate, changed between calls
1:  movl %esi, immediate + 1
    call routine
    HEX %eax
    decl %esi
    jnz 1b
    SAY "\n"

    movl $100, %esi             # hot first, then changed
2:  call routine
    decl %esi
    jnz 2b
    movb $0x40, increment       # inc %eax for dec %eax
    call routine
    HEX %eax
    movb $0x48, increment
    call routine
    HEX %eax

    movl $0x2222, ahead + 1     # ahead in the same straight line; the jump serialises
    jmp ahead
ahead:
    movl $0x1111, %eax
    HEX %eax

    movl $0x3333, 3f + 1        # the very next instruction
3:  movl $0x1111, %eax
    HEX %eax

    movl $5, %ebp               # a loop that rewrites its own body
4:  movl %ebp, 5f + 1
5:  movl $0, %eax
    HEX %eax
    decl %ebp
    jnz 4b
    SAY "\n"

    movl $routine, %esi         # copied elsewhere, twice
    movl $copy, %edi
    movl $routine_end - routine, %ecx
    cld
    rep movsb
    call copy
    HEX %eax
    movl $0x7777, copy + 1
    call copy
    HEX %eax

    movl $0xc3, %eax            # an instruction across two pages, patched on its second page
    movb $0xb8, edge
    movl $0x01010101, edge + 1
    movb %al, edge + 5
    call edge
    HEX %eax
    movb $0x44, edge + 4
    call edge
    HEX %eax

    movl $200, %esi             # data beside code is written again and again
    xorl %edi, %edi
6:  movl %esi, beside
    call routine
    addl %eax, %edi
    addl beside, %edi
    decl %esi
    jnz 6b
    HEX %edi
    SAY "\n"
    EXIT

routine:
immediate:
    movl $0, %eax
increment:
    decl %eax
    ret
routine_end:
beside: .long 0
    .balign 4096
copy: .space 4096 - 3
edge: .space 16
