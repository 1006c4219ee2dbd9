# What each option accepts and does, and what is refused.
expect "--help prints every option" 0 '--tier=auto' '' $t --help
expect "-help is --help" 0 '^usage: tierrun' '' $t -help
expect "-h is --help" 0 '^usage: tierrun' '' $t -h
expect "an answer that cannot be written is told" 125 '' '^tierrun: the answer could not be written' bash -c "$t --list-syscalls >/dev/full"
expect "a port that there cannot be" 125 '' 'ports end at 65535' $t -g 99999 ./show
expect "--version" 0 '^tierrun [0-9]+\.[0-9]+' '' $t --version
expect "--version names the translator" 0 '^translator: none for this host' '' $t --version
expect "--list-syscalls names each call" 0 '^358 execveat +implemented' '' $t --list-syscalls
expect "… and says why one is refused" 0 '^ 26 ptrace +ENOSYS: [a-z].+' '' $t --list-syscalls
expect "--list-ops names operations with their tier" 0 '^CMPXCHG8B +cmpxchg8b +(native|helper|never)' '' $t --list-ops
expect "-d help lists items" 0 '^  in_asm' '' $t -d help
expect "-d=help, too" 0 '^  in_asm' '' $t -d=help
expect "no program" 125 '' '^tierrun: no program given' $t
expect "only options" 125 '' '^tierrun: no program given' $t --strace
expect "an unknown option suggests the nearest" 125 '' "unknown option '--strac'; did you mean '--strace'" $t --strac ./show
expect "with one dash and a value, too" 125 '' "unknown option '-teir=jit'; did you mean '--tier'" $t -teir=jit ./show
expect "an option like no other points to --help" 125 '' "unknown option '--frobnicate'; tierrun --help" $t --frobnicate ./show
expect "a value is missing" 125 '' "option '-L' needs a value: DIR" $t -L
expect "a switch takes no value" 125 '' "option '--strace' takes no value" $t --strace=1 ./show

expect "--tier=interp" 0 '^\[./show\]' '' $t --tier=interp ./show
expect "-tier interp" 0 '^\[./show\]' '' $t -tier interp ./show
expect "--tier=auto" 0 '^\[./show\]' '' $t --tier=auto ./show
expect "--tier=jit is refused without a translator" 125 '' '^tierrun: --tier=jit: .*translator' $t --tier=jit ./show
expect "--tier=fast is none" 125 '' '--tier=fast: expected auto, interp or jit' $t --tier=fast ./show
expect "--hot=1 --hot-loop=1" 0 '^\[./show\]' '' $t --hot=1 --hot-loop=1 ./show
expect "--hot=1K" 0 '^\[./show\]' '' $t --hot=1K ./show
expect "--hot=0 is never" 125 '' '--hot=0: expected a number of executions from 1 to 1000000000' $t --hot=0 ./show
expect "--hot=often is no number" 125 '' '--hot=often: expected a number' $t --hot=often ./show
expect "--hot-loop=2G is too many" 125 '' '--hot-loop=2G: expected a number' $t --hot-loop=2G ./show
expect "TIERRUN_HOT_LOOP is checked, too" 125 '' 'TIERRUN_HOT_LOOP=x: expected a number' env TIERRUN_HOT_LOOP=x $t ./show
expect "--x87=exact" 0 '^\[./show\]' '' $t --x87=exact ./show
expect "--x87=double" 0 '^\[./show\]' '' $t --x87=double ./show
expect "--x87=single is none" 125 '' '--x87=single: expected exact or double' $t --x87=single ./show
expect "--cpu=core2,-ssse3" 0 '^\[./show\]' '' $t --cpu=core2,-ssse3,+popcnt ./show
expect "--cpu=z80 is none" 125 '' "--cpu=z80: 'z80' is none of pentiumpro" $t --cpu=z80 ./show

for smc in precise page none; do
    expect "--smc=$smc" 0 '^\[./show\]' '' $t --smc=$smc ./show
done
for run in "$t" "$m --tier=jit"; do
    for smc in precise page; do
        expect "--smc=$smc notices each store to code under $run" 0 '^rewritten 3 2$' '' $run --smc=$smc ./patched
    done
    expect "--smc=none notices no store to code that ran under $run" 0 '^rewritten 1 2$' '' $run --smc=none ./patched
    expect "… but mprotect() under $run" 0 '^protected 4 5$' '' $run --smc=none ./patched
done
expect "--smc=page forgets the code beside it, too" 0 '^rewritten 3 2$' 'their code changed: 4;' \
    $t --stats --smc=page ./patched
