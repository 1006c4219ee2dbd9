# Promotion, on the build that has a translator: $m.
expect "--stats counts hot blocks" 0 '^\[./show\]' '^ +blocks hot +[0-9]+' $m --stats --hot=1 --hot-loop=1 ./show
expect "--hot and --hot-loop may be out of reach" 1 '' '' \
    bash -c "$m --stats --hot=1000000000 --hot-loop=1000000000 ./show 2>&1 | grep 'blocks hot'"
expect "--tier=interp knows no hot blocks" 1 '' '' bash -c "$m --stats --tier=interp ./show 2>&1 | grep 'blocks hot'"
expect "--tier=jit finds each block hot at once" 0 '^\[./show\]' '^ +blocks hot +[0-9]{3,}' $m --stats --tier=jit ./show
expect "a loop has its own count" 0 '^\[./show\]' '^ +blocks hot +[0-9]+' $m --stats --hot=1000000000 --hot-loop=2 ./show
expect "--nojit=SYMBOL keeps its code interpreted" 0 '^\[./show\]' 'kept out by --nojit +[0-9]+' \
    $m --stats --hot=1 --nojit=main ./show
expect "--nojit=SYMBOL+LENGTH" 0 '^\[./show\]' 'kept out by --nojit +1$' $m --stats --tier=jit --nojit=main+1 ./show
expect "--nojit=START+LENGTH" 0 '^\[./show\]' 'kept out by --nojit +1$' \
    $m --stats --tier=jit --nojit=0x"$main"+1 ./show
expect "--nojit=START..END of everything" 1 '' '' \
    bash -c "$m --stats --tier=jit --nojit=0..0xffffffff ./show 2>&1 | grep 'blocks hot  '"
expect "--nojit of several" 0 '^\[./show\]' 'kept out by --nojit +[0-9]+' \
    $m --stats --tier=jit --nojit=nowhere,0x10+4,main ./show
expect "--nojit of nothing is refused" 125 '' '--nojit=main\+: expected START\+LENGTH, .*SYMBOL' $m --nojit=main+ ./show
expect "a build without a translator accepts it, too" 0 '^\[./show\]' '' $t --nojit=main ./show
