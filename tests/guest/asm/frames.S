/* enter at every level, leave, ret n, pusha and popa with their ESP, push of ESP, pop into memory by ESP, calls through
 * memory and registers, xlat. */
.include "sys.inc"
.data
vector: .long target
bytes:  .byte 10, 20, 30, 40
.text
target:
    movl 4(%esp), %eax
    HEX %eax
    ret $8

.macro ENTER_LEVEL n
    movl %esp, %esi
    movl %esi, %ebp
    pushl $0x1111
    pushl $0x2222
    pushl $0x3333
    leal 12(%esp), %ebp
    enter $20, $\n
    movl %esi, %eax
    subl %esp, %eax
    HEX %eax
    movl %esi, %eax
    subl %ebp, %eax
    HEX %eax
    leave
    movl %esi, %eax
    subl %ebp, %eax
    HEX %eax
    movl %esi, %esp
.endm

_start:
    subl $256, %esp
    movl %esp, %edi
    movl $64, %ecx
    xorl %eax, %eax
    cld
    rep stosl
    subl $512, %esp
    ENTER_LEVEL 0
    ENTER_LEVEL 1
    ENTER_LEVEL 2
    ENTER_LEVEL 3
    ENTER_LEVEL 31
    ENTER_LEVEL 33              # modulo 32
    SAY "\n"
    pushl $5
    pushl $6
    movl %esp, %esi
    call *vector
    subl %esp, %esi
    HEX %esi
    pushl $7
    pushl $8
    movl $target, %eax
    call *%eax
    movl %esp, %esi
    pushl %esp
    popl %eax
    subl %eax, %esi
    HEX %esi                    # push %esp pushes the old value
    movl %esp, %esi
    pusha
    movl 12(%esp), %eax
    subl %esi, %eax
    HEX %eax
    movl $99, 12(%esp)          # popa ignores it
    popa
    subl %esp, %esi
    HEX %esi
    subl $8, %esp
    pushl $0x1234
    popl 4(%esp)
    movl 4(%esp), %eax
    HEX %eax
    movl $bytes, %ebx
    movl $0xffffff02, %eax
    xlatb
    HEX %eax
    SAY "\n"
    EXIT
