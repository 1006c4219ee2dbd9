# --help, the option table and the man page agree.
man=$top/tierrun.1
"$t" --help >help.txt
words() { sed -n 's/\\-/-/g; s/\\f[BIPR]//g; p' "$man"; }
words >man.txt
options=$(sed -n 's/^OPTION([A-Z0-9_]*, *"\([^"]*\)".*/\1/p' "$top/tier/options.def")
variables=$(grep -o 'TIERRUN_[A-Z0-9_]*' "$top/tier/options.def" | grep -v '_$' | sort -u)
items=$(sed -n 's/^LOG_ITEM([A-Z_]*, *"\([^"]*\)".*/\1/p' "$top/tier/logitems.def")
rm -f out err
[ -n "$options" ] && [ -n "$variables" ] && [ -n "$items" ]
count "the option table can be read" "$([ $? = 0 ] || echo empty)"
for o in $options; do
    dashes=--
    [ ${#o} = 1 ] && dashes=-
    count "--help has $dashes$o" "$(grep -Eq -e "(^|[ ,])$dashes$o([] =[]|\$)" help.txt || echo missing)"
    count "a test uses $dashes$o" "$(grep -Eqrs -e "(^|[ '\"])-{1,2}$o\b" "$top/tests" --include=*.sh --include=*.py --exclude=manual.sh || echo none)"
    count "the man page has an entry for $dashes$o" "$(grep -Eq -e "^\.(B|BR|BI|BIR|IR|TP|OP) .*$dashes$o([ =\",]|\$)" man.txt || echo missing)"
done
for v in $variables; do
    count "--help has $v" "$(grep -qw "$v" help.txt || echo missing)"
    count "the man page has $v" "$(grep -qw "$v" man.txt || echo missing)"
done
for i in $items; do
    count "the man page has the log item $i" "$(grep -qw -e "$i" man.txt || echo missing)"
done
for o in $(grep -Eo -e '^\.B[RI]* "?--?[A-Za-z0-9-]+' man.txt | grep -Eo -e '[A-Za-z0-9][A-Za-z0-9-]*$'); do
    known=$(printf '%s\n' $options h | grep -Fxq -e "$o" || echo "not an option of tierrun")
    count "the man page's $o is an option" "$known"
done
count "the man page names the version" "$(grep -q "$("$t" --version | head -n 1 | cut -d' ' -f1,2)" man.txt || echo "another version")"
