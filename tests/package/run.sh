#!/bin/sh
# The package lane: install and uninstall, completion, binfmt_misc against a folder that stands for the kernel's, and
# the Debian packages. Nothing outside of the build folder is touched.
BUILD=${BUILD:-build}
MAKE="${MAKE:-make} -s"
scratch=$(mkdir -p "${TESTS:-$BUILD/tests}/package" && cd "${TESTS:-$BUILD/tests}/package" && pwd)
passed=0 failed=0
rm -rf "${scratch:?}"/*

# says SENTENCE COMMAND…
says()
{
    sentence=$1
    shift
    if "$@" >"$scratch/said" 2>&1; then
        passed=$((passed + 1))
        echo "ok: $sentence"
    else
        failed=$((failed + 1))
        echo "FAILED: $sentence"
        cat "$scratch/said"
    fi
}

prints()
{
    expected=$1
    shift
    "$@" 2>&1 | tee "$scratch/printed" | grep -q "$expected" || { cat "$scratch/printed" && return 1; }
}

fails()
{
    ! "$@"
}

# --- install ---------------------------------------------------------------------------------------------

root=$scratch/root
says "make install" $MAKE install install-examples DESTDIR="$root" PREFIX=/opt/t
says "the program runs" prints '^hello, world' "$root/opt/t/bin/tierrun" "$BUILD/bench/hello"
for file in share/man/man1/tierrun.1 share/man/man1/tierrun-sysroot.1 share/tierrun/sysroot.sh share/man/man8/tierrun-binfmt.8 share/bash-completion/completions/tierrun \
    share/tierrun/binfmt.conf share/doc/tierrun-examples/examples/README; do
    says "$file is there" test -s "$root/opt/t/$file"
done
says "the examples compile" i686-linux-gnu-gcc -Wall -Werror -static -o "$scratch/hello" \
    "$root/opt/t/share/doc/tierrun-examples/examples/hello.c"
says "and run" prints 'a pointer has 32 bits' "$root/opt/t/bin/tierrun" "$scratch/hello"
says "the benchmarks among them compile" i686-linux-gnu-gcc -D_GNU_SOURCE -I"$root/opt/t/share/doc/tierrun-examples/examples" \
    -static -o "$scratch/linpack" "$root/opt/t/share/doc/tierrun-examples/examples/bench/linpack.c" -lm
says "where-time-goes.sh names a function" env PATH="$root/opt/t/bin:$PATH" sh -c "
    '$root/opt/t/share/doc/tierrun-examples/examples/where-time-goes.sh' '$scratch/linpack' 20 | grep -w add_scaled"

# --- sysroots --------------------------------------------------------------------------------------------

sysroot=$root/opt/t/bin/tierrun-sysroot
says "tierrun-sysroot says how it is used" prints 'with python3,sqlite3' "$sysroot" --help
says "… wants a folder" prints 'which folder' "$sysroot" --with bc
says "… one" prints 'more than one' "$sysroot" a b
says "… and knows its options" prints 'no option --wit' "$sysroot" --wit bc a
mkdir -p "$scratch/mine" && touch "$scratch/mine/file"
says "… and leaves a folder alone that it did not make" prints 'something else in it' "$sysroot" "$scratch/mine"
mkdir -p "$scratch/a root" && echo '--with-dependencies libc6 libgcc-s1 libstdc++6 bc' >"$scratch/a root/.packages"
sed "s,/opt/t/share,$root/opt/t/share," "$sysroot" >"$scratch/sysroot.sh"
says "… and one that it made has the packages that it had" prints "'.*a root' PROGRAM" sh "$scratch/sysroot.sh" "$scratch/a root"

# --- completion ------------------------------------------------------------------------------------------

# completes EXPECTED WORD…: the last word is the one being completed
completes()
{
    expected=$1
    shift
    prints "^$expected\$" bash -c '
        compopt() { :; }
        . packaging/completion.bash
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _tierrun
        printf "%s\n" "${COMPREPLY[@]}"' bash "$BUILD/native/tierrun" "$@"
}

says "completion knows the options" completes --tier= --ti
says "that take nothing, too" completes --strace --str
says "and -L" completes -L -
says "the choices of a value" completes double --x87 = d
says "an empty value's choices" completes interp --tier =
says "the items of -d" completes in_asm -d in
says "nothing of ours behind the program" fails completes --strace ./prog --str

# --- binfmt_misc -----------------------------------------------------------------------------------------

kernel=$scratch/binfmt
mkdir -p "$kernel"
: >"$kernel/register"
binfmt()
{
    env TIERRUN_BINFMT_CONF="$root/opt/t/share/tierrun/binfmt.conf" TIERRUN_BINFMT_DIR="$kernel" \
        TIERRUN_BINFMT_D="$scratch/binfmt.d" "$root/opt/t/sbin/tierrun-binfmt" "$@"
}

# "\x7fE" as numbers: 127 69
bytes()
{
    bash -c 'printf %b "$1"' bash "$1" | od -An -v -tu1 | tr '\n' ' '
}

# Does the rule's magic, under its mask, match a file's first bytes?
matches()
{
    rule=$(grep '^:' "$root/opt/t/share/tierrun/binfmt.conf")
    magic=$(bytes "$(echo "$rule" | cut -d : -f 5)")
    mask=$(bytes "$(echo "$rule" | cut -d : -f 6)")
    head -c 20 "$1" | od -An -v -tu1 | tr '\n' ' ' | awk -v magic="$magic" -v mask="$mask" '{
        n = split(magic, want, " "); split(mask, bits, " ")
        for (i = 1; i <= n; i++) {
            gap = 256 - bits[i] # masks are 0 or have ones above
            if (bits[i] && int($i / gap) != int(want[i] / gap)) exit 1
        }
        exit n != NF }'
}

says "the rule means static i386 programs" matches "$BUILD/bench/hello"
says "and position-independent ones" sh -c "i686-linux-gnu-gcc -static-pie -o '$scratch/pie' packaging/examples/hello.c"
says "which have another type" matches "$scratch/pie"
says "but not this machine's" fails matches /bin/sh
says "nor MIPS64 programs" fails matches "$BUILD/mips64/tierrun"
case $(uname -m) in
*86*) says "an x86 CPU does not need it" prints 'by itself' binfmt register ;;
esac
says "status before" fails binfmt status
says "register" binfmt --force register
says "the kernel gets the rule" prints ':/opt/t/bin/tierrun:F$' cat "$kernel/register"
says "as one line without an end" sh -c "[ \$(wc -l <'$kernel/register') = 0 ]"
printf 'enabled\ninterpreter /opt/t/bin/tierrun\n' >"$kernel/tierrun"
says "status after" prints 'registered: /opt/t/bin/tierrun' binfmt status
says "enable" binfmt --force enable
says "leaves a rule for the next boot" grep -q '^:tierrun:' "$scratch/binfmt.d/tierrun.conf"
says "disable" binfmt disable
says "takes it back" sh -c "[ ! -e '$scratch/binfmt.d/tierrun.conf' ] && grep -qx -e -1 '$kernel/tierrun'"
says "an unknown word is refused" prints '^usage:' binfmt nonsense
# A kernel that has the rules in a namespace of their own starts programs by this one.
in_namespace()
{
    mkdir -p "$scratch/misc"
    unshare -Urm sh -c 'mount -t binfmt_misc none "$0" && "$@"' "$scratch/misc" "$@"
}

if in_namespace test -e "$scratch/misc/register" 2>/dev/null; then
    sed "s|:/opt/t|:$root/opt/t|" "$root/opt/t/share/tierrun/binfmt.conf" >"$scratch/here.conf"
    says "the kernel starts i386 programs by it" prints '^tierrun: what happened' in_namespace env TIERRUN_STATS=1 \
        TIERRUN_BINFMT_CONF="$scratch/here.conf" TIERRUN_BINFMT_DIR="$scratch/misc" sh -c \
        "'$root/opt/t/sbin/tierrun-binfmt' --force register && '$BUILD/bench/hello'"
fi
says "make uninstall" $MAKE uninstall DESTDIR="$root" PREFIX=/opt/t
says "leaves nothing" sh -c "[ -z \"\$(find '$root' -type f)\" ]"

# --- Debian packages -------------------------------------------------------------------------------------

# dpkg with a system of its own
private_dpkg()
{
    mkdir -p "$scratch/debian/var/lib/dpkg/info" "$scratch/debian/var/lib/dpkg/updates" "$scratch/debian/var/lib/dpkg/triggers"
    touch "$scratch/debian/var/lib/dpkg/status"
    dpkg --root="$scratch/debian" --force-not-root --force-depends --force-architecture --force-bad-path "$@"
}

debian_packages()
{
    says "make deb" $MAKE deb
    for deb in "$BUILD"/deb/*.deb; do
        name=$(basename "$deb")
        says "dpkg accepts $name" private_dpkg -i "$deb"
        says "its sums are right" sh -c "cd '$scratch/debian' && md5sum -c --quiet var/lib/dpkg/info/$(dpkg-deb -f "$deb" Package).md5sums"
        case $name in
        tierrun_*_mips64el.deb)
            says "its program runs" prints '^hello, world' "${QEMU_MIPS64:-qemu-mips64el}" "$scratch/debian/usr/bin/tierrun" \
                "$BUILD/bench/hello"
            says "and needs no library" sh -c "[ -z \"\$(dpkg-deb -f '$deb' Depends)\" ]"
            ;;
        tierrun_*)
            says "its program runs" prints '^hello, world' "$scratch/debian/usr/bin/tierrun" "$BUILD/bench/hello"
            says "it names its libraries" prints libelf1 dpkg-deb -f "$deb" Depends
            ;;
        esac
        if command -v lintian >/dev/null; then
            says "lintian has no errors for it" sh -c "lintian --fail-on error '$deb'"
        fi
    done
    says "dpkg removes them" private_dpkg -r tierrun tierrun-examples
}

command -v dpkg-deb >/dev/null && debian_packages
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
