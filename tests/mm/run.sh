#!/bin/bash
# mm against the real kernel: run.sh SCRATCH QEMU. A test is one seed in one mode with one host page size.
scratch=$(realpath "$1") qemu=$2
cd "$scratch" || exit 1
mkdir -p of-native of-model
passed=0 failed=0
seeds=6 mips_seeds=2 count=1000
[ -n "$LONG" ] && seeds=60 mips_seeds=10 count=3000

compare() { # SEED MODE HOST-PAGE MODEL…
    local seed=$1 mode=$2 page=$3
    shift 3
    (cd of-model && timeout 300 "$@" "$seed" $count "$mode" ../layout "$page") >model.out 2>model.err
    if cmp -s native.out model.out; then
        passed=$((passed + 1))
        return
    fi
    failed=$((failed + 1))
    local line
    line=$(cmp native.out model.out 2>&1 | sed 's/.*line //; s/[^0-9].*//')
    echo "FAILED: ${*: -1} $seed $count $mode, host pages of $page bytes, differs in line $line of $scratch/native.out:"
    sed -n "$((line - 2)),${line}p" native.out
    echo "  but mm says:"
    sed -n "${line}p" model.out
    head -n 5 model.err
}

# A kernel without 32-bit x86 support has nothing to compare with.
if ! ./native 0 0 free layout >/dev/null 2>&1; then
    echo "not run: this machine's kernel does not run 32-bit x86 programs"
    echo "0 passed, 0 failed"
    exit 0
fi
for mode in free unaliased fixed; do
    for seed in $(seq 1 $seeds); do
        (cd of-native && ../native "$seed" $count $mode ../layout) >native.out
        compare "$seed" $mode 4096 ../model
        [ $mode = fixed ] && compare "$seed" fixed 16384 ../model
        [ $mode = fixed ] && compare "$seed" fixed 65536 ../model
        [ "$seed" -gt $mips_seeds ] || [ $mode = free ] && continue
        compare "$seed" $mode 4096 "$qemu" ../model-mips64
        [ $mode = fixed ] && compare "$seed" fixed 16384 "$qemu" ../model-mips64
    done
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
