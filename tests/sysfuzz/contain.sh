# How random programs are run: "${contain[@]}" "${drop[@]}" prlimit --nproc=$most COMMAND…. As root, they run as nobody;
# their processes are few, and neither they nor their System V objects outlive the run where that can be had.
drop=()
[ "$(id -u)" != 0 ] || drop=(setpriv --reuid=65534 --regid=65534 --clear-groups)
user=$("${drop[@]}" id -u)
most=$(($(ps -L -u "$user" 2>/dev/null | wc -l) + 250))
contain=(unshare --pid --ipc --fork --kill-child --mount-proc)
[ "$(id -u)" = 0 ] || contain=(unshare --user --map-root-user --pid --ipc --fork --kill-child --mount-proc)
"${contain[@]}" true 2>/dev/null || contain=()
