# What tierrun keeps of what a guest has made and given up again: nothing. Looked at while the guest waits; between the
# second lot and the last, a leak of a descriptor or a mapping in each round is more than is allowed. The memory of qemu
# is in the figures, too.
kept() { # PID: descriptors, mappings, KiB in memory
    echo "$(find "/proc/$1/fd" -mindepth 1 | wc -l) $(wc -l <"/proc/$1/maps") $(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status")"
}

keeps_nothing() { # SENTENCE MAPPINGS KIB COMMAND…
    local sentence=$1 mappings=$2 kib=$3 line pid wrong='' from to
    local -a before after
    shift 3
    coproc GUEST { exec "$@" 2>err; }
    pid=$GUEST_PID
    exec {from}<&"${GUEST[0]}" {to}>&"${GUEST[1]}"
    : >out
    while read -r -t 120 -u "$from" line || { [ $? -le 128 ] || kill -KILL "$pid"; false; }; do
        echo "$line: $(kept "$pid")" >>out
        (echo >&"$to") # alone, if SIGPIPE ends it
    done
    exec {from}<&- {to}>&-
    wait "$pid" || wrong="exit status $?"
    read -ra before < <(sed -n 's/^lot 1: //p' out)
    read -ra after < <(sed -n 's/^lot 3: //p' out)
    if [ "${#after[@]}" != 3 ]; then
        wrong="$wrong, no figures"
    elif [ "${after[0]}" -gt "${before[0]}" ] || [ "${after[1]}" -gt $((before[1] + mappings)) ] ||
        [ "${after[2]}" -gt $((before[2] + kib)) ]; then
        wrong="descriptors, mappings, KiB in memory grow"
    fi
    count "$sentence" "$wrong"
}

keeps_nothing "threads, code, children and handlers that are left leave nothing behind" 8 "${sanitized:+6}1024" "$t" ./gives_up
# shellcheck disable=SC2086 # a command of several words
keeps_nothing "… nor in translated code" 8 16384 $m --tier=jit ./gives_up
