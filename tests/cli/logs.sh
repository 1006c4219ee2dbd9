# -d, -D, -dfilter.
expect "-d in_asm disassembles, with symbols" 0 '^\[./show\]' '^IN: main' $t -d in_asm ./show
expect "… an instruction a line" 0 '*' '^0x[0-9a-f]{8}: +([0-9a-f]{2} )+ *(push|mov|lea|sub)' $t -d in_asm ./show
expect "-d exec shows blocks that are entered" 0 '*' '^Trace 0x[0-9a-f]{8}' $t -d exec ./show
expect "-d cpu shows registers" 0 '*' 'eax [0-9a-f]{8}' $t -d cpu ./show
expect "-d cpu,fpu shows the x87, too" 0 '*' 'x87: control' $t -d cpu,fpu ./show
expect "-d page shows mappings" 0 '*' 'show$' $t -d page ./show
expect "-d strace is --strace" 0 '*' 'exit_group' $t -d strace ./show
expect "-d int shows exceptions" 139 '' '^int: vector 14' $t -d int ./die null
expect "-d page,nochain" 0 '*' '*' $t -d page,nochain ./show
expect "an unknown item suggests" 125 '' "-d in_sam: unknown log item; did you mean 'in_asm'" $t -d in_sam ./show
expect "-D writes to a file" 0 '^\[./show\]' '' $t -D page.log -d page ./show
expect "… and not to stderr" 0 'show$' '' cat page.log
expect "the log's descriptor is not the program's" 0 '^listed 0 reached 0$' '' $t -D page.log -d page ./descriptors
expect "-D FILE.%d has the process id" 0 '*' '' $t -D pid-%d.log -d page ./show
expect "… in its name" 0 '^pid-[0-9]+\.log$' '' ls pid-*.log
expect "-D into a missing directory" 125 '' 'cannot write the log file .*/no/such/dir' $t -D no/such/dir -d page ./show
main=$(nm show | sed -n 's/ T main$//p')
expect "-dfilter START+LENGTH" 0 '*' '^IN: main' $t -d in_asm -dfilter 0x$main+1 ./show
expect "… leaves the rest out" 1 '' '' bash -c "$t -d in_asm -dfilter 0x$main+1 ./show 2>&1 | grep IN: | grep -v main"
expect "-dfilter START..END" 0 '*' '^IN: main' $t -d in_asm -dfilter 0x$main..0x$main ./show
expect "-dfilter START-LENGTH" 0 '*' '^IN: main' $t -d in_asm -dfilter 0x$main-4 ./show
expect "-dfilter of nothing is refused" 125 '' '-dfilter=0x10: expected START\+LENGTH' $t -dfilter 0x10 ./show
