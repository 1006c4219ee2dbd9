#!/bin/sh
# The lint lane: each check prints the offenders, one a line, and nothing when all is well.
cd "$(dirname "$0")/../.." || exit 1
passed=0 failed=0
for check in layers headers format length marks docs shell; do
    if offenders=$(sh "tests/lint/$check.sh" 2>&1) && [ -z "$offenders" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAILED: %s\n%s\n' "$check" "$offenders"
    fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
