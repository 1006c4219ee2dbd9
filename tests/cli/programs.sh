# How the program is found, and what is said when it cannot run.
expect "a program that does not exist" 127 '' '^tierrun: ./nothing: no such program' $t ./nothing
expect "a name that is nowhere" 127 '' '^tierrun: nothing-here: no such program here or in PATH' $t nothing-here
expect "a directory" 126 '' 'is a directory' $t .
touch not-executable && chmod 644 not-executable
expect "no permission" 126 '' 'may not be executed' bash -c "[ \$(id -u) != 0 ] || setpriv=1; $t ./not-executable"
echo "just text" >text && chmod 755 text
expect "not a program" 126 '' '^tierrun: .*text' $t ./text
expect "a program for another machine names it" 126 '' '[xX]86[-_ ]64' $t "$t"
expect "in the current directory without a slash" 0 '^\[show\]' '' $t show
mkdir -p bin && cp show bin/found-in-path
expect "in PATH" 0 '^\[found-in-path\]' '' env PATH="$PWD/bin:$PATH" $t found-in-path
mkdir -p root/usr/bin && cp show root/usr/bin/in-sysroot
expect "-L: in the sysroot" 0 '^\[/usr/bin/in-sysroot\]' '' $t -L root /usr/bin/in-sysroot
expect "-L: PATH is looked up in the sysroot" 0 '^\[in-sysroot\]' '' env PATH=/usr/bin $t -L root in-sysroot
mkdir -p first && printf '#!/no/such\n' >first/in-sysroot && chmod 755 first/in-sysroot
expect "-L: … all of it before the host's" 0 '^\[in-sysroot\]' '' env PATH="$PWD/first:/usr/bin" $t -L root in-sysroot
expect "-L: … then the host's" 0 '^\[found-in-path\]' '' env PATH="$PWD/bin:/usr/bin" $t -L root found-in-path
expect "-L that is not there is told with what went wrong" 127 '' 'no such program; -L .*nowhere is not a directory' $t -L nowhere ./nothing
expect "/proc/self/exe is the guest's" 0 "^$PWD/show\$" '' $t ./show exe

expect "the process has the program's name" 0 '^show$' '' $t ./show name
printf '#!%s args\n' "$PWD/show" >script && chmod 755 script
expect "a script runs its interpreter" 0 "^\[$PWD/show\] \[args\] \[./script\] \[a\] \[b\]\$" '' $t ./script a b
printf '#! \t %s \t args  two \t\nrest' "$PWD/show" >blanks && chmod 755 blanks
expect "blanks in a #! line; one argument" 0 "^\[$PWD/show\] \[args  two\] \[./blanks\]\$" '' $t ./blanks
printf '#!%s' "$PWD/show" >no-newline && chmod 755 no-newline
expect "a #! line without its newline" 0 "^\[$PWD/show\] \[./no-newline\]\$" '' $t ./no-newline
printf '#!%s\n' "$PWD/script" >nested && chmod 755 nested
expect "a script's interpreter may be a script" 0 "^\[$PWD/show\] \[args\] \[$PWD/script\] \[./nested\] \[a\]\$" '' $t ./nested a
printf '#!%s\n' "$PWD/loop" >loop && chmod 755 loop
expect "but not for ever" 126 '' 'too many scripts' $t ./loop
printf '#!\n' >empty-line && chmod 755 empty-line
expect "a #! line without a name" 126 '' 'names no interpreter' $t ./empty-line
printf '#!/no/such/interpreter\n' >lost && chmod 755 lost
expect "an interpreter that is missing" 127 '' '/no/such/interpreter: no such program; the script ./lost names it' $t ./lost
printf '#!/prog/show\n' >in-root && chmod 755 in-root
expect "a script's interpreter is looked up in the sysroot" 0 '^\[/prog/show\] \[./in-root\]' '' $t -L root ./in-root

expect "execve runs the child in tierrun" 0 '^\[./show\] \[args\]' '' $t ./show exec ./show args
expect "… with its options" 0 '^6\.6-x i686' '' $t -r 6.6-x ./show exec ./show release
expect "… but with its own argv[0]" 0 '^\[./show\] \[args\]' '' $t -0 x ./show exec ./show args
expect "… and its own environment" 0 '^A=1' '' $t -E A=1 ./show exec ./show env A
expect "execve of a script" 0 "^\[$PWD/show\] \[args\] \[./script\] \[z\]" '' $t ./show exec ./script z
expect "a relative -L holds in another folder" 0 '^\[/prog/show\] \[args\]' '' $t -L root ./show in / exec /prog/show args
mkdir -p "root$PWD" && cp show on-host
expect "a relative name in a folder of the sysroot, which the host alone has" 0 '/on-host\] \[args\]' '' $t -L root ./show in "$PWD" exec ./on-host args
rm -r on-host "root$PWD"
expect "… and -D" 0 '*' '' $t -D child.log -d page ./show in / exec "$PWD/show"
expect "… for both programs" 0 '^2$' '' grep -c '^page:' child.log
expect "--launcher starts children" 0 '^7\.7 i686' '' $t -r 7.7 --launcher="/usr/bin/env $t" ./show exec ./show release
mkdir gone
expect "a program in a folder whose working folder is gone" 0 '^\[../show\]' '' bash -c "cd gone && rmdir ../gone && $t ../show"
cp show unreadable && chmod 111 unreadable
if setpriv --reuid=nobody --clear-groups test -x "$t" -a -x unreadable 2>/dev/null; then # root, in a public folder
    expect "a program that may be run but not read" 126 '' 'cannot be read, and tierrun must read' \
        setpriv --reuid=nobody --clear-groups $t ./unreadable
fi

# Dynamic programs whose loader or library is not there: which package has it, and what makes a sysroot.
"$guest_cc" -o no-loader "$here/guest/show.c" -Wl,--dynamic-linker=/lib/ld-none.so.2
expect "a missing loader: which package, and what to do" 127 '' 'ld-none.so.2 is not there.*libc6:i386.*tierrun-sysroot DIR' $t ./no-loader
loader=$("$guest_cc" -print-file-name=ld-linux.so.2)
echo 'int foo(void) { return 1; }' | "$guest_cc" -shared -Wl,-soname,libFoo_x2.so.3 -o libfoo.so -x c -
echo 'int foo(void); int main(void) { return foo(); }' | "$guest_cc" -o no-library -Wl,--dynamic-linker="$loader" -x c - -x none libfoo.so
expect "a missing library: which package, and what to do" 127 '' 'libFoo_x2.so.3 is not there; .*libfoo-x2-3:i386.*tierrun-sysroot --with' $t ./no-library

# Filters of system calls go with an execve, but not to the host's own programs, and the guest's environment does not show how.
expect "a program with a seccomp filter executes another one" 0 '^\[\./show\]' '' $t ./filtered ./show
expect "… which sees nothing of how it came by the filter" 0 '^TIERRUN_SECCOMP=\(unset\)' '' $t ./filtered ./show env TIERRUN_SECCOMP
expect "… or one of the host's own, and is told that it runs without" 0 '' '/bin/true is a program of the host.s own: it runs without' $t ./filtered /bin/true
expect "--seccomp with a descriptor that is not open" 125 '' 'seccomp=77: that descriptor has no seccomp filters' $t --seccomp=77 ./show
