#!/bin/bash
# Command line tests: run.sh TIERRUN SCRATCH GUEST_CC QEMU TIERRUN_MIPS64. A test is a row:
#
#     expect "sentence" STATUS OUT ERR COMMAND…
#
# OUT and ERR are extended regular expressions that must match somewhere in the output ('' : it is empty,
# '*' : anything). Values of ERR begin at a line's start with ^ as grep has it.
tierrun=$(realpath "$1")
scratch=$2
guest_cc=$3
m="$4 $(realpath "$5")"
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
mkdir -p "$scratch" && cd "$scratch" || exit 1
rm -rf ./*
passed=0 failed=0

matches() { # EXPECTED FILE
    case $1 in
    '*') true ;;
    '') [ ! -s "$2" ] ;;
    *) grep -Eq -e "$1" "$2" ;;
    esac
}

count() { # SENTENCE WHAT-IS-WRONG
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $1: $2"
        sed 's/^/    | /' out err 2>/dev/null | head -n 20
    fi
}

expect() {
    local sentence=$1 status=$2 out=$3 err=$4 got wrong=
    shift 4
    { timeout 60 "$@" >out 2>err </dev/null; } 2>/dev/null # the shell's own words about signals
    got=$?
    [ $got = "$status" ] || wrong="exit status $got instead of $status"
    matches "$out" out || wrong="$wrong stdout does not match '$out'"
    matches "$err" err || wrong="$wrong stderr does not match '$err'"
    count "$sentence" "$wrong"
}

for guest in show die patched signalled shared descriptors neighbours gives_up filtered; do
    "$guest_cc" -static -O1 -g -o $guest "$here/guest/$guest.c" || exit 1
done
for v in $(env | sed -n 's/^\(TIERRUN_[A-Z0-9_]*\)=.*/\1/p'); do unset "$v"; done
t=$tierrun
sanitized='' # by ASan, which keeps what is freed for a while, and needs all of the address space
! grep -q __asan_init "$t" || sanitized=1

for section in options environment programs endings limits logs jit crash bugs kept manual; do
    . "$here/$section.sh"
done

echo "$passed passed, $failed failed"
[ $failed = 0 ]
