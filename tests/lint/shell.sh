#!/bin/sh
# Our scripts pass shellcheck. Not asked: whether a sourced file is found or its variables known.
. tests/lint/sources.sh
{
    sources '*.sh'
    find scripts -name '*.sh'
    echo .ci/run
} | xargs shellcheck -S warning -f gcc -e SC1090,SC1091,SC2034,SC2148,SC2154
