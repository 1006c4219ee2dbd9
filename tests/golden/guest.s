# What is around a block: it runs eight times, from the same registers, and comes back by `jmp [back]`, which goes
# to two places in turn, so that nobody can expect where.
        .intel_syntax noprefix
        .data
back:   .long again
other:  .long aside
rounds: .long 8
        .balign 64
data:   .fill 4096
        .text
        .globl _start
over:   mov eax, 1
        xor ebx, ebx
        int 0x80
aside:  nop
_start:
again:  mov eax, back
        mov ebx, other
        mov back, ebx
        mov other, eax
        fninit
        xor eax, eax
        cld
        mov eax, 1
        mov ecx, 2
        mov edx, 3
        mov ebx, offset data
        mov esi, offset data + 256
        mov edi, offset data + 512
        mov ebp, offset data + 1024
        mov esp, offset data + 2048
        dec dword ptr rounds
        js over
        push offset block
        ret
        .balign 4096
block:
