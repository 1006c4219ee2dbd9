# shellcheck shell=bash
# Sourced by run.sh: what the lanes are compared with. Normally a run on this machine's CPU in the same minute;
# where the kernel cannot run i386 programs, the results recorded in recorded.txt, one line a case:
#     CASE STATUS STDOUT STDERR      the last two as cksum prints them

choose_oracle()
{
    if [ "${GUEST_ORACLE:-}" != recorded ] && "$SYSROOT/bin/busybox" true 2>/dev/null; then
        ORACLE=native
    else
        ORACLE=recorded
        echo "this kernel does not run i386 programs: comparing with the recorded results in ${RECORDED#"$top"/}"
    fi
}

# A native run that ends otherwise than its source says would make a test that cannot fail.
check_oracle()
{
    local expected status
    expected=$(directive "$(source_of "$1")" status)
    expected=${expected:-exit 0}
    status=$(cat "$OUT/run/oracle/$1.status")
    [ "$status" = "$expected" ] && return
    echo "FAILED natively: $1 ends with '$status', expected '$expected'"
    head -n 5 "$OUT/run/oracle/$1.err"
    return 1
}

sums()
{
    echo "$(tr ' ' '-' <"$1.status") $(cksum <"$1.out" | tr ' ' '-') $(cksum <"$1.err" | tr ' ' '-')"
}

record_all()
{
    local case
    while read -r case; do
        grep -qv timeout "$OUT/run/oracle/$case.status" && continue
        echo "$case did not end in time: nothing is recorded"
        return 1
    done <"$OUT/cases"
    while read -r case; do echo "$case $(sums "$OUT/run/oracle/$case")"; done <"$OUT/cases" >"$RECORDED"
}

# One sentence that says how case $2 went differently in lane $1; nothing if it did not.
differences()
{
    local mine=$OUT/run/$1/$2 theirs=$OUT/run/oracle/$2
    if [ "$ORACLE" = recorded ]; then
        [ "$(grep "^$2 " "$RECORDED")" = "$2 $(sums "$mine")" ] || echo "not as recorded"
    elif ! cmp -s "$mine.status" "$theirs.status"; then
        echo "$(cat "$mine.status") instead of $(cat "$theirs.status"); stderr: $(tail -n 1 "$mine.err")"
    elif ! cmp -s "$mine.out" "$theirs.out"; then
        first_difference "$mine.out" "$theirs.out"
    elif ! cmp -s "$mine.err" "$theirs.err"; then
        echo "on stderr, $(first_difference "$mine.err" "$theirs.err")"
    fi
}

shorter()
{
    if [ "$(stat -c %s "$1")" -lt "$(stat -c %s "$2")" ]; then cat "$1"; else cat "$2"; fi
}

first_difference()
{
    local line
    line=$(cmp "$1" "$2" 2>/dev/null | sed -n 's/.*line //p')
    [ -n "$line" ] || line=$(($(wc -l < <(shorter "$1" "$2")) + 1)) # one is the other's beginning
    echo "line $line is '$(sed -n "${line}p" "$1" | cut -c 1-100)' instead of '$(sed -n "${line}p" "$2" | cut -c 1-100)'"
}
