# Exit statuses and signals.
expect "the guest's exit status is tierrun's" 0 '' '' $t ./show exit 0
expect "exit 77" 77 '' '' $t ./show exit 77
expect "exit 255" 255 '' '' $t ./show exit 255
expect "exit -1 is 255" 255 '' '' $t ./show exit -1
for row in null:11 readonly:11 jump:11 hlt:11 divide:8 ud2:4 nonsense:4 int3:5 abort:6; do
    how=${row%:*} signo=${row#*:}
    expect "die $how: ends by signal $signo, quietly" $((128 + signo)) '' '' $t ./die $how
done
expect "die sse: ends by signal 4, where the CPU lacks it" 132 '' '' $t --cpu=pentium2 ./die sse
expect "die fence: likewise" 132 '' '' $t --cpu=pentium2 ./die fence
for signo in 1 2 3 9 13 14 15 10 12 25; do
    expect "kill -$signo: ends by it, quietly" $((128 + signo)) '' '' $t ./die signal $signo
done
expect "the parent sees a signal, not a status" 0 '^signalled 11$' '*' \
    perl -e 'system {$ARGV[0]} @ARGV; print $? & 127 ? "signalled " . ($? & 127) : "exited " . ($? >> 8), "\n"' $t ./die null
expect "no core of tierrun" 0 '^core 0$' '*' \
    bash -c "ulimit -c unlimited 2>/dev/null; perl -e 'system {\$ARGV[0]} @ARGV; print \"core \", \$? & 128 ? 1 : 0, \"\\n\"' $t ./die null"
if [ "$(cat /proc/sys/kernel/core_pattern 2>/dev/null)" = core ]; then
    expect "… but with --core" 0 '^core 1$' '*' \
        bash -c "ulimit -c 64; perl -e 'system {\$ARGV[0]} @ARGV; print \"core \", \$? & 128 ? 1 : 0, \"\n\"' $t --core ./die null"
    rm -f core core.*
fi
expect "waiting for gdb: a signal ends that" 0 '^signalled 15$' '^tierrun: waiting for gdb: target remote ' \
    perl -e '$p = fork; exec @ARGV or exit 1 unless $p; select undef, undef, undef, 0.05 until -s "err"; kill "TERM", $p; waitpid $p, 0;
        print "signalled ", $? & 127, "\n"; unlink "waits"' $t -g waits ./show
expect "clone with shared memory, and no thread: refused with one sentence" 0 '^38$' '^tierrun: the program wants a process that shares its memory .*; it gets ENOSYS.$' $t ./show clone
