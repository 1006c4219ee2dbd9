# shellcheck shell=bash disable=SC2034 # arrays are results
# Sourced by run.sh: the lanes, that is the ways to run a guest program in tierrun.

# A name is made of the host CPU, the model of the x87, the tier and what else is special.
LANE_NAMES=(native native-16k loongson loongson-16k r2 r2-16k kernel loongson-jit r2-jit loongson-auto r2-auto
    double loongson-double loongson-auto-check r2-jit-check loongson-double-jit r2-double-auto
    loongson-double-jit-check r2-double-auto-check kernel-malta tsan msa-jit msa-auto-check r2-jit-16k)

# The number of lane $1: which variant of a program it runs unless it runs them all.
lane_number()
{
    local i
    for i in "${!LANE_NAMES[@]}"; do
        [ "${LANE_NAMES[i]}" != "$1" ] || echo "$i"
    done
}

# The command that runs a guest program in lane $1, into the array `prefix`. Under qemu-mips64el an execve()
# reaches this machine's own kernel, which cannot run a MIPS64 tierrun: hence --launcher.
lane_prefix()
{
    local cpu
    case $1 in
    native* | double) prefix=("$TIERRUN_NATIVE") ;;
    tsan) tsan_prefix ;;
    *)
        case $1 in loongson*) cpu=Loongson-3A1000 ;; msa*) cpu=Loongson-3A4000 ;; *) cpu=MIPS64R2-generic ;; esac
        prefix=("$QEMU_MIPS64" -cpu "$cpu" "$TIERRUN_MIPS64")
        prefix+=("--launcher=${prefix[*]}")
        ;;
    esac
    case $1 in *-16k) prefix+=(--host-page=16k) ;; esac
    case $1 in *-jit*) prefix+=(--tier=jit) ;; *-auto*) prefix+=(--tier=auto) ;; *) prefix+=(--tier=interp) ;; esac
    case $1 in *-check) prefix+=("--check=1/${CHECK_EACH:-251}") ;; esac
    case $1 in *-auto-check) prefix+=(--hot=2 --hot-loop=2) ;; esac
    case $1 in *double*) prefix+=(--x87=double) ;; esac
    prefix+=(-L "$SYSROOT")
}

# Its address space is not to be laid out at random, which some versions of ThreadSanitizer cannot stand. A report
# makes the case end with status 66. Not mutexes: a child of fork makes its own anew, as it is another thread.
tsan_prefix()
{
    prefix=("$(command -v setarch)" -R "$(command -v env)" "TSAN_OPTIONS=die_after_fork=0:atexit_sleep_ms=0:report_mutex_bugs=0" "$TIERRUN_TSAN")
}

# Why a case says nothing in a lane: what qemu-user itself does otherwise than a kernel, what depends on the machine
# rather than on the kernel, what counts on where mappings come to lie. Nothing: it is good there.
spoilt()
{
    case $1.$2 in
    kernel*.sys/limits.*) echo "prints the machine's own limits" ;;
    kernel.sys/locks.*) echo "a pipe holds 16 pages, whose size is the kernel's" ;;
    kernel*.sys/paths.* | kernel*.sys/stats.*) echo "the machine's files lie in a memory file system" ;;
    kernel*.sys/requests.* | kernel*.sys/admin.* | kernel*.sys/clones.*) echo "depends on how the kernel was made and what its root is" ;;
    kernel*.sys/devices.*) echo "depends on the machine's devices" ;;
    kernel*.sys/chroots.*) echo "has not registered tierrun with the kernel" ;;
    kernel*.sys/execs.*) echo "prints where it lies" ;;
    kernel*.sys/secrets.* | loongson*.sys/secrets.* | r2*.sys/secrets.* | msa*.sys/secrets.*) echo "has neither keyrings nor memfd_secret" ;;
    *-16k.threads/futexes.*) echo "locks that hand priorities on, in a host page of mixed protection" ;;
    *-16k.sys/efault.* | kernel*.sys/efault.*) echo "counts on mappings that adjoin each other" ;;
    *double*.c/alignment.*) echo "converts unsigned integers from 2^63 on, which doubles round twice" ;;
    *double*.sys/x87_store.*) echo "shows C1, which doubles do not have" ;;
    *double*.simd/state.* | *double*.simd/mmx_faults.* | *double*.c/float_env.* | *double*.c/x87_raw.* | *double*.sys/frames.* | *double*.sys/fxsave.*) echo "shows 80-bit registers" ;;
    *double*.c/float_ops.* | *double*.c/libm_long.* | *double*.c/stdio_format.*) echo "prints long doubles" ;;
    *double*.simd/numbers.* | *double*.c/libm_double.* | *double*.c/libm_float.*) echo "counts on 64 bits inside of libm" ;;
    *double*.c/matrix.* | *double*.c/x87_narrow.* | *double*.simd/pending.* | *double*.c/nbody.* | *double*.c/x87_loops.* | *double*.c/guards.*) echo "keeps intermediate results in 80-bit registers" ;;
    *double*.c/digests.m*) echo "musl's sine counts on 64 bits" ;;
    tsan.threads/spinning.*) echo "copies on end what other threads copy, a report for each word" ;;
    native* | double.* | kernel* | tsan.*) ;;
    *.sys/efault.*) echo "refuses NULL with EFAULT before it looks at the descriptor" ;;
    *.sys/sockopts.*) echo "has neither SO_DETACH_FILTER nor multicast groups by address of any kind" ;;
    *.sys/admin.*) echo "has none of the calls" ;;
    *.sys/clones.* | *.sys/childends.*) echo "makes children of one kind only" ;;
    *.sys/requests.*) echo "has few of these requests and options" ;;
    *.sys/arrivals.*) echo "has no option for times in nanoseconds" ;;
    *.sys/inherits.*) echo "sets no limits of memory" ;;
    *.sys/execs.*) echo "hands the environment on in another order" ;;
    *.sys/forks.*) echo "does not pass on SA_NOCLDWAIT" ;;
    *.sys/times.*) echo "passes SI_TIMER on with the number it has on x86" ;;
    esac
}

