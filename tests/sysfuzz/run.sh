#!/bin/bash
# Random system calls: run.sh TIERRUN HOSTILE SECONDS [SEED]. Rounds of hostile.c until the time is up. Fails if
# tierrun breaks in one: an internal error, a sanitizer's report, or the guest's own first process not ending well.
# As root, the guest runs as nobody. What it prints is not kept beyond a megabyte: random writes go there too.
set -u
tierrun=$(realpath "$1") hostile=$(realpath "$2") seconds=$3 seed=${4:-${LONG:+$RANDOM$RANDOM}}
seed=${seed:-1} passed=0 failed=0 calls=0
drop=()
[ "$(id -u)" != 0 ] || drop=(setpriv --reuid=65534 --regid=65534 --clear-groups)
scratch=$(mktemp -d /tmp/tierrun-sysfuzz-XXXXXX) || exit 1
trap 'chmod -R u+rwx "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT

round()
{
    mkdir -m 777 "$scratch/w" && chmod 755 "$scratch" && cd "$scratch/w" || exit 1
    (ulimit -f 2048 && ulimit -c 0 && timeout 120 "${drop[@]}" "$tierrun" "$hostile" "$seed" 40 3000) \
        2> >(head -c 1000000 >../err) > >(head -c 1000000 >../out) </dev/null
    status=$?
    cd / || exit 1
    sleep .1
    chmod -R u+rwx "$scratch/w" 2>/dev/null
    rm -rf "$scratch/w"
}

while [ $SECONDS -lt "$seconds" ]; do
    round
    made=$(tail -n 1 "$scratch/out" | tr -cd 0-9)
    bad=$(grep -a -E 'internal error|runtime error|ERROR: AddressSanitizer|CHECK failed' "$scratch/err")
    if [ $status = 0 ] && [ -z "$bad" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: seed $seed, status $status: ${bad:-no report}"
    fi
    calls=$((calls + 10#${made:-0}))
    seed=$((seed + 40))
done
echo "$calls calls"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
