# Processes from the shell: background jobs, wait, kill, signals and traps, pipelines of many, exit statuses, exec,
# timeout, nested shells, environment.
sleep 0 &
wait $!
echo "waited $?"
(exit 7) &
wait $!
echo "status $?"
sh -c 'exit 3'
echo $?
sh -c 'kill -TERM $$'
echo "killed $?"
sleep 60 &
victim=$!
kill $victim
wait $victim 2>/dev/null
echo "victim $?"
sh -c 'trap "echo caught; exit 9" USR1; kill -USR1 $$; echo not reached'
echo $?
seq 1 2000 | cat | cat | tee /dev/null | cat | tail -n 1
VARIABLE=value sh -c 'echo "$VARIABLE $0 $1"' name argument
env -i A=1 B=2 env | sort
timeout 1 sleep 20
echo "timeout $?"
sh -c 'exec echo replaced; echo not reached'
/no/such/command 2>/dev/null
echo "missing $?"
echo 'echo script $1 $#' >script
chmod 755 script
sh script a b
seq 1 5 | while read -r n; do sh -c "echo \$(($n * $n))"; done | tr '\n' ' '
echo
echo "a b c" | (read -r x y; echo "$y $x")
ulimit -n 64
ulimit -n
umask 027
umask
true | false
echo "pipe $?"
