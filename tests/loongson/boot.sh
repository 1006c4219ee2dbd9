#!/bin/bash
# Runs guest cases on a real MIPS64 kernel with pages of 16 KiB: Debian's for Loongson 3, under qemu-system-mips64el.
#
#     boot.sh CASES      called by tests/guest/run.sh, which has built the cases and run them natively
#
# CASES is a file of shell lines `check CASE FLAGS -- COMMAND`. Prints `passed` or `FAILED …` for each of them.
# QEMU's exit status is 0 even after a panic, so the machine's last line must be there.
set -eu
kernel_root=${SYSROOT_LOONGSON:-build/sysroot-loongson}
work=$OUT/kernel
root=$work/root

fail()
{
    echo "FAILED kernel/boot in lane kernel: $*"
    exit 0
}

command -v qemu-system-mips64el >/dev/null || fail "qemu-system-mips64el is not installed (run make setup)"
kernel=$(echo "$kernel_root"/boot/vmlinuz-*)
[ -e "$kernel" ] || fail "there is no kernel in $kernel_root (run make setup)"

base_files()
{
    mkdir -p "$root"/bin "$root"/dev "$root"/proc "$root"/sys "$root"/tmp "$root"/sysroot "$root"/etc
    cp "$kernel_root/bin/busybox" "$root/bin/"
    cp tests/loongson/init "$root/init"
    cp "$TIERRUN_MIPS64" "$root/tierrun"
    "${MIPS64_CC%gcc}strip" "$root/tierrun"
    "$MIPS64_CC" -std=c11 -D_GNU_SOURCE -O2 -static -o "$root/observe" tests/guest/observe.c -lutil
    echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
    tar -C "$SYSROOT" -cf - bin lib | tar -C "$root/sysroot" -xf -
}

# The programs, their inputs and what the real CPU made of them.
case_files()
{
    local case
    cp "$1" "$root/cases"
    mkdir -p "$root/guest" "$root/expect"
    cp -r "$GUEST/busybox" "$root/guest/"
    mkdir -p "$root/guest/applets"
    find "$OUT/applets" -type l -exec basename {} \; | while read -r case; do
        ln -s /sysroot/bin/busybox "$root/guest/applets/$case"
    done
    [ ! -d "$GUEST/input" ] || cp -r "$GUEST/input" "$root/guest/"
    sed -n 's/^check \([^ ]*\) .*/\1/p' "$1" | while read -r case; do
        mkdir -p "$root/guest/${case%/*}" "$root/expect/${case%/*}"
        [ ! -e "$BIN/$case" ] || "${GUEST_CC%gcc}strip" -o "$root/guest/$case" "$BIN/$case"
        cp "$OUT/run/oracle/$case".{out,err,status} "$root/expect/${case%/*}/"
    done
}

boot()
{
    (cd "$root" && find . | cpio --quiet -o -H newc) >"$work/initrd"
    : >"$work/results"
    timeout "${KERNEL_SECONDS:-300}" qemu-system-mips64el -M loongson3-virt -cpu Loongson-3A1000 -m 512M \
        -kernel "$kernel" -initrd "$work/initrd" \
        -append 'console=ttyS1,115200 quiet rdinit=/init panic=-1 transparent_hugepage=never' -nodefaults -display none -no-reboot \
        -serial "file:$work/console.log" -chardev "file,id=o,path=$work/results" -device pci-serial,chardev=o
}

rm -rf "$work"
base_files
case_files "$1"
boot </dev/null || fail "qemu-system-mips64el ended with status $?"
tr -d '\r' <"$work/results" | grep -av '^all cases run$'
grep -aq '^all cases run' "$work/results" ||
    fail "the machine stopped before its last case; see ${work#"$PWD"/}/results and console.log"
