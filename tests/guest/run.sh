#!/bin/bash
# Guest programs: builds them, runs each on this machine's own CPU, then in tierrun, and compares what each wrote
# and how it ended.
#
#   run.sh [--lane LANE]… [--only PATTERN] [--jobs N] [--record] [--list]
#
# LANE is one of LANE_NAMES in lanes.sh (default: native, native-16k); PATTERN is a shell pattern for cases (cases.sh says what those are). The last line is `N passed, N failed`.
# Environment: TIERRUN_NATIVE, TIERRUN_MIPS64, TESTS (output), SYSROOT_I386, GUEST_CC, LONG=1 (every variant
# in every lane), GUEST_ORACLE=recorded (as on a machine whose kernel cannot run i386 programs).
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$top" || exit 1

absolute()
{
    case $1 in
    */*) echo "$(cd "$(dirname "$1")" 2>/dev/null && pwd)/${1##*/}" ;;
    *) command -v "$1" ;;
    esac
}

export LC_ALL=C
export GUEST=$top/tests/guest
mkdir -p "${TESTS:-build/tests}/guest"
OUT=$(absolute "${TESTS:-build/tests}/guest")
BIN=$OUT/bin
OBSERVE=$OUT/observe
SYSROOT=$(absolute "${SYSROOT_I386:-build/sysroot-i386}")
TIERRUN_NATIVE=$(absolute "${TIERRUN_NATIVE:-build/native/tierrun}")
TIERRUN_MIPS64=$(absolute "${TIERRUN_MIPS64:-build/mips64/tierrun}")
TIERRUN_TSAN=$(absolute "${TIERRUN_TSAN:-build/tsan/tierrun}")
QEMU_MIPS64=$(absolute "${QEMU_MIPS64:-qemu-mips64el}")
GUEST_CC=${GUEST_CC:-i686-linux-gnu-gcc}
GUEST_CXX=${GUEST_CC%gcc}g++
MIPS64_CC=${MIPS64_CC:-mips64el-linux-gnuabi64-gcc}
RECORDED=$GUEST/recorded.txt
export OUT BIN OBSERVE SYSROOT TIERRUN_NATIVE TIERRUN_MIPS64 TIERRUN_TSAN QEMU_MIPS64 GUEST_CC GUEST_CXX MIPS64_CC

. "$GUEST/cases.sh"
. "$GUEST/build.sh"
. "$GUEST/lanes.sh"
. "$GUEST/compare.sh"

# The case's own options for observe into `flags`.
observe_flags()
{
    local source input
    source=$(source_of "$1")
    flags=()
    input=$(directive "$source" input)
    [ -z "$input" ] || flags+=(-i "$GUEST/input/$input")
    ! has_directive "$source" terminal || flags+=(-p)
    case $1 in *.busybox) flags+=(-e "$OUT/applets") ;; esac
}

# Runs case $2 with `prefix` in front of it; what is seen goes to $OUT/run/$1/$2.{out,err,status}.
observe()
{
    local where=$OUT/run/$1/$2 limit cpu
    local -a flags command
    observe_flags "$2"
    guest_command "$2"
    rm -rf "$where.dir"
    mkdir -p "$where.dir"
    limit=$(directive "$(source_of "$2")" seconds)
    limit=$((${limit:-10} * 15)) # on a busy machine
    case $1 in *-check) limit=$((limit * 2)) ;; esac
    flags+=(-t "$limit" -d "$where.dir" -o "$where")
    cpu=$(directive "$(source_of "$2")" cpu)
    [ "$1" = oracle ] || [ -z "$cpu" ] || prefix+=("--cpu=$cpu")
    "$OBSERVE" "${flags[@]}" "${prefix[@]}" "${command[@]}"
    sed -i '/^qemu: uncaught target signal/d' "$where.err"
    rm -rf "$where.dir"
}

# --- one case, called by xargs -------------------------------------------------------------------------

