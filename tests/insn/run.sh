#!/bin/sh
# The instruction tests: run.sh DIR TIERRUN TIERRUN-MIPS64 QEMU-MIPS64. LONG=1: more operands, more seeds.
dir=$1 tierrun=$2 mips64=$3
qemu=$(command -v "$4")
passed=0 failed=0

# counted NAME COMMAND…: runs a part whose last line is "N passed, N failed" and adds it up.
counted() {
    echo "--- $1"
    shift
    "$@" >"$dir/part.log" 2>&1
    cat "$dir/part.log"
    line=$(tail -n 1 "$dir/part.log")
    case $line in
    *" passed, "*" failed")
        passed=$((passed + ${line%% *}))
        line=${line#* passed, }
        failed=$((failed + ${line%% *}))
        ;;
    *)
        echo "FAILED: no result line"
        failed=$((failed + 1))
        ;;
    esac
}

counted "disassembly, beside objdump" "$dir/disasm_check" "$dir" "${OBJDUMP:-objdump}"
seeds=1
percent=100
[ -n "$LONG" ] && seeds="1 2 3 4 5 6 7 8" percent=800
case $dir in *asan*) percent=30 ;; esac
for seed in $seeds; do
    counted "seed $seed, this machine's tierrun" \
        "$dir/check" -s "$seed" -p $percent -d "$dir" "$dir/runner" "$tierrun" --cpu=max
    counted "seed $seed, 16 KiB host pages" \
        "$dir/check" -s "10$seed" -p 3 -d "$dir" "$dir/runner" "$tierrun" --cpu=max --host-page=16k
    for cpu in MIPS64R2-generic Loongson-3A1000; do
        check=
        [ $cpu = Loongson-3A1000 ] || check=--check=1/1009 # of each translation the first entries at any rate
        # The interpreter does not ask which CPU it runs on.
        [ -z "$check" ] && [ -z "$LONG" ] || counted "seed $seed, MIPS64 build, $cpu" \
            env QEMU_CPU=$cpu "$dir/check" -m -s "20$seed" -p $((percent / 50)) -d "$dir" "$dir/runner" \
            "$qemu" "$mips64" --cpu=max --tier=interp
        counted "seed $seed, MIPS64 build, $cpu, translated${check:+ and compared}" \
            env QEMU_CPU=$cpu "$dir/check" -m -s "30$seed" -p $((percent / 100)) -d "$dir" "$dir/runner" \
            "$qemu" "$mips64" --cpu=max --tier=jit $check
    done
    counted "seed $seed, MIPS64 build, Loongson-3A4000, MMX and SSE translated" \
        env QEMU_CPU=Loongson-3A4000 "$dir/check" -x -m -s "40$seed" -p $((percent / 100)) -d "$dir" "$dir/runner" \
        "$qemu" "$mips64" --cpu=max --tier=jit
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
