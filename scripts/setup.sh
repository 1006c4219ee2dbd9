#!/bin/sh
# Makes a machine ready to build and test tierrun: installs the Debian packages that are missing (and says
# which, before it does) and downloads the sysroots into build/. Does nothing, quickly, when all is there.
# Without a network or the right to install it says so and lets what can be built be built.
set -u
cd "$(dirname "$0")/.." || exit 1
export BUILD="${BUILD:-build}"

packages="gcc libc6-dev make pkg-config libelf-dev libxxhash-dev uthash-dev libcriterion-dev
    clang clang-format shellcheck cpio gcc-i686-linux-gnu g++-i686-linux-gnu libc6-dev-i386-cross
    gcc-mips64el-linux-gnuabi64 libc6-dev-mips64el-cross gdb qemu-user qemu-system-mips jq valgrind python3 python3-jsonschema dpkg-dev"

manual_list()
{
    cat <<'LIST'
On other systems install what corresponds to:
  to build             a C11 compiler (gcc or clang), GNU make, pkg-config, libelf, xxhash, uthash (headers)
  for MIPS64           a compiler mips64el-linux-gnuabi64-gcc; static libelf, zlib, xxhash for it in
                       build/sysroot-mips64 (usr/include, usr/lib/mips64el-linux-gnuabi64); capstone
                       there is optional: -d out_asm disassembles with it
  for tests and demo   Criterion, gdb, jq, python3, callgrind_annotate (valgrind), compilers i686-linux-gnu-gcc and -g++, clang, clang-format, shellcheck, cpio,
                       qemu-mips64el and qemu-i386 (user mode), qemu-system-mips64el
LIST
}

missing_packages()
{
    # shellcheck disable=SC2086 # a list of words
    dpkg-query -W -f '${Package} ${db:Status-Status}\n' $packages 2>/dev/null | awk -v all="$packages" '
        $2 == "installed" { have[$1] = 1 }
        END { n = split(all, name); for (i = 1; i <= n; i++) if (!have[name[i]]) print name[i] }'
}

install_packages()
{
    as_root=
    if [ "$(id -u)" != 0 ]; then
        as_root=sudo
        if ! command -v sudo >/dev/null; then
            echo "setup: missing packages, and neither root nor sudo to install them with; please install: $*"
            return 1
        fi
    fi
    echo "setup: about to install with apt-get: $*"
    # shellcheck disable=SC2086 # may be empty
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
    # shellcheck disable=SC2086
    if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" \
        </dev/null >/dev/null; then
        echo "setup: apt-get could not install them (is there a network?); what can be built is built"
        return 1
    fi
}

if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
    missing=$(missing_packages)
    # shellcheck disable=SC2086 # a list of words
    [ -z "$missing" ] || install_packages $missing || manual_list
else
    echo "setup: this is not a Debian system, so nothing is installed."
    manual_list
fi

sh scripts/sysroots.sh || cat <<'TEXT'
setup: not all sysroots could be made (see above). The native build needs none of them; the MIPS64 build,
the i386 library guests and the Loongson kernel tests do. Run `make setup` again with a network.
TEXT
exit 0
