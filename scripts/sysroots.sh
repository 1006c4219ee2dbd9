#!/bin/sh
# The sysroots that builds and tests need, by name; without arguments: all. What is there is left alone.
#
#   mips64    $BUILD/sysroot-mips64    libraries for the static MIPS64 build of tierrun
#   i386      $BUILD/sysroot-i386      guests: glibc, musl and busybox as Debian ships them for i386
#   loongson  $BUILD/sysroot-loongson  a MIPS64 kernel with 16 KiB pages and a static busybox to boot it with
set -eu
cd "$(dirname "$0")/.."
export BUILD="${BUILD:-build}"
sysroot=scripts/sysroot.sh
failed=0
[ $# != 0 ] || set -- mips64 i386 loongson
for name; do
    case $name in
    mips64) set -- mips64el libelf-dev zlib1g-dev libxxhash-dev uthash-dev libcapstone-dev ;;
    i386) set -- i386 libc6 libgcc-s1 musl musl-dev busybox-static ;;
    loongson) set -- mips64el busybox-static 'linux-image-6.1.0-*-loongson-3=./boot' ;;
    *) echo "sysroots.sh: there is no sysroot named $name" >&2 && exit 2 ;;
    esac
    arch=$1
    shift
    sh $sysroot "$arch" "$BUILD/sysroot-$name" "$@" || failed=1
done
exit $failed
