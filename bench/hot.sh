#!/bin/sh
# When is it worth translating? MIPS instructions of whole, short processes, in millions, for pairs of --hot and
# --hot-loop: what the defaults in tier/options.h were chosen by.
#
#     hot.sh [HOT,HOT_LOOP…]
set -u
BUILD=${BUILD:-build}
mips64=${TIERRUN_MIPS64:-$BUILD/mips64/tierrun}
busybox=$BUILD/sysroot-i386/bin/busybox
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
awk 'BEGIN { for (i = 0; i < 3000; i++) print i * 7919 % 3001 }' >"$scratch/numbers"

# millions NAME OPTION… PROGRAM…: one cell
millions()
{
    qemu-mips64el -plugin "$BUILD/bench/insncount.so,out=$scratch/count" "$mips64" "$@" >/dev/null 2>&1 </dev/null
    awk '{ printf " %.2f |", $1 / 1e6 }' "$scratch/count"
}

# row TITLE OPTION…
row()
{
    printf '| %s |' "$1"
    shift
    millions "$@" "$BUILD/bench/hello"
    millions "$@" "$busybox" ls -lR tests
    millions "$@" "$busybox" sort "$scratch/numbers"
    millions "$@" "$BUILD/bench/integer" 1
    millions "$@" "$BUILD/bench/dhrystone" 500
    echo
}

[ $# != 0 ] || set -- 5,5 20,10 50,20 100,20 100,50 200,50 500,100 2000,500
echo "| --hot,--hot-loop | hello | ls -lR | sort | integer 1 | dhrystone 500 |"
echo "|---|---|---|---|---|---|"
row interpreted --tier=interp
for pair; do
    row "$pair" --tier=auto --hot="${pair%,*}" --hot-loop="${pair#*,}"
done
