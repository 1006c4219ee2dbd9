#!/bin/bash
# kernel.sh SYSROOT NATIVE MIPS64 TABLE [PATTERN]: the programs of the list that are marked with + on Debian's kernel for
# Loongson 3, whose pages have 16 KiB, under qemu-system-mips64el with the MIPS64 build. What this machine's CPU makes of
# them is what must come out. The machine's only disk is memory, so it gets those files of the sysroot that the native build
# opens for these commands. Writes TABLE (Markdown). Needs root, for the chroot of the native run. COMPAT_SECONDS bounds
# a row, by the machine's clock; COMPAT_MINUTES the machine: rows that it has not come to by then have failed.
set -u
sysroot=$(cd "$1" && pwd) native=$(realpath "$2") mips64=$(realpath "$3") table=$(realpath -m "$4") pattern=${5:-*}
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
kernel_root=${SYSROOT_LOONGSON:-build/sysroot-loongson}
kernel=$(echo "$kernel_root"/boot/vmlinuz-*-loongson-3)
work=$(mktemp -d /tmp/tierrun-compat-XXXXXX) || exit 1
trap '[ -n "${COMPAT_KEEP:-}" ] || rm -rf "$work"' EXIT
root=$work/root here=$sysroot/tmp/work
minutes=${COMPAT_MINUTES:-25}
settings=(PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=/tmp LC_ALL=C TERM=dumb)
[ -e "$kernel" ] || { echo "kernel.sh: there is no kernel in $kernel_root (run make setup)" >&2 && exit 2; }

fresh()
{
    rm -rf "$here"
    mkdir -p "$here"
}

oracle()
{
    fresh
    # shellcheck disable=SC2016 # words of the inner shell
    env -i "${settings[@]}" unshare -m sh -c 'mount --bind /proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$1" /bin/bash -c "cd /tmp/work; $2"' \
        sh "$sysroot" "$1" </dev/null 2>&1
    echo "status $?"
}

# The files of the sysroot that a command has to do with, into the machine.
files()
{
    fresh
    (cd "$here" && env -i "${settings[@]}" "$native" --strace -D "$work/strace.%d" -L "$sysroot" -0 /bin/bash "$sysroot/bin/bash" -c "$1" </dev/null >"$work/said" 2>&1)
    cat "$work"/strace.* | grep -aoE '"/[^"]*"' | tr -d '"' | sort -u | while read -r path; do
        [ -e "$sysroot$path" ] && [ ! -d "$sysroot$path" ] && (cd "$sysroot" && cp -a --parents ".$path" "$root/sysroot/" && cp -a --parents "./$(realpath --relative-to=. "./$path")" "$root/sysroot/") 2>/dev/null
    done
    rm -f "$work"/strace.*
}

mkdir -p "$root"/{bin,dev,proc,sys,tmp,rows,expect,sysroot/{bin,tmp,etc,usr/bin,lib}}
cp "$kernel_root/bin/busybox" "$root/bin/"
cp tests/compat/init "$root/init"
cp "$mips64" "$root/tierrun"
mips64el-linux-gnuabi64-strip "$root/tierrun"
cp -a "$sysroot"/etc/{passwd,group,ld.so.cache} "$root/sysroot/etc/"
(cd "$sysroot" && cp -aL --parents lib/ld-linux.so.2 bin/bash "$root/sysroot/")
rows=0
while IFS= read -r line; do
    name=${line%% | *}
    case ${name%%[!*+=]*} in *+*) ;; *) continue ;; esac
    name=${name#"${name%%[!*+=]*}"}
    # shellcheck disable=SC2254 # a pattern
    case $name in $pattern) ;; *) continue ;; esac
    rows=$((rows + 1))
    [ ! -t 2 ] || printf '\r\033[Kgathering files: %s' "$name" >&2
    echo "$name" >"$root/rows/$rows.name"
    echo "${line#* | }" >"$root/rows/$rows"
    oracle "${line#* | }" >"$root/expect/$rows"
    files "${line#* | }"
done <tests/compat/programs
fresh
[ ! -t 2 ] || printf '\r\033[K' >&2
: >"$work/results"
echo "${COMPAT_SECONDS:-200}" >"$root/seconds"
(cd "$root" && find . | cpio --quiet -o -H newc) >"$work/initrd"
timeout "${minutes}m" qemu-system-mips64el -M loongson3-virt -cpu Loongson-3A1000 -serial "file:$work/console" \
    -chardev "file,id=o,path=$work/results" -device pci-serial,chardev=o -m 1G -kernel "$kernel" -initrd "$work/initrd" \
    -nodefaults -display none -no-reboot -append "console=ttyS1,115200 quiet rdinit=/init panic=-1" </dev/null >&2 &
machine=$!
[ ! -t 2 ] || tail -f --pid="$machine" "$work/results" >&2
wait "$machine"
tr -d '\r' <"$work/results" | grep -a '^| ' >"$table"
for ((row = $(wc -l <"$table") + 1; row <= rows; row++)); do
    echo "| $(cat "$root/rows/$row.name") | **not reached** in $minutes minutes |" >>"$table"
done
cat "$table"
equal=$(grep -c '| equal' "$table")
echo "$equal passed, $((rows - equal)) failed"
[ "$equal" = "$rows" ]
