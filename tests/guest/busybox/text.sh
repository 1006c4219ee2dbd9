# Text applets in pipes: sed, awk, sort, uniq, tr, cut, head, tail, wc, grep, paste, nl, fold, rev, tac.
i=0
while [ $i -lt 200 ]; do
    i=$((i + 1))
    echo "$i $((i * 7919 % 1009)) name$((i % 17)) $((i * i % 97)).$((i % 10))"
done >data
wc data
sort -k2,2n data | head -n 3
sort -k4,4rn -k1,1n data | tail -n 3
cut -d' ' -f3 data | sort | uniq -c | sort -rn | head -n 4
awk '{ n[$3] += $2; t += $4 } END { for (k in n) print k, n[k] | "sort"; close("sort"); printf "%.3f %d\n", t, NR }' data
awk 'BEGIN { for (i = 0; i < 10; i++) s = s sprintf("%c", 65 + i * 2); print s, length(s), substr(s, 3, 4), index(s, "I"), toupper("abc"); print int(-3.7), 7 % 3 }'
awk -F'[ .]' 'NR % 40 == 0 { gsub(/name/, "N"); print $5 "/" $0 }' data
sed -n '5p;/^19[0-3] /p;$p' data
sed -e 's/\([0-9]*\) \([0-9]*\) name\(.*\)/\2-\1 \3/' -e '10q' data | tail -n 2
sed '3,${/7/d};y/abc/xyz/' data | tail -n 2
tr 'a-z' 'A-Z' <data | tr -d '0-4' | tr -s ' ' | head -n 2
grep -c 'name1 ' data; grep -n '^1.* 5[0-9]*\.' data | head -n 3; grep -v -e name -e 9 data | wc -l; grep -E '(12|34)+ name[0-3] ' data
paste -d, - - - <data | head -n 2
head -n 3 data | nl; head -n 2 data | rev; head -n 3 data | tac; echo "a long line to be folded" | fold -w 7
seq 1 3 9; seq 5 -2 -3 | tr '\n' ' '; echo
cut -d' ' -f1 data | head -n 6 >one; seq 4 9 >two
paste one two | head -n 2
printf '%s|%5d|%-6s|%05.2f|%x|%c|%%\n' str 42 left 3.14159 255 z
echo 'x y z' | xargs -n 1 echo item
seq 1 1000 | xargs | wc
yes abc | head -n 5 | sort -u
od -A d -t x1 one; od -c two | head -n 2; hexdump -C one | head -n 2
strings -n 4 data | head -n 1
