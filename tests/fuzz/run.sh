#!/bin/sh
# Random programs: run.sh PROGFUZZ TIERRUN TIERRUN-MIPS64 QEMU-MIPS64 [noise]. LONG=1: thousands of them. On the CPU and in
# every tier; some of them with translated code compared with the interpreter as it runs; and those of the x87's
# other model, which no CPU has, in the interpreter and translated. "noise": instead of all that, random bytes in the
# interpreter and in the MIPS64 build, with both models.
fuzz=$1 tierrun=$2 mips64=$3 qemu=$4
programs=70 checked=20 double=30 noise=20
[ -n "$LONG" ] && programs=10000 checked=1000 double=2000 noise=5000
r2="$qemu -cpu MIPS64R2-generic $mips64" loongson="$qemu -cpu Loongson-3A1000 $mips64"
cpu=
# Where the kernel runs no i386 programs, tierrun's interpreter is what the others are compared with.
"$(dirname "$fuzz")/runner" >/dev/null 2>&1
[ $? = 2 ] || cpu="--reference=$tierrun --tier=interp"
passed=0 failed=0

# part PROGRAMS ARGUMENT…: runs so many programs and adds up the last line.
part()
{
    seeds=1-$1
    shift
    said=$("$fuzz" --seeds "$seeds" --seconds 300 "$@" 2>&1)
    echo "$said" | sed '$d'
    said=$(echo "$said" | tail -n 1)
    case $said in
    *" passed, "*" failed")
        passed=$((passed + ${said%% *}))
        said=${said#* passed, }
        failed=$((failed + ${said%% *}))
        ;;
    *)
        echo "the fuzzer ended early: $said"
        failed=$((failed + 1))
        ;;
    esac
}

done_with()
{
    echo "$passed passed, $failed failed"
    [ $failed = 0 ]
    exit
}

if [ "${5:-}" = noise ]; then
    for model in exact double; do
        part $noise --noise --reference "$tierrun --tier=interp --x87=$model" --engine "$r2 --tier=jit --x87=$model" \
            --engine "$loongson --tier=auto --hot=2 --x87=$model"
    done
    done_with
fi

set -- --engine "$tierrun --tier=interp"
for host in "$r2" "$loongson"; do
    for options in --tier=interp --tier=jit --tier=auto '--tier=auto --hot=2'; do
        set -- "$@" --engine "$host $options"
    done
done
part $programs ${cpu:+"$cpu"} "$@"
part $checked ${cpu:+"$cpu"} --engine "$r2 --tier=jit --check=1/13" --engine "$loongson --tier=auto --hot=2 --check=1/13"
part $double --reference "$loongson --tier=interp --x87=double" --engine "$loongson --tier=jit --x87=double" \
    --engine "$loongson --tier=auto --hot=2 --x87=double --check=1/13"
done_with
