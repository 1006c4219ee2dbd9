#!/bin/sh
# Unpacks Debian packages of another architecture into a folder:
#
#     sysroot.sh ARCH DIR PACKAGE[=PATH]…
#     sysroot.sh ARCH DIR --with-dependencies PACKAGE…
#
# =PATH takes only that file or folder of the package (linux-image-…=./boot). A package name may be a shell
# pattern; the last match in version order is taken. apt gets a state of its own under $BUILD/apt/ARCH: the
# system's package lists, architectures and installed packages are neither read nor changed, and nobody
# has to be root. DIR/.packages holds the list when it is complete; nothing is done when it is the same.
set -eu
BUILD=${BUILD:-build}
arch=$1 dir=$2
shift 2
[ "$(cat "$dir/.packages" 2>/dev/null || true)" = "$*" ] && exit 0

mirror=${TIERRUN_MIRROR:-http://deb.debian.org/debian}
suite=${TIERRUN_SUITE:-bookworm}
mkdir -p "$BUILD"
top=$(cd "$BUILD" && pwd)
apt=$top/apt/$arch
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

fail()
{
    echo "sysroot.sh: $*" >&2
    exit 1
}

command -v apt-get >/dev/null || fail "there is no apt-get here, so $dir cannot be made from Debian's packages"
command -v dpkg-deb >/dev/null || fail "there is no dpkg-deb here to unpack packages with"

private_apt()
{
    tool=$1
    shift
    "$tool" -q -o Dir::State="$apt/state" -o Dir::State::status="$apt/status" -o Dir::Cache="$apt/cache" \
        -o Dir::Etc::SourceList="$apt/sources.list" -o Dir::Etc::SourceParts=- \
        -o Dir::Etc::Preferences=- -o Dir::Etc::PreferencesParts=- \
        -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o APT::Sandbox::User="$(id -un)" \
        -o Acquire::Languages=none -o Acquire::Retries=3 -o Acquire::http::Timeout=30 "$@"
}

update()
{
    mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$apt/debs"
    : >"$apt/status"
    options=
    [ -e "$keyring" ] && options=" [signed-by=$keyring]"
    echo "deb$options $mirror $suite main" >"$apt/sources.list"
    if ! private_apt apt-get update >"$apt/update.log" 2>&1 || grep -q '^[WE]: Failed' "$apt/update.log"; then
        mv "$apt/update.log" "$apt/failed.log"
        fail "no package lists for $arch from $mirror; is there a network? (see $apt/failed.log)"
    fi
}

# An empty list of libraries, or the dynamic linker would be given the host's with libraries that are not in DIR.
no_cache()
{
    [ "$arch" != i386 ] || [ -e "$dir/etc/ld.so.cache" ] || { mkdir -p "$dir/etc" && : >"$dir/etc/ld.so.cache"; }
}

# The name of the package that the pattern $1 means.
resolve()
{
    case $1 in
    *[*?[]*) private_apt apt-cache pkgnames | while read -r name; do
        # shellcheck disable=SC2254 # the pattern is meant as one
        case $name in $1) echo "$name" ;; esac
    done | sort -V | tail -n 1 ;;
    *) echo "$1" ;;
    esac
}

# One at a time for each architecture: two lanes may want a sysroot in the same moment.
mkdir -p "$apt"
exec 9>"$apt/lock"
flock 9
[ "$(cat "$dir/.packages" 2>/dev/null || true)" = "$*" ] && exit 0

echo "downloading $arch packages for $dir: $*"
[ -n "$(find "$apt/update.log" -mmin -600 2>/dev/null)" ] || update
if [ "$1" = --with-dependencies ]; then
    wanted=$*
    shift
    rm -f "$apt"/cache/archives/*.deb
    private_apt apt-get install -y --no-install-recommends --download-only -o Debug::NoLocking=1 "$@" \
        >"$apt/download.log" 2>&1 ||
        fail "cannot download $* for $arch: $(grep '^E:' "$apt/download.log" || echo 'is there a network?')
(see $apt/download.log)"
    rm -rf "$dir"
    # As on an installed system /bin/x and /usr/bin/x are the same; else one of them would lead to the host's program.
    for merged in bin sbin lib; do
        mkdir -p "$dir/usr/$merged"
        ln -s "usr/$merged" "$dir/$merged"
    done
    for deb in "$apt"/cache/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$deb" | tar -xp --keep-directory-symlink -C "$dir"
    done
    rm -f "$apt"/cache/archives/*.deb
    no_cache
    echo "$wanted" >"$dir/.packages"
    exit 0
fi
rm -rf "$dir"
mkdir -p "$dir"
for item; do
    package=$(resolve "${item%%=*}")
    [ -n "$package" ] || fail "Debian $suite has no package ${item%%=*} for $arch"
    rm -f "$apt"/debs/*.deb
    (cd "$apt/debs" && private_apt apt-get download "$package:$arch" >"$apt/download.log" 2>&1) ||
        fail "cannot download $package for $arch; is there a network? (see $apt/download.log)"
    case $item in
    *=*) dpkg-deb --fsys-tarfile "$apt"/debs/*.deb | tar -x -C "$dir" "${item#*=}" ;;
    *) dpkg-deb -x "$apt"/debs/*.deb "$dir" ;;
    esac
    rm -f "$apt"/debs/*.deb
done
no_cache
echo "$*" >"$dir/.packages"
