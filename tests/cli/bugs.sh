# Bugs of tierrun itself end with a report that says so. Faults are put into a dynamically linked tierrun; the
# sanitizers' runtime would not have it.
if ldd "$t" 2>/dev/null | grep -q libc.so && [ -z "$sanitized" ]; then
    cc -shared -fPIC -o broken_sysinfo.so "$here/guest/broken_sysinfo.c" || exit 1
    preload="env LD_PRELOAD=$PWD/broken_sysinfo.so"
    expect "a fault in tierrun is not the guest's" 139 '*' 'internal error: host signal SIGSEGV in tierrun itself' \
        $preload HOW=read $t ./show uptime
    expect "… and tells the host address" 139 '*' 'at host address 0x0000000000000010' $preload HOW=read $t ./show uptime
    expect "… and where it happened" 139 '*' 'host pc 0x[0-9a-f]*[1-9a-f][0-9a-f]* \(tierrun begins at 0x[0-9a-f]*\)' \
        $preload HOW=read $t ./show uptime
    expect "an illegal host instruction, too" 132 '*' 'internal error: host signal SIGILL' $preload HOW=illegal $t ./show uptime
fi
