#!/bin/sh
# MIPS instructions for each x86 instruction that a benchmark executes, in its steady state: what the run with
# more iterations executes beyond the run with fewer, so that start-up and translation do not count.
#
#     slope.sh GUEST… -- QEMU-MIPS64 TIERRUN-MIPS64 [OPTION…]
#     slope.sh all -- qemu-mips64el build/mips64/tierrun --tier=jit
#     slope.sh linpack-O0 -- qemu-mips64el -cpu Loongson-3A1000 build/mips64/tierrun --x87=double
#
# A GUEST is one of bench/plan, with -O0 or -sse2 behind it when it was compiled so; `all` is five of them, with and
# without -O0. MIPS instructions are counted by bench/insncount.c, x86 instructions by the native build's interpreter.
# SLOPE_SCALE=N takes N times as many iterations. Fails when a guest does not end well.
set -u
BUILD=${BUILD:-build}
native=${TIERRUN_NATIVE:-$BUILD/native/tierrun}
scale=${SLOPE_SCALE:-1}
count=$(mktemp)
said=$(mktemp)
trap 'rm -f "$count" "$said"' EXIT

# Names, iterations of the shorter and of the longer run.
plan=$(awk '!/^#/ && NF { print $1, $2, $3 }' "$(dirname "$0")/plan")

usage()
{
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

# well NAME COMMAND…: the guest must say that its results are right.
well()
{
    name=$1
    shift
    "$@" >"$said" 2>&1 </dev/null
    grep -q '^results are right' "$said" && return
    echo "$name: wrong results or none under: $*" >&2
    tail -n 3 "$said" >&2
    exit 1
}

# x86 NAME ITERATIONS: instructions by the interpreter's count
x86()
{
    well "$1" "$native" --tier=interp --stats "$BUILD/bench/$1" "$2"
    sed -n 's/^ *guest instructions *\([0-9]*\).*/\1/p' "$said"
}

# mips NAME ITERATIONS QEMU TIERRUN OPTION…
mips()
{
    name=$1 iterations=$2 qemu=$3
    shift 3
    : >"$count"
    well "$name" "$qemu" -plugin "$BUILD/bench/insncount.so,out=$count" "$@" "$BUILD/bench/$name" "$iterations"
    cat "$count"
}

slope()
{
    name=$1
    shift
    plain=${name%-O0} plain=${plain%-sse2}
    counts=$(echo "$plan" | sed -n "s/^$plain //p")
    [ -n "$counts" ] || {
        echo "$name is not a benchmark of the plan" >&2
        exit 2
    }
    few=$((${counts% *} * scale)) many=$((${counts#* } * scale))
    case $name in *-O0) few=$((few / 2 + 1)) many=$((many / 2 + 1)) ;; esac
    x86_few=$(x86 "$name" $few) && x86_many=$(x86 "$name" $many) || exit 1
    mips_few=$(mips "$name" $few "$@") && mips_many=$(mips "$name" $many "$@") || exit 1
    awk -v name="$name" -v x86=$((x86_many - x86_few)) -v mips=$((mips_many - mips_few)) \
        -v rounds=$((many - few)) 'BEGIN {
        printf "| %s | %.0f | %.0f | %.2f |\n", name, x86 / rounds, mips / rounds, mips / x86 }'
}

guests=
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    guests="$guests $1"
    shift
done
[ -n "$guests" ] && [ $# -ge 3 ] || usage
shift
[ "$guests" = " all" ] && guests=$(printf '%s %s-O0 ' dhrystone dhrystone whetstone whetstone linpack linpack \
    integer integer medley medley)
echo "| program | x86 instructions a round | MIPS instructions a round | MIPS for each x86 |"
echo "|---|---|---|---|"
for guest in $guests; do
    slope "$guest" "$@" || exit 1
done
