# shellcheck shell=bash
# Sourced by run.sh: which cases there are. A case is PROGRAM.VARIANT, such as c/crc32.O2; a program is a source
# file below tests/guest (or tests/loongson) without its suffix. Its head comment may hold lines of the form
#
#     @variants: O0 O2 pie     instead of the ones chosen below
#     @cpu: max                tierrun's --cpu for it
#     @cflags: -fno-inline     added when it is compiled
#     @args: one 'and two'     its arguments, as a shell reads them
#     @input: NAME             standard input: tests/guest/input/NAME
#     @terminal                it runs on a terminal; @input is typed into it
#     @status: exit 0          how the native run must end (this is the default)
#     @seconds: 30             a longer time limit than usual
#     @needs: exec             the lane must be able to execve() (see lanes.sh)
#
# Variants: O0 O1 O2 O3 Os are static glibc; sse as well, made for SSE3; pie static-PIE; dyn dynamically linked glibc; musl static musl; mdyn
# dynamically linked musl; asm no C library at all; busybox a script that busybox's own shell runs.

# The value of directive $2 of source $1; nothing if it has none.
directive()
{
    sed -n "1,30s|^.*@$2:* *||p" "$1" | sed '1!d; s|\*/ *$||; s| *$||'
}

has_directive()
{
    head -n 30 "$1" | grep -q "@$2"
}

# A number that program $1 keeps when others come and go.
number_of()
{
    local sum
    read -r sum _ < <(cksum <<<"$1")
    echo $((sum % 1000))
}

# Five variants a program: -O0, -O2 and SSE always, then one more level and one more way to link, in turn by $2.
chosen_variants()
{
    local levels=(O1 O3 Os) links=(pie dyn musl mdyn)
    case $1 in
    c/* | loongson/*) echo "O0 O2 sse ${levels[$(($2 % 3))]} ${links[$(($2 % 4))]}" ;;
    cxx/*) echo "O0 O2 sse" ;;
    sys/* | smc/*) echo "O0 O2" ;;
    threads/*) echo "O2 ${links[$(($2 % 4))]}" ;;
    asm/*) echo "asm" ;;
    busybox/*) echo "busybox" ;;
    esac
}

# All cases, one a line. With $1 = "one": one variant of each program, another for each lane number $2; "half": of
# half of the programs, the other half for the next lane number.
list_cases()
{
    local number program variants
    for source in "$GUEST"/c/*.c "$top"/tests/loongson/*.c "$GUEST"/sys/*.c "$GUEST"/threads/*.c "$GUEST"/smc/*.c "$GUEST"/simd/*.c "$GUEST"/cxx/*.cc "$GUEST"/asm/*.S "$GUEST"/busybox/*.sh; do
        [ -e "$source" ] || continue
        program=${source#"$top"/tests/}
        program=${program#guest/}
        program=${program%.*}
        number=$(number_of "$program")
        [ "$1" != half ] || [ $(((number / 4 + $2) % 2)) = 0 ] || continue
        read -ra variants <<<"$(directive "$source" variants)"
        [ "${#variants[@]}" != 0 ] || read -ra variants <<<"$(chosen_variants "$program" "$number")"
        [ "$1" = all ] || variants=("${variants[(number + $2) % ${#variants[@]}]}")
        printf "$program.%s\n" "${variants[@]}"
    done
}

# The source file of case $1.
source_of()
{
    local program=${1%.*}
    case $program in
    c/* | sys/* | threads/* | smc/* | simd/*) echo "$GUEST/$program.c" ;;
    loongson/*) echo "$top/tests/$program.c" ;;
    cxx/*) echo "$GUEST/$program.cc" ;;
    asm/*) echo "$GUEST/$program.S" ;;
    busybox/*) echo "$GUEST/$program.sh" ;;
    esac
}
