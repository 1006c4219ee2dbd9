#!/bin/bash
# Random system calls: run.sh TIERRUN HOSTILE REACH CALLS [SEED]. Runs of hostile.c, in turn with each kind of
# tierrun's own files open, until there have been so many calls; the same seed makes the same runs. A run fails if
# tierrun breaks in it: an internal error, a sanitizer's report, or the guest's own first process not ending well.
# Then the calls that have never succeeded are named. As root, the guest runs as nobody. What it prints is not kept
# beyond a megabyte: random writes go there too.
set -u
tierrun=$(realpath "$1") hostile=$(realpath "$2") reach=$(realpath "$3") calls=$4 seed=${5:-1} passed=0 failed=0 made=0
rounds=40 each=3000 turn=0
[ "$calls" -ge 100000 ] || rounds=8 each=1500
. "$(dirname "$0")/contain.sh"
namespace="unshare -Urmu" # as its root, where that is allowed
"${drop[@]}" $namespace true 2>/dev/null || namespace=
scratch=$(mktemp -d /tmp/tierrun-sysfuzz-XXXXXX) || exit 1
trap 'chmod -R u+rwx "$scratch" 2>/dev/null; rm -rf "$scratch"' EXIT
chmod 711 "$scratch"

# in_folder COMMAND…: in an empty folder that is the guest's.
in_folder()
{
    mkdir -m 777 "$scratch/w" && mkdir -m 733 "$scratch/own" && cd "$scratch/w" || exit 1
    (ulimit -f 2048 && ulimit -c 0 && "${contain[@]}" timeout 300 "${drop[@]}" prlimit --nproc=$most "$@") \
        2> >(head -c 1000000 >../err) > >(head -c 1000000 >../out) </dev/null
    status=$?
    cd / || exit 1
    sleep .1
    chmod -R u+rwx "$scratch/w" 2>/dev/null
    rm -rf "$scratch/w" "$scratch/own"
    bad=$(grep -a -E 'internal error|runtime error|ERROR: AddressSanitizer|CHECK failed' "$scratch/err" |
        grep -a -v pthread_getattr_np) # after a chroot the sanitizer itself misses /proc
    if [ $status = 0 ] && [ -z "$bad" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what, status $status: ${bad:-no report}"
        head -c 3000 "$scratch/err" | strings
    fi
}

options=(
    ""
    "--strace -D /dev/null"
    "--host-page=16k"
    "namespace --stats -D ../own/log"
    "--tier=interp --profile=../own/profile -d unimp -D ../own/log"
)

what="reaching for tierrun's descriptors"
in_folder "$tierrun" --strace -D ../own/log "$reach"
while [ $made -lt "$calls" ] && [ $failed -lt 20 ]; do
    install -m 666 /dev/null "$scratch/cover"
    what="seed $seed ${options[turn]}"
    set -- "$tierrun" ${options[turn]}
    [ "${2:-}" != namespace ] || { shift 2 && set -- ${namespace:-} "$tierrun" "$@"; }
    in_folder "$@" "$hostile" "$seed" $rounds $each "$scratch/cover"
    more=$(sed -n 's/^made \([0-9]*\)$/\1/p' "$scratch/cover")
    [ "${more:-0}" -gt 0 ] || { failed=$((failed + 1)) && echo "FAILED: $what: no calls"; }
    made=$((made + ${more:-0})) seed=$((seed + rounds)) turn=$(((turn + 1) % ${#options[@]}))
    cat "$scratch/cover" >>"$scratch/all"
    [ $((passed % 50)) != 0 ] || echo "$made calls, next seed $seed"
done
awk '$1 == "made" { next }
    { made[$2] += $3; good[$2] += $4 }
    END {
        for (c in made) { all++; if (good[c]) done++; else never = never " " c }
        printf "%d of %d calls have succeeded; never:%s\n", done, all, never
    }' "$scratch/all"
[ -z "${COVER:-}" ] || cp "$scratch/all" "$COVER"
echo "$made calls"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
