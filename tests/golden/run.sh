#!/bin/bash
# Expected host code of small blocks: run.sh [--update] DIR QEMU TIERRUN AS LD FILE…
#
# A FILE is a list of sections: a line `== NAME`, lines `| ASSEMBLY` (guest.s is what is around them), lines
# `|> ASSEMBLY` for what lies beside the block, and what the translator makes of it: each guest instruction with its
# host instructions, and both counts. A first line `options: …` is for tierrun, a line `cpu: …` names the host's CPU. What is different is shown as a diff; --update writes it into the files.
set -u
update=
[ "$1" = --update ] && update=1 && shift
dir=$1 qemu=$2 tierrun=$3 as=$4 ld=$5
shift 5
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export dir qemu tierrun as ld here

# One section, $1 its folder with `source` and `options`: the listing into `listing`.
translate()
{
    local options cpu
    read -ra options <"$1/options"
    read -r cpu <"$1/cpu" || cpu=MIPS64R2-generic
    {
        cat "$here/guest.s" "$1/source"
        echo 'jmp [back]'
        sed -n 's/^after: //p' "$1/after"
    } >"$1/guest.s"
    "$as" -o "$1/guest.o" "$1/guest.s" 2>"$1/errors" &&
        "$ld" -Ttext=0x8048000 -Tdata=0x9000000 -o "$1/guest" "$1/guest.o" 2>>"$1/errors" &&
        timeout 60 "$qemu" -cpu "$cpu" "$tierrun" --tier=auto --hot=4 --hot-loop=4 -d out_asm \
            "${options[@]}" "$1/guest" >"$1/log" 2>&1 || echo "it ended with status $?" >>"$1/errors"
    { awk -f "$here/listing.awk" "$1/log" 2>/dev/null && sed 's/^/wrong: /' "$1/errors"; } >"$1/listing"
}
export -f translate

# Cuts a file into the sections' folders $dir/FILE.N; their number into `sections`.
cut_file()
{
    local file=$1 base=$2
    rm -rf "$base".*
    sections=$(grep -c '^== ' "$file")
    local k
    for ((k = 1; k <= sections; k++)); do
        mkdir -p "$base.$k"
        sed -n '1s/^options: //p' "$file" >"$base.$k/options"
        sed -n '2s/^cpu: //p' "$file" >"$base.$k/cpu"
        awk -v k="$k" '/^== / { n++ } n == k' "$file" >"$base.$k/expected"
        sed -n 's/^| //p' "$base.$k/expected" >"$base.$k/source"
        sed -n 's/^|> /after: /p' "$base.$k/expected" >"$base.$k/after"
        : >"$base.$k/log"
    done
}

passed=0 failed=0
mkdir -p "$dir"
for file; do
    base=$dir/$(basename "$file" .txt)
    cut_file "$file" "$base"
    # shellcheck disable=SC2016 # for that shell
    seq "$sections" | xargs -P 2 -I{} bash -c 'translate "$0"' "$base.{}"
    awk '/^== / { exit } { print }' "$file" >"$base.new"
    for ((k = 1; k <= sections; k++)); do
        { grep -E '^(== |\||#)' "$base.$k/expected" && cat "$base.$k/listing" && echo; } >"$base.$k/got"
        cat "$base.$k/got" >>"$base.new"
        if diff -u -U 20 "$base.$k/expected" "$base.$k/got" >"$base.$k/diff"; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAILED: $(head -n 1 "$base.$k/expected")  ($file; make golden-update, if that is how it should be)"
            tail -n +3 "$base.$k/diff"
        fi
    done
    [ -z "$update" ] || [ "$(grep -c "^== " "$base.new")" != "$sections" ] || cp "$base.new" "$file"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] || [ -n "$update" ]
