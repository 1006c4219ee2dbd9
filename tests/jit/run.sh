#!/bin/sh
# The parts of the JIT that can be tested on their own. $1: the folder with the programs, also for their
# output; $2: qemu-mips64el, for those that run generated code.
at=$1 qemu=$2
passed=0
failed=0

part() { # adds up a test's last line, shows the others
    said=$("$@" 2>&1)
    counts=$(printf '%s\n' "$said" | sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
    printf '%s\n' "$said" | sed '$d'
    [ -n "$counts" ] || { echo "$*: no result"; counts='0 1'; }
    passed=$((passed + ${counts% *}))
    failed=$((failed + ${counts#* }))
}

part sh tests/jit/encode.sh "$at/encode" "$at"
part "$at/effects" "$at/words" "$at/got"
part "$at/slots"
part "$at/constant"
part "$at/memory"
part "$qemu" "$at/execute"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
