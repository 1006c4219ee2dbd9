#!/bin/sh
# shellcheck finds nothing in our scripts.
. tests/lint/sources.sh
{
    sources '*.sh'
    find scripts -name '*.sh'
    echo .ci/run
} | xargs shellcheck -x -f gcc -e SC1091
