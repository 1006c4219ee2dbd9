#!/bin/sh
# What the functions of fpu/direct.h cost: MIPS instructions a call, return included, on random normal operands.
# Counted by bench/insncount.c; `cost.sh NAME…` for some of them only.
set -u
BUILD=${BUILD:-build}
program=$BUILD/tests/fpu/cost-mips64
count=$(mktemp)
trap 'rm -f "$count"' EXIT
calls=10000

measure()
{
    name=$1
    range=$(mips64el-linux-gnuabi64-nm -S "$program" | awk -v name="fpu_direct_$name" '$4 == name { print $1, $2 }')
    from=${range% *}
    to=$(printf %x $((0x$from + 0x${range#* })))
    qemu-mips64el -plugin "$BUILD/bench/insncount.so,out=$count,from=$from,to=$to" "$program" "$name" $calls
    awk -v name="$name" -v calls=$calls '{ printf "| %s | %.1f |\n", name, $1 / calls }' "$count"
}

if [ $# -gt 0 ]; then
    for name; do measure "$name"; done
else
    qemu-mips64el "$program" | while read -r name; do measure "$name"; done
fi
