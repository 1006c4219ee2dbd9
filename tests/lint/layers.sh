#!/bin/sh
# Layer check: every include of ours names its folder, and the folder is one that the layers allow.
. tests/lint/sources.sh
sources '*.c' '*.h' '*.def' | xargs awk -f tests/lint/layers.awk
