#!/bin/sh
# The bench lane: the benchmarks' reports equal the CPU's on both builds, integer.c's too, and hello world
# needs at most LIMIT MIPS instructions from the emulator's first to its last.
BUILD=${BUILD:-build}
LIMIT=3000000
native=${TIERRUN_NATIVE:-$BUILD/native/tierrun}
mips64=${TIERRUN_MIPS64:-$BUILD/mips64/tierrun}
out=$BUILD/bench

bench/demo.sh 40 40000 10
passed=$(sed 's/ passed.*//' "$out/demo/result")
failed=$(sed 's/.*, \([0-9]*\) failed/\1/' "$out/demo/result")

# verdict CONDITION-STATUS SENTENCE
verdict()
{
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
        echo "ok: $2"
    else
        failed=$((failed + 1))
        echo "FAILED: $2"
    fi
}

"$native" "$out/integer" 40 2>&1 | grep -q '^results are right'
verdict $? "the integer work's checksums are right in tierrun"

rm -f "$out/hello.count"
said=$(qemu-mips64el -plugin "$out/insncount.so,out=$out/hello.count" "$mips64" "$out/hello" 2>&1)
count=$(cat "$out/hello.count" 2>/dev/null || echo 999999999)
[ "$said" = "hello, world" ] && [ "$count" -le $LIMIT ]
verdict $? "hello world takes $count MIPS instructions, at most $LIMIT allowed"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
