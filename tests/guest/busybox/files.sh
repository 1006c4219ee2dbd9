# File applets: find with tests, cp, mv, rm, ln, chmod, stat, dd, diff, patch, cmp, du, test, truncate.
mkdir -p d/e/f
seq 1 100 >d/numbers
sed 's/5/five/' d/numbers >d/e/other
cp -r d copy
diff d/numbers d/e/other | head -n 12
diff -u d/numbers d/e/other | sed 1,2d >change
(cd copy && { echo '--- a'; echo '+++ b'; cat ../change; } | patch numbers && cmp numbers e/other && echo patched)
find . -type f -name '*e*' | sort
find d -type d -exec echo dir {} \; | sort
find . -size +0 -type f | sort
chmod 640 d/numbers
stat -c '%a %s %F %h' d/numbers
ln d/numbers hard
ln -s d/numbers soft
stat -c '%h' hard
readlink soft
mv hard moved
[ -f moved ] && [ -L soft ] && [ ! -e hard ] && [ d/numbers -ef moved ] && echo tests
cmp d/numbers d/e/other
head -n 60 d/numbers >part.1; tail -n +61 d/numbers >part.2
ls
cat part.* | cmp - d/numbers && echo joined
du -s d/e >/dev/null && echo du
dd if=d/numbers of=block bs=16 count=2 seek=1 conv=notrunc 2>/dev/null
od -c block | head -n 3
tee t1 t2 <d/e/other | wc -l
cmp t1 t2 && rm -r copy t? part.* && ls
truncate -s 5000 block
wc -c block
test -s empty || echo no
basename /a/b.c .c; dirname /a/b/c; realpath . | grep -c /
cp d/numbers installed && chmod 755 installed && stat -c %a installed
