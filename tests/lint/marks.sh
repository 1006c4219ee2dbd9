#!/bin/sh
# No marks of unfinished work in what is built.
. tests/lint/sources.sh
sources '*.c' '*.h' '*.S' '*.def' '*.sh' '*.mk' | grep -v '^tests/lint/' |
    xargs grep -nEiw 'TODO|FIXME|XXX|HACK'
exit 0
