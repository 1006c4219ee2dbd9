/* A program of four segments without a C library, small enough to be mutated all over. Its exit status tells what it
 * was given: program headers, entry point, data, zeros behind them. */
        .globl  _start
        .text
_start: movl    %esp, %esi
        xorl    %ebx, %ebx
1:      lodsl                           /* arguments and environment, each up to a null */
        testl   %eax, %eax
        jnz     1b
2:      lodsl
        testl   %eax, %eax
        jnz     2b
3:      lodsl                           /* auxv */
        movl    %eax, %ecx
        lodsl
        cmpl    $3, %ecx                /* AT_PHDR to AT_PHNUM, AT_ENTRY: their places in the page */
        jb      4f
        cmpl    $5, %ecx
        jbe     5f
        cmpl    $9, %ecx
        jne     4f
5:      andl    $0xfff, %eax
        roll    $3, %ebx
        addl    %eax, %ebx
4:      testl   %ecx, %ecx
        jnz     3b
        call    6f
6:      popl    %edi
        leal    7f-6b(%edi), %edi       /* so that it runs anywhere */
        movl    $80, %ecx
        leal    data-7f(%edi), %edi
        xorl    %edx, %edx
8:      movl    (%edi,%ecx,4), %eax
        roll    $1, %edx
        addl    %eax, %edx
        loop    8b
        incl    (%edi)
        addl    %edx, %ebx
        movl    %ebx, %eax
        shrl    $16, %eax
        xorl    %eax, %ebx
        movl    %ebx, %eax
        shrl    $8, %eax
        xorl    %eax, %ebx
        andl    $0x7f, %ebx
        movl    $1, %eax
        int     $0x80
7:      .section .note.test, "a"
        .long   4, 4, 1, 0x74736574, 1
        .section .rodata
        .ascii  "read only"
        .data
data:   .rept   40
        .long   0x12345678
        .endr
        .bss
        .skip   9000
        .section .note.GNU-stack, "", @progbits
