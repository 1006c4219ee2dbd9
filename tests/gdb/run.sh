#!/bin/bash
# The gdb lane: run.sh TIERRUN SCRATCH GUEST_CC SYSROOT QEMU TIERRUN_MIPS64.
set -u
t=$(realpath "$1") scratch=$2 guest_cc=$3 sysroot=$(realpath "$4") m="$5 $(realpath "$6") --tier=jit"
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$scratch" && cd "$scratch" && rm -rf ./* || exit 1
passed=0 failed=0

verdict()
{
    if [ "$1" = 0 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $2"
        [ $# -lt 3 ] || sed 's/^/    | /' "$3" | tail -n 20
    fi
}

# serve HOW PROGRAM ARGS…: starts the program under tierrun; its end is in `out`
serve()
{
    local how=$1
    shift
    rm -f here
    # shellcheck disable=SC2086 # a command of words
    { timeout 400 $how -g here "$@" >out 2>err <"$FIFO"; echo "status $?" >>out; } 2>/dev/null &
    server=$!
    for _ in $(seq 600); do # a minute: who waits longer has failed, on a busy machine, too
        [ -S here ] && grep -q waiting err && return
        sleep 0.1
    done
    echo "it does not wait for a debugger" >>err
}

# session NAME SCRIPT EXPECTED GDB-ARGS…: a session of gdb with the program that was started
session()
{
    local name=$1 script=$2 expected=$3
    shift 3
    timeout 300 gdb -nx -batch -iex 'set auto-load no' -iex 'set remotetimeout 60' -iex 'set debuginfod enabled off' -ex 'set confirm off' \
        -ex 'set pagination off' -ex 'set width 0' "$@" -ex 'target remote here' -ex "source $here/kit.py" \
        -ex "source $here/$script" >said 2>&1 </dev/null
    wait "$server"
    cat err >>said
    passed=$((passed + $(grep -c '^ok: ' said)))
    failed=$((failed + $(grep -c '^FAILED: ' said)))
    sed -n "s|^FAILED: |&$name: |p" said
    ! grep -q '^ok: ' said
    verdict $((! $?)) "$name: there was a session" said
    grep -qx "$expected" out
    verdict $? "$name: the program ends with '$expected'" out
}

if ! command -v gdb >/dev/null; then
    echo "FAILED: there is no gdb (scripts/setup.sh installs it)"
    echo "0 passed, 1 failed"
    exit 1
fi
"$guest_cc" -static -pthread -O0 -g -o all "$here/guest/all.c" || exit 1
"$guest_cc" -static -pthread -O1 -o spin "$here/guest/spin.c" || exit 1
"$guest_cc" -static -O0 -g -o blocked "$here/guest/blocked.c" || exit 1
"$guest_cc" -static -O0 -g -msse -o simd "$here/guest/simd.c" || exit 1
"$guest_cc" -O0 -g -o dynamic "$here/guest/dynamic.c" || exit 1

export FIFO=/dev/null SOURCE=$here/guest/all.c END=crash
serve "$t" ./all crash
session "interpreted" all.py 'status 139' ./all
END="detach"
serve "$m" ./all
session "translated" all.py '2 47 10 hello 122' ./all
END="exit"
serve "$m --tier=auto --host-page=16k" ./all
session "both, with pages of 16 KiB" all.py 'status 7' ./all
serve "$t -L $sysroot" ./dynamic
session "dynamic" dynamic.py 'status 0'

SOURCE=$here/guest/simd.c
for how in "$t" "$m"; do
    serve "$how --cpu=pentium3" ./simd
    session "XMM registers: $how" simd.py 'status 139' ./simd
done

mkfifo keys
export FIFO=$PWD/keys
exec 9<>keys # keeps it open
for how in "$t" "$m"; do
    serve "$how" ./blocked
    session "blocked: $how" blocked.py '1 x' ./blocked
done
exec 9>&-

# A debugger that goes away leaves the program running, one that kills does not.
{ TIERRUN_GDB=there "$t" ./all >out 2>err </dev/null; } 2>/dev/null &
for _ in $(seq 600); do [ -S there ] && grep -q waiting err && break; sleep 0.1; done
timeout 100 gdb -nx -batch -iex 'set remotetimeout 60' -ex 'target remote there' -ex kill ./all >said 2>&1 </dev/null
wait $! 2>/dev/null
verdict $(($? != 137)) "kill ends the program, TIERRUN_GDB is -g" said

for how in "$t" "$m"; do
    timeout 400 python3 "$here/fuzz.py" "$how" ./spin >said 2>&1
    verdict $? "malformed packets: $how" said
done

says()
{
    timeout 60 "$t" "${@:2}" >said 2>&1 </dev/null
    [ $? = 125 ] && grep -Eq "$1" said
    verdict $? "tierrun ${*:2} says $1" said
}
says 'cannot wait for a debugger there' -g /nowhere/at/all ./all
says 'leave out one of them' -g 0 --check ./all

echo "$passed passed, $failed failed"
[ $failed = 0 ]
