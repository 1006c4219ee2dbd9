#!/bin/sh
# The MIPS64 build's speed, counted instead of timed: MIPS instructions for each x86 instruction that a
# benchmark executes, steady state (the difference between two iteration counts), and for a whole hello world.
# Counted by bench/insncount.c under qemu-mips64el and qemu-i386, so repeatable to the instruction.
set -u
BUILD=${BUILD:-build}
mips64=${TIERRUN_MIPS64:-$BUILD/mips64/tierrun}
count=$(mktemp)
trap 'rm -f "$count"' EXIT

# executed QEMU COMMAND…: instructions from start to end
executed()
{
    emulator=$1
    shift
    : >"$count"
    "$emulator" -plugin "$BUILD/bench/insncount.so,out=$count" "$@" >/dev/null 2>&1 </dev/null
    cat "$count"
}

echo "| program | x86 instructions a round | MIPS instructions a round | MIPS for each x86 |"
echo "|---|---|---|---|"
while read -r name few many; do
    guest=$BUILD/bench/$name
    x86=$(($(executed qemu-i386 "$guest" "$many") - $(executed qemu-i386 "$guest" "$few")))
    mips=$(($(executed qemu-mips64el "$mips64" "$guest" "$many") - \
        $(executed qemu-mips64el "$mips64" "$guest" "$few")))
    awk -v name="$name" -v x86=$x86 -v mips=$mips -v rounds=$((many - few)) 'BEGIN {
        printf "| %s | %.0f | %.0f | %.1f |\n", name, x86 / rounds, mips / rounds, mips / x86 }'
done <<PLAN
dhrystone 2000 12000
whetstone 2 6
linpack 1 3
integer 2 12
PLAN
printf '\nhello world, whole process: %s MIPS instructions\n' \
    "$(executed qemu-mips64el "$mips64" "$BUILD/bench/hello")"
