#!/bin/sh
# Runs Criterion programs one after the other and sums them up: run.sh SCRATCH PROGRAM…
scratch=$1
shift
passed=0 failed=0
for program; do
    timeout 300 "$program" --jobs 2 --short-filename >"$scratch/log" 2>&1
    status=$?
    grep -v 'Synthesis' "$scratch/log"
    # [====] Synthesis: Tested: 9 | Passing: 9 | Failing: 0 | Crashing: 0
    sum=$(sed -n 's/.*Tested:[^0-9]*\([0-9]*\).*Passing:[^0-9]*\([0-9]*\).*/\1 \2/p' "$scratch/log" | tail -n 1)
    tested=${sum% *} good=${sum#* }
    if [ -z "$sum" ] || { [ $status != 0 ] && [ "$tested" = "$good" ]; }; then
        echo "FAILED: $program ended with status $status"
        failed=$((failed + 1))
    fi
    passed=$((passed + ${good:-0}))
    failed=$((failed + ${tested:-0} - ${good:-0}))
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
