#!/bin/bash
# Runs guest cases on real MIPS64 kernels, Debian's, under qemu-system-mips64el.
#
#     boot.sh LANE CASES      called by tests/guest/run.sh, which has built the cases and run them natively
#
# In lane kernel that is the one for Loongson 3, with pages of 16 KiB; in lane kernel-malta one for the Malta board, with
# pages of 4 KiB and a CPU that traps misaligned accesses.
# CASES is a file of shell lines `check CASE FLAGS -- COMMAND`. Prints `passed` or `FAILED …` for each of them.
# QEMU's exit status is 0 even after a panic, so the machine's last line must be there.
set -eu
kernel_root=${SYSROOT_LOONGSON:-build/sysroot-loongson}
lane=$1 cases=$2
work=$OUT/$lane
root=$work/root

fail()
{
    echo "FAILED kernel/boot in lane $lane: $*"
    exit 0
}

command -v qemu-system-mips64el >/dev/null || fail "qemu-system-mips64el is not installed (run make setup)"
case $lane in
kernel)
    kernel=$(echo "$kernel_root"/boot/vmlinuz-*-loongson-3)
    machine=(-M loongson3-virt -cpu Loongson-3A1000 -serial "file:$work/console.log"
        -chardev "file,id=o,path=$work/results" -device "pci-serial,chardev=o")
    tier=auto
    ;;
kernel-malta)
    kernel=$(echo "$kernel_root"/boot/vmlinuz-*-malta)
    machine=(-M malta -cpu MIPS64R2-generic -serial "file:$work/results" -serial "file:$work/console.log")
    tier=jit
    ;;
esac
[ -e "$kernel" ] || fail "there is no kernel in $kernel_root (run make setup)"

base_files()
{
    mkdir -p "$root"/bin "$root"/dev "$root"/proc "$root"/sys "$root"/tmp "$root"/sysroot "$root"/etc
    cp "$kernel_root/bin/busybox" "$root/bin/"
    cp tests/loongson/init "$root/init"
    cp "$TIERRUN_MIPS64" "$root/tierrun"
    "${MIPS64_CC%gcc}strip" "$root/tierrun"
    "$MIPS64_CC" -std=c11 -D_GNU_SOURCE -O2 -static -o "$root/observe" tests/guest/observe.c -lutil
    "$MIPS64_CC" -std=c11 -D_GNU_SOURCE -O2 -static -o "$root/launcher" tests/loongson/host/launcher.c
    echo 'root:x:0:0:root:/:/bin/sh' >"$root/etc/passwd"
    tar -C "$SYSROOT" -cf - bin lib | tar -C "$root/sysroot" -xf -
}

# The programs, their inputs and what the real CPU made of them.
case_files()
{
    local case
    cp "$cases" "$root/cases"
    mkdir -p "$root/guest" "$root/expect"
    cp -r "$GUEST/busybox" "$root/guest/"
    mkdir -p "$root/guest/applets"
    find "$OUT/applets" -type l -exec basename {} \; | while read -r case; do
        ln -s /sysroot/bin/busybox "$root/guest/applets/$case"
    done
    [ ! -d "$GUEST/input" ] || cp -r "$GUEST/input" "$root/guest/"
    sed -n 's/^check \([^ ]*\) .*/\1/p' "$cases" | while read -r case; do
        mkdir -p "$root/guest/${case%/*}" "$root/expect/${case%/*}"
        [ ! -e "$BIN/$case" ] || "${GUEST_CC%gcc}strip" -o "$root/guest/$case" "$BIN/$case"
        cp "$OUT/run/oracle/$case".{out,err,status} "$root/expect/${case%/*}/"
    done
}

boot()
{
    (cd "$root" && find . | cpio --quiet -o -H newc) >"$work/initrd"
    : >"$work/results"
    timeout "${KERNEL_SECONDS:-300}" qemu-system-mips64el "${machine[@]}" -m 512M -kernel "$kernel" \
        -initrd "$work/initrd" -nodefaults -display none -no-reboot \
        -append "console=ttyS1,115200 quiet rdinit=/init panic=-1 transparent_hugepage=never LANE=$lane TIER=$tier"
}

rm -rf "$work"
base_files
case_files
boot </dev/null || fail "qemu-system-mips64el ended with status $?"
tr -d '\r' <"$work/results" | sed '/^kernel /,$!d; /^all cases run$/d' # before that the kernel speaks on it
grep -aq '^all cases run' "$work/results" ||
    fail "the machine stopped before its last case; see ${work#"$PWD"/}/results and console.log"
