#!/bin/bash
# run.sh SYSROOT NATIVE 'QEMU MIPS64' TABLE [PATTERN [LIST]]: each program of the list beside this file is run by this
# machine's own CPU, by the native build and, if it is marked with *, by the MIPS64 build. Output and status must be
# equal. Writes TABLE (Markdown); why a row fails is in the file causes. PATTERN picks by name. Needs root or a user
# namespace: the native run is in a chroot. COMPAT_SECONDS bounds a run, COMPAT_MINUTES all of them together (rows that
# are left then count as failed), COMPAT_CPU is what tierrun's --cpu is, COMPAT_MARK picks the rows with that mark.
set -u
root=$(cd "$1" && pwd) native=$(realpath "$2") mips64="$(command -v "${3%% *}") $(realpath "${3##* }")" table=$4
pattern=${5:-*} list=${6:-programs}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$root/tmp/work
mkdir -p "$root"/{proc,dev,tmp,etc}
# What packages' own scripts would have made.
[ -e "$root/etc/ld.so.cache" ] || : >"$root/etc/ld.so.cache"
[ -e "$root/etc/passwd" ] || printf 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$root/etc/passwd"
[ -e "$root/etc/group" ] || printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
[ -e "$root/etc/hosts" ] || echo '127.0.0.1 localhost' >"$root/etc/hosts"
[ -e "$root/etc/services" ] || printf '%s\n' 'echo 7/tcp' 'echo 7/udp' 'daytime 13/tcp' 'domain 53/tcp' 'domain 53/udp' 'http 80/tcp' >"$root/etc/services"
# /bin/x and /usr/bin/x are the same on an installed system; else a name would lead to the host's program.
for dir in bin sbin; do
    mkdir -p "$root/$dir" "$root/usr/$dir"
    for file in "$root/$dir"/*; do
        [ -e "$root/usr/$dir/${file##*/}" ] || [ -L "$root/usr/$dir/${file##*/}" ] || ln -s "../../$dir/${file##*/}" "$root/usr/$dir/"
    done
    for file in "$root/usr/$dir"/*; do
        [ -e "$root/$dir/${file##*/}" ] || [ -L "$root/$dir/${file##*/}" ] || ln -s "../usr/$dir/${file##*/}" "$root/$dir/"
    done
done
limit=${COMPAT_SECONDS:-120} minutes=${COMPAT_MINUTES:-60}
passed=0 failed=0
user=()
[ "$(id -u)" = 0 ] || user=(-r) # chroot is for root, or for who is it in a user namespace
unshare -m "${user[@]}" true || { echo "run.sh: the native runs need root, or user namespaces" >&2 && exit 2; }

# alone [VARIABLE=VALUE]… COMMAND…: in an empty folder, with the guest's settings only; what it prints, and its status.
alone()
{
    rm -rf "$work"
    mkdir -p "$work"
    (cd "$work" && env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/tmp LC_ALL=C TERM=dumb "$@" 2>&1 </dev/null)
    echo "status $?"
}

# The guest's bash, by this machine's CPU.
oracle()
{
    # shellcheck disable=SC2016 # words of the inner shell
    alone timeout "$limit" unshare -m "${user[@]}" sh -c \
        'mount --rbind /proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$1" /bin/bash -c "cd /tmp/work; $2"' \
        sh "$root" "$1"
}

# What is known of why row NAME fails.
cause()
{
    local text
    text=$(awk -F" [|] " -v list="$list" -v name="$1" '$1 == list && $2 == name { print $3 }' "$here/causes")
    echo "**; ${text:-the cause is not known}"
}

# says NAME COMMANDS EXPECTED RUNNER…: one cell of the table.
says()
{
    local name=$1 commands=$2 want=$3 got began
    shift 3
    began=$SECONDS
    got=$(alone TIERRUN_LAUNCHER="$*" ${COMPAT_CPU:+TIERRUN_CPU="$COMPAT_CPU"} timeout "$limit" "$@" -L "$root" -0 /bin/bash "$root/bin/bash" -c "$commands")
    if [ "${want##*status }" = 124 ]; then
        echo "**not compared**; the CPU took more than $limit s"
    elif [ "$got" = "$want" ]; then
        echo "equal, $((SECONDS - began)) s"
    elif [ "${got##*status }" = 124 ]; then
        echo "**cut off after $limit s$(cause "$name")"
    else
        echo "**differs$(cause "$name"): $(diff <(echo "$want") <(echo "$got") | grep '^[<>]' | head -n 2 | tr '|\n' '/ ' | cut -c1-150)"
    fi
}

count()
{
    case $1 in equal*) passed=$((passed + 1)) ;; *) failed=$((failed + 1)) ;; esac
}

# Where it is, on a terminal: one line that is overwritten.
tell()
{
    [ ! -t 2 ] || printf '\r\033[K%s' "$*" >&2
}

names=() rows=()
while IFS= read -r line; do
    case $line in '' | '#'*) continue ;; esac
    name=${line%% | *}
    marked=${name%%[!*+=]*}
    name=${name#"$marked"}
    # shellcheck disable=SC2254 # a pattern
    case $name in $pattern) ;; *) continue ;; esac
    case $marked in *"${COMPAT_MARK:-}"*) ;; *) continue ;; esac
    names+=("$marked$name") rows+=("${line#* | }")
done <"$here/$list"
rm -f "$table"
for ((row = 0; row < ${#rows[@]}; row++)); do
    marked=${names[row]%%[!*+=]*}
    name=${names[row]#"$marked"}
    where="[$((row + 1))/${#rows[@]}] $name:" b=
    if [ $SECONDS -ge $((minutes * 60)) ]; then
        a="**not run**; $minutes minutes were over"
    else
        tell "$where the CPU"
        want=$(oracle "${rows[row]}")
        tell "$where native build"
        a=$(says "$name" "${rows[row]}" "$want" "$native")
        if [ "${marked#*\*}" != "$marked" ]; then
            tell "$where MIPS64 build"
            # shellcheck disable=SC2086 # words of a command
            b=$(says "$name" "${rows[row]}" "$want" $mips64)
            count "$b"
        fi
    fi
    count "$a"
    tell
    printf '| %s | %s | %s |\n' "$name" "$a" "$b" | tee -a "$table"
done
rm -rf "$work"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
