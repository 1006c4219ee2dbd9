# Promotion, on the build that has a translator: $m.
expect "--stats counts hot blocks" 0 '^\[./show\]' '^ +blocks hot +[0-9]+' $m --stats --hot=1 --hot-loop=1 ./show
expect "--hot and --hot-loop may be out of reach" 1 '' '' \
    bash -c "$m --stats --hot=1000000000 --hot-loop=1000000000 ./show 2>&1 | grep 'blocks hot *[1-9]'"
expect "--tier=interp knows no hot blocks" 1 '' '' bash -c "$m --stats --tier=interp ./show 2>&1 | grep 'blocks hot *[1-9]'"
expect "--tier=jit finds each block hot at once" 0 '^\[./show\]' '^ +blocks hot +[0-9]{3,}' $m --stats --tier=jit ./show
expect "a loop has its own count" 0 '^\[./show\]' '^ +blocks hot +[0-9]+' $m --stats --hot=1000000000 --hot-loop=2 ./show
for tier in auto jit; do
    expect "-d exec shows the same blocks with --tier=$tier as with --tier=interp" 0 '' '' \
        bash -c "cmp <($m --tier=interp -d exec ./show 2>&1) <($m --tier=$tier -d exec ./show 2>&1)"
done
expect "--nojit=SYMBOL keeps its code interpreted" 0 '^\[./show\]' 'kept out by --nojit: [1-9]' \
    $m --stats --hot=1 --nojit=main ./show
expect "--nojit=SYMBOL+LENGTH" 0 '^\[./show\]' 'kept out by --nojit: 1$' $m --stats --tier=jit --nojit=main+1 ./show
expect "--nojit=START+LENGTH" 0 '^\[./show\]' 'kept out by --nojit: 1$' \
    $m --stats --tier=jit --nojit=0x"$main"+1 ./show
expect "--nojit=START..END of everything" 1 '' '' \
    bash -c "$m --stats --tier=jit --nojit=0..0xffffffff ./show 2>&1 | grep 'blocks hot *[1-9]'"
expect "--nojit of several" 0 '^\[./show\]' 'kept out by --nojit: [1-9]' \
    $m --stats --tier=jit --nojit=nowhere,0x10+4,main ./show
expect "--nojit of nothing is refused" 125 '' '--nojit=main\+: expected START\+LENGTH, .*SYMBOL' $m --nojit=main+ ./show
expect "--stats counts translations" 0 '*' '^ +translations +[0-9]+' $m --stats --hot=1 ./show
expect "… and what is in them" 0 '*' '^ +translations .*host instructions: [0-9]{2,}' $m --stats --hot=1 ./show
expect "… and code memory" 0 '*' '^ +code memory, bytes +[0-9]{3,}' $m --stats --hot=1 ./show
expect "-d tier says what is translated" 0 '*' '^tier: translated main' $m -d tier --tier=jit ./show
expect "-d out_asm has guest instructions" 0 '*' '^0x[0-9a-f]{8}:  55 +push ebp' $m -d out_asm --tier=jit ./show
expect "… with host code beneath" 0 '*' '^ {6}0x[0-9a-f]+: [0-9a-f]{8}  (daddu|\.word) ' $m -d out_asm --tier=jit ./show
expect "… only where -dfilter says" 0 '*' '^OUT: main: ' $m -d out_asm -dfilter 0x"$main"+1 --tier=jit ./show
expect "-d chain says what is linked" 0 '*' '^chain: .* to ' $m -d chain --tier=jit ./show
expect "-d deopt says what comes back" 0 '*' '^deopt: at .*: ' $m -d deopt --tier=jit ./show
expect "a build without a translator accepts it, too" 0 '^\[./show\]' '' $t --nojit=main ./show
for tier in jit auto; do
    expect "a loop that never exits comes back once a signal, --tier=$tier" 0 '^signals: 10, many rounds$' \
        'asked to stop: signal or request: 10$' $m --stats --profile-counts=exact --tier=$tier ./signalled
done
for model in strict relaxed; do
    orders=no
    [ $model = relaxed ] || orders=yes
    expect "--memory-model=$model keeps what locks protect" 0 '^counted 6000, 3000 beside$' '*' \
        $m --tier=jit -d out_asm --memory-model=$model ./shared
    grep -Eqi '0000044f|0000048f' err && found=yes || found=no
    count "… and has barriers at plain accesses, or not" "$([ $found = $orders ] || echo "$found instead of $orders")"
done
expect "--stats follows a forked child" 0 '^signals: 10, many rounds$' '*' $m --stats --tier=jit ./signalled
expect "--check compares each entry with the interpreter" 0 '^\[./show\]' 'entries compared with the interpreter: ([3-9][0-9]{3}|[0-9]{5,})$' \
    $m --check --stats --tier=jit ./show
expect "--check=1/N compares the first of each translation and each N-th" 0 '^\[./show\]' 'entries compared with the interpreter: [12]?[0-9]{1,3}$' \
    $m --check=1/100 --stats --tier=jit ./show
expect "TIERRUN_CHECK does the same" 0 '^\[./show\]' 'entries compared with the interpreter' \
    env TIERRUN_CHECK=1/3 $m --stats --tier=jit ./show
expect "TIERRUN_CHECK=0 does not" 1 '' '' \
    bash -c "TIERRUN_CHECK=0 $m --stats --tier=jit ./show 2>&1 | grep 'entries compared'"
expect "--check=2 is refused" 125 '' 'check=2: expected 1/N' $m --check=2 ./show
expect "--check=1/0 is refused" 125 '' 'check=1/0: expected 1/N' $m --check=1/0 ./show
expect "a build without a translator accepts --check" 0 '^\[./show\]' '' $t --check ./show
# tests/bisect: a tierrun that is wrong as long as code at the address in $wrong may be translated.
cat >wrong.sh <<END
#!/bin/bash
$t "\$@"
for o; do
    case \$o in
    --tier=interp) exit ;;
    --nojit=*)
        list=\${o#--nojit=}
        for r in \${list//,/ }; do
            [ $((0x$main)) -lt \${r%..*} ] || [ $((0x$main)) -gt \${r#*..} ] || exit 0
        done
        ;;
    esac
done
echo wrong
END
expect "tests/bisect finds the block that makes a program's output differ" 0 \
    "^  0x$main\.\.0x[0-9a-f]+ main\$" '' "$top/tests/bisect" bash ./wrong.sh -- ./show
expect "… of any number of blocks only that" 0 '^bisect: 1 of [0-9]{3,} blocks' '' \
    "$top/tests/bisect" bash ./wrong.sh -- ./show
expect "… and says so if nothing is wrong" 1 'does the same as interpreted' '' "$top/tests/bisect" $t -- ./show
expect "… and how it is used" 2 'COMMAND… -- PROGRAM' '' "$top/tests/bisect"
expect "stores beside a read-only page do not fault for long on larger host pages" 3 '^199970000 199990000$' 'host faults: [0-9]{1,3}$' \
    $m --host-page=16k --stats ./neighbours
