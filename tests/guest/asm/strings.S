/* String instructions: every width, with and without rep, both directions, overlapping, counts of zero, and what is
 * left in ESI, EDI, ECX and the flags. */
.include "sys.inc"
.bss
.balign 64
from: .space 64
to:   .space 64
.text
fill:
    movl $from, %edi
    movl $128, %ecx
    xorl %eax, %eax
1:  imull $37, %eax, %eax
    addl $11, %eax
    movb %al, (%edi)
    incl %edi
    decl %ecx
    jnz 1b
    ret

sum:
    movl $from, %edi
    movl $128, %ecx
    xorl %eax, %eax
1:  roll $5, %eax
    xorb (%edi), %al
    incl %edi
    decl %ecx
    jnz 1b
    ret

.macro TRY insn:vararg
    call fill
    movl $from + 20, %esi
    movl $to + 20, %edi
    movl $7, %ecx
    movl $0x11223344, %eax
    cmpl %eax, %eax
    \insn
    pushf
    subl $from, %esi
    subl $to, %edi
    HEX %ecx
    HEX %esi
    HEX %edi
    HEX %eax
    popf
    FLAGS
    cld
    call sum
    HEX %eax
    SAY "\n"
.endm

.macro WIDTHS name
    TRY \name\()b
    TRY \name\()w
    TRY \name\()l
    TRY rep \name\()b
    TRY rep \name\()w
    TRY rep \name\()l
    std
    TRY \name\()l
    std
    TRY rep \name\()b
    std
    TRY rep \name\()w
    std
    TRY rep \name\()l
.endm

_start:
    # DF is cleared by `cld` at the end of TRY: the std before TRY stays in force during fill, which uses none of it.
    WIDTHS movs
    WIDTHS stos
    WIDTHS lods
    TRY cmpsb
    TRY scasb
    TRY repe cmpsb
    TRY repne cmpsb
    TRY repe cmpsw
    TRY repne cmpsl
    TRY repe scasb
    TRY repne scasb
    TRY repne scasw
    TRY repne scasl
    std
    TRY repne scasb
    std
    TRY repe cmpsl
    SAY "overlap\n"
    call fill
    movl $from, %esi
    movl $from + 1, %edi
    movl $30, %ecx
    rep movsb
    call sum
    HEX %eax
    call fill
    movl $from + 1, %esi
    movl $from, %edi
    movl $30, %ecx
    rep movsl
    call sum
    HEX %eax
    xorl %ecx, %ecx
    stc
    rep cmpsb                   # count zero: nothing changes, not even the flags
    FLAGS
    HEX %esi
    SAY "\n"
    EXIT
