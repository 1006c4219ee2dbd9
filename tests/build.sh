#!/bin/sh
# Builds each variant named on the command line; every warning is an error, so a warning fails here.
passed=0 failed=0
for variant; do
    if ${MAKE:-make} --no-print-directory "$variant" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: make $variant"
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
