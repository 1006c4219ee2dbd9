#!/bin/sh
# Sums the results of test lanes: summary.sh LANE… A lane without a result file has failed once.
# The last line is "N passed, N failed"; the exit status says whether all passed.
passed=0 failed=0
echo
for lane; do
    line=$(tail -n 1 "$RESULTS/$lane" 2>/dev/null)
    [ -n "$line" ] || line="0 passed, 1 failed"
    [ -e "$RESULTS/$lane" ] && note=$(cat "$RESULTS/$lane.time") || note="did not run"
    printf '%-16s %s (%s)\n' "$lane" "$line" "$note"
    passed=$((passed + $(expr "$line" : '\([0-9]*\)')))
    failed=$((failed + $(expr "$line" : '[0-9]* passed, \([0-9]*\)')))
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
