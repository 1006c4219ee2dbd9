#!/bin/sh
# README.md and docs/ name only files that are there, and docs/ARCHITECTURE.md names every .c and .def file.
. tests/lint/sources.sh
cat README.md docs/*.md | grep -oE '`[a-z0-9_./]+/[a-z0-9_*]+\.(c|h|def|sh|mk|awk|md)' | tr -d '`' | sort -u |
    while read -r file; do
        # shellcheck disable=SC2086 # sem_*.c is meant as a pattern
        ls $file >/dev/null 2>&1 || echo "the documents name $file, which is not there"
    done
sources '*.c' '*.def' | grep -Ev '^(tests|bench)/' | while read -r file; do
    grep -qF "$file" docs/ARCHITECTURE.md || echo "docs/ARCHITECTURE.md does not lead to $file"
done
