#!/bin/sh
# The parts of the JIT that can be tested on their own. $1: the folder with the programs, also for their
# output; $2: qemu-mips64el, for those that run generated code; $3: the MIPS64 build of tierrun.
at=$1 qemu=$2 tierrun=$3
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
part $qemu "$at/execute"
part $qemu -cpu Loongson-3A1000 "$at/execute"
part $qemu "$at/fill"
part $qemu "$at/wrong"
# What --version says of a CPU: CPU INDEXED VECTORS MISALIGNED THE-KERNEL-TELLS
detects() {
    wanted="indexed accesses $2; packed integers $2; vectors of 16 bytes $3; misaligned accesses $4$5"
    said=$($qemu -cpu "$1" "$tierrun" --version | sed -n 's/^translator: MIPS64 release 2 on [^;]*; //p')
    if [ "$said" = "$wanted" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: -cpu $1: '$said' instead of '$wanted'"
    fi
}

detects 5KEf "do not" "do not" trap ""
detects MIPS64R2-generic "do not" "do not" trap ""
detects Loongson-3A1000 work "do not" work "; the kernel tells loongson-mmi loongson-ext"
detects Loongson-3A4000 work work work "; the kernel tells msa loongson-mmi loongson-ext"
# A guest with more code than fits, in code memory of each kind: OPTIONS…
wide() {
    said=$(timeout 300 $qemu "$tierrun" --tier=jit "$@" "$at/wide" 2>&1)
    if [ "$said" = "$interpreted" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $*: '$said' instead of '$interpreted'"
    fi
}

interpreted=$($qemu "$tierrun" --tier=interp "$at/wide")
wide
wide --wx
wide --code-cache=256K
wide --code-cache=256K --wx
wide --code-cache=256M
# A place that was seen misaligned is translated anew once, not each time: OPTIONS…
misaligned() {
    said=$(timeout 120 $qemu -cpu MIPS64R2-generic "$tierrun" --tier=jit --stats "$@" "$at/misaligned" 2>&1)
    traps=$(printf '%s\n' "$said" | sed -n 's/.*an access was misaligned, which this host traps: \([0-9]*\).*/\1/p')
    if [ "${said%%tierrun*}" = "$wanted" ] && [ "${traps:-0}" -gt 20 ] && [ "$traps" -lt 200 ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: misaligned $*: $traps traps; '${said%%tierrun*}' instead of '$wanted'"
    fi
}

wanted=$("$at/misaligned")
wanted="$wanted
"
misaligned
misaligned --x87=double
# What ended threads leave behind is memory like any other, also to a malloc that does not map large pieces apart.
said=$(MALLOC_MMAP_THRESHOLD_=33554432 timeout 60 $qemu "$tierrun" --tier=jit "$at/threads" 2>&1)
if [ "$said" = "24 signals caught" ]; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "FAILED: threads after threads: '$said'"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
