#!/bin/sh
# Which function takes the time, in which tier it ran, and what became of its hottest block:
#
#     where-time-goes.sh PROGRAM [ARGUMENT…]
set -eu
[ $# != 0 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | sed '$d' && exit 2; }
profile=$(mktemp)
trap 'rm -f "$profile"' EXIT
tierrun --profile="$profile" --stats "$@"
tierrun --profile-report="$profile" --profile-top=10
