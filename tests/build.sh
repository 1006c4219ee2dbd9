#!/bin/sh
# Each variant named on the command line (its binary, perhaps with an emulator before it) starts. Then looks for
# handlers of the fast engine that call the next record's handler where they should jump to it: they would
# eat the stack. (promote(), ask() and mmx() are no handlers; what is called by a table's index is none, either.)
# A local variable whose address is taken keeps a compiler from making the tail call.
passed=0 failed=0

verdict()
{
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $2"
    fi
}

for binary; do
    $binary --version | grep -q '^tierrun '
    verdict $? "$binary --version"
done

# Only x86-64's disassembly tells a call through a pointer from one by name.
if [ "$(uname -m)" = x86_64 ]; then
    for variant in native clang; do
        calls=$(for object in "$BUILD/$variant"/interp/*.fast.o "$BUILD/$variant"/interp/fuse.o "$BUILD/$variant"/interp/heat.o; do
            objdump -d "$object" | awk -v o="$object" '
                /^[0-9a-f]+ </ { name = $2 }
                /call +\*/ && !/,8\)$/ && name !~ /<(promote|ask|mmx)>/ { print "  " o ": " name " no tail call" }'
        done)
        [ -z "$calls" ]
        verdict $? "tail calls in the $variant build
$calls"
    done
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
