#!/bin/sh
# The sysroots that builds and tests need, by name; without arguments: all. What is there is left alone.
#
#   mips64    $BUILD/sysroot-mips64    libraries for the static MIPS64 build of tierrun
#   i386      $BUILD/sysroot-i386      guests: glibc, musl and busybox as Debian ships them for i386
#   generators $BUILD/sysroot-generators  guests that make code as they run: tcc, gforth, perl, luajit
#   qemu      $BUILD/sysroot-qemu      qemu-i386 for MIPS64, which make bench compares with
#   compat    $BUILD/sysroot-compat    the programs of make compat, with all that they need; not part of "all"
#   compat-check $BUILD/sysroot-compat-check  a small part of them, for make check
#   heavy     $BUILD/sysroot-heavy     those of make compat-heavy: runtimes and servers; 2 GB, not part of "all" either
#   more      $BUILD/sysroot-more      those of make compat-more: compilers, mathematics, networks; 8 GB, nor this one
#   loongson  $BUILD/sysroot-loongson  MIPS64 kernels with pages of 16 and of 4 KiB, and a static busybox to boot them with
set -eu
cd "$(dirname "$0")/.."
export BUILD="${BUILD:-build}"
sysroot=scripts/sysroot.sh
failed=0
[ $# != 0 ] || set -- mips64 i386 generators qemu loongson compat-check
for name; do
    case $name in
    mips64) set -- mips64el libelf-dev zlib1g-dev libxxhash-dev uthash-dev libcapstone-dev ;;
    i386) set -- i386 libc6 libgcc-s1 musl musl-dev busybox-static ;;
    generators) set -- i386 libc6 libgcc-s1 luajit libluajit-5.1-2 libluajit-5.1-common tcc gforth gforth-lib \
        gforth-common libffi8 libltdl7 perl-base libcrypt1 libc6-dev linux-libc-dev ;;
    qemu) set -- mips64el qemu-user-static=./usr/bin/qemu-i386-static ;;
    compat) set -- i386 --with-dependencies bash dash coreutils findutils grep sed gawk tar gzip bzip2 xz-utils zstd \
        perl python3.11 lua5.4 ruby tcl guile-3.0 sqlite3 git make cmake gcc libc6-dev libc-bin openssl gpg jq bc dc m4 \
        stress-ng qemu-user-static diffutils patch file nano vim-tiny redis-server curl ;;
    compat-check) set -- i386 --with-dependencies bash dash coreutils findutils grep sed gawk tar gzip diffutils ;;
    heavy) set -- i386 --with-dependencies bash dash coreutils grep sed gawk tar gzip libc-bin procps curl python3.11 \
        libpython3.11-testsuite nodejs openjdk-17-jdk-headless mono-runtime libmono-system-core4.0-cil mono-mcs sbcl \
        postgresql postgresql-contrib imagemagick ffmpeg vim htop tmux nginx-light redis-server redis-tools openssl \
        xz-utils bzip2 zstd strace gdb util-linux ruby guile-3.0 sqlite3 ncurses-base ;;
    more) set -- i386 --with-dependencies bash dash coreutils grep sed gawk findutils diffutils tar gzip libc-bin libc6-dev \
        procps util-linux ncurses-base curl file sqlite3 busybox zsh fish ksh93u+m mksh tcsh ocaml-nox erlang-base php8.2-cli \
        tcc g++ gfortran gnat gdc fp-compiler-3.2.2 golang-1.19-go rustc ghc nasm luajit gforth clisp ecl sbcl \
        swi-prolog-nox racket chicken-bin gnucobol4 r-base-core octave maxima pari-gp gap-core glpk-utils minisat gnuplot-nox \
        graphviz ghostscript sox lame flac p7zip-full zip unzip lz4 libarchive-tools rsync openssh-client openssh-server \
        dropbear-bin socat netcat-openbsd screen emacs-nox mc w3m lynx wget aria2 apache2 apache2-utils memcached lighttpd \
        mariadb-server python3-numpy perl libjson-perl libxml-parser-perl libdbd-sqlite3-perl povray imagemagick groff \
        aspell expect xvfb x11-apps tshark nim pypy3 clang-14 llvm-14 polyml chezscheme dosbox hugo pandoc varnish \
        haproxy fio sysbench john wine32 ;;
    loongson) set -- mips64el busybox-static 'linux-image-6.1.0-*-loongson-3=./boot' 'linux-image-6.1.0-*-5kc-malta=./boot' ;;
    *) echo "sysroots.sh: there is no sysroot named $name" >&2 && exit 2 ;;
    esac
    arch=$1
    shift
    sh $sysroot "$arch" "$BUILD/sysroot-$name" "$@" || failed=1
done
exit $failed
