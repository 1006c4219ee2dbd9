#!/bin/sh
# No source has more than 600 lines: then it holds more than one concern.
. tests/lint/sources.sh
sources '*.c' '*.h' '*.S' '*.def' '*.sh' '*.awk' |
    xargs awk 'FNR == 601 { print FILENAME " has more than 600 lines" }'
