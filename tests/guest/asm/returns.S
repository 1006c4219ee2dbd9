/* Flags across returns and indirect jumps: routines that leave them each in another way come back to one place that
 * reads or keeps them. */
.include "sys.inc"
.data
.balign 4
routines: .long r_add, r_sub, r_cmp, r_and, r_neg, r_inc, r_dec, r_shl, r_shr, r_sar, r_adc, r_stc, r_cmp8, r_add16, r_mul, r_esp
places: .long p_adc, p_inc, p_dec, p_pushf, p_rol
.text
r_add: addl $0x7fffff01, %eax
    ret
r_sub: subl %ecx, %eax
    ret
r_cmp: cmpl %eax, %ecx
    ret
r_and: andl $0x80000081, %eax
    ret
r_neg: negl %eax
    ret
r_inc: incl %eax
    ret
r_dec: decl %eax
    ret
r_shl: shll $1, %eax
    ret
r_shr: shrl $1, %eax
    ret
r_sar: sarl $1, %eax
    ret
r_adc: adcl %ecx, %eax
    ret
r_stc: stc
    ret
r_cmp8: cmpb %al, %cl
    ret
r_add16: addw %cx, %ax
    ret
r_mul: pushl %eax
    pushl %edx
    mull %ecx
    setc %cl                    # the others are undefined
    addb $0x7f, %cl
    popl %edx
    popl %eax
    ret
r_esp: subl $8, %esp
    addl $8, %esp
    ret

_start:
    andl $-4096, %esp           # r_esp's flags tell of it
    xorl %edi, %edi             # hash
    movl $1, %ebp               # turns
1:  movl %ebp, %esi
    andl $15, %esi
    imull $0x9e3779b9, %ebp, %eax
    movl %eax, %ecx
    roll $11, %ecx
    testl %ecx, %ecx            # all defined
    call *routines(,%esi,4)
    incl %eax                   # keeps CF, the rest of the flags is shown by a fault only
    pushf
    popl %edx
    andl $0x8c5, %edx
    call mix
    call *routines(,%esi,4)
    jmp 2f
2:  rorl $3, %eax               # keeps all but CF and OF
    pushf
    popl %edx
    andl $0xc5, %edx
    call mix
    call *routines(,%esi,4)
    adcl %eax, %edi
    call *routines(,%esi,4)
    pushf
    popl %edx
    andl $0x8c5, %edx
    call mix
    movl %ebp, %eax             # the same by jumps: the one that came before decides on the flags
    xorl %edx, %edx
    movl $5, %ecx
    divl %ecx
    movl places(,%edx,4), %ebx
    movl %ebp, %eax
    testl $3, %eax
    jz 3f
    addl $0x90000000, %eax
    jmp *%ebx
3:  subl $0x90000000, %eax
    jmp *%ebx
p_adc: adcl $0, %edi
    jmp 4f
p_inc: incl %eax
    jmp 4f
p_dec: decl %eax
    jmp 4f
p_rol: roll $1, %eax
    jmp 4f
p_pushf:
    movl $0, %ecx
4:  pushf
    popl %edx
    andl $0x8c5, %edx
    call mix
    incl %ebp
    cmpl $3000, %ebp
    jne 1b
    HEX %edi
    EXIT 0

mix: xorl %edx, %edi
    addl %eax, %edi
    roll $7, %edi
    ret
