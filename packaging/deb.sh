#!/bin/sh
# Makes a Debian package in build/deb: deb.sh ARCH BINARY for tierrun, deb.sh all for tierrun-examples. Nothing but
# dpkg is needed; nobody has to be root. Its version is that of `tierrun --version`, its date the last commit's.
set -eu
umask 022
BUILD=${BUILD:-build}
arch=$1 binary=${2:-}
package=tierrun
[ "$arch" != all ] || package=tierrun-examples
cd "$(dirname "$0")/.."
version=$(sed -n 's/^\.TH TIERRUN 1 .*"tierrun \([0-9.]*\)".*/\1/p' tierrun.1)
maintainer=${DEB_MAINTAINER:-"tierrun developers <tierrun@packages.invalid>"}
when=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y tierrun.1)
top=$(mkdir -p "$BUILD/deb" && cd "$BUILD/deb" && pwd)
root=$top/root-$package-$arch
doc=$root/usr/share/doc/$package
rm -rf "$root"
mkdir -p "$root/DEBIAN" "$doc"

fail()
{
    echo "deb.sh: $*" >&2
    exit 1
}

# The packages of the libraries that the program names; nothing for a static one.
libraries()
{
    [ -n "$(LC_ALL=C "$tools"objdump -p "$root/usr/bin/tierrun" | awk '$1 == "NEEDED"')" ] || return 0
    mkdir -p "$top/shlibs/debian"
    printf 'Source: tierrun\n\nPackage: tierrun\nArchitecture: any\n' >"$top/shlibs/debian/control"
    (cd "$top/shlibs" && dpkg-shlibdeps -O "$root/usr/bin/tierrun" 2>/dev/null) | sed -n 's/^shlibs:Depends=//p' |
        grep . || fail "dpkg-shlibdeps (package dpkg-dev) does not say what the program depends on"
}

fields()
{
    cat <<CONTROL
Package: $package
Version: $version
Architecture: $arch
Maintainer: $maintainer
Section: $section
Priority: optional
Installed-Size: $(du -k -s --exclude=DEBIAN "$root" | cut -f 1)
CONTROL
    [ -z "$depends" ] || echo "Depends: $depends"
    [ -z "$suggests" ] || echo "Suggests: $suggests"
    cat
}

install_program()
{
    tools=
    [ "$arch" != mips64el ] || tools=mips64el-linux-gnuabi64-
    # shellcheck disable=SC2086 # a command, maybe with options
    ${MAKE:-make} -s install INSTALL_BIN="$binary" PREFIX=/usr DESTDIR="$root" >/dev/null
    "${tools}strip" --remove-section=.comment --remove-section=.note "$root/usr/bin/tierrun"
    gzip -9n "$root"/usr/share/man/man?/*
    section=otherosfs suggests="tierrun-examples, libc6-i386-cross"
    depends=$(libraries)
    if [ -z "$depends" ]; then
        mkdir -p "$root/usr/share/lintian/overrides"
        cat >"$root/usr/share/lintian/overrides/tierrun" <<'TEXT'
# One file that runs wherever it is copied to, whatever libraries are there.
tierrun: statically-linked-binary [usr/bin/tierrun]
tierrun: embedded-library *
TEXT
    fi
    fields >"$root/DEBIAN/control" <<'TEXT'
Description: runs 32-bit x86 Linux programs on other machines
 tierrun runs an unmodified i386 Linux program as a process of this machine.
 It interprets cold code and, on MIPS64, translates what runs often. Floating
 point arithmetic of the x87 gives the same bits as a real processor.
TEXT
}

install_examples()
{
    # shellcheck disable=SC2086 # a command, maybe with options
    ${MAKE:-make} -s install-examples PREFIX=/usr DESTDIR="$root" >/dev/null
    section=otherosfs depends= suggests="tierrun, gcc-i686-linux-gnu"
    fields >"$root/DEBIAN/control" <<'TEXT'
Description: example programs for tierrun
 A first program, a script that shows where a program's time goes, and the
 benchmarks Whetstone, Dhrystone and Linpack for tierrun, which runs 32-bit
 x86 Linux programs on other machines.
TEXT
}

command -v dpkg-deb >/dev/null || fail "there is no dpkg-deb here"
[ -n "$version" ] || fail "tierrun.1 names no version"
cp LICENSE "$doc/copyright"
printf 'tierrun (%s) unstable; urgency=medium\n\n  * Built from its own sources.\n\n -- %s  %s\n' "$version" "$maintainer" \
    "$(LC_ALL=C date -R -d "@$when")" | gzip -9n >"$doc/changelog.gz"
case $arch in
all) install_examples ;;
*) install_program ;;
esac
(cd "$root" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
chmod 644 "$root/DEBIAN/md5sums"
find "$root" -exec touch -h -d "@$when" {} +
file=$top/${package}_${version}_$arch.deb
SOURCE_DATE_EPOCH=$when dpkg-deb --root-owner-group -b "$root" "$file" >/dev/null
rm -rf "$root" "$top/shlibs"
echo "$BUILD/deb/$(basename "$file")"
