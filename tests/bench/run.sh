#!/bin/sh
# The bench lane: the benchmarks' reports equal the CPU's on both builds, make bench's driver works (driver.sh), and
# hello world needs at most LIMIT MIPS instructions from the emulator's first to its last.
BUILD=${BUILD:-build}
LIMIT=2000000
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

# The others, and some of them compiled with -O0: a report is right, and equal but for its times.
while read -r guest count; do
    "$out/$guest" "$count" >"$out/demo/cpu" 2>&1 ||
        "$native" --tier=interp "$out/$guest" "$count" >"$out/demo/cpu" 2>&1
    grep -v '^time:' "$out/demo/cpu" >"$out/demo/expected"
    for run in "$native" "qemu-mips64el $mips64"; do
        $run "$out/$guest" "$count" 2>&1 | grep -v '^time:' >"$out/demo/report"
        grep -q '^results are right' "$out/demo/report" && cmp -s "$out/demo/expected" "$out/demo/report"
        verdict $? "$guest $count reports what it does on the CPU under $run"
    done
done <<GUESTS
integer 40
medley 10
whetstone-sp 10
linpack-unrolled 1
linpack-sp 1
linpack-sp-unrolled 1
deflate 1
qsort 4
sha256 20
aes 20
bytecode 3
calltree 10
strings 8
churn 10
fft 3
nbody 2
whetstone-O0 4
dhrystone-O0 4000
linpack-O0 1
integer-O0 10
medley-O0 4
linpack-sse2 1
fft-sse2 2
integer-sse2 10
medley-sse2-O0 4
GUESTS

# part COMMAND…: what has its own result line
part()
{
    "$@" >"$out/part.log" 2>&1
    sed '$d' "$out/part.log"
    result=$(tail -n 1 "$out/part.log" | grep -Ex '[0-9]+ passed, [0-9]+ failed' || echo "0 passed, 1 failed")
    passed=$((passed + ${result%% *}))
    result=${result% failed}
    failed=$((failed + ${result##* }))
}

part sh tests/bench/driver.sh
part bench/baseline.py tests/bench/baseline.json

rm -f "$out/hello.count"
said=$(env -i PATH="$PATH" qemu-mips64el -plugin "$out/insncount.so,out=$out/hello.count" "$mips64" "$out/hello" 2>&1)
count=$(cat "$out/hello.count" 2>/dev/null || echo 999999999)
[ "$said" = "hello, world" ] && [ "$count" -le $LIMIT ]
verdict $? "hello world takes $count MIPS instructions, at most $LIMIT allowed"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
