# The shell itself: loops, functions, case, expansion, arithmetic, here documents, subshells, traps, globs.
i=0
while [ $i -lt 20 ]; do
    i=$((i + 1))
    [ $((i % 3)) = 0 ] && continue
    printf '%d:%x ' $i $((i * i * i))
done
echo
fib() { if [ "$1" -lt 2 ]; then echo "$1"; else echo $(($(fib $(($1 - 1))) + $(fib $(($1 - 2))))); fi; }
fib 7
for word in alpha beta "gamma delta" 'e$f'; do
    case $word in
    a*) echo "first $word" ;;
    *\ *) echo "two words: $word" ;;
    *) echo "other: $word ${#word}" ;;
    esac
done
path=/usr/lib/libfoo.so.1.2
echo "${path##*/} ${path%/*} ${path%%.*} ${path#*/} ${none:-default} ${path:+set}"
set -- one two three
echo "$# $* $3"
shift
echo "$@"
touch a1 a2 b1 c.txt d.txt .hidden
echo a* [bc]* *.txt ?1 none*
cat <<TEXT
expanded $((6 * 7)) $(echo nested)
TEXT
cat <<'TEXT'
literal $((6 * 7)) `x`
TEXT
(cd / && pwd)
x=outer
(x=inner && echo $x)
echo $x
trap 'echo leaving' EXIT
{ echo to-stdout; echo to-stderr >&2; } 2>&1 | sort
false || echo "status $?"
! true
echo "not $?"
echo $((0x1f + 010 - 3 ** 2)) $((7 / -2)) $((7 % -2)) $((1 << 20 | 5)) $((5 > 3 ? 1 : 2))
read -r first rest <<EOF
one two three
EOF
echo "[$first] [$rest]"
eval 'y=evaluated'; echo $y
expr 7 \* 6; expr abcdef : 'abc\(.*\)'; expr length hello
