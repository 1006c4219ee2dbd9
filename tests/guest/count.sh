#!/bin/bash
# count.sh LANE…: how many programs for signals, changing code and threads a lane runs (LONG=1: a long run), and how
# many lines of their output it compares with the CPU's, each of which says how something went. The lines are those of
# the last native runs.
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
oracle=${TESTS:-build/tests}/guest/run/oracle
wanted='^(threads|smc)/|^asm/(faults|frames|selfmod)|^c/(signals|smc_rewrite|bus_error)|^sys/(al|exec|fork|frame|futex|interr|pending|processvm|restart|segments|sig|times|traps|wakeups)'
for lane; do
    programs=0 lines=0
    while read -r _ case; do
        [[ $case =~ $wanted ]] || continue
        programs=$((programs + 1))
        for out in "$oracle/$case.out" "$oracle/${case%.*}".*.out; do
            [ ! -e "$out" ] || { lines=$((lines + $(wc -l <"$out"))) && break; }
        done
    done < <(bash tests/guest/run.sh --list --lane "$lane")
    echo "$lane: $programs programs, $lines lines"
done
