#!/bin/bash
# run.sh NATIVE MIPS64 PROGRAM…: each program prints the same with --x87=double in both builds, in the second one
# interpreted and translated. The native one does without the C library's FMA code, whose last bits differ
# (docs/X87.md). Compared as it runs: the first entries of each translation, then one of 31; LONG=1: all.
native=$1 mips64=$2
shift 2
each=1/31
[ -n "${LONG:-}" ] && each=1/1
passed=0 failed=0
for program; do
    rounds=()
    case $program in */whetstone) rounds=(20) ;; */linpack) rounds=(2) ;; esac
    here=$(GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4 $native --x87=double "$program" "${rounds[@]}" 2>&1 | grep -av '^time:')
    for tier in interp jit "auto --hot=4 --check=$each"; do
        # shellcheck disable=SC2086 # words of a command
        there=$($mips64 --tier=$tier --x87=double "$program" "${rounds[@]}" 2>&1 | grep -av '^time:')
        if [ -n "$here" ] && [ "$here" = "$there" ]; then
            passed=$((passed + 1))
        else
            echo "${program##*/} prints something else on MIPS64 with --tier=$tier:"
            diff <(echo "$here") <(echo "$there") | head -n 4
            failed=$((failed + 1))
        fi
    done
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