expect "--smc=none protects no page" 0 '*' 'host faults: 0$' $t --stats --smc=none ./patched
for model in strict relaxed; do
    expect "--memory-model=$model" 0 '^\[./show\]' '' $t --memory-model=$model ./show
done
expect "--memory-model=weak is none" 125 '' '--memory-model=weak: expected strict or relaxed' $t --memory-model=weak ./show
expect "--smc=maybe is none" 125 '' '--smc=maybe: expected precise, page or none' $t --smc=maybe ./show

expect "options end at the program" 0 '^\[./show\] \[args\] \[--strace\] \[-L\]' '' $t ./show args --strace -L
expect "-- ends options" 0 '^\[./show\]' '' $t -- ./show
expect "-0 sets argv[0]" 0 '^\[other name\] \[args\]' '' $t -0 'other name' ./show args
expect "-E sets" 0 '^FOO=bar$' '' $t -E FOO=bar ./show env FOO
expect "-E sets to nothing" 0 '^FOO=$' '' $t -E FOO= ./show env FOO
expect "-E keeps = and commas in a value" 0 '^FOO=a=b,c$' '' $t -E FOO=a=b,c ./show env FOO
expect "-E sets several" 0 '^B=2$' '' $t -E A=1,B=2 ./show env A B
expect "-E without = is refused" 125 '' '-E FOO: expected VAR=VALUE' $t -E FOO ./show
expect "-U removes" 0 '^FOO=\(unset\)$' '' env FOO=1 $t -U FOO ./show env FOO
expect "-U removes several" 0 '^BAR=\(unset\)$' '' env FOO=1 BAR=2 $t -U FOO,BAR ./show env BAR
expect "-U with = is refused" 125 '' '-U A=1: expected the name' $t -U A=1 ./show
expect "the last of -E and -U wins" 0 '^FOO=\(unset\)$' '' $t -E FOO=1 -U FOO ./show env FOO
expect "the last of -U and -E wins" 0 '^FOO=1$' '' $t -U FOO -E FOO=1 ./show env FOO
expect "-s makes a stack of that size" 0 'stack reaches 1' '' $t -s 1M ./show stack
expect "-s too small for what the guest needs" 139 '*' '*' $t -s 256K ./show stack
expect "-s 12 is too small" 125 '' '-s 12: expected a stack size' $t -s 12 ./show
expect "-s x is no size" 125 '' '-s x: expected a stack size' $t -s x ./show
expect "-R" 0 '^\[./show\]' '' $t -R 3G ./show
expect "-R 5G is too much" 125 '' '-R 5G: expected the size' $t -R 5G ./show
expect "-B is a hint" 0 '^\[./show\]' '' $t -B 0x100000000 ./show
expect "-B x is no address" 125 '' '-B x: expected an address' $t -B x ./show
expect "-r names the kernel" 0 '^4\.4\.4-test i686$' '' $t -r 4.4.4-test ./show release
for size in 4k 16k 64k 16384; do
    expect "--host-page=$size" 0 '^\[./show\]' '' $t --host-page=$size ./show
done
expect "--host-page=8k is none" 125 '' '--host-page=8k: expected 4k, 16k or 64k' $t --host-page=8k ./show
expect "--code-cache=256K" 0 '^\[./show\]' '' $t --code-cache=256K ./show
expect "--code-cache=1M" 0 '^\[./show\]' '' $t --code-cache 1M ./show
expect "--code-cache=256M" 0 '^\[./show\]' '' $t --code-cache=256m ./show
expect "--code-cache=255K is too small" 125 '' '--code-cache=255K: expected a size from 256K to 256M' $t --code-cache=255K ./show
expect "--code-cache=257M is too large" 125 '' '--code-cache=257M: expected a size from 256K to 256M' $t --code-cache=257M ./show
expect "--code-cache=large is no size" 125 '' '--code-cache=large: expected a size' $t --code-cache=large ./show
expect "TIERRUN_CODE_CACHE is checked, too" 125 '' 'TIERRUN_CODE_CACHE=1: expected a size' env TIERRUN_CODE_CACHE=1 $t ./show
expect "--wx" 0 '^\[./show\]' '' $t --wx ./show
expect "TIERRUN_WX" 0 '^\[./show\]' '' env TIERRUN_WX=1 $t ./show
expect "--strace prints calls on stderr" 0 '^\[./show\]' 'exit_group\(0\)' $t --strace ./show
expect "--stats prints a summary on stderr" 0 '^\[./show\]' 'guest instructions +[0-9]{4,}' $t --stats ./show
expect "--on-crash=loud is none" 125 '' 'expected report or quiet' $t --on-crash=loud ./show
