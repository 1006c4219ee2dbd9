# Limits that leave too little to tierrun: it runs the program or says in one sentence what is missing.
runs_or_tells() { # SENTENCE COMMAND…
    local sentence=$1 got wrong=
    shift
    timeout 60 "$@" >out 2>err </dev/null
    got=$?
    case $got in
    0) matches '^\[./show\]' out && matches '' err ;;
    125) matches '' out && [ "$(grep -c '^tierrun: ' err)/$(wc -l <err)" = 1/1 ] ;;
    *) false ;;
    esac || wrong="exit status $got"
    count "$sentence" "$wrong"
}

alone="exec 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-" # no descriptors of make or of a shell
if [ -z "$sanitized" ]; then
    expect "ulimit -v that leaves no room for 4 GiB" 125 '' '^tierrun: cannot reserve 4 GiB .*ulimit -v' bash -c "ulimit -v 1000000; $t ./show"
    expect "ulimit -n that leaves too few" 125 '' '^tierrun: the limit of open files .*ulimit -n' bash -c "$alone; ulimit -n 4; $t ./show"
    for kib in 4194400 4200000 4208000 4210000 4212000 4214000 4220000 4260000; do
        runs_or_tells "ulimit -v $kib" bash -c "ulimit -v $kib; exec $t ./show"
    done
    for descriptors in 5 6 10 16 17 20; do
        runs_or_tells "ulimit -n $descriptors" bash -c "$alone; ulimit -n $descriptors; exec $t ./show"
    done
fi
