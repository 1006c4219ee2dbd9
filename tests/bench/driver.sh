#!/bin/sh
# make bench's driver on one small guest: all engines, the names, a user's own program, a MIPS64 machine. The last
# line is "N passed, N failed".
BUILD=${BUILD:-build}
out=$BUILD/bench/driver
passed=0 failed=0
export PYTHONDONTWRITEBYTECODE=1
rm -rf "$out"
mkdir -p "$out"

# says SENTENCE COMMAND…: the command succeeds
says()
{
    sentence=$1
    shift
    if "$@" >"$out/said" 2>&1; then
        passed=$((passed + 1))
        echo "ok: $sentence"
    else
        failed=$((failed + 1))
        echo "FAILED: $sentence"
        cat "$out/said"
    fi
}

# holds SENTENCE FILE CONDITION: a jq expression is true of a file of measurements
holds()
{
    says "$1" jq -e "$3" "$out/$2"
}

refuses()
{
    ! bench/bench.py "$@" || return 1
    return 0
}

quiet()
{
    [ ! -s "$1" ]
}

engines='.guests[0].engines'
says "medley is measured in every engine" sh -c "bench/bench.py --quick --json $out/all medley-O0 2>$out/progress"
says "there is no progress where there is no terminal" quiet "$out/progress"
holds "each translated instruction costs fewer than 3" all "${engines}.\"mips-auto\".mips_per_x86 | . > 1 and . < 3"
holds "qemu-i386 and the compiled program are there to compare with, or their reasons" all \
    "${engines} | [.\"qemu-mips\", .mips] | all((.mips_per_round // 0) > 0 or .absent != null)"
holds "every report is right" all "[${engines}[] | .results // \"equal\"] | all(. == \"equal\" or . == \"right\")"
holds "rates, memory and start-up are known" all \
    "${engines}.\"mips-auto\" | .rate > 0 and .kilobytes > 1000 and .startup_mips > 0 and .startup_seconds > 0"
holds "the double model has a reason instead of figures" all "${engines}.\"mips-auto-double\".absent != null"
says "--list names the programs" sh -c 'bench/bench.py --list whet | grep -x whetstone-O0'
says "an unknown name is refused" refuses nosuch
says "a program that is not there is refused" refuses --program "$out/nosuch"
"${GUEST_CC:-i686-linux-gnu-gcc}" -o "$out/dynamic" tests/bench/hello.c
says "a user's own program with arguments" \
    bench/bench.py --quick --no-time --json "$out/own" --program "$BUILD/sysroot-i386/bin/busybox" -- seq 1 1000
holds "its output is compared and its whole process counted" own \
    "${engines}.\"mips-auto\" | .results == \"equal\" and .mips_process > 1000000"
says "a dynamic one with its libraries" bench/bench.py --quick --no-time --json "$out/own" --sysroot "$BUILD/sysroot-i386" \
    --program "$out/dynamic"
holds "which each engine finds" own "${engines}.\"mips-auto\" | .results == \"equal\" and .mips_process > 1000000"
says "what goes wrong is not hidden" sh -c "! TIERRUN_NATIVE=false bench/bench.py --quick --json $out/bad \
    --program $BUILD/bench/hello"

# As on a MIPS64 machine, where programs run by themselves and the kernel counts, or does not.
says "a MIPS64 machine" env BENCH_HOST=mips64 QEMU_MIPS64="${QEMU_MIPS64:-qemu-mips64el}" \
    bench/bench.py --quick --json "$out/mips" medley-O0
holds "its rates are measured without QEMU's plugin" mips "${engines}.\"mips-auto\".rate > 0"
holds "instructions are counted there or have a reason" mips \
    "${engines}.\"mips-auto\" | .mips_per_round > 0 or (.why.mips | startswith(\"no instruction counter\"))"
says "an archive for one" ${MAKE:-make} -s bench-kit
says "can be unpacked" tar -C "$out" -xzf "$BUILD/bench/tierrun-bench.tar.gz"
says "its measuring program runs on MIPS64" "${QEMU_MIPS64:-qemu-mips64el}" "$out/tierrun-bench/build/bench/spent" \
    "$out/spent" 5 sh -c 'exit 3'
holds "and says why nothing is counted, or counts" spent '.status == 3 and (.instructions or .no_instructions)'
cp "$BUILD/bench/spent" "$out/tierrun-bench/build/bench/spent" # since this machine is none
says "the driver runs from there" sh -c "cd '$out/tierrun-bench' && BENCH_HOST=mips64 \
    QEMU_MIPS64='${QEMU_MIPS64:-qemu-mips64el}' bench/bench.py --quick --json ../kit dhrystone"
holds "and measures" kit "${engines}.\"mips-auto\".rate > 0"
says "build/bench/spent passes on a program's end" sh -c "$BUILD/bench/spent $out/spent 5 sh -c 'exit 3'"
holds "its exit status" spent '.status == 3 and .kilobytes > 100 and .seconds > 0'
says "charts and tables are what docs/bench.json gives" bench/document.py --check docs
says "and ends one that takes too long" "$BUILD/bench/spent" "$out/spent" 1 sleep 20
holds "with status 124" spent '.status == 124 and .seconds < 5'
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
