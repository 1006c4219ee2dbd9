#!/bin/sh
# Every C source is formatted as .clang-format says; `make format` does it.
cd "$(dirname "$0")/../.." || exit 1
. tests/lint/sources.sh
sources '*.c' '*.h' | xargs clang-format --dry-run -Werror 2>&1 | grep 'error:' | cut -d: -f1 | uniq -c |
    awk '{ print $2 ": " $1 " places differ from clang-format"; bad = 1 } END { exit bad }'
