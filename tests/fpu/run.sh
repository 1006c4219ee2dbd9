#!/bin/bash
# x87 tests: run.sh SCRATCH QEMU. Every encoding on random states against this machine's x87, the
# functions for translated code likewise (on MIPS64 against the exact ones alone), the transcendental instructions
# within an ulp, images of state, and the same bits from the MIPS64 build as from the native one.
cd "$1" || exit 1
qemu=$2
states=8000 angles=20000 seed=1 hashed=200 direct=20000 crossed=1000
[ -n "$LONG" ] && states=200000 angles=500000 seed=$(date +%s) hashed=3000 direct=300000 crossed=20000
passed=0 failed=0

count() { # PROGRAM…: runs it and adds up its last line
    local last
    "$@" >out 2>&1
    sed '$d' out
    last=$(tail -n 1 out)
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed$ ]]; then
        passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2]))
    else
        echo "$1 ended early: $last"
        failed=$((failed + 1))
    fi
}

count ./compare -n $states -s "$seed"
count ./direct -n $direct -s "$seed"
count ./fused -n $direct -s "$seed"
count "$qemu" ./direct-mips64 -n $crossed -s "$seed"
count "$qemu" ./fused-mips64 -n $crossed -s "$seed"
count ./double -n $states -s "$seed"
count "$qemu" -cpu Loongson-3A1000 ./double-mips64 -n $hashed -s "$seed"
count ./images -s "$seed"
count ./transcendental -v -n $angles -s "$seed"

# QEMU's default CPU ignores what is written to FCSR: rounding and flags.
for program in compare double; do
    native=$(./$program -H -n $hashed -s "$seed")
    mips64=$("$qemu" -cpu Loongson-3A1000 ./$program-mips64 -H -n $hashed -s "$seed")
    if [ -n "$native" ] && [ "$native" = "$mips64" ]; then
        passed=$((passed + 1))
    else
        echo "the hosts differ: $program -H -n $hashed -s $seed gives $native here and $mips64 on MIPS64"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
