# The variable of each option; the command line wins.
expect "TIERRUN_TIER" 125 '' '^tierrun: TIERRUN_TIER=jit: ' env TIERRUN_TIER=jit $t ./show
expect "the command line wins" 0 'show' '' env TIERRUN_ON_CRASH=report $t --on-crash=quiet ./show
expect "an empty variable is none" 0 'show' '' env TIERRUN_TIER= $t ./show
expect "TIERRUN_X87" 125 '' 'TIERRUN_X87=triple: expected exact or double' env TIERRUN_X87=triple $t ./show
expect "TIERRUN_X87=double" 0 'show' '' env TIERRUN_X87=double $t ./show
expect "TIERRUN_SET_ENV" 0 '^B=2' '' env TIERRUN_SET_ENV=A=1,B=2 $t ./show env B
expect "TIERRUN_UNSET_ENV" 0 '^A=\(unset\)' '' env A=1 TIERRUN_UNSET_ENV=A $t ./show env A
expect "-E wins over TIERRUN_UNSET_ENV" 0 '^A=2' '' env TIERRUN_UNSET_ENV=A $t -E A=2 ./show env A
expect "TIERRUN_ARGV0" 0 '^\[zero\]' '' env TIERRUN_ARGV0=zero $t ./show
expect "-0 wins over TIERRUN_ARGV0" 0 '^\[one\]' '' env TIERRUN_ARGV0=zero $t -0 one ./show
expect "TIERRUN_STACK_SIZE" 125 '' 'TIERRUN_STACK_SIZE=1: expected' env TIERRUN_STACK_SIZE=1 $t ./show
expect "TIERRUN_RESERVED_VA" 125 '' 'TIERRUN_RESERVED_VA=1: expected' env TIERRUN_RESERVED_VA=1 $t ./show
expect "TIERRUN_GUEST_BASE" 125 '' 'TIERRUN_GUEST_BASE=x: expected' env TIERRUN_GUEST_BASE=x $t ./show
expect "TIERRUN_UNAME" 0 '^5\.5-x i686' '' env TIERRUN_UNAME=5.5-x $t ./show release
expect "TIERRUN_HOST_PAGE" 125 '' 'TIERRUN_HOST_PAGE=1: expected' env TIERRUN_HOST_PAGE=1 $t ./show
expect "TIERRUN_STRACE" 0 'show' 'exit_group' env TIERRUN_STRACE=1 $t ./show
expect "TIERRUN_STRACE=0 is off" 0 'show' '' env TIERRUN_STRACE=0 $t ./show
expect "TIERRUN_LOG" 0 'show' '^int |^page' env TIERRUN_LOG=page $t ./show
expect "TIERRUN_LOG with an unknown item" 125 '' "TIERRUN_LOG=pgae: unknown log item; did you mean 'page'" env TIERRUN_LOG=pgae $t ./show
expect "TIERRUN_LOG_FILENAME" 0 'show' '' env TIERRUN_LOG_FILENAME=env.log TIERRUN_LOG=page $t ./show
expect "… is written to" 0 'page' '' cat env.log
expect "TIERRUN_DFILTER" 125 '' 'TIERRUN_DFILTER=9: expected' env TIERRUN_DFILTER=9 $t ./show
expect "TIERRUN_STATS" 0 'show' 'system calls' env TIERRUN_STATS=1 $t ./show
expect "TIERRUN_ON_CRASH" 139 '' 'died by signal 11' env TIERRUN_ON_CRASH=report $t ./die null
expect "TIERRUN_LD_PREFIX is where absolute paths are looked up" 0 '^\[/prog/show\]' '' \
    env TIERRUN_LD_PREFIX=root bash -c "mkdir -p root/prog && cp show root/prog && $t /prog/show"
expect "TIERRUN_ variables reach the guest" 0 '^TIERRUN_UNAME=5' '' env TIERRUN_UNAME=5 $t ./show env TIERRUN_UNAME
expect "those that hold once do not" 0 '^TIERRUN_ARGV0=\(unset\)' '' env TIERRUN_ARGV0=5 $t ./show env TIERRUN_ARGV0
expect "the guest gets the host's environment" 0 '^HOST_THING=x y$' '' env "HOST_THING=x y" $t ./show env HOST_THING
