#!/bin/sh
# Every instruction the translator can emit, against the cross disassembler. $1: the program built from
# encode.c; $2: a folder for its output. Aliases that the disassembler insists on are spelled out first.
out=$2
mkdir -p "$out"
objdump=${MIPS64_OBJDUMP:-mips64el-linux-gnuabi64-objdump}

"$1" "$out/words" > "$out/said" || { echo "the emitters overflowed their buffer"; echo "0 passed, 1 failed"; exit 1; }
sed 's/\t$//' "$out/said" > "$out/expected"
"$objdump" -D -b binary -m mips:gs464 -EL -M no-aliases,gpr-names=numeric,fpr-names=numeric,cp1-names=numeric,msa "$out/words" |
    sed -n 's/^ *[0-9a-f]*:\t[0-9a-f]* \t//p' |
    sed -e 's/[ \t]*$//' -e 's/^sll\t\$0,\$0,0x0$/nop/' -e 's/^\(d*\)ror/\1rotr/' \
        -e 's/^\(d*\)negu\t\(\$[0-9]*\),/\1subu\t\2,$0,/' -e 's/^dli\t\(\$[0-9]*\),/ori\t\1,$0,/' > "$out/got"

total=$(wc -l < "$out/expected")
differ=$(diff "$out/expected" "$out/got" | grep -c '^<')
[ "$(wc -l < "$out/got")" = "$total" ] || differ=$((differ + 1))
diff "$out/expected" "$out/got" | head -20
echo "$((total - differ)) passed, $differ failed"
[ "$differ" = 0 ]