without_spoilt()
{
    local case
    while read -r case; do [ -n "$(spoilt "$1" "$case")" ] || echo "$case"; done
}

# The cases whose program tests/loongson/programs names for lane $1.
for_kernel()
{
    local case pattern
    local -a patterns
    read -ra patterns -d '' < <(sed -n "s/#.*//; s/^$1: //p" "$top/tests/loongson/programs")
    while read -r case; do
        for pattern in "${patterns[@]}"; do
            # shellcheck disable=SC2053 # a pattern
            [[ ${case%.*} == $pattern ]] && echo "$case"
        done
    done
}

# All of a lane's cases into its results: each by itself, or all in one virtual machine.
run_lane()
{
    case $1 in
    kernel*)
        while read -r case; do kernel_line "$1" "$case"; done <"$OUT/$1.cases" >"$OUT/$1.lines"
        "$top/tests/loongson/boot.sh" "$1" "$OUT/$1.lines" 8>&-
        ;;
    *) xargs -r -P "$jobs" -n 4 "$BASH" "$GUEST/run.sh" --run "$1" <"$OUT/$1.cases" 8>&- ;;
    esac
}

# What the virtual machine's /init is told of case $2 of lane $1; there the programs are in /guest.
kernel_line()
{
    local -a command flags
    if [ -e "$OUT/broken/$2" ]; then
        verdict "$1" "$2" "no result to compare with (see above)" >&2
        return
    fi
    observe_flags "$2"
    guest_command "$2"
    printf 'check %s' "$2"
    printf ' %q' "${flags[@]}" -t 60 -- "${command[@]}" | sed "s|$BIN/|/guest/|g; s|$GUEST/|/guest/|g; s|$OUT/applets|/guest/applets|g; s|$SYSROOT/|/sysroot/|g"
    printf '\n'
}

# Of lane $1's cases those that show something there. A script starts a process for each of its lines, which takes
# seconds under qemu-mips64el: some stand for all, as they do for C++ where each block is compared.
telling()
{
    case $1${LONG:+-long} in
    loongson-jit) grep -v '^busybox/' ;;
    *auto-check) grep -v -E '^busybox/(archives|calculate|digests|text)' ;;
    r2-jit-check) grep -v -E '^(busybox|cxx)/' ;;
    *) cat ;;
    esac
}

# The native lane runs every case, those like it one variant of each program. The slow ones run one variant of half of
# the programs: of two lanes that differ in the host CPU only, each runs the half that the other does not. With LONG=1
# all run every case.
lane_cases()
{
    case $1${LONG:+-long} in
    native | native*-long | loongson*-long | r2*-long) list_cases all ;;
    kernel*) list_cases one "$(lane_number "$1")" | for_kernel "$1" ;;
    native-16k | double) list_cases one "$(lane_number "$1")" ;;
    tsan*) list_cases one "$(lane_number "$1")" | grep -E '^(threads/|smc/threads|smc/reading|sys/(wakeups|futexes|pending))' ;;
    *) list_cases half "$(lane_number "$1")" ;;
    esac | without_spoilt "$1" | telling "$1"
}
