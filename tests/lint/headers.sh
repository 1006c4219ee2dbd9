#!/bin/sh
# Each header compiles alone, without a warning. (Not those of guest programs: they are built otherwise.)
. tests/lint/sources.sh
sources '*.h' | grep -v '^tests/guest/' | xargs -P 2 -n 8 sh -c '
    for header; do
        printf "#include \"%s\"\n" "$header" |
            "${CC:-gcc}" -std=c11 -D_GNU_SOURCE -I. -Wall -Wextra -Werror -fmax-errors=2 -fsyntax-only -x c - ||
            echo "$header does not compile alone"
    done' sh
