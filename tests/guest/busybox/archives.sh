# tar, gzip, bzip2, xz -d, cpio and their way back; the bytes of gzip's output are compared, too.
mkdir -p tree/sub
awk 'BEGIN { for (i = 0; i < 2000; i++) printf "%d the quick brown fox %d\n", i % 50, i * 31 % 77 }' >tree/text
head -c 20000 /dev/zero >tree/sub/zeros
seq 1 500 >tree/sub/numbers
ln -s text tree/link
touch -t 202001020304.05 tree/text tree/sub/zeros tree/sub/numbers tree/sub tree
gzip -c tree/text >text.gz
wc -c <text.gz
gzip -n -9 -c tree/sub/numbers | tail -c +11 | md5sum
gunzip -c text.gz | cmp - tree/text && echo gzip
bzip2 -c tree/text >text.bz2
md5sum text.bz2
bunzip2 -c text.bz2 | cmp - tree/text && echo bzip2
tar cf all.tar tree/text tree/sub/numbers tree/sub/zeros
md5sum all.tar | cut -c 1-4 >/dev/null
tar tf all.tar
tar czf all.tgz tree
mkdir out
tar xzf all.tgz -C out
find out | sort
cmp out/tree/text tree/text && cmp out/tree/sub/zeros tree/sub/zeros && echo tar
(cd tree && find . -type f | sort | cpio -o -H newc 2>/dev/null) >all.cpio
cpio -t <all.cpio 2>/dev/null
ls -l out/tree/link | sed 's/.*-> //'
zcat text.gz | tail -n 1
