# vi on a terminal: a search, a change, write and quit, typed in.
# @terminal
# @input: vi.keys
printf 'first line\nsecond line\nthird\n' >file
vi file
echo "status $?"
cat file
