/* 16-bit operands and addresses: pushes, pops, arithmetic that must not touch the upper half, jcxz, loops on CX, lea. */
.include "sys.inc"
_start:
    movl $0x12345678, %eax
    movw $0xabcd, %ax
    HEX %eax
    addw $0x7fff, %ax
    FLAGS
    HEX %eax
    incw %ax
    decb %ah
    HEX %eax
    movl %esp, %esi
    pushw %ax
    pushw $0x1234
    popl %ebx
    HEX %ebx
    subl %esp, %esi
    HEX %esi
    pushaw
    popaw
    pushfw
    popfw
    movl $0x00020001, %ecx
    jecxz 1f
    SAY "ecx "
1:  .byte 0x67
    jecxz 2f                    # jcxz
    SAY "cx "
2:  movl $0xffff0000, %ecx
    .byte 0x67
    jecxz 3f
    SAY "not reached "
3:  movl $0x00050003, %ecx
    xorl %edi, %edi
4:  incl %edi
    .byte 0x67
    loop 4b                     # counts CX
    HEX %edi
    HEX %ecx
    movl $0x10010, %ebx
    movl $0x2fff8, %esi
    addr16 leal 0x20(%bx,%si), %eax # 16-bit sum, zero-extended
    HEX %eax
    leaw 1(%ebx,%esi,2), %ax
    HEX %eax
    movl $0x80007fff, %eax
    cwtl
    HEX %eax
    movw $0x8000, %ax
    cwtd
    HEX %edx
    cltd
    HEX %edx
    cbtw
    HEX %eax
    movswl %ax, %ebx
    movzbl %ah, %ecx
    HEX %ebx
    HEX %ecx
    movl $0x0001fffe, %eax
    movw $3, %bx
    mulw %bx
    HEX %eax
    HEX %edx
    imulw $-7, %ax, %cx
    HEX %ecx
    bswapl %ecx
    HEX %ecx
    xchgw %ax, %cx
    xaddw %ax, %cx
    HEX %eax
    HEX %ecx
    btw $17, %ax                # bit 1 of the register
    FLAGS 1
    bsfw %cx, %dx
    bsrl %ecx, %esi
    HEX %edx
    HEX %esi
    SAY "\n"
    EXIT
