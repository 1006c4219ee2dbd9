#!/bin/sh
# Speed beside others: each benchmark on the CPU, in tierrun and in qemu-i386 (with the same CPUID features:
# no MMX, no SSE), ROUNDS times in turn so that a busy machine slows them alike. Prints each one's rate
# (from the program's own clock) as median and spread, and tierrun's share of the others' medians.
#
#     run.sh [ROUNDS]      TIERRUN="build/native/tierrun --x87=exact" run.sh 7
set -u
BUILD=${BUILD:-build}
rounds=${1:-5}
tierrun=${TIERRUN:-$BUILD/native/tierrun}
qemu=${QEMU_I386:-qemu-i386 -cpu pentium2,-mmx}
results=$(mktemp)
trap 'rm -f "$results"' EXIT

# one ENGINE PROGRAM COUNT COMMAND…: appends "program engine rate", the rate in counts a second.
one()
{
    engine=$1 program=$2 count=$3
    shift 3
    # shellcheck disable=SC2068 # commands come as words
    timeout 300 $@ "$BUILD/bench/$program" "$count" </dev/null | awk -v key="$program $engine" -v count="$count" '
        /^results are right/ { right = 1 }
        /^time:/ { spent = $2 }
        END { if (right && spent > 0) print key, count / spent; else print key, "wrong" }' >>"$results"
}

# PROGRAM and the counts for the CPU, tierrun and QEMU: about half a second each.
plan="dhrystone 12000000 600000 1500000
whetstone 12000 400 800
linpack 1200 30 12
integer 8000 500 3000
medley 1700 100 800"

for round in $(seq "$rounds"); do
    printf '\rround %s of %s' "$round" "$rounds" >&2
    echo "$plan" | while read -r program on_cpu on_tierrun on_qemu; do
        one cpu "$program" "$on_cpu"
        one tierrun "$program" "$on_tierrun" "$tierrun"
        one qemu "$program" "$on_qemu" "$qemu"
    done
done
printf '\r' >&2

echo "runs a second, median (least to most) of $rounds interleaved rounds; $(uname -m), $(
    sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
echo
sort -k1,1 -k2,2 -k3,3g "$results" | awk '
    function show(v) { return v >= 1000 ? sprintf("%.0f", v) : sprintf("%.4g", v) }
    function cell(p, e,   k, n) {
        k = p " " e
        n = count[k]
        if (wrong[k] || !n)
            return "wrong result"
        median[k] = n % 2 ? rate[k, (n + 1) / 2] : (rate[k, n / 2] + rate[k, n / 2 + 1]) / 2
        return sprintf("%s (%s to %s)", show(median[k]), show(rate[k, 1]), show(rate[k, n]))
    }
    function ratio(a, b) { return median[a] > 0 && median[b] > 0 ? sprintf("%.3f", median[a] / median[b]) : "-" }
    $3 == "wrong" { wrong[$1 " " $2]++; next }
    { rate[$1 " " $2, ++count[$1 " " $2]] = $3 }
    END {
        print "| program | natively | tierrun | qemu-i386 | tierrun / native | tierrun / qemu-i386 |"
        print "|---|---|---|---|---|---|"
        n = split("dhrystone whetstone linpack integer medley", p, " ")
        for (i = 1; i <= n; i++) {
            c = cell(p[i], "cpu"); t = cell(p[i], "tierrun"); q = cell(p[i], "qemu")
            printf "| %s | %s | %s | %s | %s | %s |\n", p[i], c, t, q, ratio(p[i] " tierrun", p[i] " cpu"), \
                ratio(p[i] " tierrun", p[i] " qemu")
        }
    }'
