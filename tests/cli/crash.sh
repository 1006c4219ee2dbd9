# The report on a guest that dies.
r="$t --on-crash=report"
expect "the signal and its cause" 139 '' 'died by signal 11 \(SIGSEGV\): it wrote where nothing is mapped, at address 0x00000000' $r ./die null
expect "eip as symbol and offset in a module" 139 '' '^  eip 0x[0-9a-f]{8}: bad_store\+0x[0-9a-f]+ in die$' $r ./die null
expect "bytes and disassembly" 139 '' '^  bytes (c7|89)( [0-9a-f]{2})+  mov ' $r ./die null
expect "registers" 139 '' '^  eax [0-9a-f]{8}  ebx' $r ./die null
expect "flags" 139 '' 'eflags [0-9a-f]{8} \[' $r ./die null
expect "the x87 state" 139 '' '^  x87: control 037f' $r ./die null
expect "the mapping" 139 '' '^  eip 0x[0-9a-f]{8} is in [0-9a-f-]+ r-x .*/die$' $r ./die null
expect "last system calls" 139 '' 'last system calls' $r ./die null
expect "a read-only page" 139 '' 'it wrote to memory that is read-only' $r ./die readonly
expect "a jump into nothing" 139 '' 'it jumped to where nothing is mapped, at address 0x00000010' $r ./die jump
expect "… has no instruction to show" 139 '' 'no instruction can be fetched' $r ./die jump
expect "a division by zero" 136 '' 'signal 8 \(SIGFPE\): it divided by zero' $r ./die divide
expect "a privileged instruction" 139 '' 'a privileged instruction' $r ./die hlt
expect "ud2 is ud2" 132 '' 'bytes 0f 0b  ud2' $r ./die ud2
expect "an instruction that tierrun lacks" 132 '' "the guest's CPU lacks this instruction .SSE." $r --cpu=pentium2 ./die sse
expect "bytes that are no instruction" 132 '' 'this is not an instruction' $r ./die nonsense
expect "an abort" 134 '' 'signal 6 \(SIGABRT\): it aborted itself' $r ./die abort
expect "quiet where stderr is not a terminal" 139 '' '' $t ./die null
expect "quiet when told" 139 '' '' $t --on-crash=quiet ./die null
expect "a report on a terminal" 0 'died by signal 11' '*' script -qec "$t ./die null || true" /dev/null
expect "none on a terminal for SIGTERM" 0 "" "" \
    sh -c "! script -qec '$t ./die signal 15 >/dev/null; true' /dev/null | grep -q 'died by'"