prepare_case()
{
    local -a prefix
    build_case "$1" || return
    [ "$ORACLE" = native ] || return 0
    native_prefix "$1"
    observe oracle "$1"
    check_oracle "$1"
}

run_case()
{
    local lane=$1 case=$2
    local -a prefix
    if [ -e "$OUT/broken/$case" ]; then
        verdict "$lane" "$case" "no result to compare with (see above)"
        return
    fi
    lane_prefix "$lane"
    observe "$lane" "$case"
    verdict "$lane" "$case" "$(differences "$lane" "$case")"
}

verdict()
{
    if [ -z "$3" ]; then
        echo passed
    else
        printf 'FAILED %s in lane %s: %s\n    again: tests/guest/run.sh --lane %s --only %s\n' "$2" "$1" "$3" "$1" "$2"
    fi
}

case ${1:-} in
--prepare)
    for case in "${@:2}"; do
        prepare_case "$case" || { mkdir -p "$OUT/broken/${case%/*}" && : >"$OUT/broken/$case"; }
    done
    exit 0
    ;;
--run)
    for case in "${@:3}"; do run_case "$2" "$case"; done
    exit 0
    ;;
esac

# --- all of them ---------------------------------------------------------------------------------------

lanes=() only='*' jobs=$(nproc) record='' list=''
while [ $# != 0 ]; do
    case $1 in
    --lane) lanes+=("$2") && shift ;;
    --only) only=$2 && shift ;;
    --jobs) jobs=$2 && shift ;;
    --record) record=1 ;;
    --list) list=1 ;;
    *) echo "run.sh: unknown option $1 (see the head of tests/guest/run.sh)" && exit 2 ;;
    esac
    shift
done
[ "${#lanes[@]}" != 0 ] || lanes=(native native-16k)
for lane in "${lanes[@]}"; do
    [ -n "$(lane_number "$lane")" ] && continue
    echo "run.sh: there is no lane $lane; there are ${LANE_NAMES[*]}"
    exit 2
done

matching()
{
    while read -r case; do
        # shellcheck disable=SC2053 # a pattern
        [[ $case == $only ]] && echo "$case"
    done
}

# The cases of lane $1; --only picks from all of them.
wanted()
{
    if [ "$only" = '*' ]; then lane_cases "$1"; else list_cases all | matching; fi
}

if [ -n "$list" ]; then
    for lane in "${lanes[@]}"; do wanted "$lane" | sed "s|^|$lane |"; done
    exit 0
fi

exec 8>"$OUT/lock"
flock 8 # two lanes of one make share what is built here
${CC:-cc} -std=c11 -D_GNU_SOURCE -Wall -Wextra -O2 -o "$OBSERVE" "$GUEST/observe.c" -lutil || exit 1
rm -rf "$OUT/broken"
mkdir -p "$BIN" "$OUT/run"
choose_oracle
link_applets
export ORACLE
for lane in "${lanes[@]}"; do wanted "$lane" >"$OUT/$lane.cases"; done
for lane in "${lanes[@]}"; do cat "$OUT/$lane.cases"; done | sort -u >"$OUT/cases"
xargs -r -P "$jobs" -n 4 "$BASH" "$GUEST/run.sh" --prepare <"$OUT/cases" 8>&-
[ -z "$record" ] || record_all

passed=0 failed=0
for lane in "${lanes[@]}"; do
    started=$SECONDS
    run_lane "$lane" >"$OUT/$lane.results"
    grep -av '^passed$' "$OUT/$lane.results"
    good=$(grep -ac '^passed$' "$OUT/$lane.results")
    bad=$(grep -ac '^FAILED' "$OUT/$lane.results")
    echo "lane $lane: $good passed, $bad failed ($((SECONDS - started)) s)"
    passed=$((passed + good)) failed=$((failed + bad))
done
echo "$passed passed, $failed failed"
[ $failed = 0 ] && [ $passed != 0 ]
