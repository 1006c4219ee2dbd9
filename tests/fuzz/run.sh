#!/bin/sh
# Random programs: run.sh PROGFUZZ TIERRUN TIERRUN-MIPS64 QEMU-MIPS64. LONG=1: thousands of them.
fuzz=$1 tierrun=$2 mips64=$3 qemu=$4
programs=160
[ -n "$LONG" ] && programs=10000
cpu=
# Where the kernel runs no i386 programs, tierrun's interpreter is what the others are compared with.
"$(dirname "$fuzz")/runner" >/dev/null 2>&1
[ $? = 2 ] || cpu="--reference=$tierrun --tier=interp"
set -- --engine "$tierrun --tier=interp"
for host in MIPS64R2-generic Loongson-3A1000; do
    for options in --tier=interp --tier=jit --tier=auto; do
        set -- "$@" --engine "$qemu -cpu $host $mips64 $options"
    done
    "$tierrun" --help | grep -q -e --hot= && set -- "$@" --engine "$qemu -cpu $host $mips64 --tier=auto --hot=2"
done
exec "$fuzz" --seeds "1-$programs" ${cpu:+"$cpu"} "$@"
