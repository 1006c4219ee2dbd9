/* Every form of effective address: base, index, scale, displacement, ESP and EBP as bases, no base, wrap-around at
 * 4 GiB, and that lea leaves the flags alone. */
.include "sys.inc"
.data
table: .long 0x10, 0x21, 0x32, 0x43, 0x54, 0x65, 0x76, 0x87
.text
_start:
    movl $table, %eax
    movl $1, %ebx
    movl $2, %ecx
    movl $table + 4, %ebp
    movl (%eax), %edx
    HEX %edx
    movl 4(%eax), %edx
    HEX %edx
    movl (%eax,%ebx,4), %edx
    HEX %edx
    movl 4(%eax,%ecx,8), %edx
    HEX %edx
    movl table(,%ecx,4), %edx
    HEX %edx
    movl (%ebp), %edx
    HEX %edx
    movl 4(%ebp,%ebx), %edx
    HEX %edx
    movl table, %edx
    HEX %edx
    movl $-2, %esi
    movl 16(%eax,%esi,4), %edx
    HEX %edx
    movl $0x40000000, %edi
    movl (%eax,%edi,4), %edx    # the sum wraps
    HEX %edx
    pushl $0x99
    pushl $0x88
    movl (%esp), %edx
    HEX %edx
    movl 4(%esp), %edx
    HEX %edx
    movl $1, %ebx
    movl (%esp,%ebx,4), %edx
    HEX %edx
    stc
    leal 7(%eax,%ebx,8), %edx
    FLAGS 1
    subl %eax, %edx
    HEX %edx
    movl $0xfffffffe, %ebx
    leal 5(%ebx,%ebx,8), %edx
    HEX %edx
    SAY "\n"
    EXIT
