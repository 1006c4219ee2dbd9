#!/bin/sh
# The demonstration: Whetstone, Dhrystone and Linpack, built as static i386 programs, run on this CPU and in
# tierrun: on this machine's build, and on the MIPS64 build under qemu-mips64el interpreted and translated. Prints
# their reports, says whether they are equal but for the lines that start with "time:" and how much faster the
# translator is; the exit status says whether all are equal.
#
#     demo.sh [WHETSTONE-N DHRYSTONE-RUNS LINPACK-TIMES]     (counts; a tenth of them on MIPS64)
set -u
BUILD=${BUILD:-build}
QEMU_MIPS64=${QEMU_MIPS64:-qemu-mips64el}
native=${TIERRUN_NATIVE:-$BUILD/native/tierrun}
mips64=${TIERRUN_MIPS64:-$BUILD/mips64/tierrun}
out=$BUILD/bench/demo
passed=0 failed=0
mkdir -p "$out"

# run FILE COMMAND…: its report in FILE, and its exit status as a last line when it is not 0.
run()
{
    file=$1
    shift
    timeout 300 "$@" >"$file" 2>&1 </dev/null || echo "exit status $?" >>"$file"
}

rate()
{
    sed -n 's/^time: [^,]*, //p' "$1"
}

# speed_up SLOW FAST: how many times faster, from the rates.
speed_up()
{
    (rate "$1" && rate "$2") | awk '{ rate[NR] = $1 } END { printf "%.1f", (rate[1] ? rate[2] / rate[1] : 0) }'
}

# compare TITLE FILE REFERENCE: equal but for times?
compare()
{
    if grep -v '^time:' "$3" >"$3.plain" && grep -q '^results are right' "$2" &&
        grep -v '^time:' "$2" | diff "$3.plain" - >"$2.diff"; then
        passed=$((passed + 1))
        verdict='equal, line for line'
    else
        failed=$((failed + 1))
        verdict=DIFFERENT
        cat "$2" "$2.diff"
    fi
    printf '    %-36s %-26s %s\n' "$1" "$(rate "$2")" "$verdict"
}

# The reference is the CPU itself; a kernel that runs no i386 programs leaves only the programs' own checks.
reference()
{
    run "$1" "$2" "$3"
    grep -q '^results are right' "$1" && return
    echo "    this kernel cannot run i386 programs: tierrun's own reports are compared with each other"
    run "$1" "$native" "$2" "$3"
}

demonstrate()
{
    name=$1 count=$2
    few=$((count / 10))
    guest=$BUILD/bench/$name
    printf '\n=== %s %s ===\n' "$name" "$count"
    reference "$out/$name.cpu" "$guest" "$count"
    run "$out/$name.native" "$native" "$guest" "$count"
    cat "$out/$name.native"
    printf '    %-36s %s\n' "this CPU, natively" "$(rate "$out/$name.cpu")"
    compare "tierrun on this machine" "$out/$name.native" "$out/$name.cpu"
    reference "$out/$name.cpu-few" "$guest" "$few"
    for tier in interp auto; do
        run "$out/$name.$tier" "$QEMU_MIPS64" "$mips64" --tier=$tier "$guest" "$few"
        compare "MIPS64 under QEMU, --tier=$tier" "$out/$name.$tier" "$out/$name.cpu-few"
    done
    printf '    %-36s %s times as fast as interpreted\n' "translated" \
        "$(speed_up "$out/$name.interp" "$out/$name.auto")"
}

demonstrate whetstone "${1:-1000}"
demonstrate dhrystone "${2:-1000000}"
demonstrate linpack "${3:-100}"
printf '\n%s reports equal to the CPU'\''s, %s different\n' $passed $failed
echo "$passed passed, $failed failed" >"$out/result"
[ $failed = 0 ]
