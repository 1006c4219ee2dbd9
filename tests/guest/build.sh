# shellcheck shell=bash disable=SC2034 # arrays are results
# Sourced by run.sh: how a case is built, and how its program starts where i386 is native.

# SSE is for the variant of that name, and for programs that are about it. -w: they do odd things on purpose.
GUEST_CFLAGS=(-march=i686 -mno-sse -mno-mmx -I. -w)

# Builds case $1 into $BIN/$1 unless that is newer than what it is made of.
build_case()
{
    local source out=$BIN/$1 newer
    source=$(source_of "$1")
    [ "${source##*.}" != sh ] || return 0
    mkdir -p "${out%/*}"
    newer=$(find "$source" "$GUEST/guest.h" "$GUEST/asm" -newer "$out" 2>&1 | head -n 1)
    [ -n "$newer" ] || return 0
    compile "$source" "$out" "${1##*.}" || {
        echo "FAILED to build $1"
        rm -f "$out"
        return 1
    }
}

compile()
{
    local source=$1 out=$2 variant=$3 cflags
    read -ra cflags <<<"$(directive "$source" cflags)"
    cflags=("${GUEST_CFLAGS[@]}" "${cflags[@]}")
    case $variant in
    O?) link=(-static -"$variant") ;;
    sse) link=(-static -O2 -ftree-vectorize -msse3 -mfpmath=sse) ;;
    pie) link=(-static-pie -fPIE -O2) ;;
    dyn) link=(-O2 -pie -fPIE) ;;
    asm) link=(-static -nostdlib -I"$GUEST/asm") ;;
    musl | mdyn)
        compile_musl "$source" "$out" "$variant" "${cflags[@]}"
        return
        ;;
    esac
    case $source in
    *.cc) "$GUEST_CXX" -std=c++17 "${cflags[@]}" "${link[@]}" -o "$out" "$source" ;;
    *.S) "$GUEST_CC" "${cflags[@]}" "${link[@]}" -o "$out" "$source" ;;
    *) "$GUEST_CC" -std=gnu11 "${cflags[@]}" "${link[@]}" -o "$out" "$source" -lm ;;
    esac
}

# Debian's musl:i386 and musl-dev:i386, unpacked below $SYSROOT, with the glibc cross compiler.
compile_musl()
{
    local source=$1 out=$2 variant=$3 lib=$SYSROOT/usr/lib/i386-linux-musl gcc_lib start end
    shift 3
    gcc_lib=$(dirname "$("$GUEST_CC" -print-libgcc-file-name)")
    start=("$lib/crt1.o" "$lib/crti.o") end=("$lib/crtn.o")
    link=(-static "$lib/libc.a")
    [ "$variant" = musl ] || link=(-no-pie -l:libc.so "-L$SYSROOT/lib/i386-linux-musl"
        "-Wl,--dynamic-linker=/lib/ld-musl-i386.so.1")
    "$GUEST_CC" -std=gnu11 -O2 "$@" -fno-pie -no-pie -nostdinc -isystem "$SYSROOT/usr/include/i386-linux-musl" \
        -isystem "$gcc_lib/include" -nostdlib -o "$out" "${start[@]}" "$source" "${link[@]}" \
        "$gcc_lib/libgcc.a" "$gcc_lib/libgcc_eh.a" "${link[1]}" "${end[@]}"
}

# The guest's command line for case $1 into the array `command`, without what runs it.
guest_command()
{
    local source
    source=$(source_of "$1")
    case $1 in
    *.busybox) command=("$SYSROOT/bin/busybox" sh "$source") ;;
    *) command=("$BIN/$1") ;;
    esac
    eval "command+=($(directive "$source" args))"
}

# What starts a program natively: a dynamically linked one by the sysroot's own loader.
native_prefix()
{
    case $1 in
    *.dyn) prefix=("$SYSROOT/lib/ld-linux.so.2" --library-path "$SYSROOT/lib/i386-linux-gnu") ;;
    *.mdyn) prefix=("$SYSROOT/lib/ld-musl-i386.so.1" --library-path "$SYSROOT/lib/i386-linux-musl") ;;
    *) prefix=() ;;
    esac
}

# The commands of the busybox scripts: every applet of the i386 busybox, so that none is this machine's own.
link_applets()
{
    local applet
    rm -rf "$OUT/applets"
    mkdir -p "$OUT/applets"
    grep -aoE '[a-z][a-z0-9_-]+' "$GUEST/busybox/applets" | while read -r applet; do
        ln -sf "$SYSROOT/bin/busybox" "$OUT/applets/$applet"
    done
    ln -sf "$SYSROOT/bin/busybox" "$OUT/applets/["
}
