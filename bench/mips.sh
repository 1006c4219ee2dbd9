#!/bin/sh
# The MIPS64 build's speed, counted instead of timed: MIPS instructions for each x86 instruction of every
# benchmark (bench/slope.sh says how), and for a whole hello world. Repeatable to the instruction.
#
#     mips.sh [OPTION…]      options for tierrun, for example --tier=interp
set -u
BUILD=${BUILD:-build}
mips64=${TIERRUN_MIPS64:-$BUILD/mips64/tierrun}
count=$(mktemp)
trap 'rm -f "$count"' EXIT

"$(dirname "$0")/slope.sh" all -- qemu-mips64el "$mips64" "$@"
qemu-mips64el -plugin "$BUILD/bench/insncount.so,out=$count" "$mips64" "$@" "$BUILD/bench/hello" >/dev/null 2>&1
printf '\nhello world, whole process: %s MIPS instructions\n' "$(cat "$count")"
