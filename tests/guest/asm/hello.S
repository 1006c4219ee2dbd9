/* Hello without a C library, and what the stack holds at the start.
 * @args: first second
 * @status: exit 7 */
.include "sys.inc"
_start:
    SAY "hello\n"
    movl (%esp), %esi
    HEX %esi
    movl 8(%esp), %esi          # argv[1]
    movl (%esi), %esi
    HEX %esi
    HEX %edx                    # 0: no function to call at exit
    HEX %ebp
    movl %esp, %esi
    andl $15, %esi
    HEX %esi
    FLAGS 0xffff
    SAY "\n"
    EXIT 7
