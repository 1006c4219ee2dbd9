#!/bin/sh
# Builds each variant named on the command line; every warning is an error, so a warning fails here. Then looks
# for handlers of the fast engine that call the next record's handler where they should jump to it: they would
# eat the stack. (A local variable whose address is taken keeps a compiler from making the tail call.)
passed=0 failed=0
BUILD=${BUILD:-build}

verdict()
{
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $2"
    fi
}

for variant; do
    ${MAKE:-make} --no-print-directory BUILD="$BUILD" "$variant" 2>&1
    verdict $? "make $variant"
done

if [ "$(uname -m)" = x86_64 ]; then
    for variant in native clang; do
        calls=$(for object in "$BUILD/$variant"/interp/*.fast.o "$BUILD/$variant"/interp/fuse.o; do
            objdump -d "$object" | awk -v o="$object" '
                /^[0-9a-f]+ </ { name = $2 }
                /call +\*/ { print "  " o ": " name " no tail call" }'
        done)
        [ -z "$calls" ]
        verdict $? "tail calls in the $variant build
$calls"
    done
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
