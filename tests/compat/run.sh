#!/bin/bash
# run.sh SYSROOT NATIVE 'QEMU MIPS64' TABLE [PATTERN [LIST]]: each program of the list beside this file is run by this
# machine's own CPU, by the native build and, if it is marked, by the MIPS64 build. Output and status must be
# equal. Writes TABLE (Markdown). PATTERN picks by name. Needs root: the native run is in a chroot. COMPAT_SECONDS
# bounds a run, COMPAT_CPU is what tierrun's --cpu is.
set -u
root=$(cd "$1" && pwd) native=$(realpath "$2") mips64="$(command -v "${3%% *}") $(realpath "${3##* }")" table=$4 pattern=${5:-*} list=${6:-programs}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$root/tmp/work
mkdir -p "$root"/{proc,dev,tmp,etc}
# What packages' own scripts would have made.
[ -e "$root/etc/ld.so.cache" ] || : >"$root/etc/ld.so.cache"
[ -e "$root/etc/passwd" ] || printf 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$root/etc/passwd"
[ -e "$root/etc/group" ] || printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
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
limit=${COMPAT_SECONDS:-600}
passed=0 failed=0
[ "$(id -u)" = 0 ] || { echo "run.sh: the native runs need root, for chroot" >&2 && exit 2; }

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
    alone timeout "$limit" unshare -m sh -c 'mount --bind /proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$1" /bin/bash -c "cd /tmp/work; $2"' \
        sh "$root" "$1"
}

# says COMMANDS EXPECTED RUNNER…: one cell of the table.
says()
{
    local commands=$1 want=$2 got began
    shift 2
    began=$SECONDS
    got=$(alone TIERRUN_LAUNCHER="$*" ${COMPAT_CPU:+TIERRUN_CPU="$COMPAT_CPU"} timeout "$limit" "$@" -L "$root" -0 /bin/bash "$root/bin/bash" -c "$commands")
    if [ "${want##*status }" = 124 ]; then
        echo "**not compared**: the CPU took more than $limit s"
    elif [ "$got" = "$want" ]; then
        echo "equal, $((SECONDS - began)) s"
    else
        echo "**differs**: $(diff <(echo "$want") <(echo "$got") | grep '^[<>]' | head -n 2 | tr '|\n' '/ ' | cut -c1-150)"
    fi
}

count()
{
    case $1 in equal*) passed=$((passed + 1)) ;; *) failed=$((failed + 1)) ;; esac
}

rm -f "$table"
while IFS= read -r line; do
    case $line in '' | '#'*) continue ;; esac
    name=${line%% | *} commands=${line#* | }
    marked=${name%%[!*+]*}
    name=${name#"$marked"}
    # shellcheck disable=SC2254 # a pattern
    case $name in $pattern) ;; *) continue ;; esac
    [ ! -t 2 ] || printf '%s\n' "$name" >&2
    want=$(oracle "$commands")
    a=$(says "$commands" "$want" "$native")
    b=
    count "$a"
    # shellcheck disable=SC2086 # words of a command
    if [ "${marked#\*}" != "$marked" ]; then
        b=$(says "$commands" "$want" $mips64)
        count "$b"
    fi
    printf '| %s | %s | %s |\n' "$name" "$a" "$b" | tee -a "$table"
done <"$here/$list"
rm -rf "$work"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
