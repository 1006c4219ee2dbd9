#!/bin/bash
# run.sh SYSROOT NATIVE MIPS64: each program of the list below, run by this machine's own CPU and by tierrun in
# both builds and all tiers, prints the same and ends with the same status.
sysroot=$(cd "$1" && pwd) native=$2 mips64=$3
here=$(dirname "${BASH_SOURCE[0]}")
library=$sysroot/lib/i386-linux-gnu:$sysroot/usr/lib/i386-linux-gnu
image=$(find "$sysroot/usr/lib" -name gforth.fi | head -n 1)
passed=0 failed=0

# Runs `command` behind the words of $1: what it prints, and its status.
outcome()
{
    # shellcheck disable=SC2086 # words of a command
    timeout 60 $1 "${command[@]}" 2>&1 </dev/null
    echo "status $?"
}

# check NAME COMMAND…
check()
{
    local name=$1 want got lane
    command=("${@:2}")
    want=$(outcome "$sysroot/lib/ld-linux.so.2 --library-path $library")
    for lane in "$native" "$mips64 --tier=interp" "$mips64 --tier=auto" "$mips64 --tier=jit"; do
        got=$(outcome "$lane -L $sysroot")
        if [ "$want" = "$got" ]; then
            passed=$((passed + 1))
        else
            echo "$name differs in $lane:"
            diff <(echo "$want") <(echo "$got") | head -n 4
            failed=$((failed + 1))
        fi
    done
}

check 'tcc -run' "$sysroot/usr/bin/tcc" "-B$sysroot/usr/lib/i386-linux-gnu/tcc" -nostdinc \
    "-L$sysroot/usr/lib/i386-linux-gnu" "-L$sysroot/lib/i386-linux-gnu" -run "$here/fib.c"
check gforth "$sysroot/usr/bin/gforth-fast" -i "$image" -p ".:${image%/*}:$sysroot/usr/share/gforth/0.7.3" "$PWD/$here/fib.fs"
check luajit "$sysroot/usr/bin/luajit" "$here/sums.lua"
check perl "$sysroot/usr/bin/perl" "$here/sums.pl"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
