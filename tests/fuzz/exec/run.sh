#!/bin/bash
# Mutated ELF files, executed: run.sh TIERRUN MUTANTS LAUNCH HOST-LAUNCH COUNT SEED VICTIM…. Each is executed by this
# machine's kernel, by a guest of tierrun, and by tierrun itself, and all must come to the same end: the guest gets the
# errno that the kernel gives, tierrun ends with one sentence then. Files that the kernel runs or kills and that tierrun
# does not want (segments that overlap or are not all there, a header of another class) end with a sentence as well.
# Not comparable are the few whose changed code shows all of auxv, which tells of the CPU, the user and the vDSO.
set -u
tierrun=$(realpath "$1") mutants=$2 launch=$(realpath "$3") host=$(realpath "$4") count=$5 seed=$6
shift 6
. "$(dirname "$0")/../../sysfuzz/contain.sh"
scratch=$(mktemp -d /tmp/tierrun-exec-XXXXXX) || exit 1
trap 'rm -rf "$scratch"' EXIT
chmod 711 "$scratch"
mkdir -m 777 "$scratch/d"
"$mutants" "$seed" "$count" "$scratch/d" "$@" || exit 1
ulimit -c 0

# run NAME COMMAND…: what became of each mutant.
run()
{
    local name=$1
    shift
    "${contain[@]}" timeout 3000 "${drop[@]}" prlimit --nproc=$most "$@" >"$scratch/$name" 2>"$scratch/$name.err" </dev/null ||
        { echo "FAILED: $*" && head -5 "$scratch/$name.err"; }
}

run kernel "$launch" 1 "$scratch/d"
run again "$launch" 1 "$scratch/d"
# What runs for long is not awaited again, what does not end twice in the same way has no one end.
for m in $(diff "$scratch/kernel" "$scratch/again" | awk '/^[<>]/ { print $2 }') \
    $(awk '$2 == "late" { print $1 }' "$scratch/kernel"); do
    rm -f "$scratch/d/$m"
done
run guest "$tierrun" "$launch" 30 "$scratch/d"
(cd "$scratch/d" && grep -a '' m*.err /dev/null) >"$scratch/guest.said"
run self "$host" 30 "$scratch/d" "$tierrun"
(cd "$scratch/d" && grep -a '' m*.err /dev/null) >"$scratch/self.said"
LC_ALL=C awk -v seed="$seed" -f "$(dirname "$0")/compare.awk" "$scratch/kernel" "$scratch/guest" "$scratch/guest.said" \
    "$scratch/self" "$scratch/self.said"
