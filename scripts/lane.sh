#!/bin/sh
# Runs one test lane: lane.sh NAME COMMAND…
# Its output goes to the terminal and to $RESULTS/NAME. That file always ends with "N passed, N failed":
# a lane that dies without saying so, or that fails without having counted a failure, has failed once more.
# It gets 15 minutes (LONG: 6 hours) or LIMIT, so that one that hangs does not take the others' results with it.
name=$1
shift
mkdir -p "$RESULTS"
out=$RESULTS/$name
limit=${LIMIT:-15m}
[ -n "${LONG:-}" ] && limit=6h
started=$(date +%s)
{
    timeout -k 10 $limit "$@" </dev/null 2>&1
    echo $? >"$out.status"
} | tee "$out.log"
status=$(cat "$out.status")
last=$(tail -n 1 "$out.log")
passed=$(expr "$last" : '\([0-9][0-9]*\) passed, [0-9][0-9]* failed$')
failed=$(expr "$last" : '[0-9][0-9]* passed, \([0-9][0-9]*\) failed$')
if [ -z "$passed" ]; then
    echo "lane $name ended without its result line (exit status $status)" | tee -a "$out.log"
    passed=0 failed=1
elif [ "$status" != 0 ] && [ "$failed" = 0 ]; then
    echo "lane $name counted no failure but its exit status is $status" | tee -a "$out.log"
    failed=1
fi
cp "$out.log" "$out"
rm -f "$out.status"
echo "$(($(date +%s) - started)) s" >"$out.time"
echo "$passed passed, $failed failed" >>"$out"
[ "$failed" = 0 ]
